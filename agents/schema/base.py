"""What every noun is made of: frozen models that refuse unknown keys, and JSON by its names."""

from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict

JsonObject = dict[str, Any]
"""A JSON object whose fields are read by name; who writes it decides on its shape."""
Schema = JsonObject
"""A JSON Schema, Draft 7 or 2020-12 by its own `$schema`."""


MISFIT = "That answer does not fit: "
"""How a request begins its last message when it asks again for the form."""
UNSOUND = "That cannot stand: "
"""The same where the form is right and what it says is not: a value that nobody told, a fact left out."""
JUDGING = "You are now the QualityAgent."
"""How the request for a verdict begins, the last message of the conversation that it is about."""
REFUSED = "That plan is refused: "
"""How a request begins its last message when it asks for another plan."""


class Noun(BaseModel):
    """Frozen, strict about keys; the string under each field is its description."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Role(StrEnum):
    """The five agents; each is a chat model of its own."""

    BLUEPRINT = "blueprint"
    USER = "user"
    ASSISTANT = "assistant"
    OBSERVATION = "observation"
    QUALITY = "quality"
