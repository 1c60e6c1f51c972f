"""Tool definitions in files -> the tools that can be used, and why the others cannot.

Reads the files of `documents`, or a folder of them, arranged as `read` knows it and in the forms of `definition`.
Whatever is not kept as it was is counted with its reason: mended or dropped.

    python -m memory.corpus PATH...        what was read, mended, dropped and why; no PATH: the built-in catalogue
    python -m memory.corpus --mcp FILE     what the live servers of an `mcpServers` file offer, and nothing else
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, islice
from pathlib import Path
from typing import Annotated

import orjson

from agents import cli
from agents.errors import UsageError, installing
from agents.files import write_whole
from agents.outputs import check_output
from agents.plan.excerpt import CHOICES, measure, shown
from agents.schema import Noun, Tool
from memory.corpus.reading import definition, documents, foreign, openapi, siblings, unfit
from memory.corpus.reading import read as listings
from memory.corpus.reading.definition import Place
from memory.corpus.reading.documents import ARCHIVES, SUFFIXES, kind_of, spell
from memory.corpus.reading.json_schema import Unusable
from memory.corpus.reading.read import Row

CATALOGUE = Path(__file__).parent / "builtin"
HEAVY = 64_000
"""[ours] Bytes of a definition above which its price is told: 16,000 tokens, in most requests of a slot."""
LICENCES = 12
"""Told one by one, the commonest; the manifest has them all."""


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


def load(paths: Sequence[Path], option: str = "--tools") -> Corpus:
    """All usable tools of the files and folders, in the order given; a folder's files are sorted by path.

    `option` is what the user named them by: a mistake is told as its.
    Raises UsageError for a file that is missing or of no kind that this reads, and where no usable tool is left.
    """
    return _load(paths, option)


def builtin() -> Corpus:
    """The catalogue that ships with the project: invented services, a file for each domain."""
    return _load([CATALOGUE], "the catalogue", Place(source="builtin", licence="Apache-2.0"))


def choose(
    paths: Sequence[Path], mcp: Path | None = None, *, with_catalogue: bool = False, option: str = "--tools"
) -> Corpus:
    """What a command's options name: files and folders, live servers, or the catalogue without either.

    Read in this process: 10,016 tools leave it with 165 MiB where a child that reads them and hands them over leaves
    100, but has 170 itself meanwhile, so that both together need more; and the child takes 2.5 CPU seconds instead of
    1.7 (21,407 tools: 310 MiB; 217 and 348; 6.3 and 4.6 s). Before it had a package of its own the difference was 474.
    """
    live = list_live(mcp) if mcp else hold([])
    alone = mcp and not with_catalogue
    return merge(live, load(paths, option) if paths else hold([]) if alone else builtin())


def merge(live: Corpus, files: Corpus) -> Corpus:
    """The tools of live servers, then those of files; a service that is live is only what its server offers."""
    by_key, names = {tool.key: tool for tool in live.tools}, {tool.service for tool in live.tools}
    lost = [tool for tool in files.tools if tool.service in names and by_key.get(tool.key) != tool]
    replaced = [Note(tool.name, tool.source, "its service is live") for tool in lost]
    tools = (*live.tools, *(tool for tool in files.tools if tool.service not in names))
    return hold(tools, (*live.dropped, *files.dropped, *replaced), (*live.mended, *files.mended))


def list_live(mcp: Path) -> Corpus:
    """The tools of the live servers of an `mcpServers` file. Raises UsageError for a server that cannot be asked."""
    try:
        from memory.corpus.servers import mcp as servers
    except ImportError:
        raise UsageError(f"--mcp: the MCP SDK is missing; install the extra: {installing('mcp')}") from None
    return servers.tools(mcp)


def _load(paths: Sequence[Path], option: str, place: Place | None = None) -> Corpus:
    files = ((path, _rows(path, place or Place(source=spell(path.name)))) for path in _files(paths, option))
    corpus = gather(_join_folders(files))
    if not corpus.tools:
        first = f", the first is {corpus.dropped[0].where}: {corpus.dropped[0].reason}" if corpus.dropped else ""
        names = ", ".join(map(spell, paths)) or "no paths"
        raise UsageError(
            f"{option}: no usable tool in {names} ({len(corpus.dropped)} dropped{first}); "
            "expected name, description, inputSchema"
        )
    return corpus


def _files(paths: Sequence[Path], option: str) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(file for file in path.rglob("*") if file.is_file() and kind_of(file) in SUFFIXES)
        elif path.is_file() and kind_of(path) in SUFFIXES:
            yield path
        else:
            fault = "not a file this reads" if path.exists() else "no such file or folder"
            fix = f"expected a folder or {', '.join(SUFFIXES)}, also .gz"
            if path.is_file() and path.suffix.lower() in ARCHIVES:
                fault, fix = "an archive", "unpack it and name its folder, or name its servers with --mcp"
            raise UsageError(f"{option}: {spell(path)}: {fault}; {fix}")


def _rows(path: Path, place: Place) -> Iterator[Row]:
    """The definitions in a file; a file or line that cannot be read is one that cannot be used."""
    place, where, cursor = replace(place, service=_service(path)), "", ""
    for document in documents.read(path):
        content = document.content
        where, cursor = document.where, foreign.further(content)
        if isinstance(content, Unusable):
            yield Row(document.where, content, place)
            continue
        if isinstance(content, dict) and openapi.describes(content):  # with what it refers to in files beside it
            content = siblings.join(content, path, documents.read_one)
        for row in listings.rows(content, place):
            yield replace(row, at=f"{document.where}: {row.at}" if row.at else document.where, mend=document.mend)
    if cursor:  # of the last page: those before it go on in this file
        reason = f"more tools of its server: list them from cursor {cursor[:60]!r} on, and add them"
        yield Row(where, Unusable(reason), place)


def _service(path: Path) -> str:
    """The service of a file's tools where nothing in it says so."""
    return spell(path.name).split(".")[0]


