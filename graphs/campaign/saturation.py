"""When a run brings nothing new any more [ours]: of the last SPAN slots nearly none was accepted.

Slots are looked at in the order of their commits, so that it is the same for any concurrency and after a resume.
"""

from collections import Counter, deque

from agents.schema import Stop
from graphs.campaign.accept import NOT_NOVEL

SPAN, FEW = 32, 3
"""Slots looked back at, and how many accepted ones among them are nearly none."""
FAMILIAR = frozenset((NOT_NOVEL, Stop.BLUEPRINT_NOT_NOVEL, Stop.BLUEPRINT_INVALID))
"""Reasons of slots for which there was nothing new to plan, or no plan at all."""


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
    def collapsed(self) -> bool:
        return len(self._reasons) == SPAN and self._reasons.count("") <= FEW

    @property
    def saturated(self) -> bool:
        """Whether it is for want of anything new that slots are refused."""
        familiar = sum(reason in FAMILIAR for reason in self._reasons)
        return self.collapsed and 2 * familiar > SPAN - self._reasons.count("")

    def warning(self) -> str:
        """What to say, once; empty while there is nothing to say."""
        if not self.collapsed or self._warned:
            return ""
        self._warned = True
        (reason, count), *_ = Counter(filter(None, self._reasons)).most_common(1)
        begin = f"of the last {SPAN} slots {self._reasons.count('')} were accepted, {count} refused as {reason}"
        if not self.saturated:
            return f"{begin}: rejected.jsonl says why; Ctrl-C ends the run in order"
        fix = "give more tools (--tools), raise --copies, or end such a run with --stop-when-saturated"
        return f"{begin}: its {self._tools} tools bring little that is new; {fix}"
