"""How much of a training set is in a benchmark: shared word runs, shared characters, near vectors.

Texts go in, matches with benchmark texts come out; this module knows neither the benchmarks nor the exports. The
benchmarks' texts are a file of references, a JSON line each, which `python -m evals.contamination texts` writes.
"""

import json
import re
from collections.abc import Hashable, Iterable, Sequence
from pathlib import Path
from typing import Literal

import numpy as np

from agents.errors import UsageError
from agents.files import read_lines
from agents.schema import Noun
from memory.embed.embedder import Embedder
from memory.measure.acts import Row

LONG, SHORT, CHARACTERS = 13, 8, 50
"""Words of the two runs, and characters: what GPT-3, PaLM and GPT-4 were checked with."""
NEAR = {"minilm": 0.67}
OTHERS = 0.75
"""[ours] Cosine from which texts say the same: by a part of the embedder's name, and of all others. How they were
chosen: docs/evaluations.md."""
By = Literal["same text", "13 words", "50 characters", "8 words", "embedding"]


class Reference(Noun):
    """A text of a benchmark."""

    bench: str
    id: str
    kind: Literal["task", "tool"]
    text: str


class Match(Noun):
    """A text of a training set that is, or says, what a text of a benchmark does, by the strongest of the measures."""

    bench: str
    id: str
    by: By
    cosine: float | None = None
    """For `embedding`."""
    text: str
    """The beginning of the training set's text."""


class Overlap:
    """The references, indexed; ask it with the texts of one row."""

    def __init__(self, references: Sequence[Reference], embedder: Embedder) -> None:
        self._references = references
        self._runs: dict[By, dict[Hashable, int]] = {"13 words": {}, "50 characters": {}, "8 words": {}}
        self._whole: dict[str, int] = {}
        # the first reference with a run keeps it, so that a match names the same one however many share it
        for place, reference in enumerate(references):
            self._whole.setdefault(_flat(reference.text), place)
            for by, index in self._runs.items():
                for run in _windows(reference.text, by):
                    index.setdefault(run, place)
        self._embedder = embedder
        self._tasks = [place for place, text in enumerate(references) if text.kind == "task" and says_enough(text.text)]
        self._vectors = embedder.embed([references[place].text for place in self._tasks]) if self._tasks else None

    def matches(self, texts: Sequence[str], tools: Sequence[str] = ()) -> list[Match]:
        """One match for each text that has any, by the strongest of the measures in their order.

        Tool definitions are matched by their words only. "Cancel a booking" is near to every request to cancel one,
        and tools that do the same are near without being copied.
        """
        shared = [(text, self._strongest(text)) for text in texts]
        others = [text for text, run in shared if run is None and says_enough(text)]
        # of each of the others the nearest task
        cosines = self._embedder.embed(others) @ self._vectors.T if others and self._vectors is not None else ()
        nearest = iter(cosines)
        matches = []
        for text, run in shared:
            if run:
                matches.append(self._match(text, *run))
            elif self._vectors is not None and says_enough(text):
                row = next(nearest)
                best = int(np.argmax(row))
                if float(row[best]) >= limit(self._embedder.name):
                    matches.append(self._match(text, self._tasks[best], "embedding", round(float(row[best]), 4)))
        return [*matches, *(self._match(text, *run) for text in tools if (run := self._strongest(text)))]

    def row_matches(self, row: Row) -> list[Match]:
        """Of an exported row: what its users say, and the tools that it offers."""
        messages = row.get("messages", ())
        texts = [m["content"] for m in messages if m.get("role") == "user" and isinstance(m["content"], str)]
        return self.matches(texts, [tool_text(tool) for tool in row.get("tools") or ()])

    def _strongest(self, text: str) -> tuple[int, By] | None:
        if (place := self._whole.get(_flat(text))) is not None:
            return place, "same text"
        return next(((place, by) for by in self._runs if (place := self.shares(text, by)) is not None), None)

    def shares(self, text: str, by: By) -> int | None:
        """Place of a reference that shares such a run with the text, or None."""
        index = self._runs[by]
        return next((index[run] for run in _windows(text, by) if run in index), None)

    def _match(self, text: str, place: int, by: By, cosine: float | None = None) -> Match:
        reference = self._references[place]
        return Match(bench=reference.bench, id=reference.id, by=by, cosine=cosine, text=text[:120])


def read(path: Path) -> list[Reference]:
    """The references of a file. Raises: UsageError: it is not there, has none, or is not one of references."""
    fix = "write it with: python -m evals.contamination texts --out FILE"
    try:
        references = [Reference.model_validate_json(line) for _, line in read_lines(path)]
        if references:
            return references
        raise UsageError(f"no benchmark texts in {path}, and to check against none is no check; {fix}")
    except FileNotFoundError:
        raise UsageError(f"no benchmark texts in {path}; {fix}") from None
    except ValueError as error:
        raise UsageError(f"{path}: not a file of benchmark texts: {' '.join(str(error).split())[:200]}") from None


def tool_text(tool: Row) -> str:
    """A tool definition's name, description and parameters as one text, in the OpenAI form or bare."""
    function = tool.get("function", tool)
    parameters = (function.get("parameters") or function.get("inputSchema") or {}).get("properties") or {}
    schemas = [(name, schema) for name, schema in parameters.items() if isinstance(schema, dict)]
    described = [f"{name} {schema.get('description', '')}" for name, schema in schemas]
    return " ".join([str(function.get("name", "")), str(function.get("description") or ""), *described])


def _windows(text: str, by: By) -> Iterable[Hashable]:
    """The runs of a text; their hashes, because the texts themselves would be a hundred times as large."""
    if by == "50 characters":
        flat = _flat(text)
        return (hash(flat[i : i + CHARACTERS]) for i in range(len(flat) - CHARACTERS + 1))
    size = LONG if by == "13 words" else SHORT
    words = _flat(text).split()
    return (hash(tuple(words[i : i + size])) for i in range(len(words) - size + 1))


def _flat(text: str) -> str:
    """Lower-case words with one blank between them."""
    return " ".join(re.findall(r"\w+", text.lower()))


def limit(name: str) -> float:
    """The cosine from which the texts of an embedder of that name, or path, say the same."""
    return next((cosine for part, cosine in NEAR.items() if part in name.lower()), OTHERS)


def says_enough(text: str) -> bool:
    """Whether vectors can tell: a text of fewer words is near to anything that is about the same thing."""
    return len(_flat(text).split()) >= SHORT


def dump(references: Iterable[Reference]) -> str:
    """A file of references; the same text of a benchmark once."""
    unique = {(reference.bench, reference.kind, reference.text): reference for reference in references}
    lines = (json.dumps(text.model_dump(), sort_keys=True, ensure_ascii=False) for text in unique.values())
    return "".join(f"{line}\n" for line in lines)
