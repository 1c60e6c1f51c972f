"""Members of an enumeration, of which a text says one or another."""

from agents.plan.values.language.spelling import value_words
from agents.plan.values.reading.mentions import Mentions
from agents.schema import Schema


def is_member(value: str, schema: Schema | None) -> bool:
    members = schema.get("enum") if schema else None
    return isinstance(members, list) and value in members


def has_rival(text: Mentions, value: str, schema: Schema) -> bool:
    """Whether another member is said: only then it is certain that this one is not."""
    return any(text.has_phrase(wanted) for wanted in _other_members(value, schema))


def has_longer(text: Mentions, value: str, schema: Schema | None) -> bool:
    """`high` is not said by "very high" where `very_high` is a member too."""
    if not schema or not isinstance(schema.get("enum"), list):
        return False
    own = set(value_words(value))
    return any(own < set(wanted) and text.has_phrase(wanted) for wanted in _other_members(value, schema))


def _other_members(value: str, schema: Schema) -> list[tuple[str, ...]]:
    """The words of each."""
    members = [member for member in schema["enum"] if isinstance(member, str) and member != value]
    return [wanted for member in members if (wanted := value_words(member))]
