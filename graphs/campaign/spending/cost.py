"""cost.json: what a run spent, by role and by reason; null rather than a guess."""

from dataclasses import asdict
from pathlib import Path

import orjson

from agents.files import READABLE, write_whole
from agents.schema import JsonObject, Role
from graphs.campaign.record.journal import COUNTS, EARLY, SEMANTIC, TRANSPORT, Journal, Tokens
from graphs.campaign.spending.budget import Prices


def write(folder: Path, journal: Journal, prices: Prices | None = None) -> None:
    """Tokens, requests and faults of all processes so far; dollars where the user told prices."""
    write_whole(folder / "cost.json", orjson.dumps(summarize(journal, prices or {}), option=READABLE))


def summarize(journal: Journal, prices: Prices) -> JsonObject:
    """The contents of cost.json."""
    total, accepted, by_role = journal.tokens(), journal.accepted_count, journal.tokens_by_role()
    transport = journal.faults(TRANSPORT)
    failed = sum(count for by_name in transport.values() for count in by_name.values())
    faults = journal.faults(SEMANTIC)
    early, kept = journal.tokens_mended_early()
    per_accepted = {name: round(getattr(total, name) / max(accepted, 1), 1) for name in COUNTS}
    return {
        "slots": journal.commit_count,
        "accepted": accepted,
        "requests": total.answers + failed,
        "tokens": counts_or_null(total),
        "by_role": {role: counts_or_null(tokens) for role, tokens in by_role.items()},
        "cached_share": {"all": _share(total)} | {role: _share(tokens) for role, tokens in by_role.items()},
        "per_accepted": None if total.unknown or not accepted else per_accepted,
        "wasted_by_reason": {reason: counts_or_null(tokens) for reason, tokens in journal.tokens_by_reason().items()},
        "asked_again": counts_or_null(journal.tokens_asked_again()),
        # faults that were shown to a model at once: how many of which role, what that cost, and what it saved
        "mended_early": {
            "by_role": {role: by_name[EARLY] for role, by_name in faults.items() if EARLY in by_name},
            "asked": counts_or_null(early),
            "slots_kept": journal.slots_mended_early(),
            "saved": counts_or_null(kept),
        },
        "transport_faults": transport,
        "semantic_faults": faults,
        "dollars": _dollars(by_role, prices, accepted) if prices else None,
        "served_by": journal.served_by(),
    }


def counts_or_null(tokens: Tokens) -> dict[str, int | None]:
    """The sums; null where an answer did not say what it used."""
    counts = asdict(tokens)
    return {key: None if tokens.unknown and key in COUNTS else counts[key] for key in counts}


def _share(tokens: Tokens) -> float | None:
    """Of the prompts' tokens, those that the endpoint had in its prefix cache."""
    return None if tokens.unknown or not tokens.input else round(tokens.cached / tokens.input, 4)


def _dollars(by_role: dict[str, Tokens], prices: Prices, accepted: int) -> JsonObject:
    costs: dict[str, float | None] = {}
    for role, tokens in by_role.items():
        price = prices.get(Role(role))
        costs[role] = round(price.of(asdict(tokens)), 6) if price and not tokens.unknown else None
    known = [cost for cost in costs.values() if cost is not None]
    total = round(sum(known), 6) if len(known) == len(costs) else None  # one unknown role makes the sum a guess
    per = round(total / accepted, 6) if total is not None and accepted else None
    return {"total": total, "by_role": costs, "per_accepted": per}
