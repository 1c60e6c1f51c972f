"""Leaves: the cells of a two-level K-Means over what tools are about."""

import subprocess
import sys
from pathlib import Path

import pytest

from agents.schema import Tool
from memory.clusters.leaves import labels, names, subject
from memory.embed.embedder import Embedder, embedder

ROOT = Path(__file__).parents[3]


def tool(name: str, description: str = "", service: str = "npm:@x/shop") -> Tool:
    return Tool(name=name, description=description, input_schema={}, service=service)


@pytest.fixture(scope="module")
def words() -> Embedder:
    return embedder()


def test_the_subject_has_no_verbs() -> None:
    assert subject(tool("list_orders", "Lists open orders.")) == "x shop orders orders"


def test_leaves_put_like_with_like(words: Embedder) -> None:
    texts = ["weather forecast", "weather forecast today", "order", "order of goods"]
    assert labels(words.embed(texts), seed=0, n_dom=2, n_cls=1) == ["0.0", "0.0", "1.0", "1.0"]


def test_few_tools_have_few_leaves(words: Embedder) -> None:
    assert labels(words.embed(["a b", "a b"]), n_dom=10, n_cls=5) == ["0.0", "0.0"]
    assert labels(words.embed([])) == []


def test_what_was_found_once_is_not_found_again(words: Embedder) -> None:
    rows = words.embed(["tide", "harbour", "ferry", "tide table"])
    found = labels(rows, seed=7)
    code = f"""if True:
        import sys, numpy as np
        from memory.clusters.leaves import labels
        rows = np.array({rows.tolist()}, "f4")
        print(labels(rows, seed=7), "sklearn" in sys.modules, labels(rows, seed=8), "sklearn" in sys.modules)"""
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT).stdout
    assert told == f"{found} False {labels(rows, seed=8)} True\n"


def test_names_are_the_words_of_their_own() -> None:
    tools = [tool("get_weather", service="s"), tool("weather_alert", service="s"), tool("cancel_order", service="s")]
    assert names(tools, ["0.0", "0.0", "1.0"], count=1) == {"0.0": "weather", "1.0": "order"}
