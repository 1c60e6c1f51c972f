"""A file of other people's conversations -> rows with messages and tools in OpenAI's layout.

OpenAI's, ShareGPT's as LLaMA-Factory writes it and as Hermes does, Anthropic's, Gemini's, and what data sets of calls
have: xLAM's queries with answers, Toucan's and xLAM's JSON as text, TRL's prompts with completions.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path

from agents.errors import UsageError
from agents.schema import JsonObject
from memory.corpus import turns
from memory.corpus.reading import documents
from memory.corpus.reading.json_schema import Unusable

TURNS = ("messages", "conversations", "conversation", "dialog", "dialogue", "turns", "contents")
TOOLS = ("tools", "functions", "available_tools", "tool_list")
ROWS = ("rows", "data", "train", "examples", "conversations", "messages")
"""Where a whole file's rows may be."""
WRAPPERS = ("row", "body")
"""Around one row: of a viewer of data sets, of a batch of requests."""
OFFERED = re.compile(r"<tools>\s*(.*?)\s*</tools>", re.DOTALL)
"""Where Hermes' system prompt holds the tools."""
Row = JsonObject


def load(path: Path, option: str = "") -> Iterator[Row]:
    """The rows of a file: JSON lines, one list or one row, packed or not. Raises: OSError, UsageError."""
    head = f"{option}: " if option else ""
    for document in documents.read(path) if path.stat().st_size else ():
        content = document.content
        if isinstance(content, Unusable):
            raise UsageError(f"{head}{document.where}: not JSON lines, nor a JSON list ({content})")
        if isinstance(content, dict) and not has_turns(content):
            content = next((content[key] for key in ROWS if isinstance(content.get(key), list)), content)
        if is_talk(content):
            content = {"messages": content}
        listed = content if isinstance(content, list) else [content]
        for number, row in enumerate(listed, 1):
            where = f"{head}{document.where}" if listed is not content else f"{head}{document.where}:{number}"
            row = {"messages": row} if is_talk(row) else row
            if not isinstance(row, dict):
                raise UsageError(f"{where}: not a JSON object")
            yield {**row, **read(row, where)}


def read(row: Row, where: str) -> Row:
    """Messages and tools in OpenAI's layout. Raises: UsageError: the row is in no layout that is known."""
    try:
        while not has_turns(row) and (inner := [row[key] for key in WRAPPERS if isinstance(row.get(key), dict)]):
            row = inner[0]
        tools = read_tools(next((row[key] for key in TOOLS if row.get(key)), None))
        messages = list(turns.read(list_turns(row)))
        system = row.get("system") or row.get("system_prompt")
        if isinstance(system, str) and system and not any(message["role"] == "system" for message in messages):
            messages.insert(0, {"role": "system", "content": system})
        if not tools and messages and messages[0]["role"] == "system":
            offered = OFFERED.findall(str(messages[0]["content"]))
            tools = [tool for text in offered for tool in read_tools(text)]
        return {"messages": messages, "tools": tools}
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UsageError(f"{where}: in no layout that is read, such as OpenAI's or ShareGPT's: {error!r}") from None


def is_talk(value: object) -> bool:
    """Whether a list is one conversation and not several rows."""
    listed = value if isinstance(value, list) else []
    return bool(listed) and all(isinstance(turn, dict) and {"role", "from"} & turn.keys() for turn in listed)


def has_turns(row: Row) -> bool:
    """Whether a row holds a conversation of its own."""
    listed = next((row[key] for key in TURNS if row.get(key) is not None), None)
    return isinstance(listed, str) or listed == [] or is_talk(listed)


def list_turns(row: Row) -> list[Row]:
    """The turns as they are written. Raises: KeyError, TypeError, ValueError: there are none."""
    key = next((key for key in TURNS if row.get(key) is not None), "")
    if not key and "query" in row and "answers" in row:  # xLAM
        return [{"role": "user", "content": row["query"]}, {"role": "function_call", "content": row["answers"]}]
    if not key and "prompt" in row:  # TRL's, whose answer may be the chosen one of two
        parts = (("user", row["prompt"]), ("assistant", row["completion"] if "completion" in row else row["chosen"]))
        pieces = [[{"role": role, "content": part}] if isinstance(part, str) else list(part) for role, part in parts]
        return pieces[0] + pieces[1]
    listed = row[key or "conversations"]
    listed = json.loads(listed) if isinstance(listed, str) else listed
    if not isinstance(listed, list):
        raise TypeError(f"{key} is no list")
    return listed


def read_tools(tools: object) -> list[Row]:
    """Definitions in OpenAI's form, whoever wrote them. Raises: ValueError, TypeError."""
    if isinstance(tools, str):
        tools = json.loads(tools) if tools.strip() not in {"", "null", "None"} else []
    if not isinstance(tools, dict | list | None):
        raise TypeError("tools are no list")
    definitions = list[Row]()
    for tool in [tools] if isinstance(tools, dict) else tools or []:
        tool = json.loads(tool) if isinstance(tool, str) else tool
        if isinstance(tool.get("functionDeclarations"), list):
            definitions += read_tools(tool["functionDeclarations"])
        elif "function" in tool:
            definitions.append(tool)
        else:
            names = {"input_schema": "parameters", "inputSchema": "parameters"}
            flat = {key: value for key, value in tool.items() if (key, value) != ("type", "function")}
            function = {names.get(key, key): value for key, value in flat.items()}
            definitions.append({"type": "function", "function": function})
    return definitions
