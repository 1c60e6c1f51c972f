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


def form(role: str, answer: JsonObject, rng: Random) -> JsonObject:
    """Another role's answer, changed in place of a mistake; the fields stay those of its form."""
    if role == "Quality":
        rough = {name: score + rng.choice((-1, 0, 0, 1)) for name, score in answer["scores"].items()}
        return {**answer, "scores": {name: min(5, max(1, score)) for name, score in rough.items()}}
    if rng.random() >= SLIP:
        return answer
    if role == "Observation" and answer.get("ok"):
        return {"ok": False, "code": "unavailable", "message": "The service is unavailable, try again."}
    if role == "Blueprint" and answer.get("steps"):  # a refusal plans none
        return {**answer, "steps": [*answer["steps"][:-1], {**answer["steps"][-1], "arguments": {}}]}
    if role == "User" and not answer.get("done"):
        return {**answer, "say": answer["say"].split(". ")[0]}
    return answer
