"""Benchmarks whose own harnesses grade them: grades are read, and get n, interval and floor as every other score.

Such are MCP-Atlas (mcp_atlas.py) and Toolathlon (toolathlon.py): they play on dozens of live services in Docker,
several of them with keys.
"""

from collections.abc import Mapping, Sequence

from pydantic import JsonValue

from evals.schema import ALL_THERE, INFRASTRUCTURE, UNWEIGHED, Record, Score, Task


class Graded:
    """Tasks whose answers are grades from 0 to 1; each task is a cluster."""

    left_out = ALL_THERE
    weights = UNWEIGHED
    passed = 1.0
    """The least grade that passes."""
    grade_name = ""
    """How the grade is called where it is more than passed or not."""

    def __init__(self, name: str, scorer: str, tasks: Sequence[str], sha256: str) -> None:
        self.name, self.scorer, self.sha256 = name, scorer, sha256
        self.tasks = [Task(id=task, cluster=task) for task in tasks]

    def gold(self) -> None:
        """No solution that their graders could be given without the services, or the judge."""

    def nothing(self) -> Mapping[str, JsonValue]:
        """Nothing done passes no task, and nothing said covers no claim: their graders give 0 without looking."""
        # a float, as their graders give: 0 would be no grade
        return {task.id: 0.0 for task in self.tasks}

    async def score(self, records: Sequence[Record]) -> list[Score]:
        scores = []
        for grade in (record.answer for record in records):
            if isinstance(grade, float):
                value = float(grade >= self.passed)
                also = {self.grade_name: grade} if self.grade_name else {}
                scores.append(Score(value=value, error="" if value else "not passed", also=also))
            else:
                scores.append(Score(value=0.0, error=f"{INFRASTRUCTURE}: its harness gave no grade"))
        return scores
