"""The accepted rows of a run in another layout: the command `python -m graphs.export RUN --format openai`."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from agents import cli
from agents.errors import FormatError, UsageError
from graphs.export import formats, leak_check, parquet
from graphs.export.formats import Format, Record, Row
from graphs.export.leak_check import Leak


def convert(
    run: Annotated[Path, typer.Argument(help="The folder of a run, such as runs/default.")],
    layout: Annotated[Format, typer.Option("--format", help="The layout to write.")],
    out: Annotated[Path | None, typer.Option(help="Where to write; if not given, into RUN/export.")] = None,
    push: Annotated[str, typer.Option(help="OWNER/NAME of a dataset on the Hugging Face hub; parquet only.")] = "",
    against: Annotated[
        Path | None, typer.Option(help="Benchmark texts that no row may hold: python -m evals.contamination texts.")
    ] = None,
    leaks: Annotated[Leak, typer.Option(help="What becomes of rows that hold some.")] = Leak.REFUSE,
) -> None:
    """Write the accepted rows of a run in another layout: a file of JSON lines, or a parquet folder with a card.

    \b
      python -m graphs.export runs/default --format openai
      python -m graphs.export runs/default --format parquet --push me/my-trajectories
      python -m graphs.export runs/default --format openai --against runs/evals/texts.jsonl --leaks drop
    """
    if push and layout != Format.PARQUET:
        raise UsageError(f"--push: a hub takes --format parquet, not {layout}")
    manifest, rows = _manifest(run), list(read_rows(run))
    if not rows:
        raise UsageError(f"{run}: no row was accepted; report.html there says why")
    print(f"read {len(rows)} accepted rows of {run}")
    if against:
        rows = leak_check.check(rows, against, leaks)
    if layout == Format.PARQUET:
        out, written = out or run / "export" / "parquet", len(rows)
        parquet.write(rows, out, manifest, push)
    else:
        out = out or run / "export" / f"{layout}.jsonl"
        written = write(rows, recorder(layout, manifest), out)
    print(f"wrote {written} rows to {out}{f' and pushed them to {push}' if push else ''}")


def read_rows(run: Path) -> Iterator[Row]:
    """The accepted rows."""
    with (run / "trajectories.jsonl").open("rb") as lines:
        for text in lines:
            if text.endswith(b"\n"):  # a run that is still writing
                yield orjson.loads(text)


def recorder(layout: Format, manifest: dict[str, Any]) -> Callable[[Row], Record]:
    """What makes a record of a row in this layout of JSON lines."""
    assistant = manifest.get("teachers", {}).get("assistant", {}).get("model")
    by_format: dict[Format, Callable[[Row], Record]] = {
        Format.OPENAI: formats.openai,
        Format.SHAREGPT: formats.sharegpt,
        Format.HERMES: formats.hermes,
        Format.ATIF: partial(formats.atif, model=assistant),
    }
    return by_format[layout]


def write(rows: list[Row], record: Callable[[Row], Record], out: Path) -> int:
    """Write a line for each row that the layout can hold, and say why it cannot hold the others; how many it could."""
    out.parent.mkdir(parents=True, exist_ok=True)
    written = 0
    with out.open("wb") as file:
        for row in rows:
            try:
                file.write(orjson.dumps(record(row), option=orjson.OPT_APPEND_NEWLINE))
                written += 1
            except FormatError as error:
                print(f"left out: {error}")
    return written


def _manifest(run: Path) -> dict[str, Any]:
    if not (run / "trajectories.jsonl").is_file():
        raise UsageError(f"{run}: no trajectories.jsonl there; give the folder of a run, such as runs/default")
    path = run / "manifest.json"
    return dict(orjson.loads(path.read_bytes())) if path.is_file() else {}


def main(arguments: list[str] | None = None) -> None:
    """`convert` with these arguments, else the process's; exits with 2 for the user's own mistake."""
    cli.run_function(convert, arguments, "graphs.export")
