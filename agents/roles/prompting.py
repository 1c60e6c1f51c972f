"""Prompts: `prompts/<name>.md` rendered with Jinja, a missing value raises. Stable text first, growing text last."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from agents.schema import JsonObject

FOLDER = Path(__file__).parent / "prompts"


@lru_cache
def _template(name: str) -> Template:
    # The prompts are plain text for a model, not HTML.
    environment = Environment(
        loader=FileSystemLoader(FOLDER), undefined=StrictUndefined, autoescape=False, trim_blocks=True
    )
    return environment.get_template(f"{name}.md")


@lru_cache(maxsize=256)  # a role's prompt is the same at each of its turns, and a template takes ten times a look-up
def render(name: str, /, **values: str) -> str:
    """The prompt of that name: a role, or `<strategy>/<what>`."""
    return _template(name).render(**values)


def dumps(value: Any) -> str:
    return orjson.dumps(value).decode()


def without_reasoning(messages: Sequence[JsonObject]) -> list[JsonObject]:
    """Messages as a model gets them: endpoints want nothing sent back of what it thought in earlier turns."""
    key = "reasoning_content"
    return [{k: v for k, v in message.items() if k != key} if key in message else message for message in messages]


def spare(tools: Sequence[JsonObject]) -> list[JsonObject]:
    """Definitions without what goes without saying: the service of the tool before, and that a tool writes."""
    lines, service = list[JsonObject](), ""
    for tool in tools:
        silent = {key for key, value in (("service", service), ("reads", False)) if tool[key] == value}
        lines.append({key: value for key, value in tool.items() if key not in silent})
        service = tool["service"]
    return lines


def section(name: str, value: Any) -> str:
    """A heading and a block of JSON: how prompts carry data."""
    return f"## {name}\n```json\n{dumps(value)}\n```\n"
