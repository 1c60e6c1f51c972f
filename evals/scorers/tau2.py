"""tau2-bench's own runner and grader behind JSON lines, in an environment made of its checkout.

    tasks DOMAIN...  -> {"version", "rows"}, then so many {"id", "domain", "judged"}: whether a model must judge it
    play             <- {"id", "seed", "script"} -> any number of {"ask": {"side", "messages", "tools"}} <- {"message"}
                     -> {"result"}: the simulation as tau2 writes it, graded; {"raised"} where tau2 gave none

`side` is agent, user or judge: the process that starts this one holds the models. A script, `gold` or `nothing`, plays
agent and user itself: gold makes the task's own actions in their order and says what the task wants said.
"""

import json
import os
import sys
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

WIRE = os.fdopen(os.dup(1), "w")
sys.stdout = sys.stderr  # tau2 prints
os.environ |= {"TAU2_DATA_DIR": str(Path(sys.argv[1]) / "data"), "LITELLM_LOCAL_MODEL_COST_MAP": "True"}

from litellm.types.utils import ModelResponse  # noqa: E402
from loguru import logger  # noqa: E402
from tau2.registry import registry  # noqa: E402
from tau2.utils import llm_utils  # noqa: E402

Row = dict[str, Any]
STEPS, ERRORS = 200, 10
"""As `tau2 run` has them by default."""
STOP = "###STOP###"
AGENT, USER = "agent", "user"
NEW = find_spec("tau2.runner") is not None
"""Since v1.0.0 a task is run by another function."""


def main(mode: str, *rest: str) -> None:
    # its log would fill stderr, which nobody reads
    logger.remove()
    if mode == "tasks":
        list_tasks(rest)
    else:
        llm_utils.completion = complete
        llm_utils.completion_cost = lambda **_: 0.0  # of models that nobody can price; the parent counts
        write({"ready": True})
        for line in sys.stdin:
            write(play(json.loads(line)))


def write(row: Row) -> None:
    print(json.dumps(row), file=WIRE, flush=True)


def list_tasks(domains: tuple[str, ...]) -> None:
    rows = [{"id": task.id, "domain": name, "judged": is_judged(task)} for name in domains for task in load(name)]
    write({"version": version("tau2"), "rows": len(rows)})
    for row in rows:
        write(row)


@cache
def load(domain: str) -> list[Any]:
    """The domain's tasks, of the split that tau2 plays by default where it has splits."""
    tasks: list[Any] = registry.get_tasks_loader(domain)()
    return tasks


def is_judged(task: Any) -> bool:
    """Whether a model's judgement is part of the reward: since v1.0.1, where assertions are in words."""
    criteria = task.evaluation_criteria
    if criteria is None or not criteria.nl_assertions:
        return False
    return any(basis.value == "NL_ASSERTION" for basis in criteria.reward_basis)


# one conversation


class Script:
    """Both sides of a conversation that needs no model."""

    def __init__(self, task: Any, gold: bool) -> None:
        criteria = task.evaluation_criteria
        self._actions = list(criteria.actions or []) if gold and criteria else []
        self._facts = list(criteria.communicate_info or []) if gold and criteria else []
        self._ended = False

    def answer(self, side: str) -> Row:
        next_side = self._actions and (AGENT if self._actions[0].requestor == "assistant" else USER)
        if next_side == side:
            action = self._actions.pop(0)
            function = {"name": action.name, "arguments": json.dumps(action.arguments)}
            call = {"id": f"call_{len(self._actions)}", "type": "function", "function": function}
            return {"role": "assistant", "content": None, "tool_calls": [call]}
        if side == USER:
            return {"role": "assistant", "content": STOP if self._ended else "Please go on."}
        self._ended = not self._actions
        facts = "; ".join(self._facts) if self._ended else ""
        return {"role": "assistant", "content": facts or "Please go on."}


SCRIPT: list[Script] = []
"""The script of the conversation that is played, if it has one."""


def complete(model: str, messages: list[Row], tools: list[Row] | None = None, **_: Any) -> ModelResponse:
    """Stands in for LiteLLM's: an answer of the parent's model, or of the script."""
    side = model if model in (AGENT, USER) else "judge"
    if SCRIPT and side != "judge":
        message = SCRIPT[0].answer(side)
    else:
        write({"ask": {"side": side, "messages": messages, "tools": tools or []}})
        message = json.loads(sys.stdin.readline())["message"]
    usage = {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}
    reason = "tool_calls" if message.get("tool_calls") else "stop"
    return ModelResponse(choices=[{"index": 0, "finish_reason": reason, "message": message}], model=model, usage=usage)


def play(request: Row) -> Row:
    """What tau2's runner makes of a task; an exception is what its own metric would leave out, or stop at."""
    domain, _, name = str(request["id"]).partition("/")
    task = next(task for task in load(domain) if task.id == name)
    SCRIPT[:] = [Script(task, request["script"] == "gold")] if request.get("script") else []
    try:
        simulation = run(domain, task, int(request["seed"]))
    except Exception as error:
        return {"raised": f"{type(error).__name__}: {str(error)[:300]}"}
    return {"result": simulation.model_dump(mode="json")}


def run(domain: str, task: Any, seed: int) -> Any:
    """By the runner that `tau2 run` calls for each task; it grades too."""
    if not NEW:
        from tau2.run import run_task

        limits = {"max_steps": STEPS, "max_errors": ERRORS, "seed": seed}
        sides = {"agent": "llm_agent", "user": "user_simulator", "llm_agent": AGENT, "llm_user": USER}
        return run_task(domain, task, **sides, llm_args_agent={}, llm_args_user={}, **limits)
    from tau2.data_model.simulation import TextRunConfig
    from tau2.runner.batch import run_single_task

    settings = {"llm_args_agent": {}, "llm_args_user": {}, "max_steps": STEPS, "max_errors": ERRORS}
    config = TextRunConfig(domain=domain, llm_agent=AGENT, llm_user=USER, **settings)
    return run_single_task(config, task, seed=seed)


if __name__ == "__main__":
    main(*sys.argv[2:])
