"""Rows that a student never saw -> how well it says them.

python -m finetune.held_out --model FOLDER --rows FILE --out FILE

*Forced*: one forward pass over each row, as far as it fits. The loss of each learned token, and of each answer with
calls whether greedy decoding, put behind everything recorded up to the call (the answer's own words too), would say the
calls token for token: a call is right where the most likely token is the recorded one at every place. It costs no
generation, and is stricter than equality of arguments, for it also asks for their order and spelling.

*Free*: for the first `--free` rows, whether the first answer with calls, generated greedily behind the recorded
conversation, holds exactly the recorded calls, arguments compared as JSON. Calls are read in Hermes' form.
"""

import json
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any

import orjson
import torch
import typer

from agents import cli
from finetune.data import examples, render
from finetune.data.examples import Example
from finetune.data.render import Template
from finetune.model import student

NEW = 128
"""Tokens of a generated answer at most."""
CALL = re.compile(r"<tool_call>\s*(\{.*?\})\s*</tool_call>", re.DOTALL)


def forced(model: Any, example: Example, length: int) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
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
def row_scores(model: Any, row: dict[str, Any], chat: Template, length: int) -> dict[str, Any]:
    """Summed loss and learned tokens, the same of the calls alone, answers with calls and how many are right."""
    answers = [message for message in row["messages"] if message["role"] == "assistant"]
    texts = [turn.answer for turn in render.turns(row, chat)]
    said = [pair for example in examples.encode(row, chat) for pair in forced(model, example, length)]
    found: dict[str, Any] = {"loss": 0.0, "learned": 0, "call_loss": 0.0, "call_learned": 0, "calls": 0, "right": 0}
    for message, text, (losses, right) in zip(answers, texts, said, strict=False):  # what did not fit is at the end
        found["loss"] += float(losses.sum())
        found["learned"] += len(losses)
        if message.get("tool_calls"):
            called = slice(_calls_begin(message, text, chat), None)
            found["call_loss"] += float(losses[called].sum())
            found["call_learned"] += len(losses[called])
            found["calls"] += 1
            found["right"] += bool(right[called].all())
    return found


def _calls_begin(message: dict[str, Any], text: str, chat: Template) -> int:
    """The number of the first token of an answer that is behind its words."""
    spoken = (message.get("content") or "").strip()
    behind = text.index(spoken) + len(spoken)
    offsets = chat.tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)["offset_mapping"]
    return next(place for place, (first, _) in enumerate(offsets) if first >= behind)


def free(model: Any, rows: Sequence[dict[str, Any]], chat: Template, length: int) -> list[bool | None]:
    """Of each row whether the first answer with calls comes out as recorded; None: it has none, or does not fit."""
    points = [_first_call(row, chat, length) for row in rows]
    chosen = [point for point in points if point]
    answers = iter(_generated(model, [prompt for prompt, _ in chosen], chat)) if chosen else iter(())
    return [calls(next(answers)) == point[1] if point else None for point in points]


def _first_call(row: dict[str, Any], chat: Template, length: int) -> tuple[list[int], list[str]] | None:
    answers = [message for message in row["messages"] if message["role"] == "assistant"]
    for message, turn in zip(answers, render.turns(row, chat), strict=True):
        if message.get("tool_calls"):
            (prompt,) = chat.ids([turn.prompt])
            made = [call["function"] for call in message["tool_calls"]]
            wanted = [_canonical(one["name"], json.loads(one["arguments"])) for one in made]
            return (prompt, sorted(wanted)) if len(prompt) <= length else None
    return None


def _generated(model: Any, prompts: Sequence[list[int]], chat: Template) -> list[str]:
    """Greedy answers of one batch, padded on the left."""
    longest, words = max(map(len, prompts)), chat.tokenizer
    stops = words.convert_tokens_to_ids(list(chat.stops))
    ids = torch.tensor([[stops[0]] * (longest - len(prompt)) + prompt for prompt in prompts])
    mask = torch.tensor([[0] * (longest - len(prompt)) + [1] * len(prompt) for prompt in prompts])
    padded = {"input_ids": ids.to(model.device), "attention_mask": mask.to(model.device), "pad_token_id": stops[0]}
    made = model.generate(**padded, do_sample=False, max_new_tokens=NEW, eos_token_id=stops)
    return [str(words.decode(row[longest:], skip_special_tokens=True)) for row in made]


def calls(text: str) -> list[str]:
    """The calls of an answer in Hermes' form, canonical and sorted; one that is no JSON stands as it is.

    >>> calls('<tool_call>{"name": "a", "arguments": {"x": 1}}</tool_call>')
    ['a {"x": 1}']
    """
    return sorted(map(_call, CALL.findall(text)))


def _call(text: str) -> str:
    try:
        read = json.loads(text)
        return _canonical(read["name"], read["arguments"])
    except (ValueError, KeyError, TypeError):
        return text


def _canonical(name: str, arguments: Any) -> str:
    return f"{name} {json.dumps(arguments, sort_keys=True, ensure_ascii=False)}"


def measure(
    model: Annotated[str, typer.Option(help="The student: a folder.")],
    rows: Annotated[list[Path], typer.Option(help="Files of rows, the option once for each.")],
    out: Annotated[Path, typer.Option(help="The JSON file to write.")],
    length: Annotated[int, typer.Option(help="Tokens of a row that count, whole answers of it.", min=8)] = 2048,
    generate: Annotated[int, typer.Option("--free", help="Rows of each file whose first call is generated.")] = 0,
) -> None:
    """Measure a student on rows: loss, and calls exactly as recorded, forced and free."""
    words, stops = student.tokenizer(model)
    chat, whole = render.template(words, stops), student.load(model, len(words), torch.float32, 0)
    whole.to(torch.accelerator.current_accelerator() or "cpu").eval()
    found: dict[str, list[dict[str, Any]]] = {}
    for path in rows:
        read = [(where, row) for where, row in examples.read(path) if _told(examples.attempt(where, row, chat))]
        scores = [{"row": where, **row_scores(whole, row, chat, length)} for where, row in read]
        said = free(whole, [row for _, row in read[:generate]], chat, length)
        for score, right in zip(scores, said, strict=False):
            score["free"] = right
        found[path.stem] = scores
        print(f"{path}: {len(scores)} rows, {sum(one['learned'] for one in scores)} learned tokens", flush=True)
    out.write_bytes(orjson.dumps(found, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))


def _told(attempt: list[Example] | str) -> bool:
    """Whether the student's template can say a row; why not is printed."""
    if isinstance(attempt, str):
        print(f"left out: {attempt}")
    return not isinstance(attempt, str)


def main(arguments: list[str] | None = None) -> None:
    """The command with these arguments, else the process's."""
    cli.run_function(measure, arguments, "finetune.held_out")


if __name__ == "__main__":
    main()
