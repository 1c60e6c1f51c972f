"""Whether a finished slot becomes a row of the dataset, and its line in either file."""

from statistics import mean

from agents.files import json_line
from agents.schema import JsonObject, Played, Trajectory, Verdict
from graphs.campaign.record.journal import Tokens
from memory.measure.modes import Measures

MIN_SCORE = 3
"""[ours] No single score of an accepted trajectory is lower."""
MIN_MEAN = 4
"""[ours] Nor is the mean of its scores."""
MIN_TRUTH = 4
"""[ours] Nor those of grounding and coherence: a 3 names a value that nobody told or a result that fits nothing, and
either is worse than a stiff sentence."""
NOT_NOVEL = "not_novel"
INTERNAL_ERROR = "internal_error"
"""The reason of a slot that raised something unexpected; it has no stop."""


def rejection_reason(played: Played, surplus: bool) -> str:
    """Why a completed trajectory is not accepted: rules, then quality, then novelty; empty when it is.

    `surplus`: it is a near-copy, and there are as many as there may be. Where the strategy has no QualityAgent there is
    no verdict: its own filters are among the faults.
    """
    if played.faults:
        return "rules"
    if played.trajectory.verdict and not passes(played.trajectory.verdict):
        return "quality"
    return NOT_NOVEL if surplus else ""


def passes(verdict: Verdict) -> bool:
    """Whether the scores are good enough [ours]: each at least 3; grounding, coherence and the mean at least 4."""
    scores: list[int] = list(verdict.scores.model_dump().values())
    truth = min(verdict.scores.grounding, verdict.scores.coherence)
    return min(scores) >= MIN_SCORE and truth >= MIN_TRUTH and mean(scores) >= MIN_MEAN


def summarize_plan(trajectory: Trajectory) -> str:
    """A line that tells the BlueprintAgent what there is already."""
    blueprint = trajectory.blueprint
    tools = ", ".join(step.tool for step in blueprint.steps) if blueprint else ""
    return f"{blueprint.goal if blueprint else ''} [{trajectory.directive.mode}: {tools or 'no tool'}]"


def accepted_line(row: JsonObject, measures: Measures) -> bytes:
    """A line of trajectories.jsonl."""
    return json_line({**row, "measures": measures.model_dump(mode="json")})


def rejected_line(played: Played, reason: str, detail: str, measures: Measures | None, tokens: Tokens) -> bytes:
    """A line of rejected.jsonl: the same fields, why it was rejected and what it cost.

    Without the cached part of the input, which depends on what else was in flight; it is in cost.json.
    """
    row = {
        **played.trajectory.model_dump(mode="json"),
        "measures": measures.model_dump(mode="json") if measures else None,
        "reason": reason,
        "detail": detail,
        "stop": None if reason == INTERNAL_ERROR else played.stop,
        "faults": played.faults,
        "cost": {"input": tokens.input, "output": tokens.output, "answers": tokens.answers, "unknown": tokens.unknown},
    }
    return json_line(row)
