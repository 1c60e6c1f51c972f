"""Whole runs over endpoints with bad habits: no row holds a thought, half an answer or words of the plan."""

import json
import os
import zlib
from collections.abc import Iterator
from itertools import cycle
from math import gcd
from pathlib import Path
from typing import Any

import orjson
import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from agents.serve.app import FORMS, WELL, Body, Served, running
from agents.teacher.reading.reasoning import MARKUP
from graphs.export.dataset import main as export
from graphs.run import main
from tests.agents.teacher.quirks import AGAIN, PLAN, REFUSES, SHAPES, Quirk, Quirky, error, with_choice, with_message

COUNT = ("--count=6", "--seed=5", "--concurrency=3")
HALF = "only half of"


def good(body: dict[str, Any]) -> dict[str, Any]:
    """What the offline teacher answers, over HTTP."""
    return Served(None, None, 0, WELL, FORMS).completion(Body.model_validate({**body, "model": "offline"}), "0" * 24)


def run(out: Path, *options: str) -> Path:
    with pytest.raises(SystemExit, match="0"):
        main(["--out", str(out), *COUNT, *options])
    return out


def rows(folder: Path) -> list[dict[str, Any]]:
    names = ("trajectories.jsonl", "rejected.jsonl")
    return [orjson.loads(line) for name in names for line in (folder / name).read_bytes().splitlines()]


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return run(tmp_path_factory.mktemp("alone") / "run")


class Moody(Quirky):
    """Another habit with each request, each of them in turn."""

    def __init__(self, quirks: list[Quirk]) -> None:
        super().__init__(good)
        self._habits = cycle(quirks)

    async def complete(self, request: Request) -> Response:
        body = json.loads(await request.body())
        quirk = next(self._habits)
        if (refused := quirk.refuse(body)) is not None:
            return refused
        changed = quirk.change(self._completion(body))
        return changed if isinstance(changed, Response) else JSONResponse(changed)


def clean(row: dict[str, Any]) -> None:
    words = [str(message.get("content")) for message in row["messages"]]
    assert not [text for text in words if MARKUP.search(text) or "The plan says" in text or HALF in text]
    assert PLAN not in json.dumps([row["messages"], row["tools"], row["blueprint"]])


def test_odd_shapes_and_passing_faults_change_no_byte(alone: Path, tmp_path: Path) -> None:
    habits = [*SHAPES.values(), *(quirk for quirk, _ in AGAIN.values())]
    # spread, for two answers in a row that are none end a run whose endpoint has not been heard yet
    stride = next(stride for stride in range(13, len(habits)) if gcd(stride, len(habits)) == 1)
    shuffled = [habits[n * stride % len(habits)] for n in range(len(habits))]
    with running(Moody(shuffled).app()) as url:
        out = run(tmp_path / "run", f"--teacher=openai:offline@{url.removesuffix('/v1')}/moody/v1", "--attempts=12")
    assert (out / "trajectories.jsonl").read_bytes() == (alone / "trajectories.jsonl").read_bytes()
    for row in rows(out):
        clean(row)


def test_half_a_character_and_nul_stand_in_no_row_and_no_export(tmp_path: Path) -> None:
    bad = " \0\ud83d."

    def spoil(completion: dict[str, Any]) -> Response:
        spoken = dict(completion["choices"][0]["message"])
        content = spoken.get("content") or ""
        if content.startswith("{"):
            answer = json.loads(content)
            kinds = {key: value + bad for key, value in answer.items() if key in {"say", "reasons", "goal"} and value}
            if isinstance(result := answer.get("result"), dict):
                kinds |= {"result": {**result, "note": bad}}
            content = json.dumps({**answer, **kinds})
        elif content:
            content += bad
        return Response(json.dumps(with_message(completion, content=content)), media_type="application/json")

    with running(Moody([Quirk(change=spoil)]).app()) as url:
        out = run(tmp_path / "run", f"--teacher=openai:offline@{url.removesuffix('/v1')}/spoilt/v1")
    played = rows(out)
    words = [message["content"] for row in played for message in row["messages"] if message["role"] != "system"]
    assert len(played) == 6
    assert sum("?." in str(text) for text in words) >= 6, "what was spoilt is told as that"
    assert not [text for text in words if "\0" in str(text)]
    for layout in ("openai", "sharegpt", "anthropic"):
        with pytest.raises(SystemExit, match="0"):
            export([str(out), f"--format={layout}"])
        lines = (out / "export" / f"{layout}.jsonl").read_bytes().splitlines()
        assert [orjson.loads(line) for line in lines]


