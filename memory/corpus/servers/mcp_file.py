"""The file in which MCP clients keep their servers -> the servers, whichever client wrote it.

Claude Desktop, Claude Code and Cursor call the map `mcpServers`, VS Code `servers` (in settings.json below `mcp`), with
`inputs` beside it, Zed `context_servers`, OpenCode `mcp`; some give the map alone. Comments and trailing commas are
read as these clients read them.
"""

import os
import re
import shutil
from pathlib import Path
from typing import Any

import orjson
from pydantic import AliasChoices, BaseModel, ConfigDict, Field, JsonValue, ValidationError

from agents.errors import UsageError
from agents.files import as_utf8
from agents.schema import JsonObject

MAPS = ("mcpServers", "servers", "context_servers")
ENTRY_KEYS = {"command", "url", "serverUrl", "httpUrl"}
"""One of these makes an entry of a map that has no name."""
VARIABLE = re.compile(r"\$\{(?:(env|input):)?([\w./ -]+?)(?::-([^}]*))?\}")
"""`${NAME}`, `${NAME:-default}`, `${env:NAME}`, `${input:id}`, and the folders that editors know by name."""
TRIVIA = re.compile(r'("(?:\\.|[^"\\])*")|//[^\n]*|/\*.*?\*/', re.DOTALL)
COMMA = re.compile(r'("(?:\\.|[^"\\])*")|,(?=\s*[\]}])', re.DOTALL)
EDITOR_FOLDERS = {".vscode", ".cursor", ".claude"}
EXPECTED = 'expected {"mcpServers": {"NAME": {"command": ...}}}'
Values = dict[str, list[JsonValue]]
"""Argument -> values that mean something to a server."""


class Server(BaseModel):
    """One entry of such a file; keys of other clients are no concern of ours."""

    model_config = ConfigDict(frozen=True, extra="ignore", use_attribute_docstrings=True)

    name: str
    command: str = ""
    args: tuple[str, ...] = ()
    env: dict[str, str] = {}
    cwd: Path | None = None
    url: str = Field(default="", validation_alias=AliasChoices("url", "serverUrl", "httpUrl"))
    headers: dict[str, str] = {}
    timeout_s: float = Field(default=60, gt=0)
    """For an answer; then the call has failed and the server is ended."""
    license: str = ""
    """Of the tool definitions."""
    include_tools: tuple[str, ...] = Field(default=(), validation_alias=AliasChoices("includeTools", "include_tools"))
    """The tools to use; none named: all."""
    examples: dict[str, list[JsonValue] | Values] = {}
    """Argument -> values, or tool -> argument -> values; they become `examples` in the tools' schemas."""
    fixtures: Path | None = None
    """A JSON file with more of these."""
    fixture: Path | None = None
    """A folder of which each trajectory's server gets a copy to work in, so that it may write."""

    def values_for(self, tool: str) -> Values:
        """What the file knows for a tool's arguments; what it says of the tool itself comes first."""
        of_tool = self.examples.get(tool)
        own = of_tool if isinstance(of_tool, dict) else {}
        return {**{key: values for key, values in self.examples.items() if isinstance(values, list)}, **own}


def read(path: Path) -> list[Server]:
    """The servers of a file. Raises UsageError for what is not such a file."""
    try:
        document = _parse_file(path)
        inner = document.get("mcp")
        document = inner if isinstance(inner, dict) else document
        maps = [document[key] for key in MAPS if key in document]
        if document and all(isinstance(entry, dict) and ENTRY_KEYS & set(entry) for entry in document.values()):
            maps.append(document)
        entries = maps[0].items()
    except OSError as error:
        raise UsageError(f"--mcp: {path}: {error.strerror}; name a file with mcpServers") from None
    except orjson.JSONDecodeError as error:
        raise UsageError(f"--mcp: {path}: not JSON: {error.msg} in line {error.lineno}; {EXPECTED}") from None
    except (ValueError, TypeError, AttributeError, IndexError):
        raise UsageError(f"--mcp: {path}: {EXPECTED}") from None
    # clients keep servers that are switched off in the file
    on = {
        name: entry
        for name, entry in entries
        if not isinstance(entry, dict) or (entry.get("disabled") is not True and entry.get("enabled") is not False)
    }
    servers = [_server(path, name, entry, _inputs(document)) for name, entry in on.items()]
    if not servers:
        raise UsageError(f"--mcp: {path}: no server in it; add one, or leave the option out")
    return servers


def _parse_file(path: Path) -> Any:
    return parse(as_utf8(path.read_bytes()).decode())


