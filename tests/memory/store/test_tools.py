"""Tools searched by what they do."""

from pathlib import Path

import pytest

from memory.corpus import corpus
from memory.embed.embedder import Embedder, embedder
from memory.store import __main__ as store
from memory.store.tools import Catalogue


@pytest.fixture(scope="module")
def words() -> Embedder:
    return embedder()


def test_the_nearest_in_meaning_comes_first(words: Embedder) -> None:
    known = Catalogue(words)
    assert known.fill(corpus.builtin().tools) == len(known) == len(corpus.builtin().tools)
    found = known.search("refund a card payment", k=3)
    assert found[0].tool.key == "card-terminal/refundPayment"
    assert [one.distance for one in found] == sorted(one.distance for one in found)
    assert known.search("refund a card payment", k=3) == found
    known.close()


def test_filling_touches_what_changed_alone(words: Embedder, tmp_path: Path) -> None:
    tools = list(corpus.builtin().tools[:6])
    known = Catalogue(words, tmp_path)
    assert (known.fill(tools), known.fill(tools)) == (6, 0)
    other = tools[0].model_copy(update={"description": "Teaches parrots to sing."})
    assert (known.fill([other, *tools[2:]]), len(known)) == (1, 5)
    assert known.search("singing parrots", k=1)[0].tool == other
    known.close()


def test_an_empty_catalogue_finds_nothing(words: Embedder, tmp_path: Path) -> None:
    known = Catalogue(words, tmp_path)
    assert known.search("anything") == []
    known.close()


def test_the_command_finds_and_then_remembers(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    given = ["search", "refund a card payment", "--index", str(tmp_path), "--count", "2"]
    with pytest.raises(SystemExit, match="0"):
        store.main(given)
    first = capfd.readouterr().out.splitlines()
    assert first[0].startswith("read ")
    assert "card-terminal/refundPayment" in first[-2]
    with pytest.raises(SystemExit, match="0"):
        store.main(given)
    assert capfd.readouterr().out.splitlines() == first[-2:]
