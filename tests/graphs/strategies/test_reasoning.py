"""What assistants think: kept where nobody saw a plan, replayed or refused where somebody did."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

from agents import offline
from agents.schema import Blueprint, Directive, Mode, Trajectory
from agents.serve import app as serving
from agents.teacher.request import Message
from finetune.data.layouts import read_conversation
from finetune.data.render import render_turns
from finetune.data.template import Template, load_template
from graphs.campaign.config import Config, Reasoning
from graphs.export.rows import read_rows
from graphs.run import main
from graphs.strategies.reasoning import Gate
from tests import tiny_student

STEP = {"id": "s1", "tool": "get_order"}
PLAN_WORDS = re.compile(r"\b(?:plan|blueprint|checkpoint|directive)", re.IGNORECASE)
Thought = Callable[[bool], str]
"""What an assistant thinks, which has a plan or has none."""


def aloud(planned: bool) -> str:
    return "The plan says step s1 comes first." if planned else "They want something done; I look at the tools."


def thinking(thought: Thought, strays: bool = False) -> Any:
    """An endpoint whose assistant thinks within tags, as servers without a reasoning parser send it.

    Where it `strays` it helps nobody without a plan, half of the time.
    """

    def reply(messages: list[Message], tools: list[Any], seed: int) -> Message:
        answer = offline.reply(serving.as_in_process(messages), tools, seed)
        if not messages[0]["content"].startswith("You are the AssistantAgent"):
            return answer
        assert not any("reasoning_content" in m or "<think>" in str(m["content"]) for m in messages[1:])
        planned = "## Plan" in messages[0]["content"]
        if strays and not planned and seed % 2:
            answer = {"role": "assistant", "content": "I would rather not."}
        return {**answer, "content": f"<think>\n{thought(planned)}\n</think>\n{answer['content']}"}

    return serving.running(serving.app(reply))


def generate(out: Path, url: str, *options: str) -> list[Any]:
    teacher = ["--teacher", f"openai:offline@{url}", "--sandbox", "off"]
    with pytest.raises(SystemExit):
        main(["--out", str(out), "--count", "4", *teacher, *options])
    return list(read_rows(out))


def learned(rows: list[Any]) -> list[Any]:
    return [m for row in rows for m in row["messages"] if m["role"] == "assistant" and m.get("learn", True)]


@pytest.fixture(scope="module", autouse=True)
def key(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OPENAI_API_KEY", "none")
        yield


@pytest.fixture(scope="module")
def toucan(tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    with thinking(aloud) as url:
        return generate(tmp_path_factory.mktemp("runs") / "toucan", url, "--strategy", "toucan")


def test_an_assistant_without_a_plan_keeps_all_its_reasoning(toucan: list[Any]) -> None:
    assert toucan
    assert {message["reasoning_content"] for message in learned(toucan)} == {aloud(planned=False)}
    for row in toucan:
        turns = len(learned([row]))
        assert row["thinking"] == {"source": "own", "turns": turns, "kept": turns, "refused": 0}
        assert "difficulty" not in row


@pytest.mark.parametrize("name", ["qwen3", "qwen3_6", "nemotron_3_nano", "nemotron_3_super"])
def test_templates_that_think_take_every_row(name: str, toucan: list[Any]) -> None:
    template = student(name)
    for row in toucan:
        turns = render_turns(read_conversation(row), template)
        assert len(turns) == len(learned([row]))
        assert aloud(planned=False) in turns[-1].answer


def student(name: str) -> Template:
    words = tiny_student.tokenizer(template=name)
    return load_template(words, [words.eos_token_id])


def test_what_an_assistant_with_the_plan_thinks_leaves_no_trace(tmp_path: Path) -> None:
    with thinking(aloud) as url:
        assert generate(tmp_path / "thinking", url)
    with pytest.raises(SystemExit):
        main(["--out", str(tmp_path / "plain"), "--count", "4", "--sandbox", "off"])
    files = [(tmp_path / run / "trajectories.jsonl").read_bytes() for run in ("thinking", "plain")]
    assert files[0] == files[1]


def test_replayed_reasoning_is_that_of_answers_that_agree(tmp_path: Path) -> None:
    with thinking(aloud, strays=True) as url:
        rows = generate(tmp_path / "run", url, "--reasoning", "replay", "--reasoning-samples", "2")
    assert {m.get("reasoning_content", "none") for m in learned(rows)} == {aloud(planned=False), "none"}
    for row in rows:
        turns, kept = len(learned([row])), sum("reasoning_content" in m for m in learned([row]))
        assert row["thinking"] == {"source": "replay", "turns": turns, "kept": kept, "refused": 0}
        # Of two samples either may agree, and one of them is enough for a turn's reasoning.
        assert kept / turns / 2 - 1e-4 <= row["difficulty"] <= kept / turns + 1e-4
    assert 0 < sum(row["difficulty"] for row in rows) < len(rows)


def test_replays_have_the_same_bytes_at_any_concurrency_and_after_a_kill(tmp_path: Path) -> None:
    replay = ("--reasoning", "replay", "--window", "4")
    with thinking(aloud) as url:
        generate(tmp_path / "one", url, *replay, "--concurrency", "1")
        tokens = orjson.loads((tmp_path / "one" / "cost.json").read_bytes())["tokens"]
        most = 2 * (tokens["input"] + tokens["output"]) // 3
        generate(tmp_path / "four", url, *replay, "--concurrency", "4", "--max-tokens", str(most))
        assert len(list(read_rows(tmp_path / "four"))) < 4
        generate(tmp_path / "four", url, "--resume", "--max-tokens", "100000000")
    lines = [(tmp_path / run / "trajectories.jsonl").read_bytes() for run in ("one", "four")]
    assert lines[0] == lines[1]
    assert b"reasoning_content" in lines[0]


def test_an_estimate_counts_the_replays(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    requests = []
    for options in ([], ["--reasoning", "replay", "--reasoning-samples", "2"]):
        with pytest.raises(SystemExit, match="0"):
            main(["--dry-run", "--count", "4", "--out", str(tmp_path / "run"), *options])
        (line,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith("  assistant: ")]
        requests.append(int(line.split()[1]))
    assert requests[1] == 3 * requests[0] > 0


def test_no_row_holds_words_of_the_plan_that_were_planted(tmp_path: Path) -> None:
    harmless = "They want something done, so I do it."
    texts = iter([aloud(planned=True), harmless] * 1000)
    with thinking(lambda planned: next(texts)) as url:
        rows = generate(tmp_path / "run", url, "--reasoning", "keep", "--concurrency", "1", "--count", "4")
    assert {message.get("reasoning_content") for message in learned(rows)} == {None, harmless}
    thoughts = [message.get("reasoning_content", "") for row in rows for message in row["messages"]]
    assert not any(map(PLAN_WORDS.search, thoughts))  # what people and tools say may be about a plan of theirs
    assert sum(row["thinking"]["refused"] for row in rows) > 0
    assert {row["thinking"]["source"] for row in rows} == {"keep"}


PLANTED = [
    "The plan wants get_order next.",
    "My PLANNED call comes first.",
    "As the blueprint says, ask for the id.",
    "The check-point names the total.",
    "This directive asks for two steps.",
    "Step s1 is done.",
    "检查点需要总数。",
    "I emit <tool_call> now.",
]


@pytest.mark.parametrize("planted", PLANTED)
def test_planted_words_of_the_plan_are_caught(planted: str) -> None:
    gate = Gate.of(trajectory("Where is my order?"), strict=True)
    assert not gate.passes(f"They want the order. {planted}")
    assert gate.passes("They want the order.")


def trajectory(said: str, goal: str = "find out which of the two orders is cheaper") -> Trajectory:
    directive = Directive(slot=0, cluster="c", leaf="0.0", mode=Mode.LINEAR, steps=1)
    plan = Blueprint.model_validate(
        {"persona": "Ann", "goal": goal, "mode": "linear", "turns": [{"ask": "ask"}], "steps": [STEP]}
    )
    messages = ({"role": "system", "content": "Help."}, {"role": "user", "content": said})
    return Trajectory(slot=0, directive=directive, blueprint=plan, messages=messages)


def test_a_word_that_the_conversation_itself_uses_is_no_plan_of_ours() -> None:
    about_plans = trajectory("Change my data plan, please.")
    assert Gate.of(about_plans, strict=False).passes("They want another data plan.")
    assert not Gate.of(about_plans, strict=False).passes("The checkpoint says so.")
    assert not Gate.of(about_plans, strict=True).passes("They want another data plan.")
    assert Gate.of(trajectory("Hi."), strict=False).passes("A planet, an airplane and a floorplan.")


def test_a_sentence_of_the_private_plan_is_caught() -> None:
    copied = "I should find out which of the two orders is cheaper."
    assert not Gate.of(trajectory("Compare them."), strict=True).passes(copied)
    assert Gate.of(trajectory("Compare them."), strict=False).passes(copied)
    assert Gate.of(trajectory("Please find out which of the two orders is cheaper!"), strict=True).passes(copied)


def test_reasoning_is_no_choice_where_the_assistant_sees_no_plan() -> None:
    with pytest.raises(Exception, match="sees no plan"):
        Config(strategy="toucan", reasoning=Reasoning.KEEP)
    with pytest.raises(Exception, match="--reasoning replay"):
        Config(reasoning_samples=3)
