"""When a run brings nothing new any more [ours]: of the last SPAN slots nearly none was accepted.

Slots are looked at in the order of their commits, so that it is the same for any concurrency and after a resume.
"""

from collections import Counter, deque

from agents.schema import Stop
from graphs.campaign.accept import NOT_NOVEL
from graphs.campaign.record.journal import Commit

SPAN, FEW = 32, 3
"""Slots looked back at, and how many accepted ones among them are nearly none."""
FAMILIAR = frozenset((NOT_NOVEL, Stop.BLUEPRINT_NOT_NOVEL, Stop.BLUEPRINT_INVALID))
"""Reasons of slots whose cluster brought no plan, or only what there is already."""
UNSERVED = b"server_unavailable"
"""What stands in the row of a slot whose live server died or stayed silent."""


def is_refused(commit: Commit) -> bool:
    """Whether its cluster leaves the draw for every mode: the assistant's endpoint does not take its tools."""
    return commit.reason == Stop.TOOLS_REFUSED


def is_used_up(commit: Commit) -> bool:
    """Whether its cluster leaves the draw for its mode: it brought nothing new, or a live server of it fails."""
    return commit.reason in FAMILIAR or is_unserved(commit)


def is_unserved(commit: Commit) -> bool:
    return not commit.accepted and UNSERVED in commit.row


class Saturation:
    """What the last slots came to."""

    def __init__(self, tools: int) -> None:
        self._tools = tools
        self._reasons: deque[str] = deque(maxlen=SPAN)
        self._warned = False

    def note(self, reason: str) -> None:
        """A slot's reason, in order; empty for an accepted one."""
        self._reasons.append(reason)

    @property
    def is_collapsed(self) -> bool:
        return len(self._reasons) == SPAN and self._reasons.count("") <= FEW

    @property
    def is_saturated(self) -> bool:
        """Whether it is for want of anything new that slots are refused."""
        familiar = sum(reason in FAMILIAR for reason in self._reasons)
        return self.is_collapsed and 2 * familiar > SPAN - self._reasons.count("")

    def warning(self) -> str:
        """What to say, once; empty while there is nothing to say."""
        if not self.is_collapsed or self._warned:
            return ""
        self._warned = True
        (reason, count), *_ = Counter(filter(None, self._reasons)).most_common(1)
        begin = f"of the last {SPAN} slots {self._reasons.count('')} were accepted, {count} refused as {reason}"
        if not self.is_saturated:
            return f"{begin}: rejected.jsonl says why; Ctrl-C ends the run in order"
        fix = "give more tools (--tools), raise --copies, or end such a run with --stop-when-saturated"
        return f"{begin}: its {self._tools} tools bring little that is new; {fix}"
