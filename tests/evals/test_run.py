"""The spine of evals.run, on BIRD's small data: what is kept, what is refused, what a result and a comparison say."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from starlette.exceptions import HTTPException

from agents.serve import app
from agents.teacher.teachers import Message
from evals.answer import records
from tests import figures
from tests.evals.bench.test_bfcl import command
from tests.evals.bench.test_bird import QUESTIONS, data  # noqa: F401  (a fixture)

pytestmark = pytest.mark.usefixtures("data")
Said = Callable[[list[Message], list[dict[str, Any]], int], Message]


def solving(wrong: frozenset[int] = frozenset(), broken: frozenset[int] = frozenset()) -> Said:
    """A model that knows the solutions; it fails in the requests of these numbers."""
    count = iter(range(10**6))

    def said(messages: list[Message], tools: list[dict[str, Any]], seed: int) -> Message:
        number = next(count)
        if number in broken:
            raise HTTPException(400, "this server has no tool parser")
        query = next(sql for question, sql, _ in QUESTIONS if question in messages[0]["content"])
        return {"role": "assistant", "content": f"```sql\n{'SELECT 0' if number in wrong else query}\n```"}

    return said


def evaluate(model: Said | str, out: Path, *options: str, code: int = 0) -> None:
    """Generate and, where that should go well, score."""
    with app.running(app.app(model if callable(model) else None)) as url:
        name = f"openai:offline@{url}" if callable(model) else model
        command(["generate", "bird", "--model", name, "--out", str(out), "--concurrency", "1", *options], code)


def result(out: Path) -> dict[str, Any]:
    command(["score", str(out)])
    return dict(json.loads((out / "bird" / "result.json").read_text()))


def test_a_result_says_all_that_is_needed_to_believe_it(tmp_path: Path) -> None:
    evaluate(
        solving(wrong=frozenset({0, 6})), tmp_path / "m", "--runs", "2", "--price-input", "1", "--price-output", "2"
    )
    scored = result(tmp_path / "m")
    assert (scored["n"], scored["runs"], scored["calls"], scored["missing"]) == (6, 2, 12, 0)
    assert scored["score"]["mean"] == pytest.approx(100 * 10 / 12)
    assert (scored["score"]["clusters"], scored["by_run"]) == (2, pytest.approx([100 * 5 / 6] * 2))
    assert (scored["floor"], scored["ceiling"]) == (pytest.approx(100 / 3), 100)
    assert scored["errors"] == {"other rows": 2}
    assert scored["dollars"] == pytest.approx((scored["input_tokens"] + 2 * scored["output_tokens"]) / 1e6)
    assert set(scored["by_category"]) == {"simple", "challenging"}
    assert len(scored["data_sha256"]) == 64


def test_a_generation_that_was_cut_off_goes_on_and_asks_nothing_twice(tmp_path: Path) -> None:
    evaluate(solving(), tmp_path / "whole")
    evaluate(solving(), tmp_path / "cut")
    (whole, cut) = (tmp_path / name / "bird" / records.NAME for name in ("whole", "cut"))
    lines = cut.read_text().splitlines(keepends=True)
    cut.write_text("".join(lines[:2]) + lines[2][:40])
    requests = []

    def noting(messages: list[Message], tools: list[dict[str, Any]], seed: int) -> Message:
        requests.append(messages)
        return solving()(messages, tools, seed)

    port = json.loads((tmp_path / "cut" / "bird" / "config.json").read_text())["model"].rsplit(":", 1)[1].split("/")[0]
    with app.running(app.app(noting), int(port)) as url:
        command(
            [
                "generate",
                "bird",
                "--model",
                f"openai:offline@{url}",
                "--out",
                str(tmp_path / "cut"),
                "--concurrency",
                "1",
            ]
        )
    assert len(requests) == 4
    assert cut.read_text() == whole.read_text()


def test_other_settings_for_the_same_answers_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    evaluate("gold", tmp_path / "m")
    evaluate("nothing", tmp_path / "m", code=2)
    assert "--model: the answers in" in capsys.readouterr().err


def test_answers_lost_to_the_endpoint_give_no_score_and_are_asked_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with app.running(app.app(solving(broken=frozenset({2})))) as url:
        options = ["generate", "bird", "--model", f"openai:offline@{url}", "--out", str(tmp_path), "--concurrency", "1"]
        command(options)
        command(["score", str(tmp_path)], 4)
        assert "no score: 1 of 6 answers were lost to infrastructure" in capsys.readouterr().err
        assert not (tmp_path / "bird" / "result.json").exists()
        command(options)
    assert result(tmp_path)["score"]["mean"] == 100


def test_missing_data_exits_with_3_and_names_the_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TDS_EVAL_DATA", str(tmp_path / "none"))
    for bench, hint in (
        ("bird", "dev.json"),
        ("bfcl", "evals.run setup bfcl"),
        ("codeci", "test.jsonl"),
        ("heldout", "setup"),
    ):
        command(["generate", bench, "--model", "gold", "--out", str(tmp_path / "m")], 3)
        stderr = capsys.readouterr().err
        assert hint in stderr
        assert str(tmp_path / "none" / bench) in stderr


def test_data_that_is_not_as_shipped_and_results_that_are_none_are_told(
    data: Path,  # noqa: F811
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "results.json").write_text('{"0": 1}')
    evaluate(f"recorded:{tmp_path / 'results.json'}", tmp_path / "a", code=2)
    assert "results.json: these are no results of bird: AttributeError" in capsys.readouterr().err
    for text in ('[{"question": ""}]', "not JSON"):
        (data / "dev.json").write_text(text)
        evaluate("gold", tmp_path / "b", code=3)
        assert f"bird: the data in {data} is not as the benchmark ships it: " in capsys.readouterr().err


def test_a_model_against_itself_differs_by_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    evaluate("noisy:0.5", tmp_path / "a")
    result(tmp_path / "a")
    command(["compare", str(tmp_path / "a"), str(tmp_path / "a")])
    (column,) = json.loads((tmp_path / "a" / "against-a" / "comparison.json").read_text())["columns"]
    assert (column["paired"]["difference"], column["paired"]["p"]) == (0, 1)
    assert "difference +0.00 [-84.19, 84.19] points" in capsys.readouterr().out  # two databases tell little


def test_a_comparison_has_its_intervals_on_the_page_and_in_json(tmp_path: Path) -> None:
    for name, model in (("a", "gold"), ("b", "nothing")):
        evaluate(model, tmp_path / name)
        result(tmp_path / name)
    command(["compare", str(tmp_path / "a"), str(tmp_path / "b"), "--out", str(tmp_path / "page")])
    (column,) = json.loads((tmp_path / "page" / "comparison.json").read_text())["columns"]
    page = (tmp_path / "page" / "comparison.html").read_text()
    assert column["paired"]["difference"] == pytest.approx(100 * 2 / 3)
    assert column["by_category"]["challenging"]["difference"] == 0
    assert "66.67" in page
    assert "<svg" in page


def test_sides_with_different_tasks_are_not_compared(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, options in (("a", []), ("b", ["--clusters", "1"])):
        evaluate("gold", tmp_path / name, *options)
        result(tmp_path / name)
    command(["compare", str(tmp_path / "a"), str(tmp_path / "b")], 2)
    assert "3 tasks are in only one of the two" in capsys.readouterr().err


def test_no_figure_of_a_card_or_a_comparison_stands_alone(tmp_path: Path) -> None:
    for name, model in (("a", "noisy:0.5"), ("b", "nothing")):
        evaluate(model, tmp_path / name)
        result(tmp_path / name)
    command(["card", str(tmp_path / "a")])
    command(["compare", str(tmp_path / "a"), str(tmp_path / "b"), "--out", str(tmp_path / "page")])
    command(["paper", "--out", str(tmp_path / "paper")])
    page, text = (tmp_path / "a" / "card.html").read_text(), (tmp_path / "a" / "card.md").read_text()
    scores, *_ = [section for section in page.split("<section") if 'id="scores"' in section]
    assert figures.bare(f"<section{scores}", bounds=True) == []
    for written in (page, (tmp_path / "page" / "comparison.html").read_text()):
        assert figures.bare(written) == []
    assert figures.bare_markdown(text[text.index("| bench") :]) == []
    assert "| bird: challenging | " in text
    alone = page.replace("<th>95% interval</th>", "").replace("<th>n</th>", "")
    assert [fault.rsplit(": ", 1)[1] for fault in figures.bare(alone)][:2] == ["no interval", "no n"]


def test_the_papers_intervals_are_estimated_and_say_so(tmp_path: Path) -> None:
    command(["paper", "--out", str(tmp_path)])
    published = json.loads((tmp_path / "paper.json").read_text())
    score = published["scores"]["TDScaling, 500"]["BFCL multi-turn"]
    half = 1.971957 * 100 * (2.5 * 0.3666 * 0.6334 / 800) ** 0.5  # t(0.975, 199), deff 1 + 3 x 0.5
    assert (score["low"], score["high"]) == (
        pytest.approx(36.66 - half, abs=1e-3),
        pytest.approx(36.66 + half, abs=1e-3),
    )
    assert published["scores"]["TDScaling"]["coding overall"]["low"] is None
    assert "95% ESTIMATED" in (tmp_path / "paper.html").read_text()
