"""Requests made of a tool's name alone, where its description holds none."""

from agents.offline.trade.subject import load_table
from agents.plan.dataflow import STOPS, VAGUE, VERBS
from agents.schema import singular, with_article, words

_VERBS = load_table("verbs")
WAYS: dict[str, list[str]] = _VERBS["ways"]
"""A definition's verb -> the ways in which people say it."""
DOING = frozenset(_VERBS["doing"].split())
_NEARNESS = frozenset(("recent", "latest", "current", "trending", "upcoming", "popular", "available", "active", "all"))
_ABOUT = frozenset(("info", "information", "detail", "details", "metadata"))


def order_from_name(name: str) -> str:
    """Verb and noun of a name, with an article: `archive the stage`."""
    parts = [word for word in words(name) if not (word.isdigit() or word in ("v", "mcp", "tool"))] or words(name)
    verbs = [word for word in parts if word in VERBS or word in WAYS or word in DOING]
    if len(verbs) > 1 and len(parts) > 2 and verbs[0] in ("batch", "bulk"):
        parts.remove(verbs[0])  # whoever archives many things at once archives them
    if parts[1:2] == ["or"] and len(parts) > 3:
        parts = [parts[0], *parts[3:]]  # `create_or_update_route` is asked for by the first of the two
    place = next((index for index, word in enumerate(parts) if word in VERBS or word in WAYS or word in DOING), -1)
    verb = parts[place] if place >= 0 else "get"
    about = parts[place + 1 :] if place >= 0 and place + 1 < len(parts) else parts[: max(place, 0)] or parts
    if len(about) > 1 and about[0] in STOPS:
        if verb not in ("get", "fetch", "retrieve", "find", "search"):
            return f"{verb} {' '.join(about)}"  # `attach to gdb`
        about = about[1:]  # of what is looked up `from` somewhere the place is what remains to be said
    if verb in ("get", "fetch", "retrieve", "show") and len(about) > 1 and about[-1] in _ABOUT:
        return f"tell me about the {' '.join(about[:-1])}"
    # `Recent` is said before all that it is said of: the recent tweets of a user are recent user tweets.
    about = [*(word for word in about if word in _NEARNESS), *(word for word in about if word not in _NEARNESS)]
    thing = " ".join(about)
    if about == [verb]:
        return f"do a quick {verb}"
    plural = about[-1] != singular(about[-1]) and about[-1] not in VAGUE
    if verb in ("list", "search", "find", "query", "browse"):
        return (
            f"{verb} {'the ' if not plural or len(about) > 1 else ''}{thing}"
            if verb != "list"
            else f"list {thing if about[0] == 'all' else f'the {thing}'}"
        )
    if about[0] in ("a", "an", "the", "my", "all"):
        return f"{verb} {thing}"
    fresh = verb in ("create", "add", "generate", "make", "book") and not plural
    return f"{verb} {with_article(thing) if fresh else f'the {thing}'}"


def turn_round(name: str) -> str:
    """A name in other words, so that it is not said as it is: `look up the alerts of the pager`."""
    first, *others = words(name)
    verb = next((word for word in words(name) if word in DOING), "")
    if verb:
        return f"{verb} the {' '.join(word for word in words(name) if word != verb)}"
    if "by" in others[:-1]:
        place = others.index("by")
        return f"look up the {' '.join([first, *others[:place]])} by their {' '.join(others[place + 1 :])}"
    return f"look up the {' '.join(others)} of the {first}" if others else f"look up the {first}"