def _join_folders(files: Iterable[tuple[Path, Iterator[Row]]]) -> Iterator[Row]:
    """The rows of files; a folder with a tool in each file, none of which names its server, is one service."""
    for folder, group in groupby(files, key=lambda file: file[0].parent):
        seen: list[tuple[list[Row], Iterator[Row]]] = []
        alone = True
        for path, rows in group:
            first = list(islice(rows, 2)) if alone else []  # no more is parsed than it takes to know
            unnamed = [row for row in first if row.place.service == _service(path) and isinstance(row.definition, dict)]
            alone = alone and len(first) == len(unnamed) == 1
            seen.append((first, rows))
        service = spell(folder.resolve().name)
        for first, rows in seen:
            joins = alone and len(seen) > 1
            yield from (replace(row, place=replace(row.place, service=service)) if joins else row for row in first)
            yield from rows


def gather(rows: Iterator[Row]) -> Corpus:
    """The corpus of these definitions."""
    kept: dict[str, Tool] = {}
    dropped, mended = list[Note](), list[Note]()
    for index, row in enumerate(rows):
        try:
            if isinstance(row.definition, Unusable):
                raise row.definition
            tool, mends = definition.read(row.definition, row.place)
            if fault := unfit.find_fault(tool, row.definition if isinstance(row.definition, dict) else {}):
                raise Unusable(fault)
            if tool.key in kept:  # which of two is meant nobody can tell; the first one stands
                raise Unusable("duplicate name in its service")
            kept[tool.key] = tool
            mended += [Note(tool.name, row.at, mend) for mend in ([row.mend] if row.mend else []) + mends]
        except Unusable as error:
            name = row.definition.get("name") if isinstance(row.definition, dict) else None
            dropped.append(Note(str(name or f"#{index}"), row.at, str(error)))
    return hold(kept.values(), dropped, mended)


