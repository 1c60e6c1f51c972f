"""Prompts: `prompts/<role>.md` rendered with Jinja, a missing value raises. Stable text first, growing text last."""

from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from agents.schema import Role

FOLDER = Path(__file__).parent / "prompts"


@lru_cache
def _template(role: Role) -> Template:
    # The prompts are plain text for a model, not HTML.
    environment = Environment(loader=FileSystemLoader(FOLDER), undefined=StrictUndefined, autoescape=False)
    return environment.get_template(f"{role}.md")


def render(role: Role, **values: str) -> str:
    return _template(role).render(**values)


def dumps(value: Any) -> str:
    return orjson.dumps(value).decode()


def hashes() -> dict[str, str]:
    """Role -> sha256 of its prompt, for the manifest."""
    return {role.value: sha256((FOLDER / f"{role}.md").read_bytes()).hexdigest() for role in Role}
