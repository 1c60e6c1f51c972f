"""How much of a prompt an endpoint has read before: the prefix cache of a model server, as a count.

As in vLLM's automatic prefix caching: whole blocks of 16 tokens, each known by itself and all before it. Nothing is
ever evicted, so it is the share that a large enough cache would reach.
"""

from collections.abc import Sequence

BLOCK = 16


class Prefixes:
    """All the prompts that one endpoint has read."""

    def __init__(self) -> None:
        self._known: set[int] = set()

    def read(self, tokens: Sequence[str]) -> int:
        """How many of the tokens are a prefix already known, in whole blocks; from now on all of them are.

        >>> known = Prefixes()
        >>> known.read(["a"] * 40), known.read(["a"] * 32 + ["b"] * 8), known.read(["b"] * 40)
        (0, 32, 0)
        """
        chain, cached, hit = 0, 0, True
        # a block that is not full is never cached, in vLLM either
        for start in range(0, len(tokens) - BLOCK + 1, BLOCK):
            # good for one process only, for Python salts the hashes of texts
            chain = hash((chain, tuple(tokens[start : start + BLOCK])))
            hit = hit and chain in self._known
            cached += BLOCK * hit
            self._known.add(chain)
        return cached
