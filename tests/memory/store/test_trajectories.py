"""The Global Memory over Chroma."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from memory.embed.embedder import Vectors, unit
from memory.store.trajectories import Memory, Neighbour


class Letters:
    """Counts of letters: distances that can be worked out by hand."""

    name = "letters"

    def embed(self, texts: Sequence[str]) -> Vectors:
        return unit(np.array([[text.count(letter) for letter in "abcd"] for text in texts], dtype=float).reshape(-1, 4))


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Memory]:
    memory = Memory(tmp_path, Letters(), window=4)
    yield memory
    memory.close()


def test_empty_memory_has_no_neighbours(memory: Memory) -> None:
    assert memory.nearest("a", before=9) == []
    assert len(memory) == 0


def test_distances_are_cosine(memory: Memory) -> None:
    for slot, text in enumerate(["a", "b", "ab"]):
        memory.add(slot, text, f"about {text}")
    assert memory.nearest("a", before=9) == [
        Neighbour(0, 0.0, "about a"),
        Neighbour(2, 0.292893, "about ab"),
        Neighbour(1, 1.0, "about b"),
    ]


def test_only_slots_before_are_seen(memory: Memory) -> None:
    for slot in range(6):
        memory.add(slot, "a", "")
    assert [near.slot for near in memory.nearest("a", before=3)] == [0, 1, 2]
    assert memory.nearest("a", before=0) == []


def test_ties_go_to_lower_slot(memory: Memory) -> None:
    for slot in (5, 1, 3):
        memory.add(slot, "a", "")
    assert [near.slot for near in memory.nearest("a", k=2, before=9)] == [1, 3]


def test_same_slot_is_replaced(memory: Memory) -> None:
    memory.add(1, "a", "old")
    memory.add(1, "b", "new")
    assert memory.nearest("b", before=9) == [Neighbour(1, 0.0, "new")]


def test_reconcile_holds_exactly_these(memory: Memory) -> None:
    for slot in range(4):
        memory.add(slot, "a", "old")
    memory.reconcile([(1, "a", "old"), (7, "b", "new")])
    assert [(near.slot, near.summary) for near in memory.nearest("a", before=9)] == [(1, "old"), (7, "new")]
    memory.reconcile([])
    assert len(memory) == 0


def vectors(count: int, seed: int = 0) -> list[str]:
    rng = np.random.default_rng(seed)
    return ["".join(letter * n for letter, n in zip("abcd", rng.integers(0, 40, 4), strict=True)) for _ in range(count)]


def test_reopened_memory_gives_same_distances(tmp_path: Path) -> None:
    texts = vectors(80)
    memory = Memory(tmp_path, Letters(), window=4)
    memory.reconcile((slot, text, text[:3]) for slot, text in enumerate(texts))
    before = [memory.nearest(text + "abd", before=70) for text in texts]
    memory.close()
    again = Memory(tmp_path, Letters(), window=4)
    assert [again.nearest(text + "abd", before=70) for text in texts] == before
    again.close()


def test_a_folder_that_was_overwritten_is_made_anew(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    folder = tmp_path / "memory"
    folder.mkdir()
    (folder / "chroma.sqlite3").write_text("this was a database")
    memory = Memory(folder, Letters(), window=4)
    memory.reconcile([(1, "a", "row")])
    assert [near.slot for near in memory.nearest("a", before=9)] == [1]
    assert "it is made anew from the journal" in caplog.text
    memory.close()


def test_chroma_search_agrees_with_exact(tmp_path: Path) -> None:
    texts = vectors(200)
    exact = Memory(tmp_path / "exact", Letters(), window=16)
    graph = Memory(tmp_path / "graph", Letters(), window=16, exact=0)
    for memory in (exact, graph):
        memory.reconcile((slot, text, "") for slot, text in enumerate(texts))
    queries = vectors(20, seed=1)
    assert [graph.nearest(q, before=190) for q in queries] == [exact.nearest(q, before=190) for q in queries]
    exact.close()
    graph.close()


def test_what_chroma_was_not_told_yet_is_found(tmp_path: Path) -> None:
    memory = Memory(tmp_path, Letters(), window=2, exact=0)
    memory.reconcile((slot, "a" * (slot + 1) + "b", "") for slot in range(20))
    memory.add(20, "d", "new")
    assert memory.nearest("d", k=1, before=21) == [Neighbour(20, 0.0, "new")]
    assert memory.nearest("d", k=1, before=20)[0].distance == 1.0
    memory.close()
    assert len(Memory(tmp_path, Letters(), window=2)) == 21


def test_view_too_small_for_graph_is_searched_exactly(tmp_path: Path) -> None:
    memory = Memory(tmp_path, Letters(), window=1, exact=0)
    memory.reconcile((slot, "a" * 9 + "b" * slot, "") for slot in range(40))
    assert [near.slot for near in memory.nearest("b", before=6)] == [5, 4, 3, 2, 1]
    memory.close()
