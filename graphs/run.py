"""Tools -> trajectories: python -m graphs.run

Reads MCP tool definitions, plays `--count` slots (or as many as `--accepted` rows take) with the teacher and writes the
accepted ones to `--out`. The default needs no key and no network. A stopped or killed run goes on where it was
with `--resume`.
"""

import asyncio
import logging
import sys
from typing import TYPE_CHECKING

from agents import cli
from agents.errors import UsageError
from graphs.campaign.config import Config, Engine, settle
from graphs.campaign.reach import check_servers

if TYPE_CHECKING:
    from graphs.campaign.session import Setup

EXAMPLES = """Generate diverse tool-use trajectories from MCP tool definitions.

\b
  python -m graphs.run --count 3                           no key, no network
  python -m graphs.run --out runs/a --teacher openai:gpt-4.1-mini --count 500
  python -m graphs.run --out runs/a --teacher openai:gpt-4.1-mini --accepted 500
  python -m graphs.run --out runs/a --resume               go on after Ctrl-C, or a kill
  python -m graphs.run --out runs/a --resume --count 1000  let it grow
  python -m graphs.run --out runs/b --tools my/tools --hold-out 0.1 --clusters my/clusters.jsonl
  python -m graphs.run --out runs/c --tools my/tools --teacher openai:NAME@http://127.0.0.1:8000/v1

Without --out the run is runs/default: it goes on by itself and, once complete, only says so. A slot is one conversation
that is tried; what passes the checks and is new becomes a row. Ask --dry-run first what a hosted teacher would cost.

Exit codes: 0 done, 1 nothing accepted, 2 a mistake in the options, 3 a limit ended it, 130 Ctrl-C or a signal (--resume
goes on after both).
"""
SWITCHES = {
    "resume": cli.Switch(False, "Go on with the run in --out; options not given are the run's."),
    "dry_run": cli.Switch(False, "Only estimate requests, tokens and dollars."),
}


def start(options: cli.Options, resume: bool, dry_run: bool) -> int:
    """The whole command; returns its exit code."""
    config = settle(options, resume)
    if config.engine is Engine.PROCESS and (ray_only := {"address", "workers"} & set(options)):
        raise UsageError(f"--{min(ray_only)}: is for --engine ray; add that, or leave it out")
    if not dry_run:
        check_servers(config)
    from graphs import setup  # the whole project, three seconds: --help and a wrong option do without

    if dry_run:
        print("\n".join(setup.estimate_cost(config)))
        return 0
    return _play(config)


def _play(config: Config) -> int:
    from graphs import setup
    from graphs.campaign.session import SATURATED, SIGNALLED
    from graphs.report import page, summary

    stopped_by = asyncio.run(_generate(setup.prepare(config)))
    if stopped_by == SATURATED:
        print(stopped_by, file=sys.stderr)
    elif stopped_by:
        limit = stopped_by.partition(" ")[0] if stopped_by.startswith("--") else ""
        more = f" {limit} MORE" if limit else ""
        fix = f"raise {limit} to go on" if limit else "to go on"
        print(f"{stopped_by}; {fix}: python -m graphs.run --out {config.out} --resume{more}", file=sys.stderr)
        return 130 if stopped_by == SIGNALLED else 3
    report, held = page.write(config.out), summary.read(config.out)
    print("\n".join(summary.describe(config.out)), f"report: {report}", sep="\n")
    short = config.accepted is not None and held.accepted < config.accepted
    if config.accepted is not None and stopped_by != SATURATED:
        # which of the two limits ended the run
        end = f"ended by --accepted {held.accepted}, after {held.slots} of at most {config.count} slots"
        if short:
            end = f"ended by --count {config.count}, with {held.accepted} of {config.accepted} rows; "
            end += f"raise it to go on: python -m graphs.run --out {config.out} --resume --count MORE"
        print(end)
    return (3 if short and stopped_by != SATURATED else 0) if held.accepted else 1


async def _generate(parts: "Setup") -> str:
    from graphs.campaign.progress import ProgressBar
    from graphs.campaign.session import generate
    from graphs.engine.event_loop import collect_rarely, stop_on_signal

    stop = asyncio.Event()
    stop_on_signal(stop)
    with ProgressBar() as show, collect_rarely():
        return await generate(parts, show, stop)


def main(arguments: list[str] | None = None) -> None:
    """The command with these arguments, else the process's; exits as its help says."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    cli.run(cli.resumable(Config, start, EXAMPLES, SWITCHES), arguments, "graphs.run")


if __name__ == "__main__":
    main()
