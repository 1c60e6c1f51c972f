"""Tool definitions in files -> the tools that can be used, and why the others cannot.

Reads `.json` and `.jsonl`, each also `.gz`, or a folder of them: rows of one tool each, lists of tools, MCP
`tools/list` answers and OpenAI functions. Nothing is ever fetched: a `$ref` that leaves its schema drops the tool.

    python -m graphs.corpus PATH...        what was read, what was dropped and why; no PATH: the built-in catalogue
"""

import argparse
import gzip
import hashlib
import sys
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import orjson
from jsonschema import (
    Draft4Validator,
    Draft6Validator,
    Draft7Validator,
    Draft201909Validator,
    Draft202012Validator,
)
from jsonschema.exceptions import best_match
from jsonschema.protocols import Validator
from pydantic import ValidationError
from referencing import Registry, Specification
from referencing.exceptions import Unresolvable
from referencing.jsonschema import specification_with

from agents.errors import UsageError
from agents.schema import Schema, Tool

CATALOGUE = Path(__file__).parent / "catalogue"
SUFFIXES = (".json", ".jsonl", ".json.gz", ".jsonl.gz")
KINDS = (Draft4Validator, Draft6Validator, Draft7Validator, Draft201909Validator, Draft202012Validator)
DIALECTS: dict[str, Any] = {str(kind.META_SCHEMA["$schema"]).rstrip("#"): kind for kind in KINDS}
DEFAULT_DIALECT = list(DIALECTS)[-1]


@dataclass(frozen=True)
class Dropped:
    """A definition that was read and cannot be used."""

    tool: str
    """Its name, or `#n` where it has none: the n-th read, from 0."""
    where: str
    """`file:line`, or `file[index]` for an element of a list."""
    reason: str
    """`kind` or `kind: detail`."""


@dataclass(frozen=True)
class Corpus:
    """The tools in reading order; `service/name` is unique."""

    tools: tuple[Tool, ...]
    dropped: tuple[Dropped, ...]
    sha256: str
    """Of the kept tools' canonical JSON, a line each; the same wherever the files lie."""
    licences: dict[str, int]


class _Unusable(Exception):
    """Why one row is dropped."""


def load(paths: Sequence[Path]) -> Corpus:
    """All usable tools of the files and folders, in the order given; a folder's files are sorted by path.

    Raises UsageError for a file that is missing or not JSON, and where no usable tool is left.
    """
    return _corpus(paths)


def builtin() -> Corpus:
    """The catalogue that ships with the project: invented services, a file for each domain."""
    return _corpus([CATALOGUE], source="builtin", licence="Apache-2.0")


def _corpus(paths: Sequence[Path], **defaults: str) -> Corpus:
    kept: dict[str, Tool] = {}
    dropped = []
    rows = (found for path in _files(paths) for found in _rows(path))
    for index, (where, row, file) in enumerate(rows):
        try:
            tool = _tool(row, {"service": file.name.split(".")[0], "source": file.name, **defaults})
            if tool.key in kept:
                raise _Unusable("duplicate name in its service")
            kept[tool.key] = tool
        except _Unusable as error:
            name = row.get("name") if isinstance(row, dict) else None
            dropped.append(Dropped(str(name or f"#{index}"), where, str(error)))
    tools = tuple(kept.values())
    if not tools:
        raise UsageError(_nothing_left(paths, dropped))
    return Corpus(tools, tuple(dropped), _sha256(tools), dict(Counter(tool.licence for tool in tools)))


def _nothing_left(paths: Sequence[Path], dropped: list[Dropped]) -> str:
    first = f", the first is {dropped[0].where}: {dropped[0].reason}" if dropped else ""
    read = ", ".join(map(str, paths)) or "no paths"
    return f"corpus: no usable tool in {read} ({len(dropped)} dropped{first}); expected name, description, inputSchema"


