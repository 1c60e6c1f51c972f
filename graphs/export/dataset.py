"""The accepted rows of a run in another layout: the command `python -m graphs.export RUN --format openai`."""

from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import orjson

from agents import cli, files
from agents.errors import UsageError
from agents.outputs import check_output
from agents.run_format import find_manifest
from agents.schema import Noun, Row
from graphs.export import card, leak_check, parquet
from graphs.export.card import Notes
from graphs.export.formats import FOLDERS, SETTINGS, Format, convert, layout
from graphs.export.leak_check import Leak
from graphs.export.rows import Manifest, Record, is_learned_whole, read_rows, unlearn_failures
from graphs.export.scrub import Scrub, scrub

EXAMPLES = """Write the accepted rows of a run in another layout: JSON lines, or a folder for the `datasets` library.

\b
  python -m graphs.export runs/default --format openai
  python -m graphs.export runs/default --format trl
  python -m graphs.export runs/default --format parquet --push me/my-trajectories
  python -m graphs.export runs/default --format openai --against runs/evals/texts.jsonl --leaks drop
"""


class Failures(StrEnum):
    """What a student learns of a planned failure."""

    LEARN = "learn"
    UNLEARN = "unlearn"


class Unlearned(StrEnum):
    """What becomes of a row with answers that should not be learned."""

    MARK = "mark"
    SKIP = "skip"


class Config(Noun):
    """All that an export can be told."""

    run: Annotated[Path, cli.ARGUMENT]
    """The folder of a run, such as runs/default."""
    format: Format
    """The layout to write."""
    out: Path | None = None
    """Where to write; if not given, into RUN/export."""
    beside: Path | None = None
    """For dpo: another run, such as one with --teacher-assistant offline-weak, whose turns may be the worse ones."""
    push: str = ""
    """OWNER/NAME of a dataset on the Hugging Face hub; trl, dpo and parquet only."""
    against: Path | None = None
    """Benchmark texts that no row may hold: python -m evals.contamination texts."""
    compare: tuple[Path, ...] = ()
    """Other runs or files of conversations, the option once for each: how many rows are near-copies of theirs."""
    leaks: Leak = Leak.REFUSE
    """What becomes of rows that hold some."""
    failures: Failures = Failures.LEARN
    """Whether the first attempt of a step that the plan let fail is to be learned."""
    unlearned: Unlearned = Unlearned.MARK
    """What becomes of rows with answers not to be learned, such as refused calls: marked in the layout, or skipped."""
    scrub: Scrub = Scrub.MASK
    """What becomes of keys, e-mail addresses and phone numbers that live servers returned, or of their rows."""
    tokenizer: tuple[str, ...] = ()
    """A tokenizer to count tokens with on the card, as transformers names it; the option once for each."""


def export_run(config: Config) -> None:
    """Read, check and write the rows."""
    if config.push and config.format not in FOLDERS:
        raise UsageError(f"--push: a hub takes --format trl, dpo or parquet, not {config.format}")
    reading, manifest, out = read_rows(config.run), find_manifest(config.run), choose_place(config)
    rows = list(reading)
    if not rows:
        raise UsageError(f"{config.run}: no row was accepted; report.html there says why")
    print(f"read {len(rows)} accepted rows of {config.run}")
    if config.failures is Failures.UNLEARN:
        rows = [unlearn_failures(row) for row in rows]
    partly = [row for row in rows if not is_learned_whole(row)]
    if partly and config.unlearned is Unlearned.SKIP:
        rows = [row for row in rows if is_learned_whole(row)]
        print(f"left out: {len(partly)} rows with answers not to be learned")
        if not rows:
            raise UsageError("--unlearned skip: no row is left; each has an answer that should not be learned")
    elif partly and config.format is Format.TRL:
        warning = "gpt-oss's template in TRL learns them all the same, so leave such rows out there: --unlearned skip"
        print(f"{len(partly)} rows have answers not to be learned; {warning}")
    rows, scrubbed = scrub(rows, config.scrub)
    print(f"private data: {scrubbed}")
    notes = Notes(config.tokenizer, scrubbed=scrubbed)
    if config.against:
        rows, overlaps = leak_check.check(rows, config.against, config.leaks)
        notes = replace(notes, benchmarks=overlaps)
    if config.compare:
        notes = replace(notes, copies=leak_check.count_copies(rows, config.compare))
        print(f"near-copies: {notes.copies}")
    if config.format in FOLDERS:
        # For pairs: what may have gone wrong is what the run rejected, and all of the run beside it.
        worse = [(config.run, "rejected.jsonl")]
        if config.beside:
            worse += [(config.beside, "trajectories.jsonl"), (config.beside, "rejected.jsonl")]
        others = (row for run, name in worse for row in read_rows(run, name))
        make = parquet.columns if config.format is Format.PARQUET else layout(config.format, manifest, others)
        parts = parquet.write(rows, config.format, make, out, manifest, notes, config.push)
        sizes = ", ".join(f"{part} {count}" for part, count in parts.items())
        print(f"wrote {sizes} to {out}{f' and pushed them to {config.push}' if config.push else ''}")
    elif config.format is Format.AGENT_TRACES:
        print(f"wrote {write_sessions(rows, manifest, out)} sessions to {out}")
    else:
        print(f"wrote {write_lines(rows, config.format, manifest, out)} rows to {out}")


def choose_place(config: Config) -> Path:
    """Where the rows go, with what is written beside them.

    Raises: UsageError: it is what is read, or in there but for RUN/export; or it cannot be written.
    """
    is_folder, exports = config.format in {*FOLDERS, Format.AGENT_TRACES}, config.run / "export"
    out = config.out or exports / (config.format if is_folder else f"{config.format}.jsonl")
    run = None if exports.resolve() in out.resolve().parents else config.run
    inputs = (run, config.beside, config.against, *config.compare)
    fix = f"choose another place, or one in {exports}"
    check_output("--out", out, inputs, folder=is_folder, fix=fix)
    if config.format in FOLDERS and not card.may_replace(out / "README.md"):
        raise UsageError(f"--out: {out / 'README.md'} is no dataset's card, and one would be written over it; {fix}")
    if config.format in SETTINGS:
        beside = out.with_name(SETTINGS[config.format][0])
        if beside == out:
            raise UsageError(f"--out: {out} is the name of the settings beside the rows; choose another")
        check_output("--out", beside, inputs)
    return out


def write_lines(rows: Sequence[Row], name: Format, manifest: Manifest, out: Path) -> int:
    """Write a file of JSON lines, and what its reader needs beside it; returns how many rows the layout could hold."""
    converted = [records for _, records in convert(rows, layout(name, manifest))]
    files.write_whole(out, b"".join(_line(record) for records in converted for record in records))
    if name in SETTINGS:
        file, settings = SETTINGS[name]
        files.write_whole(out.with_name(file), settings.format(file=out.name))
        print(f"wrote its reader's settings to {out.with_name(file)}")
    return len(converted)


def write_sessions(rows: Sequence[Row], manifest: Manifest, out: Path) -> int:
    """Write a file for each row, as hubs show sessions."""
    for row, records in convert(rows, layout(Format.AGENT_TRACES, manifest)):
        files.write_whole(out / f"slot-{row['slot']}.jsonl", b"".join(map(_line, records)))
    return len(rows)


def _line(record: Record) -> bytes:
    return orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE)  # unsorted: templates print keys as they come


def main(arguments: list[str] | None = None) -> None:
    """Exits with 2 for the user's own mistake."""
    cli.run(cli.command(Config, export_run, EXAMPLES), arguments, "graphs.export")