def test_an_endpoint_that_refuses_everything_it_can_is_played_with(tmp_path: Path) -> None:
    system = {"no system role", "developer for system"}  # the offline teacher finds its role in a system message
    others = {"streams alone"}  # which another refuses
    every = [quirk.refuse for name, quirk in REFUSES.items() if name not in system | others]

    def refuse(body: dict[str, Any]) -> Response | None:
        return next((refused for habit in every if (refused := habit(body)) is not None), None)

    with running(Moody([Quirk(refuse=refuse)]).app()) as url:
        out = run(tmp_path / "run", f"--teacher=openai:offline@{url.removesuffix('/v1')}/strict/v1")
    manifest = orjson.loads((out / "manifest.json").read_bytes())
    (ability,) = manifest["endpoints"][0]["found"].values()
    assert {"without seed", "without stream", "without response_format.json_schema.strict"} <= set(ability["differs"])
    assert (out / "trajectories.jsonl").read_bytes()
    for row in rows(out):
        clean(row)


def test_half_an_answer_is_in_no_row(tmp_path: Path) -> None:
    def cut(reason: str) -> Quirk:
        def change(completion: dict[str, Any]) -> dict[str, Any]:
            content = completion["choices"][0]["message"].get("content") or ""
            return with_choice(with_message(completion, content=f"{HALF} {content}"), finish_reason=reason)

        return Quirk(change=change)

    habits = [*[Quirk()] * 9, cut("length"), *[Quirk()] * 9, cut("content_filter"), *[Quirk()] * 9, cut("error")]
    with running(Moody(habits).app()) as url:
        out = run(tmp_path / "run", f"--teacher=openai:offline@{url.removesuffix('/v1')}/cut/v1", "--attempts=3")
    assert len(rows(out)) == 6
    for row in rows(out):
        clean(row)


def test_a_cluster_whose_tools_are_refused_is_not_drawn_again(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Of every fourth cluster, by its tools' names; what a slot sees of that does not depend on the concurrency."""

    def refuse(body: dict[str, Any]) -> Response | None:
        names = sorted(tool["function"]["name"] for tool in body.get("tools") or ())
        taken = not names or names == ["get_time"] or zlib.crc32("".join(names).encode()) % 4
        return None if taken else error(400, f"Invalid schema for function '{names[0]}': it is not supported")

    options = ("--count=40", "--window=6", "--teacher-user=offline", "--teacher-blueprint=offline")
    outs: list[Path] = []
    with running(Moody([Quirk(refuse=refuse)]).app()) as url:
        for concurrency in (1, 6):
            teacher = f"--teacher-assistant=openai:offline@{url.removesuffix('/v1')}/refusing/v1"
            outs.append(run(tmp_path / f"{concurrency}", *options, teacher, f"--concurrency={concurrency}"))
    kept, gone = rows(outs[0]), [row for row in rows(outs[0]) if row.get("reason") == "tools_refused"]
    first = {row["directive"]["cluster"]: row["slot"] for row in reversed(gone)}
    assert 3 <= len(gone) < 20
    later = [row for row in kept if row["slot"] - first.get(row["directive"]["cluster"], 40) >= 6]
    assert later == [], "six slots after its refusal a cluster is gone"
    assert sum("is not drawn again" in record.message for record in caplog.records) == 2 * len(gone)
    for name in ("trajectories.jsonl", "rejected.jsonl"):
        assert (outs[0] / name).read_bytes() == (outs[1] / name).read_bytes()


@pytest.fixture
def hosts() -> Iterator[dict[str, tuple[str, Quirky]]]:
    servers = {name: Quirky(good) for name in ("first", "second", "third")}
    with (
        running(servers["first"].app()) as a,
        running(servers["second"].app()) as b,
        running(servers["third"].app()) as c,
    ):
        urls = dict(zip(servers, (a, b, c), strict=True))
        yield {name: (urls[name].removesuffix("/v1") + "/plain/v1", servers[name]) for name in servers}


def test_each_host_sees_its_own_key_and_no_file_any(
    hosts: dict[str, tuple[str, Quirky]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    for name in [name for name in os.environ if name.startswith(("TDS_KEY", "OPENAI_"))]:
        monkeypatch.delenv(name)
    port = hosts["first"][0].split(":")[2].split("/")[0]
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret-openai")
    monkeypatch.setenv(f"TDS_KEY_127_0_0_1_{port}", "first-secret-key")
    monkeypatch.setenv("SECOND_KEY", "second-secret-key")
    teachers = {
        "--teacher": f"openai:offline@{hosts['first'][0]}",
        "--teacher-assistant": f"openai:offline@{hosts['second'][0]}#SECOND_KEY",
        "--teacher-quality": f"openai:offline@{hosts['third'][0]}",
    }
    run(tmp_path / "run", *(f"{option}={name}" for option, name in teachers.items()))
    seen = {name: set(server.keys) for name, (_, server) in hosts.items()}
    assert seen == {
        "first": {"Bearer first-secret-key"},
        "second": {"Bearer second-secret-key"},
        "third": {"Bearer none"},
    }
    files = [path.read_bytes() for path in (tmp_path / "run").rglob("*") if path.is_file()]
    printed = capfd.readouterr()
    assert not [name for name in ("sk-secret", "first-secret", "second-secret") if name in printed.out + printed.err]
    assert not [data for data in files if b"-secret-" in data]