def parse(text: str) -> Any:
    """JSON in which comments and trailing commas may stand.

    >>> parse('{"a": ["//", 1, ], /* b */ } // c')
    {'a': ['//', 1]}
    """
    # a comment leaves its ends of lines, so that a fault is told with its line
    bare = TRIVIA.sub(lambda match: match[1] or "\n" * match[0].count("\n") or " ", text)
    return orjson.loads(COMMA.sub(lambda match: match[1] or "", bare))


def _inputs(document: JsonObject) -> dict[str, str]:
    """The defaults of what VS Code would ask its user for."""
    inputs = document.get("inputs")
    listed = inputs if isinstance(inputs, list) else []
    return {str(entry.get("id")): str(entry.get("default") or "") for entry in listed if isinstance(entry, dict)}


def _server(path: Path, name: str, entry: object, inputs: dict[str, str]) -> Server:
    try:
        # what is null is not said; a number or a truth in `env` is what a shell would make of it
        fields = {key: value for key, value in _expand(entry, path, inputs).items() if value is not None}
        fields["env"] = fields.pop("environment", {}) | fields.get("env", {})
        for key, value in fields["env"].items():
            if isinstance(value, bool | int | float):
                fields["env"][key] = str(value).lower()
        if isinstance(fields.get("command"), dict):  # Zed's
            inner = fields["command"]
            fields |= {"command": inner["path"], "args": inner.get("args", []), "env": inner.get("env") or {}}
        if isinstance(fields.get("command"), list):  # the program and its arguments
            fields |= {"command": fields["command"][0], "args": [*fields["command"][1:], *fields.get("args", [])]}
        env: dict[str, str] = {}
        # NAME=value lines of the entry's `envFile`, as VS Code and Cursor read it
        lines = (path.parent / fields["envFile"]).read_text().splitlines() if fields.get("envFile") else []
        for line in filter(None, map(str.strip, lines)):
            key, assigned, value = line.removeprefix("export ").partition("=")
            if assigned and not line.startswith("#"):
                env[key.strip()] = value.strip().strip("\"'")
        server = Server.model_validate({**fields, "name": name, "env": {**env, **fields.get("env", {})}})
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise UsageError(f"--mcp: {path}: {name}.{where}: {first['msg']}, not {first['input']!r}") from None
    except (TypeError, AttributeError, LookupError, OSError) as error:
        raise UsageError(f"--mcp: {path}: {name}: {error}; correct the entry or set the variable") from None
    if bool(server.command) == bool(server.url):
        raise UsageError(f"--mcp: {path}: {name}: expected either a command or a url")
    program, *arguments = server.command.split() or [""]
    if arguments and not shutil.which(server.command) and shutil.which(program):
        fix = f'"command": "{program}", "args": {orjson.dumps([*arguments, *server.args]).decode()}'
        raise UsageError(f"--mcp: {path}: {name}.command: {server.command!r} is no program; write {fix}")
    fixture = server.fixture and path.parent / server.fixture
    if fixture and not fixture.is_dir():
        raise UsageError(f"--mcp: {path}: {name}.fixture: {fixture} is not a folder")
    examples = dict(server.examples)
    if server.fixtures is not None:
        file = path.parent / server.fixtures
        try:
            examples |= Server.model_validate({"name": name, "examples": _parse_file(file)}).examples
        except (OSError, ValueError) as error:
            form = '{"ARGUMENT": [VALUE, ...]} or {"TOOL": {"ARGUMENT": [VALUE, ...]}}'
            reason = error.strerror if isinstance(error, OSError) else f"expected {form}"
            raise UsageError(f"--mcp: {path}: {name}.fixtures: {file}: {reason}") from None
    return server.model_copy(update={"fixture": fixture, "examples": examples})


def _expand(value: object, path: Path, inputs: dict[str, str]) -> Any:
    """The value with its variables filled in. Raises LookupError where one is not set."""
    if isinstance(value, dict):
        return {key: _expand(inner, path, inputs) for key, inner in value.items()}
    if isinstance(value, list):
        return [_expand(inner, path, inputs) for inner in value]
    if not isinstance(value, str):
        return value
    return VARIABLE.sub(lambda match: _variable(match[1] or "", match[2], match[3], path, inputs), value)


def _variable(kind: str, name: str, default: str | None, path: Path, inputs: dict[str, str]) -> str:
    folder = path.resolve().parent
    folders = {
        "workspaceFolder": str(folder.parent if folder.name in EDITOR_FOLDERS else folder),
        "userHome": str(Path.home()),
        "pathSeparator": os.sep,
    }
    if kind == "" and name in folders:
        return folders[name]
    variable = re.sub(r"\W+", "_", name).upper() if kind == "input" else name
    value = os.environ.get(variable, inputs.get(name) or default if kind == "input" else default)
    if value is None:
        raise LookupError(f"${{{variable}}} is not in the environment")
    return value
