"""The weaker persona, `offline-weak`: the offline teacher's own answers with a small model's mistakes [ours].

For studies of the teacher as a confounder: the same prompts and seeds, another quality. Plans are shorter and plainer,
calls lose or mistype an argument, tools fail without need, and the judge scores with less care.
"""

from collections.abc import Sequence
from random import Random

from agents.schema import JsonObject

SLIP = 0.12
"""The share of an agent's turns with a mistake."""
Calls = Sequence[tuple[str, JsonObject]]


def assistant(text: str, calls: Calls, rng: Random) -> tuple[str, Calls]:
    """Words and calls, of which one argument may be lost, mistyped or the whole call left out."""
    if not calls or rng.random() >= SLIP:
        return text, calls
    (name, arguments), *others = calls
    if not arguments or rng.random() < 0.3:
        return "I have taken care of that.", []
    slipped, lost = rng.choice(sorted(arguments)), rng.random() < 0.5
    kept = {key: value for key, value in arguments.items() if key != slipped}
    return text, [(name, kept if lost else {**kept, slipped: [arguments[slipped]]}), *others]


def form(role: str, said: JsonObject, rng: Random) -> JsonObject:
    """Another role's answer, changed in place of a mistake; the fields stay those of its form."""
    if role == "Quality":
        return {**said, "scores": {name: _roughly(score, rng) for name, score in said["scores"].items()}}
    if rng.random() >= SLIP:
        return said
    if role == "Observation" and said.get("ok"):
        return {"ok": False, "code": "unavailable", "message": "The service is unavailable, try again."}
    if role == "Blueprint" and said.get("steps"):  # a refusal plans none
        return {**said, "steps": [*said["steps"][:-1], {**said["steps"][-1], "arguments": {}}]}
    if role == "User" and not said.get("done"):
        return {**said, "say": said["say"].split(". ")[0]}
    return said


def _roughly(score: int, rng: Random) -> int:
    return min(5, max(1, score + rng.choice((-1, 0, 0, 1))))
