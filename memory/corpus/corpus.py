"""Tool definitions in files -> the tools that can be used, and why the others cannot.

Reads `.json`, `.jsonl`, `.yaml`, each also `.gz`, or a folder of them, arranged as `listings` knows it and in the forms
of `definitions`. Whatever is not kept as it was is counted with its reason: mended or dropped.

    python -m memory.corpus PATH...        what was read, mended, dropped and why; no PATH: the built-in catalogue
    python -m memory.corpus --mcp FILE     what the live servers of an `mcpServers` file offer, and nothing else
"""

import argparse
import codecs
import gzip
import hashlib
import re
import sys
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, islice
from pathlib import Path
from typing import Any

import orjson
import yaml

from agents.errors import UsageError
from agents.schema import Tool
from memory.corpus import definition, openapi, siblings
from memory.corpus import read as listings
from memory.corpus.definition import Place
from memory.corpus.json_schema import Unusable
from memory.corpus.read import Row

CATALOGUE = Path(__file__).parent / "builtin"
LINES, WHOLE, YAML = (".jsonl", ".ndjson"), (".json",), (".yaml", ".yml")
LICENCES = 12
"""Told one by one, the commonest; the manifest has them all."""
SUFFIXES = (*LINES, *WHOLE, *YAML)


@dataclass(frozen=True)
class Note:
    """A definition that was read and cannot be used, or not as it was."""

    tool: str
    """Its name, or `#n` where it has none: the n-th read, from 0."""
    where: str
    """`file`, `file:line`, and where in there, as `file: tools[3]`."""
    reason: str
    """`kind` or `kind: detail`."""


@dataclass(frozen=True)
class Corpus:
    """The tools in reading order; `service/name` is unique."""

    tools: tuple[Tool, ...]
    dropped: tuple[Note, ...]
    mended: tuple[Note, ...]
    """Kept, with a fault whose one obvious repair loses nothing; a tool may have several."""
    sha256: str
    """Of the kept tools' canonical JSON, a line each; the same wherever the files lie."""
    licences: dict[str, int]


def load(paths: Sequence[Path]) -> Corpus:
    """All usable tools of the files and folders, in the order given; a folder's files are sorted by path.

    Raises UsageError for a file that is missing or of no kind that this reads, and where no usable tool is left.
    """
    return _corpus(paths)


def builtin() -> Corpus:
    """The catalogue that ships with the project: invented services, a file for each domain."""
    return _corpus([CATALOGUE], Place(source="builtin", licence="Apache-2.0"))


def beside(live: Corpus, files: Corpus) -> Corpus:
    """The tools of live servers, then those of files; a service that is live is only what its server offers."""
    known, names = {tool.key: tool for tool in live.tools}, {tool.service for tool in live.tools}
    lost = [tool for tool in files.tools if tool.service in names and known.get(tool.key) != tool]
    replaced = [Note(tool.name, tool.source, "its service is live") for tool in lost]
    tools = (*live.tools, *(tool for tool in files.tools if tool.service not in names))
    return holding(tools, (*live.dropped, *files.dropped, *replaced), (*live.mended, *files.mended))


def offered(mcp: Path) -> Corpus:
    """The tools of the live servers of an `mcpServers` file. Raises UsageError for a server that cannot be asked."""
    try:
        from memory.corpus import mcp as servers
    except ImportError:
        raise UsageError("--mcp: the MCP SDK is missing; install the extra: pip install -e '.[mcp]'") from None
    return servers.tools(mcp)


def _corpus(paths: Sequence[Path], place: Place | None = None) -> Corpus:
    files = ((path, _rows(path, place or Place(source=path.name))) for path in _files(paths))
    corpus = gathered(_joined(files))
    if not corpus.tools:
        raise UsageError(_nothing_left(paths, corpus.dropped))
    return corpus


def _joined(files: Iterable[tuple[Path, Iterator[Row]]]) -> Iterator[Row]:
    """The rows of files; a folder with a tool in each file, none of which names its server, is one service."""
    for folder, group in groupby(files, key=lambda file: file[0].parent):
        seen: list[tuple[list[Row], Iterator[Row]]] = []
        alone = True
        for path, rows in group:
            first = list(islice(rows, 2)) if alone else []  # no more is parsed than it takes to know
            alone = alone and len(first) == 1 and _is_unnamed(first[0], path)
            seen.append((first, rows))
        service = folder.resolve().name
        for first, rows in seen:
            joins = alone and len(seen) > 1
            yield from (replace(row, place=replace(row.place, service=service)) if joins else row for row in first)
            yield from rows


