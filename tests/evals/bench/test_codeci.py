import asyncio
import base64
import json
import pickle
import zlib
from pathlib import Path
from typing import Any

import pytest

from agents.serve import app
from agents.teacher.teachers import Message
from evals.bench import codeci
from evals.schema import Record
from evals.score.result import score_records
from tests.evals.bench.test_bfcl import command

ADD = "import sys\nprint(sum(int(line) for line in sys.stdin))"
TWICE = "class Solution:\n    def twice(self, text: str, n: int) -> List[str]:\n        return [text] * n * 2"


def hidden(tests: list[dict[str, str]]) -> str:
    """Private tests as the data set packs them."""
    return base64.b64encode(zlib.compress(pickle.dumps(json.dumps(tests)))).decode()


@pytest.fixture
def suite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> codeci.CodeCI:
    """Two problems in LiveCodeBench's format: one over standard input, one function."""
    monkeypatch.setenv("TDS_EVAL_DATA", str(tmp_path))
    stdin = [
        {"input": "1\n2\n", "output": "3", "testtype": "stdin"},
        {"input": "5\n", "output": "5\n", "testtype": "stdin"},
    ]
    call = [{"input": '"ab"\n1', "output": '["ab", "ab"]', "testtype": "functional"}]
    rows = [
        {"question_id": "add", "starter_code": "", "metadata": "{}", "tests": stdin},
        {"question_id": "twice", "starter_code": TWICE[:16], "metadata": '{"func_name": "twice"}', "tests": call},
    ]
    lines = []
    for row in rows:
        tests: Any = row.pop("tests")
        packed = {"public_test_cases": json.dumps(tests[:1]), "private_test_cases": hidden(tests[1:])}
        lines.append(
            json.dumps({**row, **packed, "difficulty": "easy", "question_content": f"Do {row['question_id']}."})
        )
    (tmp_path / "codeci").mkdir()
    (tmp_path / "codeci" / "test.jsonl").write_text("\n".join(lines))
    return codeci.load()


def values(suite: codeci.CodeCI, answers: list[tuple[str, str]]) -> list[tuple[float, str]]:
    rows = [Record(task=task, run=i, answer=answer) for i, (task, answer) in enumerate(answers)]
    return [(outcome.value, outcome.error) for outcome in asyncio.run(score_records(suite, rows))]


READERS = [
    ADD,
    "import sys\nprint(sum(map(int, sys.stdin.buffer.read().split())))",
    "a = 0\ntry:\n    while True:\n        a += int(input())\nexcept EOFError:\n    print(a)",
    "import sys\ndef main():\n    print(sum(map(int, sys.stdin)))\n    sys.exit()\nmain()",
]


def test_every_way_to_read_standard_input_is_right(suite: codeci.CodeCI) -> None:
    assert values(suite, [("add", program) for program in READERS]) == [(1, "")] * len(READERS)


def test_functions_are_called_and_wrong_answers_say_how_they_are_wrong(suite: codeci.CodeCI) -> None:
    answers = [
        ("twice", TWICE),
        ("twice", TWICE.replace("* 2", "* 3")),
        ("add", "print(3)"),
        ("add", ""),
        ("add", "1 /"),
    ]
    expected = [(1, ""), (0, "other result"), (0, "other output"), (0, "no program"), (0, "raised")]
    assert values(suite, answers) == expected


def test_programs_that_delete_flood_or_never_end_harm_nothing_and_are_wrong(
    suite: codeci.CodeCI, tmp_path: Path
) -> None:
    kept = tmp_path / "kept.txt"
    kept.write_text("here")
    evil = ["while True: pass", f"import shutil; shutil.rmtree({str(tmp_path)!r})", "import os; os._exit(0)"]
    evil += [f"open({str(kept)!r}, 'w').close()\nprint(3)", "import subprocess; subprocess.run(['rm', '-rf', '/'])"]
    rows = [Record(task="add", run=i, answer=program) for i, program in enumerate(evil)]
    scores = asyncio.run(suite.score(rows, test_s=1))
    assert [score.value for score in scores] == [0] * len(evil)
    assert scores[0].error == "too long"
    assert kept.read_text() == "here"


def test_private_tests_that_are_no_text_are_refused() -> None:
    packed = base64.b64encode(zlib.compress(pickle.dumps(print))).decode()
    with pytest.raises(pickle.UnpicklingError, match=r"builtins\.print, not text"):
        codeci.tests({"public_test_cases": "[]", "private_test_cases": packed})


def test_a_model_runs_code_and_its_last_block_is_graded_twice(suite: codeci.CodeCI, tmp_path: Path) -> None:
    def model(messages: list[Message], tools: list[dict[str, Any]], seed: int) -> Message:
        if messages[-1]["role"] == "user":
            call = {"name": "run_python", "arguments": json.dumps({"code": "6 * 7"})}
            return {
                "role": "assistant",
                "content": "",
                "tool_calls": [{"id": "c", "type": "function", "function": call}],
            }
        assert json.loads(messages[-1]["content"])["result"]["result"] == "42"
        wrong = seed == 1 and "twice" in messages[0]["content"]
        block = "print(0)" if wrong else TWICE if "twice" in messages[0]["content"] else ADD
        return {"role": "assistant", "content": f"First ```python\nx\n``` then\n```python\n{block}\n```"}

    with app.running(app.app(model)) as url:
        options = ["--model", f"openai:offline@{url}", "--runs", "2"]
        command(["generate", "codeci", *options, "--out", str(tmp_path / "m")])
    command(["score", str(tmp_path / "m")])
    result = json.loads((tmp_path / "m" / "codeci" / "result.json").read_text())
    assert (result["by_run"], result["score"]["mean"], result["floor"]) == ([100, 50], 75, 0)


def test_numbers_are_compared_as_numbers_and_lines_without_outer_blanks() -> None:
    equal = [("1.50 2\n", "1.5 2.0"), (" yes \nno", "yes\nno\n")]
    other = [("1\n2", "1"), ("yes", "Yes")]
    assert [codeci.same(*pair) for pair in equal + other] == [True, True, False, False]
