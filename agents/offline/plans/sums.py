"""In which currency a person names a sum, where no argument of the call says it."""

from agents.offline.plans.draft import Draft
from agents.offline.speech.money import SIGNS, write_sum
from agents.plan.dataflow import is_registered, list_fields
from agents.schema import JsonObject, words

_SUM_WORDS = "amount price salary cost fee deposit budget tip estimate insured insurance rent"
_SUMS = frozenset(_SUM_WORDS.split())


def name_currencies(draft: Draft) -> None:
    """Each sum of a fact is said with its currency: the one that its tool takes for granted, else that of the place.

    What another tool of the plan names a currency for is left alone: nobody can tell yet which one it will be. Nor is
    it known in which coin a registry's tool counts.
    """
    tools = [draft.known[step["tool"]] for step in draft.steps if step["tool"] in draft.known]
    here = draft.subject.home.currency if draft.subject.home.currency in SIGNS else "EUR"
    priced = any(words(at)[-1:] == ["currency"] for tool in tools for at, _, _ in list_fields(tool))
    for step in draft.steps:
        tool = draft.known.get(step["tool"])
        if not tool or is_registered(tool):
            continue
        properties = tool["inputSchema"].get("properties") or {}
        own = next((properties[key] for key in properties if words(key)[-1:] == ["currency"]), None)
        currency = here if own is None and not priced else str((own or {}).get("default", ""))
        if currency not in SIGNS or any(words(key)[-1:] == ["currency"] for key in told_by_user(step)):
            continue
        for key, fact in told_by_user(step).items():
            value = draft.facts[fact]["value"]
            graded = {"level", "tier", "range"} & set(words(key))  # a price level is no price
            if (
                _SUMS & set(words(key))
                and not graded
                and isinstance(value, int | float)
                and not isinstance(value, bool)
            ):
                draft.facts[fact]["spoken"] = write_sum(value, currency)


def told_by_user(step: JsonObject) -> dict[str, str]:
    """Argument -> the fact that it comes from."""
    sources = step["arguments"].items()
    return {key: source["fact"] for key, source in sources if source["source"] == "user"}