def _sha256(tools: Sequence[Tool]) -> str:
    lines = (orjson.dumps(tool.model_dump(), option=orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE) for tool in tools)
    return hashlib.sha256(b"".join(lines)).hexdigest()


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(file for file in path.rglob("*") if file.is_file() and file.name.endswith(SUFFIXES))
        elif path.is_file() and path.name.endswith(SUFFIXES):
            yield path
        else:
            fault = "not a file this reads" if path.exists() else "no such file or folder"
            raise UsageError(f"corpus: {path}: {fault}; expected a folder or {', '.join(SUFFIXES)}")


def _rows(path: Path) -> Iterator[tuple[str, Any, Path]]:
    """(where, one tool's row, file): lists and `tools/list` answers are taken apart."""
    content = _bytes(path)
    by_line = ".jsonl" in "".join(path.suffixes[-2:])
    for number, text in enumerate(content.split(b"\n") if by_line else [content], start=1):
        if text.strip() or not by_line:
            document = _parsed(text, path, number)
            listed = _listed(document)
            for index, row in enumerate([document] if listed is None else listed):
                where = f"{path}:{number}" if by_line or listed is None else f"{path}[{index}]"
                yield where, row, path


def _bytes(path: Path) -> bytes:
    content = path.read_bytes()
    try:
        return gzip.decompress(content) if path.suffix == ".gz" else content
    except (OSError, EOFError, zlib.error) as error:
        raise UsageError(f"corpus: {path}: not a gzip file ({error}); compress it again or drop the .gz") from None


def _parsed(text: bytes, path: Path, line: int) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        near = text.decode(errors="replace")[error.pos :][:40] or text.decode(errors="replace")[-40:]
        where = f"{path}:{line + error.lineno - 1}"
        raise UsageError(f"corpus: {where}: not JSON ({error.msg}) near {near!r}; correct or remove it") from None


def _listed(document: Any) -> list[Any] | None:
    """The rows inside a list, a `tools/list` result or the JSON-RPC answer around it; None for anything else."""
    if isinstance(document, dict):
        result = document.get("result")
        document = (result if isinstance(result, dict) else document).get("tools")
    return document if isinstance(document, list) else None


def _tool(row: Any, defaults: dict[str, str]) -> Tool:
    if not isinstance(row, dict):
        raise _Unusable(f"not an object: {str(row)[:40]!r}")
    if isinstance(row.get("function"), dict):
        row = {**row, **row["function"]}
    if not isinstance(row.get("name"), str) or not row["name"].strip():
        raise _Unusable("no name")
    output = _first(row, "outputSchema", "output_schema")
    schema = _first(row, "inputSchema", "input_schema", "parameters")
    if schema is None and _first(row, "arguments", "parameter", "args"):  # else it would pass for a tool without any
        raise _Unusable("arguments in a form that is not a JSON Schema")
    try:
        return Tool(
            name=row["name"],
            description=_first(row, "description") or "",
            input_schema=_object_schema({} if schema is None else schema, "inputSchema"),
            output_schema=None if output is None else _object_schema(output, "outputSchema"),
            annotations=_first(row, "annotations") or {},
            service=_first(row, "service", "server", "server_name") or defaults["service"],
            source=_first(row, "source") or defaults["source"],
            licence=_first(row, "license", "licence") or defaults.get("licence", ""),
        )
    except ValidationError as error:
        raise _Unusable(f"{error.errors()[0]['loc'][0]} has the wrong type") from None


def _first(row: dict[str, Any], *keys: str) -> Any:
    return next((row[key] for key in keys if row.get(key) is not None), None)


def _object_schema(schema: Any, field: str) -> Schema:
    """The schema with a root type and, where it is empty, with `properties`."""
    if not isinstance(schema, dict):
        raise _Unusable(f"{field} is not a schema object: {str(schema)[:40]!r}")
    if schema.get("type", "object") != "object":
        raise _Unusable(f"{field} is not of type object: {schema['type']!r}")
    try:
        problem = _problem(schema)
    except (AttributeError, RecursionError, TypeError, ValueError) as error:  # a $ref: 5, bottomless nesting
        problem = f"cannot be checked: {error}"
    if problem:
        raise _Unusable(f"{field} {problem}")
    return {"type": "object", **schema} if schema else {"type": "object", "properties": {}}


