"""Several runs on one Chroma server: each keeps its own rows, and is compared with those of the others."""

import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest

from agents.errors import UsageError
from memory.embed.embedder import Vectors, embedder, unit
from memory.store.earlier import Earlier
from memory.store.novelty import row_texts
from memory.store.shelf import Server, ServerShelf, check_server
from memory.store.trajectories import ELSEWHERE, Memory, Neighbour
from tests.forks import Command

CHROMA = Path(sys.executable).with_name("chroma")


class Letters:
    """Counts of letters: distances that can be worked out by hand."""

    name = "letters"

    def embed(self, texts: Sequence[str]) -> Vectors:
        return unit(np.array([[text.count(letter) for letter in "abcd"] for text in texts], dtype=float).reshape(-1, 4))


@contextmanager
def serve(folder: Path, port: int) -> Iterator[str]:
    """The address of a server over the folder, while it runs."""
    url = f"http://127.0.0.1:{port}"
    command = [str(CHROMA), "run", "--path", str(folder), "--host", "127.0.0.1", "--port", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(600):
            try:
                check_server(url)
                break
            except UsageError:
                time.sleep(0.1)
        yield url
    finally:
        server.terminate()
        server.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serve(tmp_path_factory.mktemp("chroma"), free_port()) as address:
        yield address


def read(file: Path) -> list[dict[str, Any]]:
    return [orjson.loads(line) for line in file.read_bytes().splitlines()]


def start(out: Path, *options: object) -> Command:
    """A run under way."""
    return Command("graphs.run", "--out", out, "--window", 16, *options)


def run(out: Path, *options: object) -> int:
    return start(out, *options).wait().returncode


def rows_on(url: str) -> Counter[tuple[str, int]]:
    server = Server(url, "wordllama")
    held = Counter((row.run, row.slot) for row in server.read())
    server.close()
    return held


def test_a_run_has_its_own_rows_and_sees_those_of_others(url: str) -> None:
    mine = Memory(ServerShelf(url, "letters", "1", "mine"), Letters(), window=4)
    theirs = Memory(ServerShelf(url, "letters", "2", "theirs"), Letters(), window=4)
    for slot, text in enumerate(["a", "b", "ab"]):
        mine.add(slot, text, f"about {text}")
    theirs.add(0, "abcd", "about all")
    assert mine.nearest("a", before=9) == [
        Neighbour(0, 0.0, "about a"),
        Neighbour(2, 0.292893, "about ab"),
        Neighbour(1, 1.0, "about b"),
    ]
    assert mine.nearest_elsewhere(["a"]) == [Neighbour(ELSEWHERE, 0.5, "theirs, slot 0: about all")]
    assert mine.nearest_elsewhere(["a", "ab"])[0].distance == 0.292893  # the nearest to any of them
    mine.reconcile([(2, "ab", "about ab"), (7, "d", "new")])
    assert [near.slot for near in mine.nearest("d", before=9)] == [7, 2]
    assert [near.summary for near in theirs.nearest_elsewhere(["d"])] == ["mine, slot 7: new", "mine, slot 2: about ab"]
    assert len(theirs) == 1
    for memory in (mine, theirs):
        memory.close()


def test_a_row_is_near_by_what_its_user_says_too(url: str) -> None:
    mine = Memory(ServerShelf(url, "letters", "4", "mine"), Letters(), window=4)
    theirs = Memory(ServerShelf(url, "letters", "5", "theirs"), Letters(), window=4)
    theirs.add(0, "a", "first", "c")
    theirs.reconcile([(0, "a", "first"), (1, "b", "second")], lambda slot: "cd")
    assert mine.nearest_elsewhere(["c"], 2) == [
        Neighbour(ELSEWHERE, 0.0, "theirs, slot 0: first"),
        Neighbour(ELSEWHERE, 0.292893, "theirs, slot 1: second"),
    ]
    assert mine.nearest_elsewhere(["a", "c"], 1) == [Neighbour(ELSEWHERE, 0.0, "theirs, slot 0: first")]
    assert theirs.nearest("c", before=9)[0].distance == 1.0  # its own run compares it as before
    server = Server(url, "letters")
    assert Counter(row.slot for row in server.read() if row.run == "theirs" and row.summary != "about all") == {
        0: 2,
        1: 2,
    }
    server.close()
    assert Earlier([url], Letters()).nearest(["c"], 1)[0].summary == "theirs, slot 0: first"
    theirs.reconcile([])
    assert not any("first" in near.summary for near in mine.nearest_elsewhere(["c"]))
    for memory in (mine, theirs):
        memory.close()


def test_a_reopened_memory_gives_the_same_distances(url: str) -> None:
    rng = np.random.default_rng(0)
    counts = rng.integers(0, 40, (2_100, 4))  # more than a page of the server's
    texts = ["".join(letter * n for letter, n in zip("abcd", row, strict=True)) for row in counts]
    memory = Memory(ServerShelf(url, "letters", "3"), Letters(), window=4)
    memory.reconcile((slot, text, text[:3]) for slot, text in enumerate(texts))
    before = [memory.nearest(text + "abd", before=2_000) for text in texts[:20]]
    memory.close()
    again = Memory(ServerShelf(url, "letters", "3"), Letters(), window=4, exact=0)  # by the server's graph
    assert len(again) == 2_100
    assert [again.nearest(text + "abd", before=2_000)[0] for text in texts[:20]] == [near[0] for near in before]
    again.close()


def test_two_runs_at_once_lose_and_double_nothing(url: str, tmp_path: Path) -> None:
    processes = [start(tmp_path / f"{seed}", "--memory", url, "--count", 12, "--seed", seed) for seed in (1, 2)]
    assert [process.wait().returncode for process in processes] == [0, 0]
    accepted = {
        (f"{seed}", row["slot"]) for seed in (1, 2) for row in read(tmp_path / f"{seed}" / "trajectories.jsonl")
    }
    assert len(accepted) > 15
    assert rows_on(url) == dict.fromkeys(accepted, 2)  # each by both of its texts


def test_the_same_run_again_brings_none_of_its_rows_twice(url: str, tmp_path: Path) -> None:
    """Without the server it would be the same rows once more."""
    options = ("--count", 8, "--seed", 5, "--concurrency", 1)
    assert run(tmp_path / "first", "--memory", url, *options) == 0
    assert run(tmp_path / "alone", *options) == 0
    assert run(tmp_path / "second", "--memory", url, *options) in (0, 1)
    assert run(tmp_path / "third", "--against", url, *options) in (0, 1)
    first = Earlier([tmp_path / "first"], embedder("wordllama"))

    def copies(name: str) -> int:
        rows = read(tmp_path / name / "trajectories.jsonl")
        return sum(first.nearest(row_texts(row))[0].distance < 0.05 for row in rows)

    assert min(copies("alone"), copies("first")) > 5  # what a server shows in a moment may move a slot
    assert (copies("second"), copies("third")) == (0, 0)


def test_a_run_goes_on_where_its_server_went_away(tmp_path: Path) -> None:
    port, out = free_port(), tmp_path / "run"
    options = ("--memory", f"http://127.0.0.1:{port}", "--count", 6)
    told = start(out, *options).wait()
    assert told.returncode == 2
    refused = f"http://127.0.0.1:{port}: ConnectionRefusedError: [Errno 111] Connection refused; start a Chroma server"
    assert refused in told.stderr
    assert not (out / "manifest.json").exists()
    with serve(tmp_path / "chroma", port) as url:
        assert run(out, *options) == 0
        assert len(rows_on(url)) == len(read(out / "trajectories.jsonl"))
    with serve(tmp_path / "another", port) as url:  # an empty one: the journal has everything
        assert run(out, "--resume", "--count", 8) == 0
        assert rows_on(url) == {("run", row["slot"]): 2 for row in read(out / "trajectories.jsonl")}


def test_what_is_no_server_is_refused() -> None:
    with pytest.raises(UsageError, match="http://x/y: not the address of a Chroma server"):
        check_server("http://x/y")
