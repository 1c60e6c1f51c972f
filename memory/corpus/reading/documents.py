"""A file, however it is named, packed and encoded -> the JSON documents in it, each with its place; or why not.

What is not JSON and means the same is read all the same, and said: comments and trailing commas, JSON5, Python's
`repr`, `NaN`, JSON lines that are called `.json` and the other way round.
"""

import ast
import gzip
import json
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import orjson
import yaml

from agents.files import as_utf8
from memory.corpus.reading.json_schema import Unusable

LINES, WHOLE, YAML = (".jsonl", ".ndjson"), (".json", ".jsonc", ".json5"), (".yaml", ".yml")
SUFFIXES = (*LINES, *WHOLE, *YAML)
ARCHIVES = {".zip", ".mcpb", ".dxt", ".whl", ".tar", ".tgz", ".7z"}
MOST_BYTES = 2**31
"""[ours] Of an unpacked file; orjson needs several times as much memory for what it holds."""
MOST_NODES = 20_000_000
"""[ours] Of a YAML document with its aliases put in their places: nine lines can stand for a billion values."""
DEEPEST = 1000
"""[ours] Levels of nesting; orjson reads 1,024, and libyaml ends the whole process somewhere beyond 10,000."""
EVENT = re.compile(rb"(?:event|id|retry|data):")
LOOSE = "a file that is not quite JSON"
ENDLESS = (ValueError, TypeError, SyntaxError, MemoryError, RecursionError)
"""What the readers of text say that is no document, or one nested too deep."""


@dataclass(frozen=True)
class Document:
    """One of a file."""

    where: str
    """`file` or `file:line`."""
    content: object
    """An Unusable where it cannot be read."""
    mend: str = ""
    """What the file was, if it was not what its name says."""


def kind_of(path: Path) -> str:
    """What the name says that a file is: its suffix in small letters, before `.gz`.

    >>> kind_of(Path("TOOLS.JSON.gz"))
    '.json'
    """
    return Path(path.name.lower().removesuffix(".gz")).suffix


def spell(path: Path | str) -> str:
    """A path in letters that UTF-8 has; a name in another encoding, which Linux allows, is shown with marks."""
    return str(path).encode("utf-8", "replace").decode()


def read(path: Path) -> Iterator[Document]:
    """One document for a file, one for each line of `.jsonl`, each part of `.yaml`; never none."""
    where = spell(path)
    try:
        text = _text(path)
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        yield Document(where, Unusable(f"cannot be read: {error}"))
        return
    except Unusable as reason:
        yield Document(where, reason)
        return
    first, _, rest = text.strip().partition(b"\n")
    if not first:
        yield Document(where, Unusable("an empty file"))
    elif kind_of(path) in YAML:
        parts = []
        try:
            _check_depth(text)
            for document in yaml.load_all(text, _Json):
                if _size(document, {}) > MOST_NODES:
                    parts.append(Unusable(f"YAML whose aliases stand for more than {MOST_NODES} values"))
                else:
                    parts.append(orjson.loads(orjson.dumps(document, option=orjson.OPT_NON_STR_KEYS)))
        except (*ENDLESS, yaml.YAMLError) as error:
            parts.append(Unusable(f"not YAML that JSON can hold: {' '.join(str(error).split())[:120]}"))
        yield from (Document(where, part) for part in parts or [Unusable("an empty file: only comments")])
    elif kind_of(path) in LINES and isinstance(_json(first), Unusable) and isinstance(_json(text), dict | list):
        yield Document(where, _json(text), "a whole document where lines should be")
    elif EVENT.match(first):  # an answer of a server over HTTP, as it was saved
        for number, line in enumerate(text.splitlines(), start=1):
            if line.startswith(b"data:"):
                yield _loosely(f"{where}:{number}", line.removeprefix(b"data:").strip(), "an event stream")
    elif kind_of(path) in LINES:
        broken = isinstance(_loosely(where, first).content, Unusable)
        several = _loosely(where, text).content if broken else None  # documents that take several lines each
        if isinstance(several, list):
            yield from (Document(where, each, LOOSE) for each in several)
        else:
            yield from _lines(where, text)
    elif rest and isinstance(_json(first), dict | list) and isinstance(_json(text), Unusable):
        yield from _lines(where, text, "lines where one document should be")
    else:
        yield _loosely(where, text)


def _lines(where: str, text: bytes, mend: str = "") -> Iterator[Document]:
    for number, line in enumerate(text.split(b"\n"), start=1):
        if line.strip():
            yield _loosely(f"{where}:{number}", line, mend)


