"""QualityAgent: a finished conversation in, a verdict out."""

from collections.abc import Sequence
from typing import Any

from agents.prompting import render, section
from agents.schema import Blueprint, Cluster, Role, Verdict
from agents.teachers import Ask, Message, fill


async def judge(ask: Ask, blueprint: Blueprint, cluster: Cluster, messages: Sequence[Message]) -> Verdict:
    """Raises: FormatError: the judge's answer is no verdict; there is then no score."""
    case: dict[str, Any] = blueprint.model_dump(
        mode="json", include={"persona", "goal", "mode", "steps", "checkpoints"}
    )
    case["tools"] = {name: tool.description[:200] for name, tool in cluster.offered.items()}
    text = section("Case", case) + "\n" + section("Transcript", list(messages))
    asked = [{"role": "system", "content": render(Role.QUALITY)}, {"role": "user", "content": text}]
    return await fill(ask, Role.QUALITY, asked, Verdict)
