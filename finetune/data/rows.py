"""Files, folders and hub names -> records, each with the place that names it.

Read are a run's folder, JSON lines, a file with one JSON list, parquet, a folder of such files, what `datasets` saved,
and data sets on the Hugging Face hub. A line that cannot be read is a RowError at its place: it is counted and refused
by its number, and the rest is read.
"""

import codecs
import hashlib
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import orjson
from pydantic import JsonValue

from agents import hub
from agents.errors import RowError, UsageError
from agents.files import as_utf8

Split = Literal["row", "service"]
Record = tuple[str, object]
"""Its place, such as rows.jsonl:3, and the JSON object that stands there or a RowError."""
SUFFIXES = (".jsonl", ".json", ".parquet")


@dataclass(frozen=True)
class Source:
    """A file, folder or hub name, and how often an epoch shows what is in it."""

    name: str
    share: float = 1.0


def parse_source(text: str) -> Source:
    """`PATH`, or `PATH=SHARE` with a number.

    >>> parse_source("rows.jsonl=0.5")
    Source(name='rows.jsonl', share=0.5)

    Raises: UsageError: the share is no positive number.
    """
    name, equals, share = text.rpartition("=")
    if not equals or Path(text).exists():
        return Source(text)
    try:
        number = float(share)
    except ValueError:
        return Source(text)
    if not 0 < number < float("inf"):
        raise UsageError(f"--data: {text}: a share is a positive number, such as {name}=0.5")
    return Source(name, number)


def read_records(source: Source, option: str = "--data") -> Iterator[Record]:
    """The records of a source, in order.

    Raises: UsageError: nothing is there, or it cannot be read at all.
    """
    path = Path(source.name)
    count = 0
    try:
        for record in _read(path, source.name, option):
            count += 1
            yield record
    except OSError as error:
        raise UsageError(f"{option}: cannot read {path}: {error.strerror or error}") from None
    if not count:
        raise UsageError(f"{option}: no rows in {source.name}")


def list_files(path: Path) -> list[Path]:
    """The files that hold the rows of a run's folder, or of a folder of files; a file itself."""
    if not path.is_dir():
        return [path]
    if (path / "trajectories.jsonl").is_file():
        return [path / "trajectories.jsonl"]
    return sorted(file for file in path.rglob("*") if file.suffix in (".jsonl", ".parquet"))


def check_there(name: str, option: str) -> bool:
    """Whether it lies on this machine; else the hub may know the name.

    Raises: UsageError: it is a path, and nothing is there.
    """
    path = Path(name)
    if path.exists():
        return True
    if path.suffix in SUFFIXES or name.count("/") != 1 or name.startswith((".", "/", "~", "runs/")):
        formats = "a run's folder, a .jsonl, .json or .parquet file, a folder of them, or a data set on the hub"
        raise UsageError(f"{option}: cannot read {name}: there is no such file or folder; name {formats}")
    return False


def _read(path: Path, name: str, option: str) -> Iterator[Record]:
    if not check_there(name, option):
        from datasets import config, load_dataset

        if not (Path(config.HF_DATASETS_CACHE) / name.replace("/", "___")).is_dir():
            fix = "name a file or folder, or fetch the data set where there is a network"
            hub.refuse_unreachable(f"{option}: no such file, nor a data set {name} on this machine", fix)
        try:
            loaded = load_dataset(name, split="train")
        except Exception as error:  # every kind of hub, network and format has errors of its own
            line = " ".join(str(error).split())[:200]
            raise UsageError(f"{option}: no such file, and no data set {name} on the hub: {line}") from None
        yield from ((f"{name}:{number}", record) for number, record in enumerate(loaded, 1))
    elif path.is_dir() and ((path / "dataset_info.json").is_file() or (path / "dataset_dict.json").is_file()):
        from datasets import DatasetDict, load_from_disk

        saved = load_from_disk(str(path))
        if isinstance(saved, DatasetDict):
            # its other parts are what its makers measure on
            if "train" not in saved:
                raise UsageError(f"{option}: {path} has the parts {', '.join(saved)}; name one of their folders")
            saved = saved["train"]
        yield from ((f"{path.name}:{number}", record) for number, record in enumerate(saved, 1))
    else:
        files = list_files(path)
        for file in files:
            place = file.name if len(files) == 1 else str(file.relative_to(path))
            yield from _read_file(file, place, option)


