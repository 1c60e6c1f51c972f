"""A limit holds requests back before they break it, and a stopped run loses no answer that was paid for."""

import asyncio
from pathlib import Path

import orjson
import pytest

from agents.errors import UsageError
from agents.schema import Role
from agents.serve.app import app, running
from agents.teacher.teachers import Answer
from graphs.campaign.spending import budget
from graphs.campaign.spending.budget import Budget, Halt, Limit, Price
from graphs.run import main

PRICES = b'{"openai:big": {"input": 2, "cached": 0.5, "output": 8}}'


def tokens(most: int) -> Limit:
    return budget.make_limits(most, None, {}, {})[0]


async def spend(limited: Budget, used: int, log: list[int], size: int = 1) -> None:
    async with limited.room(Role.USER, size) as heard:
        log.append(1)
        await asyncio.sleep(0.001)
        heard(Answer(content="", usage={"input": used, "output": 0, "cached": 0}))
        log.append(-1)


async def test_requests_at_once_never_break_the_limit() -> None:
    limit, log = tokens(100), list[int]()
    limited = Budget([limit])
    asked = [spend(limited, 10, log) for _ in range(30)]
    ended = await asyncio.gather(*asked, return_exceptions=True)
    assert limit.spent == 90  # one more might be a quarter dearer than each before
    assert [type(one) for one in ended if one] == [Halt] * 21
    assert limited.reached == "--max-tokens 100: 90 spent"
    assert log[:2] == [1, -1]  # nobody knows yet what the first one costs


async def test_a_larger_request_than_all_before_does_not_break_the_limit() -> None:
    limit = tokens(100)
    limited = Budget([limit])
    await spend(limited, 20, [], size=50)
    with pytest.raises(Halt):
        await spend(limited, 80, [], size=200)
    await spend(limited, 80, [], size=160)  # dearer by a quarter than the one before
    assert limit.spent == 100


async def test_answers_that_do_not_say_what_they_used_end_a_limited_run() -> None:
    with pytest.raises(UsageError, match="--max-tokens: the user teacher does not say"):
        async with Budget([tokens(9)]).room(Role.USER, 1) as heard:
            heard(Answer(content="hi"))


def test_a_price_counts_the_cached_part_apart() -> None:
    price = Price(input=2, cached=0.5, output=8)
    assert price.of({"input": 1000, "cached": 400, "output": 100}) == (600 * 2 + 400 * 0.5 + 100 * 8) / 1e6
    assert Price(input=2, output=8).of({"input": 1000, "cached": 400, "output": 0}) == 2000 / 1e6


def test_a_price_that_is_not_known_is_not_guessed(tmp_path: Path) -> None:
    (file := tmp_path / "prices.json").write_bytes(PRICES)
    names = {Role.USER: "openai:big", Role.QUALITY: "openai:new", Role.ASSISTANT: "offline"}
    known = budget.read_prices(file, names)
    assert known == {Role.USER: Price(input=2, cached=0.5, output=8), Role.QUALITY: None, Role.ASSISTANT: budget.FREE}
    with pytest.raises(UsageError, match=r'price of openai:new is not known; give --prices FILE with {"openai:new"'):
        budget.make_limits(None, 5.0, known, names)


def ended(*options: str) -> int:
    with pytest.raises(SystemExit) as exited:
        main([*options])
    return int(exited.value.code or 0)


@pytest.mark.parametrize(
    ("content", "told"),
    [("{", "prices.json: Invalid JSON"), ('{"a": {"input": -1, "output": 1}}', "a.input"), (None, "No such file")],
)
def test_a_bad_price_list_is_one_line(
    content: str | None, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if content:
        (tmp_path / "prices.json").write_text(content)
    assert ended("--out", str(tmp_path / "run"), "--prices", str(tmp_path / "prices.json")) == 2
    assert told in (line := capsys.readouterr().err)
    assert line.startswith("error: --prices")


def test_a_spent_budget_stops_and_goes_on_to_the_same_bytes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    alone, out, log = tmp_path / "alone", tmp_path / "run", tmp_path / "log.jsonl"
    same = ("--count=6", "--seed=3", "--concurrency=4")
    assert ended("--out", str(alone), *same) == 0
    limit = (
        sum(orjson.loads((alone / "cost.json").read_bytes())["tokens"][part] for part in ("input", "output")) * 4 // 5
    )
    with running(app(log=log)) as url:
        name = f"openai:offline@{url}"
        (prices := tmp_path / "prices.json").write_bytes(orjson.dumps({name: {"input": 2, "output": 8}}))
        priced = (f"--prices={prices}", f"--teacher={name}")
        assert ended("--out", str(out), *same, *priced, f"--max-tokens={limit}") == 3
        cost = orjson.loads((out / "cost.json").read_bytes())
        assert f"--max-tokens {limit}: " in capsys.readouterr().err
        assert ended("--out", str(out), "--resume", "--max-tokens=10000000") == 0
    spent = cost["tokens"]["input"] + cost["tokens"]["output"]
    assert limit / 2 < spent <= limit
    assert cost["dollars"]["total"] == pytest.approx((2 * cost["tokens"]["input"] + 8 * cost["tokens"]["output"]) / 1e6)
    heard = [orjson.loads(line)["digest"] for line in log.read_bytes().splitlines()]
    assert len(set(heard)) == len(heard)  # nothing was asked twice
    assert (out / "trajectories.jsonl").read_bytes() == (alone / "trajectories.jsonl").read_bytes()


def test_a_dry_run_tells_dollars_asks_nobody_and_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = "openai:big@http://127.0.0.1:9/v1"  # nothing listens there
    (prices := tmp_path / "prices.json").write_bytes(orjson.dumps({name: {"input": 2, "output": 8}}))
    options = ("--dry-run", "--out", str(tmp_path / "run"), "--count=24", f"--teacher={name}", f"--prices={prices}")
    assert ended(*options) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[0] == "estimate for 24 slots, from 12 played by the offline teacher:"
    assert told[1].startswith("  blueprint: 24 requests, ")
    assert told[7].startswith("dollars: ")
    assert not (tmp_path / "run").exists()


def test_a_dry_run_needs_no_key_and_still_reads_the_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    (prices := tmp_path / "prices.json").write_bytes(orjson.dumps({"openai:big": {"input": 2, "output": 8}}))
    told = ("--dry-run", "--out", str(tmp_path / "run"), "--count=2", f"--prices={prices}")
    assert ended(*told, "--teacher=openai:big") == 0
    assert capsys.readouterr().out.splitlines()[7].startswith("dollars: 0.")
    assert ended(*told, "--teacher=openai:big", "--teacher-user=gpt") == 2
    assert "teacher 'gpt' is not provider:model" in capsys.readouterr().err
