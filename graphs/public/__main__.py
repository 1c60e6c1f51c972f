"""`tdscaling COMMAND`: the commands of the five packages under one name."""

import difflib
import runpy
import sys

COMMANDS = {
    "run": ("graphs.run", "play slots: tools -> trajectories"),
    "tools": ("memory.corpus", "what is read of tool files, and why not the rest"),
    "clusters": ("memory.clusters", "tools -> Business Clusters"),
    "export": ("graphs.export", "accepted rows in another layout"),
    "report": ("graphs.report", "write a run's report.html again"),
    "diversity": ("evals.diversity", "compare runs"),
    "sft": ("finetune.sft", "fine-tune a student (extra: train)"),
    "eval": ("evals.run", "benchmarks"),
    "serve": ("agents.serve", "the offline teacher as an OpenAI-compatible endpoint"),
}


def explain(name: str) -> int:
    """The commands, and what is wrong with this one unless it asks for them; the exit code."""
    lines = [f"  {command:10} {text}" for command, (_, text) in COMMANDS.items()]
    print("Usage: tdscaling COMMAND [OPTIONS]    (tdscaling COMMAND --help)", "", *lines, sep="\n")
    if name in {"", "--help", "-h"}:
        return 0
    near = difflib.get_close_matches(name, COMMANDS, n=1)
    fix = f"did you mean {near[0]}?" if near else f"it is one of {', '.join(COMMANDS)}"
    print(f"error: there is no command {name!r}; {fix}", file=sys.stderr)
    return 2


def main() -> None:
    """The command's own main, with the rest of the arguments; its exit code is the process's."""
    name = sys.argv[1] if len(sys.argv) > 1 else ""
    if name not in COMMANDS:
        from agents import cli  # here, for a command imports its own

        cli.leave(lambda: explain(name))
    sys.argv = [f"tdscaling {name}", *sys.argv[2:]]
    runpy.run_module(COMMANDS[name][0], run_name="__main__")


if __name__ == "__main__":
    main()
