"""All 800 multi-turn tasks of BFCL live, through a loopback endpoint: python -m tests.bench.bfcl FOLDER

A policy that knows the solutions plays every task over HTTP in BFCL's own loop: whole, with 10% of turns dropped, and
silent. Prints the official score beside the one known beforehand. Called again it goes on with what is in FOLDER.
"""

import asyncio
import sys
from pathlib import Path

from agents.serve import app
from evals import run as evals_run
from evals.bench import bfcl, data
from evals.score import scoring
from tests import bfcl_policy

SHARES = (0.0, 0.1, 1.0)
AT_ONCE = 2
PORT = 8037
"""Always the same: it is part of the model's name, by which the answers in FOLDER are known."""


async def known(category: str, share: float) -> tuple[bfcl_policy.Policy, list[bool]]:
    """The policy of a category, and which tasks it solves."""
    suite = await bfcl.load([category], "fc", 1)
    gold, asks = dict(suite.gold() or {}), bfcl_policy.questions(category)
    return bfcl_policy.Policy(gold, asks, share), list(bfcl_policy.right(gold, asks, share).values())


def play(category: str, share: float, out: Path) -> tuple[float, int, int]:
    """The official score, the number of tasks solved as known beforehand, and the requests made."""
    policy, expected = asyncio.run(known(category, share))
    with app.running(app.app(policy), PORT) as url:
        options = ["--category", category, "--concurrency", str(AT_ONCE), "--out", str(out)]
        command(["generate", "bfcl", "--model", f"openai:offline@{url}", *options])
    result = asyncio.run(scoring.score(out / "bfcl"))
    return result.score.mean * result.n / 100, sum(expected), result.calls


def command(arguments: list[str]) -> None:
    try:
        evals_run.main(arguments)
    except SystemExit as ended:
        if ended.code:
            raise


def main(folder: str) -> None:
    data.set_up("bfcl")
    for share in SHARES:
        totals = [0.0, 0, 0]
        for category in bfcl.MULTI_TURN:
            counts = play(category, share, Path(folder) / f"{share:.0%}" / category)
            totals = [a + b for a, b in zip(totals, counts, strict=True)]
        right, expected, calls = totals
        print(f"{share:.0%} of turns dropped: {right:.0f} of 800 right, known {expected}; {calls} calls", flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