def hold(tools: Iterable[Tool], dropped: Iterable[Note] = (), mended: Iterable[Note] = ()) -> Corpus:
    """The corpus of these tools."""
    kept = tuple(tools)
    licences = dict(Counter(tool.licence for tool in kept))
    form = orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE
    lines = b"".join(orjson.dumps(tool.model_dump(), option=form) for tool in kept)
    return Corpus(kept, tuple(dropped), tuple(mended), hashlib.sha256(lines).hexdigest(), licences)


def report(corpus: Corpus) -> Iterator[str]:
    """What a person wants to know after reading: counts, mends and drops by reason, services, licences."""
    yield f"read {len(corpus.tools) + len(corpus.dropped)} tools, kept {len(corpus.tools)} ({corpus.sha256[:12]})"
    yield f"services {len({tool.service for tool in corpus.tools})}"
    for verb, notes in (("mended", corpus.mended), ("dropped", corpus.dropped)):
        for reason, count in Counter(note.reason.split(": ")[0] for note in notes).most_common():
            first = next(note for note in notes if note.reason.startswith(reason))
            yield f"{verb} {count}: {reason}, such as {first.tool} at {first.where}"
    yield from describe_long(corpus)
    licences = sorted(corpus.licences.items(), key=lambda item: (-item[1], item[0]))
    for licence, count in licences[:LICENCES]:
        yield f"licence {count:6d} {licence or 'not stated'}"
    if len(licences) > LICENCES:
        yield f"licence {sum(count for _, count in licences[LICENCES:]):6d} under {len(licences) - LICENCES} others"


def describe_long(corpus: Corpus) -> Iterator[str]:
    """A line on definitions of which prompts show an excerpt, and one on those that are long all the same."""
    prompted = {tool.key: (tool, shown(tool)) for tool in corpus.tools if measure(tool) > CHOICES}
    cut = {key: measure(tool) for key, (tool, short) in prompted.items() if short is not tool}
    if cut:
        longest = max(cut, key=lambda key: cut[key])
        what = "prompts show some of their values and where their texts begin, rows and locks have them whole"
        yield f"long {len(cut)}: {what}, such as {longest} of {cut[longest]:,} bytes"
    heavy = {key: size for key, (_, short) in prompted.items() if (size := measure(short)) > HEAVY}
    if heavy:
        longest = max(heavy, key=lambda key: heavy[key])
        what = "each slot that plays them carries them in most of its requests; leave out arguments that nobody needs"
        yield f"heavy {len(heavy)}: {what}, such as {longest} of {heavy[longest]:,} bytes"


class Config(Noun):
    """All that the command can be told."""

    paths: Annotated[tuple[Path, ...], cli.ARGUMENT] = ()
    """Files and folders of tool definitions; none: the built-in catalogue."""
    mcp: Path | None = None
    """An `mcpServers` file: what its live servers offer, alone unless paths or --with-catalogue are given."""
    with_catalogue: bool = False
    """With --mcp: the built-in catalogue, too."""
    out: Path | None = None
    """A file for the tools that are kept, a JSON line each."""


def start(config: Config) -> None:
    """The whole command."""
    if config.out:
        check_output("--out", config.out, (*config.paths, config.mcp))
    corpus = choose(config.paths, config.mcp, with_catalogue=config.with_catalogue, option="PATHS")
    live = [tool for tool in corpus.tools if tool.source.startswith("mcp: ")] if config.mcp else []
    print("".join(f"{tool.key}  {' '.join(tool.description.split())[:80]}\n" for tool in live), end="")
    print("\n".join(report(corpus)), flush=True)
    if config.out:
        write_whole(config.out, b"".join(tool.model_dump_json().encode() + b"\n" for tool in corpus.tools))


def main(arguments: list[str] | None = None) -> None:
    """The command with these arguments, else the process's."""
    text = "Read tool definitions: what is kept, mended and dropped, and why."
    cli.run(cli.command(Config, start, text), arguments, "memory.corpus")