def _is_unnamed(row: Row, path: Path) -> bool:
    return row.place.service == _service(path) and isinstance(row.definition, dict)


def gathered(rows: Iterator[Row]) -> Corpus:
    """The corpus of these definitions."""
    kept: dict[str, Tool] = {}
    dropped, mended = list[Note](), list[Note]()
    for index, row in enumerate(rows):
        try:
            if isinstance(row.definition, Unusable):
                raise row.definition
            tool, mends = definition.tool(row.definition, row.place)
            if tool.key in kept:
                raise Unusable("duplicate name in its service")
            kept[tool.key] = tool
            mended += [Note(tool.name, row.at, mend) for mend in mends]
        except Unusable as error:
            name = row.definition.get("name") if isinstance(row.definition, dict) else None
            dropped.append(Note(str(name or f"#{index}"), row.at, str(error)))
    return holding(kept.values(), dropped, mended)


def holding(tools: Iterable[Tool], dropped: Iterable[Note] = (), mended: Iterable[Note] = ()) -> Corpus:
    """The corpus of these tools."""
    kept = tuple(tools)
    licences = dict(Counter(tool.licence for tool in kept))
    return Corpus(kept, tuple(dropped), tuple(mended), _sha256(kept), licences)


def _nothing_left(paths: Sequence[Path], dropped: Sequence[Note]) -> str:
    first = f", the first is {dropped[0].where}: {dropped[0].reason}" if dropped else ""
    read = ", ".join(map(str, paths)) or "no paths"
    return f"corpus: no usable tool in {read} ({len(dropped)} dropped{first}); expected name, description, inputSchema"


def _sha256(tools: Sequence[Tool]) -> str:
    lines = (orjson.dumps(tool.model_dump(), option=orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE) for tool in tools)
    return hashlib.sha256(b"".join(lines)).hexdigest()


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(file for file in path.rglob("*") if file.is_file() and _kind(file) in SUFFIXES)
        elif path.is_file() and _kind(path) in SUFFIXES:
            yield path
        else:
            fault = "not a file this reads" if path.exists() else "no such file or folder"
            raise UsageError(f"corpus: {path}: {fault}; expected a folder or {', '.join(SUFFIXES)}, also .gz")


def _kind(path: Path) -> str:
    return Path(path.name.removesuffix(".gz")).suffix


def _rows(path: Path, place: Place) -> Iterator[Row]:
    """The definitions in a file; a file or line that cannot be read is one that cannot be used."""
    place = replace(place, service=_service(path))
    for where, document in _documents(path):
        if isinstance(document, Unusable):
            yield Row(where, document, place)
        else:
            for row in listings.rows(document, place):
                yield replace(row, at=f"{where}: {row.at}" if row.at else where)


def _service(path: Path) -> str:
    """The service of a file's tools where nothing in it says so."""
    return path.name.split(".")[0]


def _documents(path: Path) -> Iterator[tuple[str, Any]]:
    """(where, parsed document or Unusable): one for a file, one for each line of `.jsonl`, each part of `.yaml`."""
    try:
        content = path.read_bytes()
        content = _utf8(gzip.decompress(content) if path.suffix == ".gz" else content)
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        yield str(path), Unusable(f"cannot be read: {error}")
        return
    if _kind(path) in YAML:
        yield from ((str(path), _whole(part, path)) for part in _yaml(content))
    elif _kind(path) in WHOLE:
        yield str(path), _whole(_json(content), path)
    else:
        lines = enumerate(content.split(b"\n"), start=1)
        yield from ((f"{path}:{number}", _json(line)) for number, line in lines if line.strip())


