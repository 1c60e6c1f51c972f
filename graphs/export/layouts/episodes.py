"""Rows for environments: a blueprint as an episode that a policy plays with tools, checkpoints as its reward.

One record serves three readers: verifiers' `nemo_gym` taskset and NeMo Gym read `responses_create_params`, TRL's
environment factory `prompt` and `environment`, and `evals.rl` the whole `episode`. None of the first two lets a user
speak again, so there the opening message says what the user of the row said turn by turn.
"""

from collections.abc import Iterator

from agents.plan.episode import read_task
from agents.schema import Row
from graphs.export.layouts.chat import response_tools
from graphs.export.rows import Record


def verifiers(row: Row) -> Iterator[Record]:
    """The episode of a row. Raises: FormatError: it has no checkpoint that could be rewarded, such as a refusal."""
    task = read_task(row)
    opening = [{"role": "system", "content": task.system}, {"role": "user", "content": "\n\n".join(task.turns)}]
    yield {
        "id": task.id,
        "environment": task.id,
        "prompt": opening,
        "responses_create_params": {"input": opening, "tools": response_tools(row), "parallel_tool_calls": True},
        "verifier_metadata": {"episode": task.model_dump(mode="json", by_alias=True)},
    }