def _problem(schema: Schema) -> str:
    """What is wrong with a schema, as `kind: detail`; empty when nothing is."""
    dialect = str(schema.get("$schema", DEFAULT_DIALECT)).rstrip("#")
    if dialect not in DIALECTS:
        return f"has an unknown $schema: {dialect!r}"
    if not all(_sound(dialect, orjson.dumps(node, option=orjson.OPT_SORT_KEYS)) for node in _nodes(schema)):
        error = best_match(_meta_validator(dialect).iter_errors(schema))
        if error is not None:
            return f"is invalid: {error.json_path}: {error.message[:120]}"
    kind = specification_with(dialect)
    return next(_faults(schema, Registry().resolver_with_root(kind.create_resource(schema)), kind, set()), "")


def _nodes(schema: Any) -> Iterator[Any]:
    """The schema in pieces without prose: most pieces have been seen before, most whole schemas have not."""
    if isinstance(schema, dict):
        prose = {key for key in ("description", "title") if isinstance(schema.get(key), str)} | {"default"}
        schema = {key: value for key, value in schema.items() if key not in prose}
        for key in ("properties", "$defs"):
            if isinstance(schema.get(key), dict):
                for part in schema.pop(key).values():
                    yield from _nodes(part)
        if isinstance(schema.get("items"), dict):
            yield from _nodes(schema.pop("items"))
    yield schema


@cache
def _sound(dialect: str, node: bytes) -> bool:
    return _meta_validator(dialect).is_valid(orjson.loads(node))


@cache
def _meta_validator(dialect: str) -> Validator:
    kind = DIALECTS[dialect]
    checker: Validator = kind(kind.META_SCHEMA, format_checker=kind.FORMAT_CHECKER)
    return checker


def _faults(schema: Any, resolver: Any, kind: Specification[Any], seen: set[int]) -> Iterator[str]:
    """Empty property names and references that lead nowhere, in the schema and in all that it refers to."""
    if not isinstance(schema, dict) or id(schema) in seen:
        return
    seen.add(id(schema))
    if "" in schema.get("properties", ()):
        yield "has an empty property name"
    for key in sorted({"$ref", "$dynamicRef"} & schema.keys()):
        try:
            found = resolver.lookup(schema[key])
            if found.contents is schema:
                yield f"has a $ref to itself: {schema[key]!r}"
            yield from _faults(found.contents, found.resolver, kind, seen)
        except Unresolvable:
            yield f"has a $ref that leads nowhere: {schema[key]!r}"
    for part in kind.create_resource(schema).subresources():
        yield from _faults(part.contents, resolver.in_subresource(part), kind, seen)


def report(corpus: Corpus) -> Iterator[str]:
    """What a person wants to know after reading: counts, drops by reason, services, licences."""
    yield f"read {len(corpus.tools) + len(corpus.dropped)} tools, kept {len(corpus.tools)} ({corpus.sha256[:12]})"
    yield f"services {len({tool.service for tool in corpus.tools})}"
    for reason, count in Counter(drop.reason.split(": ")[0] for drop in corpus.dropped).most_common():
        first = next(drop for drop in corpus.dropped if drop.reason.startswith(reason))
        yield f"dropped {count}: {reason}, such as {first.tool} at {first.where}"
    for licence, count in sorted(corpus.licences.items(), key=lambda item: (-item[1], item[0])):
        yield f"licence {count:6d} {licence or 'not stated'}"


def main() -> None:
    """Print the report of the given paths."""
    parser = argparse.ArgumentParser(prog="python -m graphs.corpus")
    parser.add_argument("paths", nargs="*", type=Path, help="files and folders; none: the built-in catalogue")
    paths = parser.parse_args().paths
    try:
        print("\n".join(report(load(paths) if paths else builtin())))
    except UsageError as error:
        print(error, file=sys.stderr)
        raise SystemExit(2) from None


if __name__ == "__main__":
    main()
