"""Episodes for TRL's GRPOTrainer: an environment for each row, whose tools are its methods.

    dataset, environments = grpo.load("runs/default/export/verifiers.jsonl")
    trainer = GRPOTrainer(model, reward_funcs=grpo.reward, train_dataset=dataset, environment_factory=environments)

TRL reads a tool from a method's signature and docstring, so nested schemas are told by their outermost type, and their
own text stands in the description. Calls are checked against the whole schema all the same. Its user speaks once: the
prompt holds all that the user of the row said.
"""

import inspect
import json
import keyword
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agents.plan.episode import Task
from agents.plan.json_paths import flat
from agents.schema import JsonObject, Schema, ToolDefinition
from evals.rl.episode import Episode
from evals.rl.play import read_tasks

if TYPE_CHECKING:
    from datasets import Dataset

HINTS: dict[str, type] = {
    "string": str,
    "integer": int,
    "number": float,
    "boolean": bool,
    "array": list,
    "object": dict,
}
RESERVED = frozenset(("reset", "get_reward"))
"""What TRL takes for an environment's own methods; a tool of that name cannot be offered."""


class Environment:
    """What TRL resets before each rollout; a subclass has the tools of one row."""

    _task: Task

    def __init__(self) -> None:
        self._episode = Episode(self._task)

    def reset(self, **row: object) -> None:
        """A fresh episode; the prompt is the dataset's own."""
        self._episode = Episode(self._task)


def load(path: Path | str) -> tuple["Dataset", dict[str, Callable[[], Environment]]]:
    """The dataset with its `prompt` and `environment`, and the factories that TRL takes."""
    from datasets import Dataset, Features, Json, List, Value

    tasks = [
        task for task in read_tasks(Path(path)) if not {tool["function"]["name"] for tool in task.tools} & {*RESERVED}
    ]
    prompts = [
        {
            "prompt": [
                {"role": "system", "content": task.system},
                {"role": "user", "content": "\n\n".join(task.turns)},
            ],
            "environment": task.id,
        }
        for task in tasks
    ]
    features = Features({"prompt": List(Json()), "environment": Value("string")})
    return Dataset.from_list(prompts, features=features), {task.id: make_environment(task) for task in tasks}


def reward(
    completions: Sequence[Sequence[JsonObject]], environments: Sequence[Environment], **columns: object
) -> list[float]:
    """TRL's reward function: the share of an episode's checkpoints that calls and words have met."""
    rewards = []
    for completion, environment in zip(completions, environments, strict=True):
        words = "\n".join(str(message.get("content") or "") for message in completion if message["role"] == "assistant")
        # no method of the environment: TRL would offer every public one as a tool
        episode = environment._episode
        episode.messages.append({"role": "assistant", "content": words})
        rewards.append(episode.reward())
    return rewards


def make_environment(task: Task) -> type[Environment]:
    """A class with a method for each tool, as TRL wants it."""
    methods = {tool["function"]["name"]: _method(tool) for tool in task.tools}
    return type("Episode", (Environment,), {"_task": task, **methods})


def _method(tool: ToolDefinition) -> Callable[..., Any]:
    function = tool["function"]
    parameters = function["parameters"]

    names = {identifier(key): key for key in parameters.get("properties", {})}

    async def call(self: Environment, **arguments: object) -> str:
        values = {names.get(name, name): value for name, value in arguments.items() if value is not None}
        return await self._episode.call(function["name"], json.dumps(values))

    required = {identifier(key) for key in parameters.get("required", ())}
    hints: dict[str, type] = {}
    for name, key in names.items():
        kind = flat(parameters["properties"][key], parameters).get("type")
        hints[name] = HINTS.get(kind if isinstance(kind, str) else "", str)
    lines = [f"        {name}: {_describe(parameters['properties'][key])}" for name, key in names.items()]
    # Required ones first: a signature has no parameter without a default behind one that has it.
    signature = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=hint)
        if name in required
        else inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=hint | None, default=None)
        for name, hint in sorted(hints.items(), key=lambda pair: pair[0] not in required)
    ]
    own = inspect.Parameter("self", inspect.Parameter.POSITIONAL_OR_KEYWORD)
    vars(call)["__signature__"] = inspect.Signature([own, *signature])
    call.__annotations__ = {each.name: each.annotation for each in signature}
    call.__name__ = function["name"]
    described = [_one_line(function["description"]) or function["name"], *(["", "    Args:", *lines] if lines else [])]
    call.__doc__ = "\n".join(described)
    return call


def identifier(key: str) -> str:
    """A property's name as Python takes it for a parameter.

    >>> identifier("from"), identifier("time-zone"), identifier("id")
    ('from_', 'time_zone', 'id')
    """
    name = re.sub(r"\W", "_", key)
    return f"{name}_" if keyword.iskeyword(name) or not name.isidentifier() else name


def _describe(schema: Schema) -> str:
    nested = {key: schema[key] for key in ("enum", "format", "items", "properties", "required") if key in schema}
    text = _one_line(str(schema.get("description") or ""))
    return f"{text} {json.dumps(nested)}".strip() if nested else text or "no description"


def _one_line(text: str) -> str:
    return " ".join(text.split())
