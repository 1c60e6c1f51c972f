"""Whether somebody would go on so: what is done after what, because of which state, and what is asked in one breath."""

from collections.abc import Sequence
from typing import Any

from agents.offline.plans.draft import Draft, edges, ends
from agents.offline.trade.subject import load_table
from agents.plan.dataflow import list_fields, nouns
from agents.schema import singular, words

_AFTER: dict[str, list[str]] = load_table("fitting")
"""State of a thing -> verbs of what somebody does because it is in that state."""
_MENDING = frozenset(("retry", "restart", "rollback", "capture", "refund", "reopen"))
"""Verbs of what is done to a thing because something is wrong with it."""


def is_sensible(draft: Draft, source: str, target: str) -> bool:
    """Whether somebody would go on so: nothing just made is undone, and of a list its own things are changed."""
    flow, reads = edges(draft)[source, target], draft.known[source]["reads"]
    if not reads and (ends(target) or words(target)[-1] == "results"):
        return False  # what was ordered a moment ago has no results yet
    if draft.known[target]["reads"]:
        return True
    if any("[0]" in at for at, _ in flow) and words(target)[0] in _MENDING:
        return False  # nobody retries the first of several for being the first
    return all("[0]" not in at or name_listed(source, at) in words(key) for at, key in flow)


def name_listed(tool: str, path: str) -> str:
    """What a list's elements are, in one word: by its field's name, or its tool's where the result itself is the list.

    >>> name_listed("search_singers", "open_calls[0].id"), name_listed("search_singers", "[0].id")
    ('call', 'singer')
    """
    field = words(path.partition("[0]")[0])
    return singular((field or nouns(tool) or ("item",))[-1])


def find_reactions(
    draft: Draft, looks: Sequence[tuple[str, tuple[str, Any] | None]]
) -> list[tuple[str, str, Any, str]]:
    """(look, path of a state, state, tool) for each tool that somebody calls because a look shows that state."""
    flows = edges(draft)
    choices: list[tuple[str, str, Any, str]] = []
    loose: list[tuple[str, str, Any, str]] = []
    for look, condition in looks:
        field = next((inner for at, inner, _ in list_fields(draft.known[look]) if condition and at == condition[0]), {})
        for value in field.get("enum", ()) if condition else ():
            for target in sorted(draft.tools):
                if not condition or not set(words(target)) & set(_AFTER.get(value, ())):
                    continue
                about_it = any("[" not in at for at, _ in flows.get((look, target), ()))
                same = draft.known[look]["service"] == draft.known[target]["service"]
                (choices if about_it else loose if same else []).append((look, condition[0], value, target))
    return choices or loose


def keep_one_desk(draft: Draft, names: Sequence[str]) -> list[str]:
    """Those of the first's service, with one change among them at most: nobody has five things done in one breath."""
    desk = [name for name in names if draft.known[name]["service"] == draft.known[names[0]]["service"]] or list(names)
    changes = [name for name in desk if not draft.known[name]["reads"]]
    return [name for name in desk if draft.known[name]["reads"] or name == changes[0]]
