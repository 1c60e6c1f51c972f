"""How differently people speak in a dataset: texts in, shares out. None of it steers anything."""

import math
import re
from collections import Counter
from collections.abc import Sequence
from random import Random

Grams = Counter[tuple[str, ...]]

REFERENCES = 100
"""Texts that stand for all in self-BLEU, whose cost grows with their square."""
LONGEST = 4


def tokenize(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def distinct(texts: Sequence[str]) -> float:
    """Distinct runs of three words over all runs (Li et al., arXiv:1510.03055); 1.0 where nothing repeats.

    >>> distinct(["cancel my order please", "cancel my order now"])
    0.75
    """
    grams = Counter(gram for text in texts for gram in _grams(tokenize(text), 3).elements())
    return len(grams) / grams.total() if grams else 1.0


def self_bleu(texts: Sequence[str], seed: int = 0) -> float:
    """Mean BLEU-4 of each of 100 texts against the others: 1 all the same, lower the less alike (arXiv:1802.01886).

    A size of which no run matches counts as half a match [ours], so that it alone does not make it 0: long texts that
    have nothing in common come near 0, short ones less so. With the penalty for texts shorter than all others.

    >>> self_bleu(["cancel my order please now", "cancel my order please now"])
    1.0
    """
    chosen = texts if len(texts) <= REFERENCES else Random(seed).sample(list(texts), REFERENCES)
    words = [tokenize(text) for text in chosen]
    grams = [[_grams(text, size) for size in range(1, LONGEST + 1)] for text in words]
    lengths, scores = [len(text) for text in words], list[float]()
    for n, length in enumerate(lengths):
        if length >= LONGEST and len(chosen) > 1:  # a shorter one has no run of four words to be found
            others, logs = [other for m, other in enumerate(grams) if m != n], list[float]()
            for size, own in enumerate(grams[n]):
                matches = sum(min(count, max(other[size][gram] for other in others)) for gram, count in own.items())
                logs.append(math.log(max(matches, 0.5) / own.total()))
            # the brevity penalty of BLEU: a short text would else match by saying little
            beside = (other for m, other in enumerate(lengths) if m != n)
            nearest = min(beside, key=lambda other: (abs(other - length), other))
            scores.append(math.exp(math.fsum(logs) / LONGEST) * math.exp(min(0.0, 1 - nearest / length)))
    return math.fsum(scores) / len(scores) if scores else 0.0


def _grams(words: Sequence[str], size: int) -> Grams:
    return Counter(tuple(words[i : i + size]) for i in range(len(words) - size + 1))
