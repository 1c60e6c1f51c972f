"""Blueprints of a real run as episodes: the teacher reaches every checkpoint, doing nothing reaches none."""

import asyncio
import inspect
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import trl
from datasets import load_dataset
from starlette.testclient import TestClient
from transformers import AutoModelForCausalLM, AutoTokenizer
from transformers.utils import get_json_schema

from agents.errors import FormatError
from agents.plan.episode import Task, read_task
from agents.roles import assistant
from agents.schema import Row
from agents.teacher.request import Answer, Message
from agents.teacher.teachers import teachers
from evals.rl import grpo, server
from evals.rl.episode import Episode, Policy, play
from evals.rl.play import do_nothing, main, model_policy, number_asks, read_tasks
from graphs.export import dataset
from graphs.export.rows import read_rows
from graphs.run import main as generate
from tests import tiny_student


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs") / "run"
    with pytest.raises(SystemExit):
        generate(["--out", str(folder), "--count", "10"])
    return folder


@pytest.fixture(scope="module")
def rows(run: Path) -> list[Row]:
    return list(read_rows(run))


@pytest.fixture(scope="module")
def file(run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("episodes") / "episodes.jsonl"
    with pytest.raises(SystemExit, match="0"):
        dataset.main([str(run), "--format", "verifiers", "--out", str(out)])
    return out


@pytest.fixture(scope="module")
def tasks(file: Path) -> list[Task]:
    return read_tasks(file)


@pytest.fixture(scope="module")
def writing(tasks: list[Task]) -> Task:
    """An episode in which something is changed."""
    return next(task for task in tasks if any(c.ok and c.call.name not in task.reads for c in task.calls))


def rewards(tasks: Sequence[Task], policy: Any, simulated: bool = False) -> list[float]:
    async def each() -> list[float]:
        models, made = teachers("offline"), []
        for task in tasks:
            answering: Policy = policy(number_asks(models, task.id))
            world = number_asks(models, f"world {task.id}") if simulated else None
            made.append((await play(task, answering, world)).reward())
        return made

    return asyncio.run(each())


@pytest.mark.parametrize("simulated", [False, True])
def test_the_teacher_with_the_plan_reaches_every_checkpoint(tasks: list[Task], simulated: bool) -> None:
    assert len(tasks) >= 6
    assert set(rewards(tasks, lambda ask: model_policy(ask, planned=True), simulated)) == {1.0}


def test_doing_nothing_reaches_none(tasks: list[Task]) -> None:
    assert set(rewards(tasks, lambda ask: do_nothing)) == {0.0}


def test_the_command_says_the_mean_with_its_interval(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main([str(file), "--policy", "nothing", "--policy", "offline", "--planned", "--count", "3"])
    out = capsys.readouterr().out.splitlines()
    assert out == [
        "nothing: 0.000 (0.000 to 0.000), whole 0 of 3",
        "offline: 1.000 (1.000 to 1.000), whole 3 of 3",
    ]


def test_a_refusal_is_no_episode_for_silence_would_pass(rows: list[Row]) -> None:
    refusals = [row for row in rows if row["directive"]["mode"] == "refusal"]
    assert refusals
    with pytest.raises(FormatError, match="silence"):
        read_task(refusals[0])


def called(task: Task, number: int, **changes: Any) -> Message:
    call = task.calls[number].call
    arguments = json.dumps({**call.arguments, **changes})
    return {"id": f"c{number}", "type": "function", "function": {"name": call.name, "arguments": arguments}}


async def replayed(task: Task, *skipped: int) -> Episode:
    """The episode with the row's own calls, but for some."""
    episode = Episode(task)
    await episode.begin(at_once=True)
    for number in range(len(task.calls)):
        if number not in skipped:
            await episode.take({"role": "assistant", "content": "", "tool_calls": [called(task, number)]})
    return episode


def says_all(task: Task) -> Message:
    values = [str(value) for point in task.points for call in point.values for value in call]
    return {"role": "assistant", "content": f"This came back: {'; '.join(values)}."}


async def test_calls_without_words_or_words_without_calls_are_not_enough(tasks: list[Task]) -> None:
    told = [task for task in tasks if any(any(values) for point in task.points for values in point.values)]
    assert told
    for task in told:
        silent, talking, both = await replayed(task), Episode(task), await replayed(task)
        await talking.take(says_all(task))
        await both.take(says_all(task))
        assert silent.reward() < 1.0
        assert talking.reward() == 0.0
        assert both.reward() == 1.0


async def test_a_change_that_the_row_does_not_make_costs_everything(writing: Task) -> None:
    async def agree(role: Any, messages: list[Message], *, tools: Any = None, form: Any = None) -> Answer:
        return Answer(content='{"ok": true, "result": {}}')

    number = next(n for n, c in enumerate(writing.calls) if c.ok and c.call.name not in writing.reads)
    text = next(key for key in writing.calls[number].call.determined)
    episode = Episode(writing, agree)
    for n in range(len(writing.calls)):
        await episode.take({"role": "assistant", "content": "", "tool_calls": [called(writing, n)]})
    episode.messages.append(says_all(writing))
    assert episode.reward() == 1.0
    again = called(writing, number)["function"]
    await episode.call(again["name"], again["arguments"])  # the same change twice is another change
    assert (text, episode.reward()) == (text, 0.0)


async def test_a_recorded_world_knows_nothing_else(writing: Task) -> None:
    episode = await replayed(writing)
    number = next(n for n, c in enumerate(writing.calls) if c.ok and c.call.name not in writing.reads)
    again = called(writing, number)["function"]
    content = json.loads(await episode.call(again["name"], again["arguments"]))
    assert content["error"]["code"] == "not_found"
    await episode.take(says_all(writing))
    assert episode.reward() == 1.0


async def test_wrong_calls_are_refused_and_the_third_ends_it(writing: Task) -> None:
    episode = Episode(writing)
    for name, arguments in [("teleport", "{}"), (writing.calls[0].call.name, "{"), ("teleport", "{}")]:
        assert not episode.over
        assert json.loads(await episode.call(name, arguments))["error"]["code"] == "invalid_call"
    assert episode.over


async def test_the_same_read_returns_the_same(tasks: list[Task]) -> None:
    task = next(task for task in tasks if task.calls[0].ok and task.calls[0].call.name in task.reads)
    episode = Episode(task)
    first = called(task, 0)["function"]
    contents = [await episode.call(first["name"], first["arguments"]) for _ in range(2)]
    assert contents[0] == contents[1] == json.dumps(task.calls[0].result, separators=(",", ":"), ensure_ascii=False)


def test_the_server_plays_a_session(file: Path) -> None:
    records = [json.loads(line) for line in file.read_text().splitlines()]
    for record in records:
        task = Task.model_validate(record["verifier_metadata"]["episode"])
        with TestClient(server.app) as client:
            assert client.post("/seed_session", json=record).status_code == 200
            for recorded in task.calls:
                answer = client.post(f"/{recorded.call.name}", json=recorded.call.arguments)
                assert answer.json() == recorded.result
            content = [{"type": "output_text", "text": says_all(task)["content"]}]
            output = [{"type": "message", "role": "assistant", "content": content}]
            body = {**record, "response": {"output": output}}
            assert client.post("/verify", json=body).json()["reward"] == 1.0
            assert client.post("/verify", json=body).status_code == 422
        with TestClient(server.app) as client:
            client.post("/seed_session", json=record)
            assert client.post("/verify", json=body).json()["reward"] == 0.0


async def test_an_environment_of_trl_has_the_tools_of_its_row(tasks: list[Task]) -> None:
    for task in tasks:
        environment = grpo.make_environment(task)()
        methods = dict(inspect.getmembers(type(environment), predicate=inspect.isfunction))
        for tool in task.tools:
            function = tool["function"]
            schema = get_json_schema(getattr(environment, function["name"]))["function"]
            properties, parameters = schema["parameters"]["properties"], function["parameters"]
            assert [key.rstrip("_") for key in sorted(properties)] == sorted(parameters.get("properties", {}))
            required = [key.rstrip("_") for key in schema["parameters"].get("required", [])]
            assert sorted(required) == sorted(parameters.get("required", []))
            assert function["name"] in methods
        environment.reset(environment=task.id)
        for recorded in task.calls:
            tool = getattr(environment, recorded.call.name)
            result = await tool(**{grpo.identifier(key): value for key, value in recorded.call.arguments.items()})
            assert json.loads(result) == recorded.result
        silent = [{"role": "assistant", "content": ""}]
        assert grpo.reward([[says_all(task)]], [environment]) == [1.0]
        environment.reset()
        assert grpo.reward([silent], [environment]) == [0.0]


@pytest.mark.filterwarnings("ignore")  # TRL's and transformers' own
def test_trl_trains_a_step_in_the_environments(file: Path, tmp_path: Path) -> None:
    tiny_student.save(tmp_path / "student")
    words = AutoTokenizer.from_pretrained(tmp_path / "student", padding_side="left")
    words.chat_template = tiny_student.shipped("qwen3")
    prompts, environments = grpo.load(file)
    config = trl.GRPOConfig(
        output_dir=str(tmp_path / "out"),
        max_steps=1,
        per_device_train_batch_size=2,
        num_generations=2,
        max_completion_length=8,
        report_to=[],
        save_strategy="no",
        use_cpu=True,
        bf16=False,
    )
    trainer = trl.GRPOTrainer(
        AutoModelForCausalLM.from_pretrained(tmp_path / "student"),
        reward_funcs=grpo.reward,
        args=config,
        train_dataset=prompts,
        processing_class=words,
        environment_factory=environments,
    )
    trainer.train()
    assert trainer.state.log_history[0]["rewards/reward/mean"] == 0.0  # it cannot speak


def test_the_datasets_library_reads_the_file(file: Path, tmp_path: Path) -> None:
    assert assistant.DEFAULT_PROMPT in str(
        load_dataset("json", data_files=str(file), split="train", cache_dir=str(tmp_path))[0]["prompt"]
    )
