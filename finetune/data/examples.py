"""Conversations -> examples: token ids and which of them are the assistant's own.

An example is one unbroken run of tokens, as long as the student's chat template lets it be: where a later prompt only
adds to what came before, the turns of a row share one example; where the template rewrites an earlier turn (Qwen3 drops
old thinking), the next turn begins another. So every answer stands behind exactly the prompt that inference sends.
"""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from finetune.data.conversation import Conversation
from finetune.data.render import render_turns
from finetune.data.template import Template

IGNORE = -100
"""A label that no loss counts."""


@dataclass(frozen=True, eq=False)
class Example:
    """T tokens of one row."""

    ids_T: NDArray[np.int32]
    mask_T: NDArray[np.bool_]
    """Whether the student must say this token."""

    def __len__(self) -> int:
        return len(self.ids_T)

    @cached_property
    def learned_tokens(self) -> int:
        """How many tokens count in the loss."""
        return int(self.mask_T.sum())

    @cached_property
    def ends(self) -> list[int]:
        """Where an answer is over: the positions just behind each learned run."""
        return [int(at) + 1 for at in np.flatnonzero(self.mask_T & ~np.append(self.mask_T[1:], False))]

    @property
    def labels_T(self) -> NDArray[np.int64]:
        """The token to say next where it is learned, else IGNORE: already shifted by one."""
        labels_T = np.full(len(self), IGNORE)
        labels_T[:-1][self.mask_T[1:]] = self.ids_T[1:][self.mask_T[1:]]
        return labels_T

    def cut(self, length: int) -> "Example | None":
        """The leading turns that fit, None where not even the first does."""
        end = max((end for end in self.ends if end <= length), default=0)
        return Example(self.ids_T[:end], self.mask_T[:end]) if end else None


@dataclass(frozen=True)
class Attempt:
    """What became of one row."""

    place: str
    examples: tuple[Example, ...] = ()
    fault: str = ""
    notes: tuple[tuple[str, int], ...] = ()


def encode(conversation: Conversation, template: Template, notes: Counter[str] | None = None) -> list[Example]:
    """The examples of one conversation, in order; `notes` counts what its rendering left out.

    Raises: RenderError: see `finetune.data.render.render_turns`.
    """
    turns = render_turns(conversation, template, notes)
    # Only what is new is tokenised, behind the stop token that ends what is not: a special token parts the text.
    stops, fresh = [""], [turns[0].prompt]
    for before, turn in pairwise(turns):
        size = len(before.prompt)
        goes_on = turn.prompt.startswith(before.prompt) and turn.prompt.startswith(before.answer, size)
        stop = next((stop for stop in template.parting_stops if goes_on and before.answer.endswith(stop)), "")
        stops.append(stop)
        fresh.append(stop + turn.prompt[size + len(before.answer) :] if stop else turn.prompt)
    texts, cuts = list[str](), list[int]()
    for turn, new, follows in zip(turns, fresh, [*stops[1:], ""], strict=True):
        # what is before the last stop token need not be tokenised once more with the answer
        places = ((new.rfind(stop) + len(stop), stop) for stop in template.parting_stops if stop in new)
        cut, last = max(places, default=(0, ""))
        late = last + new[cut:]
        texts += [new[:cut], late, turn.answer, late + turn.answer if follows else ""]
        cuts.append(bool(cut))
    ids = template.tokenize(texts)
    runs: list[tuple[list[int], list[bool]]] = []
    sent: list[int] | None = None
    """The conversation so far as a server tokenises it; None: as the last run has it, which may differ where a prompt
    and its answer meet."""
    for n, (turn, stop, cut) in enumerate(zip(turns, stops, cuts, strict=True)):
        head, tail, answer, both = ids[4 * n : 4 * n + 4]
        head = head[bool(stop) :]
        added, both = head + tail[cut:], head + both[cut:]
        if not stop or sent is not None:
            prompt = (sent or []) + added if stop else added
            if not runs or prompt[: len(runs[-1][0])] != runs[-1][0]:
                runs.append(([], []))
            added = prompt[len(runs[-1][0]) :]
            both = (sent or []) + both if stop else both
            sent = None if both == prompt + answer else both
        elif both != added + answer:
            sent = runs[-1][0] + both
        tokens, mask = runs[-1]
        tokens += added + answer
        mask += [False] * len(added) + [turn.utterance.learn] * len(answer)
    examples = [Example(np.array(tokens, np.int32), np.array(mask)) for tokens, mask in runs]
    return [example for example in examples if example.learned_tokens]
