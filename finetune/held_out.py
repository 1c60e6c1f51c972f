"""Rows that a student never saw -> how well it says them: python -m finetune.held_out

*Forced*: one forward pass over each row, as far as it fits. The loss of each learned token, and of each answer with
calls whether greedy decoding, put behind everything recorded up to the call (the answer's own words too), would say the
calls token for token: a call is right where the most likely token is the recorded one at every place. It costs no
generation, and is stricter than equality of arguments, for it also asks for their order and spelling.

*Free*: for the first `--free` rows, whether the first answer with calls, generated greedily behind the recorded
conversation, holds exactly the recorded calls, arguments compared as JSON. Calls are read in Hermes' form.
"""

from pathlib import Path

import orjson
from pydantic import Field

from agents import cli
from agents.errors import RowError
from agents.files import write_whole
from agents.outputs import check_output
from agents.schema import Noun
from finetune import require_extra
from finetune.data.rows import Source, check_there, read_records
from finetune.model.place import source

TEXT = """Measure a student on rows: loss, and calls exactly as recorded, forced and free.

\b
  python -m finetune.held_out --model runs/student/model --rows held_out.jsonl --out held.json
"""


class Config(Noun):
    """What to measure on what."""

    model: str
    """The student: a folder."""
    rows: tuple[Path, ...]
    """Files of rows, the option once for each."""
    out: Path
    """The JSON file to write."""
    length: int = Field(default=2048, ge=8)
    """Tokens of a row that count, whole answers of it."""
    free: int = Field(default=0, ge=0)
    """Rows of each file whose first call is generated."""


def measure(config: Config) -> None:
    check_output("--out", config.out, [Path(config.model), *config.rows])
    require_extra()
    for path in config.rows:
        check_there(str(path), "--rows")
    source(config.model)
    import torch  # here, for it takes seconds: --help and mistakes should not wait for it

    from finetune.data.layouts import read_conversation
    from finetune.data.render import render_turns
    from finetune.data.template import load_template
    from finetune.model import scores, student

    tokenizer, stops = student.load_tokenizer(config.model)
    template, model = load_template(tokenizer, stops), student.load(config.model, len(tokenizer), torch.float32)
    model.to(torch.accelerator.current_accelerator() or "cpu").eval()
    measured: dict[str, list[scores.Scores]] = {}
    for path in config.rows:
        rows = []
        for place, content in read_records(Source(str(path)), "--rows"):
            try:
                if isinstance(content, RowError):
                    raise content
                conversation = read_conversation(content)
                rows.append((place, conversation, render_turns(conversation, template)))
            except RowError as error:
                print(f"left out: {place}: {error}")
        measured[path.stem] = [
            scores.score_row(model, conversation, template, config.length, place) for place, conversation, _ in rows
        ]
        answers = scores.generate_first_calls(
            model, [turns for *_, turns in rows[: config.free]], template, config.length
        )
        for score, right in zip(measured[path.stem], answers, strict=False):
            score["free"] = right
        learned = sum(score["learned"] for score in measured[path.stem])
        print(f"{path}: {len(rows)} rows, {learned} learned tokens", flush=True)
    write_whole(config.out, orjson.dumps(measured, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))


def main(arguments: list[str] | None = None) -> None:
    """The command with these arguments, else the process's."""
    cli.run(cli.command(Config, measure, TEXT), arguments, "finetune.held_out")


if __name__ == "__main__":
    main()