def _read_file(path: Path, place: str, option: str) -> Iterator[Record]:
    """Parquet, or JSON lines; a file called .json may also hold one list."""
    if path.suffix == ".parquet":
        try:
            from pyarrow import ArrowException, parquet
        except ImportError:
            raise UsageError(f"{option}: {path} needs pyarrow; pip install pyarrow") from None
        number = 0
        try:
            with parquet.ParquetFile(path) as table:
                for batch in table.iter_batches(batch_size=64):
                    for record in batch.to_pylist():
                        number += 1
                        yield f"{place}:{number}", record
        except ArrowException as error:
            raise UsageError(f"{option}: {path}: not a parquet file that can be read: {error}") from None
        return
    if path.suffix == ".json":
        try:
            document = orjson.loads(as_utf8(path.read_bytes()))
        except ValueError:
            pass
        else:
            records = document if isinstance(document, list) else [document]
            yield from ((f"{place}:{number}", record) for number, record in enumerate(records, 1))
            return
    with path.open("rb") as file:
        first = file.read(4)
        file.seek(0)
        # what some editors save: UTF-16, which cannot be read line by line
        wide = b"\0" in first or first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        for number, line in enumerate(as_utf8(file.read()).split(b"\n") if wide else file, 1):
            if line.strip():
                line = line.removeprefix(codecs.BOM_UTF8) if number == 1 else line
                try:
                    yield f"{place}:{number}", orjson.loads(line)
                except ValueError as error:
                    try:  # Python's own JSON writes NaN, which becomes null
                        yield f"{place}:{number}", orjson.loads(orjson.dumps(json.loads(line)))
                    except (ValueError, TypeError):
                        yield f"{place}:{number}", RowError(f"not JSON ({error})")


def digest(record: object) -> bytes:
    """What is the same for two rows that hold the same conversation, however else they differ."""
    if not isinstance(record, dict):
        return b""
    spoken = next((record[key] for key in ("messages", "conversations", "steps") if record.get(key)), record)
    return hashlib.sha256(orjson.dumps(spoken, default=str, option=orjson.OPT_SORT_KEYS)).digest()


def services(record: object) -> frozenset[str]:
    """The services of a row of ours, in whatever layout still holds them; empty where it says none."""
    if not isinstance(record, dict):
        return frozenset()
    details = record.get("details") or record.get("extra")
    if isinstance(details, str):
        try:
            details = orjson.loads(details)
        except ValueError:
            details = None
    cluster: JsonValue = record.get("cluster") or (details.get("cluster") if isinstance(details, dict) else None)
    tools = cluster.get("tools") if isinstance(cluster, dict) else None
    return (
        frozenset(str(name).rpartition("/")[0] for name in tools.values()) if isinstance(tools, dict) else frozenset()
    )


def choose_held_out(
    digests: Sequence[bytes], groups: Sequence[frozenset[str]], held_out: float, seed: int, split: Split
) -> set[int]:
    """The numbers of the rows held out: about this share, at least one if any; equal rows are never parted.

    By `service` a row is held out if it has any of the services held out, so that the rest has none of them.
    Raises: UsageError: rows do not say their services, or no service can be held out.
    """
    count = max(1, round(len(digests) * held_out)) if held_out else 0
    if split == "row" or not count:
        held = set(random.Random(seed).sample(range(len(digests)), count))
    else:
        silent = next((n for n, names in enumerate(groups, 1) if not names), None)
        if silent:
            cure = "use a run's folder, or --split row"
            raise UsageError(f"--split service: row {silent} does not say its services; {cure}")
        order = sorted(frozenset[str]().union(*groups))
        random.Random(seed).shuffle(order)
        held = set[int]()
        for name in order:
            more = held | {n for n, names in enumerate(groups) if name in names}
            # a service in every row, such as the Code Tool's, would hold out all of them
            if len(more) <= 1.5 * count:
                held = more
            if len(held) >= count:
                break
        if not held:
            raise UsageError("--split service: every service is in too many rows to be held out; raise --held-out")
    twins = {digests[n] for n in held}
    return {n for n, key in enumerate(digests) if n in held or (key and key in twins)}
