"""The rules that an assistant is told: a document for each trade, drawn anew for each slot."""

import re
from collections.abc import Collection, Sequence
from random import Random

from agents.offline.trade.subject import Subject, load_table, trade_text
from agents.offline.trade.wishes import fill_gaps, is_made_of
from agents.schema import JsonObject, singular, words

_POLICIES = load_table("policies")
_MATTERS: dict[str, str] = load_table("matters")
"""Rule -> words of tools whose matter it is; a rule without any is one of the whole trade."""
_FORBIDDING = re.compile(r"(?i)\b(?:never|not|only)\b")
DEMANDS_LOOK = re.compile(
    r"(?i)begins with a change|was read in this conversation|read before you write|check the current data|look at what"
)
"""How a rule says that something is looked up before the first change."""
ADVICE: dict[str, str] = load_table("advice")
"""Rule that forbids something -> what whoever asks for it can do instead."""
_HOUSES = load_table("houses")
"""How an assistant is introduced, and by trade: what a service is, whom it answers, what its firms are."""
_INTRODUCTIONS = (
    "These rules hold in every conversation:",
    "Keep to the following:",
    "House rules:",
    "What you may do and how is laid down here:",
    "Please observe these points, in this order of weight:",
)
DOCUMENTED = 0.45
"""The share of plans whose assistant is told a whole document of rules though nothing demands it."""


def speaks_of(tools: Sequence[JsonObject]) -> frozenset[str]:
    """The words of what a desk with these tools has to do with."""
    return frozenset(singular(word) for tool in tools for word in words(trade_text([tool])))


def concerns(rule: str, spoken: Collection[str]) -> bool:
    """Whether a rule of the trade is about something that the desk has to do with: not all screens are a cinema's.

    >>> concerns("Seats on hold are given back after ten minutes.", {"video", "transcript"})
    False
    """
    return not spoken or rule not in _MATTERS or not set(_MATTERS[rule].split()).isdisjoint(spoken)


def write_policy(
    subject: Subject,
    rng: Random,
    *,
    look: bool,
    forbidding: str = "",
    called: Collection[str] = (),
    matters: Collection[str] = (),
) -> str:
    """A document of 1,000 characters and more; `look` demands a look before a change, `forbidding` is a rule in it.

    A rule that stands with words governs tools with one of them in their names: where such a tool is `called`, the rule
    is left out, for whether its condition holds is nothing that the conversation shows. So is one that is not about
    any of the `matters` of the desk.
    """
    trade = _POLICIES.get(subject.domain, {"rules": []}) if subject.domain != "general" else {"rules": []}
    general = rng.sample(_POLICIES["general"]["rules"], rng.randint(7, 12))
    spoken = {part for name in called for word in words(name) for part in (word, singular(word))}
    entries = [(entry, "") if isinstance(entry, str) else entry for entry in trade["rules"]]
    fitting = [(rule, governs) for rule, governs in entries if concerns(rule, matters)]
    rules = [rule for rule, governs in fitting if spoken.isdisjoint(governs.split())] + general
    rng.shuffle(rules)
    first = [rng.choice(_POLICIES["general"]["look"])] if look else []
    first += [forbidding] if forbidding else []
    return "\n".join([rng.choice(_INTRODUCTIONS), *(f"- {rule}" for rule in [*first, *rules])])


def write_role(subject: Subject, service: str, rng: Random) -> str:
    """Whom the assistant works for: a house of the trade, whose customers or staff the service is for."""
    trades, about = _HOUSES["trades"], {singular(word) for word in words(service)}
    houses = trades.get(subject.domain, trades["general"])
    audience, kinds = next((whom, firms) for named, whom, firms in houses if not named or about & {*named.split()})
    company = f"{subject.company.split()[0]} {rng.choice(kinds)}"
    return str(rng.choice(_HOUSES[audience])).format(company=company)


def find_forbidding(request: str, system: str) -> str:
    """The rule of a system prompt that forbids the request; empty if none does."""
    pairs = ((rule, wish) for trade in _POLICIES.values() for rule, *wishes in trade["forbidden"] for wish in wishes)
    if rule := next((str(rule) for rule, wish in pairs if rule in system and is_made_of(request, wish)), ""):
        return rule
    rules = [rule for rule in re.findall(r"^- (.+?)$", system, re.M) if _FORBIDDING.search(rule)]
    spoken = {singular(word) for word in words(request) if len(word) > 4}
    shared = {rule: len(spoken & {singular(word) for word in words(rule)}) for rule in rules}
    best = max(rules, key=lambda rule: shared[rule], default="")
    # One long word in common is chance; a rule that speaks of the request shares more with it.
    return best if shared.get(best, 0) > 1 else ""


def draw_forbidden(subject: Subject, rng: Random, matters: Collection[str] = ()) -> tuple[str, str]:
    """A rule on what the desk has to do with, and a request that it forbids; both empty where no rule is.

    Nobody is told by the rule on logs where there are none.
    """
    known = [entry for trade in (subject.domain, "general") for entry in _POLICIES.get(trade, {}).get("forbidden", ())]
    fitting = [entry for entry in known if matters and concerns(entry[0], matters)]
    if not fitting:
        return "", ""
    rule, *wishes = rng.choice(fitting)
    return str(rule), fill_gaps(rng.choice(wishes), subject, rng)
