"""How well a student says what was recorded: the loss of its tokens, and calls right only if all of one is."""

import json
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

import torch
from pydantic import JsonValue
from transformers import PreTrainedModel
from typing_extensions import TypedDict

from finetune.data.conversation import Conversation
from finetune.data.examples import Example, encode
from finetune.data.render import RenderedTurn, render_turns
from finetune.data.template import Template

NEW = 128
"""Tokens of a generated answer at most."""
CALL = re.compile(r"<tool_call>\s*(\{.*?\})\s*</tool_call>", re.DOTALL)


class Scores(TypedDict, total=False):
    """Of one row: summed loss and learned tokens, the same of the calls alone, answers with calls and how many are
    right, and whether the first generated one is (None: not tried)."""

    row: str
    loss: float
    learned: int
    call_loss: float
    call_learned: int
    calls: int
    right: int
    free: bool | None


def force(model: PreTrainedModel, example: Example, length: int) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """For each answer that fits: the loss in nats of each of its tokens, and whether it is the most likely one."""
    ends = [end for end in example.ends if end <= length]
    if not ends:
        return
    ids_T = torch.from_numpy(example.ids_T[: ends[-1]]).long().to(model.device)
    hidden_TH = model.base_model(input_ids=ids_T[None], use_cache=False).last_hidden_state[0]
    learned_T = torch.from_numpy(example.mask_T[: ends[-1]]).to(model.device).nonzero()[:, 0]
    wanted_N = ids_T[learned_T]
    logits_NV = model.get_output_embeddings()(hidden_TH[learned_T - 1]).float()
    losses_N = torch.nn.functional.cross_entropy(logits_NV, wanted_N, reduction="none").cpu()
    right_N = (logits_NV.argmax(-1) == wanted_N).cpu()
    sizes = [int(example.mask_T[begin:end].sum()) for begin, end in pairwise([0, *ends])]
    yield from zip(losses_N.split(sizes), right_N.split(sizes), strict=True)


@torch.no_grad()
def score_row(
    model: PreTrainedModel, conversation: Conversation, template: Template, length: int, place: str = ""
) -> Scores:
    """How well the answers to be learned that fit are said."""
    turns = [turn for turn in render_turns(conversation, template) if turn.utterance.learn]
    forced = [pair for example in encode(conversation, template) for pair in force(model, example, length)]
    scores: Scores = {
        "row": place,
        "loss": 0.0,
        "learned": 0,
        "call_loss": 0.0,
        "call_learned": 0,
        "calls": 0,
        "right": 0,
    }
    for turn, (losses, right) in zip(turns, forced, strict=False):  # what did not fit is at the end
        scores["loss"] += float(losses.sum())
        scores["learned"] += len(losses)
        if turn.utterance.calls:
            spoken = turn.utterance.text.strip()
            behind = turn.answer.find(spoken) + len(spoken) if spoken in turn.answer else 0
            offsets = template.tokenizer(turn.answer, add_special_tokens=False, return_offsets_mapping=True)
            starts = [first for first, _ in offsets["offset_mapping"]]
            # a token that begins in the words and ends in the call belongs to the words
            called = slice(next(place for place, first in enumerate(starts) if first >= behind), None)
            scores["call_loss"] += float(losses[called].sum())
            scores["call_learned"] += len(losses[called])
            scores["calls"] += 1
            scores["right"] += bool(right[called].all())
    return scores


@torch.no_grad()
def generate_first_calls(
    model: PreTrainedModel, rows: Sequence[Sequence[RenderedTurn]], template: Template, length: int
) -> list[bool | None]:
    """Of each row whether its first answer with calls comes out as recorded; None: it has none, or does not fit."""
    points: list[tuple[list[int], list[str]] | None] = []
    for turns in rows:
        first = next((turn for turn in turns if turn.utterance.calls), None)
        prompt = template.tokenize([first.prompt])[0] if first else []
        calls = first.utterance.calls if first else ()
        wanted = sorted(_canonical(call.name, call.arguments) for call in calls)
        points.append((prompt, wanted) if first and len(prompt) <= length else None)
    prompts = [point[0] for point in points if point]
    if not prompts:
        return [None] * len(points)
    longest, tokenizer = max(map(len, prompts)), template.tokenizer
    stops = tokenizer.convert_tokens_to_ids(list(template.stops))
    # Padded on the left, so that every answer begins at the same place behind its prompt.
    ids = torch.tensor([[stops[0]] * (longest - len(prompt)) + prompt for prompt in prompts])
    mask = torch.tensor([[0] * (longest - len(prompt)) + [1] * len(prompt) for prompt in prompts])
    padded = {"input_ids": ids.to(model.device), "attention_mask": mask.to(model.device), "pad_token_id": stops[0]}
    outputs = model.generate(**padded, do_sample=False, max_new_tokens=NEW, eos_token_id=stops)
    answers = iter(str(tokenizer.decode(output[longest:], skip_special_tokens=True)) for output in outputs)
    return [read_calls(next(answers)) == point[1] if point else None for point in points]


def read_calls(text: str) -> list[str]:
    """The calls of an answer in Hermes' form, canonical and sorted; one that is no JSON stands as it is.

    >>> read_calls('<tool_call>{"name": "a", "arguments": {"x": 1}}</tool_call>')
    ['a {"x": 1}']
    """
    calls = []
    for written in CALL.findall(text):
        try:
            call = json.loads(written)
            calls.append(_canonical(call["name"], call["arguments"]))
        except (ValueError, KeyError, TypeError):
            calls.append(written)
    return sorted(calls)


def _canonical(name: str, arguments: JsonValue) -> str:
    return f"{name} {json.dumps(arguments, sort_keys=True, ensure_ascii=False)}"