def read_one(path: Path) -> object:
    """A file with one document. Raises: OSError, ValueError."""
    first = next(read(path))
    if isinstance(first.content, Unusable):
        raise ValueError(str(first.content))
    return first.content


def _text(path: Path) -> bytes:
    """A file's content, unpacked and in UTF-8. Raises: OSError, EOFError, zlib.error, UnicodeDecodeError, Unusable."""
    content = path.read_bytes()
    if content.startswith(b"PK\3\4"):
        raise Unusable("an archive: unpack it and name its folder")
    if content.startswith(b"\x1f\x8b"):  # by its first bytes, whatever it is called
        with gzip.open(BytesIO(content)) as packed:
            content = packed.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise Unusable(f"more than {MOST_BYTES} bytes when it is unpacked")
    return as_utf8(content)


def _json(text: bytes) -> object:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        if "UTF-8" in error.msg and "surrogates" in error.msg:
            return Unusable("not UTF-8: save it in that encoding")
        near = text.decode(errors="replace")[error.pos :][:40] or text.decode(errors="replace")[-40:]
        return Unusable(f"not JSON: {error.msg} in line {error.lineno} near {near!r}")


def _loosely(where: str, text: bytes, mend: str = "") -> Document:
    """The document in JSON, or in something near it that can only mean one thing."""
    document = _json(text)
    if not isinstance(document, Unusable):
        return Document(where, document, mend)
    # ast: what Python prints of a list or an object
    for reader in (_lenient, ast.literal_eval, in_a_row, _json5):
        try:
            _check_depth(text)
            plain = reader(text.decode().strip())
            if isinstance(plain, dict | list):
                return Document(where, orjson.loads(orjson.dumps(plain, option=orjson.OPT_NON_STR_KEYS)), LOOSE)
        except (*ENDLESS, yaml.YAMLError):
            continue  # what the strict reader said is what is told
    return Document(where, document)


def in_a_row(text: str) -> object:
    """JSON documents one behind the other, with or without commas: the one that there is, else a list of them.

    Raises: ValueError: something there is no list and no object.
    """
    documents, place = list[object](), 0
    text = text.strip(" \t\r\n,")
    while place < len(text):
        document, place = json.JSONDecoder().raw_decode(text, place)
        if not isinstance(document, dict | list):
            raise ValueError("no list and no object")
        documents.append(document)
        while text[place : place + 1] in {" ", "\t", "\r", "\n", ","}:
            place += 1
    return documents[0] if len(documents) == 1 else documents


def _lenient(text: str) -> object:
    """JSON with control characters in its strings, half an emoji, or NaN, which becomes null."""
    halves = json.loads(text, strict=False, parse_constant=lambda name: None)
    return json.loads(json.dumps(halves, ensure_ascii=False).encode("utf-8", "replace"))


def _json5(text: str) -> object:
    """JSON with comments, trailing commas, bare keys and single quotes: YAML takes it once each colon has a space."""

    def put(match: re.Match[str]) -> str:
        piece = match[0]
        if piece.startswith("'"):
            return json.dumps(piece[1:-1].replace("\\'", "'"), ensure_ascii=False).replace("\\\\", "\\")
        return piece if piece.startswith('"') else ": " if piece == ":" else " "

    if not text.lstrip().startswith(("{", "[", "/")):
        raise ValueError("no list and no object")
    plain = re.sub(r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'|//[^\n]*|/\*.*?\*/|:', put, text, flags=re.DOTALL)
    return yaml.load(plain, _Json)


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


def _check_depth(text: bytes) -> None:
    """Raises: ValueError: brackets, or what begins a line of YAML, may be nested deeper than `DEEPEST`."""
    depth = 0
    for bracket in re.finditer(rb"[\[\]{}]", text) if text.count(b"[") + text.count(b"{") > DEEPEST else ():
        depth += 1 if bracket[0] in b"[{" else -1
        if depth > DEEPEST:
            raise ValueError("nested too deep")
    if re.search(rb"^(?:[-?:]\s|[ \t]){%d}" % (2 * DEEPEST), text, re.MULTILINE):  # each level takes a column or two
        raise ValueError("nested too deep")


def _size(node: object, sizes: dict[int, int]) -> int:
    """How many values, and letters, a document has when each alias is written out; each is counted once to know it."""
    if isinstance(node, str):
        return 1 + len(node) // 64
    if not isinstance(node, dict | list):
        return 1
    if id(node) not in sizes:
        sizes[id(node)] = 0  # one that holds itself: orjson refuses it
        sizes[id(node)] = 1 + sum(_size(inner, sizes) for inner in (node.values() if isinstance(node, dict) else node))
    return sizes[id(node)]
