"""Files that are whole or not there, and JSON lines."""

import codecs
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

import orjson

from agents.errors import UsageError
from agents.schema import JsonObject

READABLE = orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
"""For a file that people open too."""
SORTED = orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE


def make_folder(path: Path) -> None:
    """The folder, with those above it. Raises: UsageError: it cannot be made there."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{path}: this folder cannot be made ({error.strerror}); choose another") from None


def write_whole(path: Path, content: bytes | str) -> None:
    """Write a file so that it is either the old or the new one at any moment; its folder is made.

    Raises: UsageError: a folder or a device has its name, or its folder cannot be made.
    """
    if path.exists() and not path.is_file():  # /dev/null is neither, and would be replaced
        raise UsageError(f"{path} is {'a folder' if path.is_dir() else 'no file'}; name a file")
    make_folder(path.parent)
    draft = path.with_name(f"{path.name}.tmp")
    try:
        draft.write_bytes(content.encode() if isinstance(content, str) else content)
        os.replace(draft, path)
    except OSError as error:
        error.filename = str(path)  # of a full disk it says nothing
        with suppress(OSError):  # half a file would keep a full disk full
            draft.unlink()
        raise


def json_line(row: object) -> bytes:
    """One row as JSON with sorted keys and a newline."""
    return orjson.dumps(row, option=SORTED)


def write_json_lines(path: Path, rows: Iterable[object]) -> None:
    """One sorted JSON line for each row, whole or not at all."""
    write_whole(path, b"".join(map(json_line, rows)))


def as_utf8(content: bytes, charset: str = "") -> bytes:
    """A text in UTF-8, UTF-16 or UTF-32, with or without its mark, in UTF-8 without one.

    `charset` is what is said of it elsewhere; it counts where the text is none of these.

    >>> as_utf8('{"a": 1}'.encode("utf-16")), as_utf8('{"a": 1}'.encode("utf-16-be")), as_utf8("{}".encode("utf-8-sig"))
    (b'{"a": 1}', b'{"a": 1}', b'{}')

    Raises: UnicodeDecodeError.
    """
    # UTF-32's mark begins with UTF-16's, so it is looked for first
    if content.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return content.decode("utf-32").encode()
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16").encode()
    # without a mark: JSON and YAML begin with a letter of ASCII, one of whose two bytes is zero
    if content[1:2] == b"\0" != content[:1]:
        return content.decode("utf-16-le").encode()
    if content[:1] == b"\0" != content[1:2]:
        return content.decode("utf-16-be").encode()
    if charset.lower() not in {"", "utf-8", "utf8", "us-ascii"}:
        try:
            content.decode()
        except UnicodeDecodeError:
            with suppress(LookupError):
                return content.decode(charset).encode()
    return content.removeprefix(codecs.BOM_UTF8)


def read_json(path: Path) -> dict[str, object]:
    """The object in a file. Raises: FileNotFoundError, ValueError."""
    document = orjson.loads(path.read_bytes())
    if not isinstance(document, dict):
        raise ValueError(f"{path}: not a JSON object")
    return document


def read_lines(path: Path) -> list[tuple[int, bytes]]:
    """Number, from 1, and text in UTF-8 of each line of a whole file that is not blank. Raises: UnicodeDecodeError."""
    lines = enumerate(as_utf8(path.read_bytes()).split(b"\n"), 1)
    return [(number, line) for number, line in lines if line.strip()]


def split_lines(path: Path, fix: str = "") -> Iterator[tuple[int, bytes]]:
    """Number, from 1, and bytes of each line of JSON; a last one that is cut off is left out, and that is said.

    Only a newline ends a line: U+2028 and its like may stand inside JSON strings.
    """
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if not line.endswith(b"\n"):
                try:
                    orjson.loads(line)  # the beginning of an object is none: such a last line only lacks its newline
                except ValueError:
                    told = f"{path}:{number}: the last line is cut off after {len(line):,} bytes and left out"
                    print(f"{told}; {fix}" if fix else told, file=sys.stderr)
                    return
            if line.strip():
                yield number, line.rstrip(b"\n") + b"\n"


def read_rows(path: Path, fields: Mapping[str, type]) -> Iterator[tuple[bytes, JsonObject]]:
    """Each line of a run's file and the object in it, which has these fields.

    Raises: UsageError: a line is none, told with its number.
    """
    again = f"unless it is still being written, python -m graphs.run --out {path.parent} --resume mends it"
    for number, line in split_lines(path, again):
        row = parse_object(f"{path}:{number}", line)
        for name, kind in fields.items():
            if not isinstance(row.get(name), kind):
                raise UsageError(f"{path}:{number}: no row of a run: it has no {name}; rows are made by graphs.run")
        yield line, row


def parse_object(where: str, text: bytes) -> JsonObject:
    """The object in a run's file, or in a line of one. Raises: UsageError: there is none."""
    try:
        document = orjson.loads(text)
    except ValueError as error:
        raise UsageError(f"{where}: not JSON ({error}); is it a file of graphs.run?") from None
    if not isinstance(document, dict):
        raise UsageError(f"{where}: no JSON object; is it a file of graphs.run?")
    return document


def find_object(path: Path) -> JsonObject:
    """The object in a run's file; empty where there is no such file. Raises: UsageError: it holds none."""
    return parse_object(str(path), path.read_bytes()) if path.is_file() else {}