def _utf8(content: bytes) -> bytes:
    """The content in UTF-8, from what its byte order mark says that it is."""
    for mark, encoding in ((codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32")):
        if content.startswith(mark):
            return content.decode(encoding).encode()
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16").encode()
    return content.removeprefix(codecs.BOM_UTF8)


def _whole(document: Any, path: Path) -> Any:
    """An OpenAPI document with what it refers to in files beside it."""
    if not isinstance(document, dict) or not openapi.describes(document):
        return document
    return siblings.join(document, path, _read_one)


def _read_one(path: Path) -> Any:
    """A file with one document. Raises: OSError, ValueError."""
    content = _utf8(path.read_bytes())
    document = _json(content) if _kind(path) in WHOLE else next(_yaml(content), None)
    if isinstance(document, Unusable):
        raise ValueError(str(document))
    return document


def _json(text: bytes) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        near = text.decode(errors="replace")[error.pos :][:40] or text.decode(errors="replace")[-40:]
        return Unusable(f"not JSON: {error.msg} in line {error.lineno} near {near!r}")


class _Json(yaml.CSafeLoader):
    """YAML 1.2's core types: `no` is a word, a date is a string, 12:30 is no number of seconds."""

    yaml_implicit_resolvers = {"<": [("tag:yaml.org,2002:merge", re.compile("^<<$"))]}  # noqa: RUF012


for _tag, _pattern, _first in (
    ("null", r"^(?:~|null|Null|NULL|)$", ["~", "n", "N", ""]),
    ("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", [*"tTfF"]),
    ("int", r"^[-+]?(?:0|[1-9][0-9]*)$", [*"-+0123456789"]),
    ("float", r"^[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?$", [*"-+.0123456789"]),
):
    _Json.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), _first)


def _yaml(content: bytes) -> Iterator[Any]:
    try:
        for document in yaml.load_all(content, _Json):
            yield orjson.loads(orjson.dumps(document, option=orjson.OPT_NON_STR_KEYS))
    except (yaml.YAMLError, TypeError, ValueError) as error:
        yield Unusable(f"not YAML that JSON can hold: {' '.join(str(error).split())[:120]}")


def report(corpus: Corpus) -> Iterator[str]:
    """What a person wants to know after reading: counts, mends and drops by reason, services, licences."""
    yield f"read {len(corpus.tools) + len(corpus.dropped)} tools, kept {len(corpus.tools)} ({corpus.sha256[:12]})"
    yield f"services {len({tool.service for tool in corpus.tools})}"
    for verb, notes in (("mended", corpus.mended), ("dropped", corpus.dropped)):
        for reason, count in Counter(note.reason.split(": ")[0] for note in notes).most_common():
            first = next(note for note in notes if note.reason.startswith(reason))
            yield f"{verb} {count}: {reason}, such as {first.tool} at {first.where}"
    licences = sorted(corpus.licences.items(), key=lambda item: (-item[1], item[0]))
    for licence, count in licences[:LICENCES]:
        yield f"licence {count:6d} {licence or 'not stated'}"
    if len(licences) > LICENCES:
        yield f"licence {sum(count for _, count in licences[LICENCES:]):6d} under {len(licences) - LICENCES} others"


def main() -> None:
    """Print the report of the given paths, and write the tools where that is wished."""
    parser = argparse.ArgumentParser(prog="python -m memory.corpus")
    parser.add_argument("paths", nargs="*", type=Path, help="files and folders; none: the built-in catalogue")
    parser.add_argument("--mcp", type=Path, metavar="FILE", help="list the live servers of an mcpServers file")
    parser.add_argument("--with-catalogue", action="store_true", help="with --mcp: the built-in catalogue, too")
    parser.add_argument("--out", type=Path, help="write the tools that are kept there, a JSON line each")
    told = parser.parse_args()
    try:
        live = offered(told.mcp) if told.mcp else holding([])
        files = load(told.paths) if told.paths else holding([]) if told.mcp and not told.with_catalogue else builtin()
    except UsageError as error:
        print(f"error: {error}", file=sys.stderr)
        raise SystemExit(2) from None
    print("".join(f"{tool.key}  {' '.join(tool.description.split())[:80]}\n" for tool in live.tools), end="")
    read = beside(live, files)
    print("\n".join(report(read)), flush=True)
    if told.out:
        with told.out.open("wb") as lines:
            lines.writelines(tool.model_dump_json().encode() + b"\n" for tool in read.tools)
