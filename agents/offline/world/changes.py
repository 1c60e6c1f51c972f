"""What a call that writes does to a thing: the state that its verb leads to, and the moment that the change bears."""

from agents.offline.fields.meaning import read_moment, split
from agents.offline.talk.changes import FAILED_STATES
from agents.plan.json_paths import schema_at
from agents.schema import JsonObject, Schema

EFFECTS = {
    "cancel": "cancelled",
    "reject": "rejected",
    "decline": "declined",
    "suspend": "suspended",
    "pause": "paused",
    "lock": "locked",
    "unlock": "unlocked",
    "confirm": "confirmed",
    "merge": "merged",
    "reopen": "open",
    "start": "running",
    "release": "released",
    "close": "closed",
    "complete": "completed",
    "resolve": "resolved",
    "archive": "archived",
    "approve": "approved",
    "acknowledge": "acknowledged",
    "void": "voided",
    "withdraw": "withdrawn",
    "publish": "published",
    "stop": "stopped",
    "send": "sent",
    "refund": "refunded",
    "capture": "captured",
}
"""The state that a thing has after a call of the verb."""
_STATES = ("status", "state", "stage", "outcome")
_BEGUN_WORDS = """
draft opened reported triggered ordered queued
confirmed booked scheduled created submitted requested pending accepted queued open active processing draft started
running done ok success completed sent new
"""
_BEGUN = _BEGUN_WORDS.split()
"""States in which something is after the call that began it, the likeliest first."""

_GATHERED = frozenset(("activities", "contacts", "comments", "feedback", "interactions", "reviews"))
"""Lists of what comes together only with time."""
_STAMPED = frozenset(("updated", "created", "completed", "cancelled", "closed", "booked", "sent", "placed", "opened"))


def begin(value: JsonObject, shape: Schema) -> list[str]:
    """What was made a moment ago is in the state with which such things begin; the fields that say so."""
    before = dict(value)
    for key, field in value.items():
        if (
            isinstance(field, list)
            and split(key)[-1] in _GATHERED
            and not (schema_at(shape, key) or {}).get("minItems")
        ):
            value[key] = []
        if split(key)[-1:] == ("count",) or split(key)[-2:] == ("size", "mb"):
            value[key] = type(field)(0)  # nothing is in it yet
        if split(key) == ("done",) and isinstance(field, int | float):
            value[key] = type(field)(0)  # of a goal that was set just now nothing is reached yet
        if split(key) == ("on", "track") and isinstance(field, bool):
            value[key] = True
        if split(key)[-1] in _STATES and isinstance(field, str):
            members = (schema_at(shape, key) or {}).get("enum") or [field]
            value[key] = next((state for state in _BEGUN for member in members if member == state), members[0])
    return ["state", "status", *(key for key in value if value[key] != before[key])]


def mark_change(tool: str, arguments: JsonObject, value: JsonObject, shape: Schema, now: str) -> None:
    """What has just been done bears this moment, and the state that it leads to or begins with."""
    verbs = split(tool)
    # A yes that came the first time comes each time, though the lock that was read off it leaves it open.
    value |= {
        key: True for key in ("deleted", "success") if key in (shape.get("properties") or {}) and key not in value
    }
    for key, field in value.items():
        about = split(key)
        if about[-1] in _STATES and isinstance(field, str) and key not in arguments:
            members = (schema_at(shape, key) or {}).get("enum") or [field]
            effects = [EFFECTS[verb] for verb in verbs if verb in EFFECTS]
            begun = [member for state in (*effects, *_BEGUN) for member in members if member == state]
            value[key] = begun[0] if begun else next((m for m in members if m not in FAILED_STATES), field)
        if set(about) & _STAMPED and isinstance(field, str) and read_moment(field):
            stamp = now if len(field) > 10 else now[:10]
            value[key] = stamp if key not in arguments and len(field) != 5 else field
