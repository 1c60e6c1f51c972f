"""Texts to unit vectors: one seam for the Global Memory, the clusters and the diversity of a dataset.

The default needs no download: `wordllama` carries its weights. Any other name is a sentence-transformers model, such
as `Qwen/Qwen3-Embedding-0.6B` for the paper's set-up, or a folder that holds one.
"""

import importlib
import importlib.util
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from agents import hub
from agents.errors import UsageError, installing

Vectors = NDArray[np.float32]


class Embedder(Protocol):
    """What turns texts into vectors."""

    @property
    def name(self) -> str:
        """The model, as it is written into a manifest."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Shape (n, d), rows of unit length; a text's row does not depend on its neighbours."""


def embedder(name: str = "wordllama") -> Embedder:
    """The embedder of that name.

    Raises: UsageError: a sentence-transformers model is asked for and the `embed` extra is not installed.
    """
    if not name.strip():
        raise UsageError("--embedder: no name; leave the option out for 'wordllama'")
    return WordLlamaEmbedder() if name == "wordllama" else SentenceEmbedder(name)


class WordLlamaEmbedder:
    """256 dimensions on a CPU, thousands of texts a second, no torch, no network."""

    name = "wordllama"

    def __init__(self) -> None:
        self._model = _read_weights()

    def embed(self, texts: Sequence[str]) -> Vectors:
        # Its tokenizer knows words, not identifiers: underscores would cost a tenth of the cluster purity.
        return unit(self._model.embed([text.replace("_", " ") for text in texts], norm=False))


@cache
def _read_weights() -> Any:
    """The model that wordllama carries: a run asks for an embedder more than once."""
    import wordllama  # type: ignore[import-untyped]

    # Without cache_dir it looks in a folder that its wheel does not fill, and then tries to download.
    home = Path(wordllama.__file__).parent
    return wordllama.WordLlama.load(cache_dir=home, disable_download=True)


class SentenceEmbedder:
    """A sentence-transformers model, loaded when it is first used."""

    def __init__(self, name: str) -> None:
        if importlib.util.find_spec("sentence_transformers") is None:
            raise UsageError(
                f"embedder {name!r} needs sentence-transformers; {installing('embed')}, or use 'wordllama'"
            )
        self.name = name
        self._model: Any = None

    def embed(self, texts: Sequence[str]) -> Vectors:
        if self._model is None:
            refuse_unreachable(self.name)
            library = importlib.import_module("sentence_transformers")  # imports torch, which takes seconds
            # Qwen3-Embedding reads a text's last token, so padding must come first; on other models that ruins vectors.
            left = {"processor_kwargs": {"padding_side": "left"}} if "qwen3-embedding" in self.name.lower() else {}
            try:
                self._model = library.SentenceTransformer(self.name, **left)
            except (OSError, ValueError) as error:
                reason = " ".join(str(error).split())[:200]
                raise UsageError(
                    f"embedder {self.name!r}: neither a folder nor a model that can be fetched: {reason}"
                ) from None
        rows = self._model.encode(list(texts), convert_to_numpy=True, show_progress_bar=False)
        return unit(np.reshape(rows, (len(texts), -1)))


def refuse_unreachable(name: str) -> None:
    """Raises: UsageError: the model is neither on this machine nor can the hub be reached.

    Without this the library asks the hub for minutes, file by file, before it says so.
    """
    fix = "name a folder that holds the model, or leave the option out for 'wordllama'"
    hub.is_here(f"embedder {name!r}", name, fix, [] if "/" in name else [f"sentence-transformers/{name}"])


def unit(rows: NDArray[Any]) -> Vectors:
    """The rows at length 1; a row of zeros (a text without a known token) becomes the first axis."""
    wide = np.array(rows, dtype=np.float64)  # float32 norms of 256 squares are off by a last bit
    norms = np.linalg.norm(wide, axis=1, keepdims=True)
    empty = norms[:, 0] == 0
    wide[empty, 0], norms[empty] = 1.0, 1.0
    return np.asarray(wide / norms, dtype=np.float32)
