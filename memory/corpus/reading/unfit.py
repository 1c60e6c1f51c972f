"""Definitions that nobody should be made to call: they say so themselves, or lost the arguments that they speak of."""

import re
from collections.abc import Mapping
from typing import Any

from agents.schema import Tool, words

STATUS = (
    r"(?:deprecated|obsolete|discontinued|unimplemented|not (?:yet |currently )?implemented"
    r"|no longer (?:supported|available|works))"
)
GONE = re.compile(
    # as a heading or a sentence of its own, as a remark at the end of a line, or of the tool itself
    rf"(?:^|\n|[.!?]\s)[^\w\n]*{STATUS}\b\s*(?:[:：.,;!*\])—–-]|use\b|please\b|since\b|in favou?r\b|$)"
    rf"|[(\[]{STATUS}[)\]][^\w\n]*(?:\n|$)"
    rf"|\b(?:this|the) (?:[\w-]+ ){{0,4}}(?:tool|server|endpoint|method|function|api|command)(?: \([^)]*\))?"
    rf" (?:is|was|has been)(?: now)? {STATUS}",
    re.IGNORECASE,
)
GONE_NAME = re.compile(r"(?:^|[_.-])DEPRECATED(?:[_.-]|$)")
SEEKING = frozenset(("search", "find", "lookup", "query"))
STANDING = frozenset(("all", "history", "list", "status", "settings", "trending"))
"""What is sought with these in a name is always the same."""
ONE_OF_MANY = re.compile(
    r"\bby (?:(?:its|their|the|an?) )?(?:\w+ )?(?:ids?|names?|uuid|slug|key|url)\b"
    r"|\b(?:for|of|from|to|in|at|about|on|with) (?:an?|the) (?:specific|given|specified|particular|certain|provided) \w"
    r"|^\W*(?:get|retrieve|fetch|read|show|match|update|delete|remove) (?:an? |the )?(?:specific|given|specified) \w",
    re.IGNORECASE,
)
"""In the first sentence of a text: one of several, which a call would have to name."""


def find_fault(tool: Tool, row: Mapping[str, Any]) -> str:
    """Why a call of the tool would make no sense, as `kind: detail`; empty where it would."""
    if row.get("deprecated") is True or GONE_NAME.search(tool.name):
        return "it is deprecated"
    if gone := GONE.search(tool.description):
        status = re.search(STATUS, gone[0], re.IGNORECASE)
        return f"it says that it is {status[0].lower()}" if status else ""
    if tool.input_schema.get("properties") or tool.live:
        return ""
    spelled, text = words(tool.name), tool.description.strip()
    first = re.split(r"(?<=[.!?])\s|\n\s*\n", text, maxsplit=1)[0]
    verbs = spelled[:1] if text else [*spelled[:1], *spelled[-1:]]
    seeks = not SEEKING.isdisjoint(verbs) and STANDING.isdisjoint(spelled)
    if seeks or {"by", "specific"} & set(spelled[1:]) or ONE_OF_MANY.search(first):
        return "it takes no arguments, and its text needs one"
    return ""
