"""What of a row is not to be learned, in our trainer and in the exports."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from finetune.data.examples import encode
from finetune.data.layouts import read_conversation
from finetune.data.template import Template, load_template
from graphs.export import dataset
from graphs.export.rows import is_learned_whole, read_rows, unlearn_failures
from graphs.run import main
from tests import tiny_student
from tests.graphs.export.samples import call, parallel, refused, row

Row = dict[str, Any]
MARK = "zqxjkv"


def mark_refused(plain: Any) -> tuple[Row, int]:
    """The row with a word in every call that the guard refused that stands nowhere else, and how many there are."""
    marked, count = copy.deepcopy(dict(plain)), 0
    for message in marked["messages"]:
        for made in message.get("tool_calls") or ():
            if marked["origins"][made["id"]]["origin"] == "lock":
                made["function"]["arguments"] = json.dumps({MARK: 1})
                count += 1
    return marked, count


def learned_marks(plain: Any, template: Template, words: Any) -> tuple[int, int]:
    """Refused calls in a row, and how many of them stand in the tokens that our trainer learns."""
    marked, count = mark_refused(plain)
    text = ""
    for example in encode(read_conversation(marked), template):
        text += words.decode(example.ids_T[example.mask_T.astype(bool)].tolist())
    return count, text.count(MARK)


def test_no_learned_token_of_a_weak_assistant_belongs_to_a_refused_call(tmp_path: Path) -> None:
    with pytest.raises(SystemExit):
        main(["--out", str(tmp_path / "run"), "--count", "64", "--teacher-assistant", "offline-weak"])
    words = tiny_student.tokenizer(template="qwen3")
    template = load_template(words, [words.eos_token_id])
    counts = [learned_marks(plain, template, words) for plain in read_rows(tmp_path / "run")]
    assert sum(count for count, _ in counts) > 0
    assert sum(learned for _, learned in counts) == 0


def test_the_mark_is_found_where_it_is_learned() -> None:
    careless = refused()
    careless["messages"] = [{k: v for k, v in m.items() if k != "learn"} for m in careless["messages"]]
    words = tiny_student.tokenizer(template="qwen2_5")
    template = load_template(words, [words.eos_token_id])
    assert learned_marks(careless, template, words) == (1, 1)
    assert learned_marks(refused(), template, words) == (1, 0)


def failing() -> Row:
    messages = [
        {"role": "user", "content": "Thing 3?"},
        {"role": "assistant", "content": "", "tool_calls": [call(1, '{"id": 3}')]},
        {"role": "tool", "tool_call_id": "call_1", "content": '{"error": {"code": "busy", "message": "later"}}'},
        {"role": "assistant", "content": "", "tool_calls": [call(2, '{"id": 3}')]},
        {"role": "tool", "tool_call_id": "call_2", "content": '{"error": {"code": "busy", "message": "later"}}'},
        {"role": "assistant", "content": "It is busy."},
    ]
    origins = {f"call_{n}": {"origin": "simulated", "ok": False} for n in (1, 2)}
    return {**row(9, messages, origins), "blueprint": {"steps": [{"id": "s1", "tool": "get", "fails": "busy"}]}}


def test_the_first_attempt_of_a_planned_failure_is_unlearned_on_demand() -> None:
    marked = unlearn_failures(failing())  # type: ignore[arg-type]
    assert [message.get("learn") for message in marked["messages"]] == [None, None, False, None, None, None, None]
    assert not is_learned_whole(marked)
    plain: Any = {**failing(), "blueprint": {"steps": [{"id": "s1", "tool": "get"}]}}
    assert unlearn_failures(plain)["messages"] == plain["messages"]


def exported(tmp_path: Path, *options: str) -> list[Row]:
    rows = [parallel(), refused(), failing()]
    (run := tmp_path / "run").mkdir(exist_ok=True)
    (run / "trajectories.jsonl").write_text("".join(f"{json.dumps(plain)}\n" for plain in rows))
    out = tmp_path / "out.jsonl"
    with pytest.raises(SystemExit, match="0"):
        dataset.main([str(run), "--format", "axolotl", "--out", str(out), *options])
    return [json.loads(line) for line in out.read_text().splitlines()]


def trained(record: Row) -> list[bool]:
    return [message["train"] for message in record["messages"] if message["role"] == "assistant"]


def test_rows_with_answers_not_to_be_learned_are_marked_or_skipped(tmp_path: Path) -> None:
    assert [trained(record) for record in exported(tmp_path)] == [[True, True], [False, True, True, True], [True] * 3]
    assert [trained(record) for record in exported(tmp_path, "--unlearned", "skip")] == [[True, True], [True] * 3]
    both = exported(tmp_path, "--unlearned", "skip", "--failures", "unlearn")
    assert [trained(record) for record in both] == [[True, True]]
