"""Rows of earlier runs, and of anybody's conversations, that count as known to a run beside its own.

A row is known by what its user says and the tools it calls, for that much every layout tells; one of ours also by its
goal and mode signature, as the Global Memory keeps them, so that a plan is refused before it is played.
"""

import logging
from collections.abc import Sequence
from hashlib import file_digest
from pathlib import Path

import numpy as np

from agents.errors import UsageError
from memory.corpus.conversations import load
from memory.embed.embedder import Embedder
from memory.store.novelty import row_texts
from memory.store.shelf import SERVER, Kept, Server
from memory.store.trajectories import ELSEWHERE, Neighbour, to_grid

logger = logging.getLogger(__name__)
SHOWN = 120
"""Characters of what a user says that stand in a reason."""


class Earlier:
    """Those rows, embedded; `sources` says what was read, for the manifest."""

    def __init__(self, places: Sequence[str | Path], embedder: Embedder) -> None:
        """Raises: UsageError: a file is not there or empty, a row is in no layout that is read, a server is silent."""
        self._embedder = embedder
        self.sources: list[dict[str, str]] = []
        self._summaries: list[str] = []
        texts, owners = list[str](), list[int]()
        shared = list[Kept]()
        for place in places:
            if str(place).startswith(SERVER):
                # without a hash: a server's rows may grow, and still the run goes on, with those of today
                self.sources.append({"name": str(place)})
                server = Server(str(place), embedder.name)
                shared += server.read()
                server.close()
                continue
            path = Path(place)
            file = path / "trajectories.jsonl" if path.is_dir() else path
            try:
                with file.open("rb") as content:
                    digest = file_digest(content, "sha256").hexdigest()
            except OSError as error:
                why = f"{file}: {error.strerror}; give a run's folder or a file of rows"
                raise UsageError(f"--against: {why}") from None
            # the last part of the path alone: rows do not depend on where somebody keeps their files
            self.sources.append({"name": path.name, "sha256": digest})
            before = len(self._summaries)
            for number, row in enumerate(load(file, "--against"), 1):
                forms = row_texts(row)
                texts += forms
                owners += [len(self._summaries)] * len(forms)
                self._summaries.append(f"{path.name}, row {number}: {forms[0][:SHOWN]}")
            if len(self._summaries) == before:
                if not path.is_dir():
                    raise UsageError(f"--against: {file}: no row in it; name another file, or leave it out")
                # a run that accepted none is no mistake, but worth a line
                logger.warning("%s: no row in it, so nothing counts as known from there", file)
        vectors = [*embedder.embed(texts)] if texts else []
        owner_of: dict[str, int] = {}
        for kept in shared:
            # a row stands on a server with each of its texts
            summary = f"{kept.run}, slot {kept.slot}: {kept.summary}"
            if summary not in owner_of:
                owner_of[summary] = len(self._summaries)
                self._summaries.append(summary)
            owners.append(owner_of[summary])
            vectors.append(np.asarray(kept.vector, dtype=np.float32))
        self._owners = np.array(owners, dtype=np.int64)
        self._vectors = to_grid(np.array(vectors)) if vectors else np.zeros((0, 0))
        self._lengths = np.sqrt(np.einsum("ij,ij->i", self._vectors, self._vectors))

    def nearest(self, texts: Sequence[str], k: int = 5) -> list[Neighbour]:
        """The k rows nearest to any of these texts, by distance and then in their order."""
        if not self._summaries:
            return []
        best = np.full(len(self._summaries), np.inf)
        for text in texts:
            query = to_grid(self._embedder.embed([text]))[0]
            products = np.einsum("ij,j->i", self._vectors, query)
            distances = np.round(1.0 - products / (self._lengths * np.sqrt(query @ query)), 6)
            # `at`, for a row owns several texts: a plain assignment would keep its last one
            np.minimum.at(best, self._owners, np.maximum(distances, 0.0) + 0.0)  # never -0.0
        order = np.argsort(best, kind="stable")[:k]
        return [Neighbour(ELSEWHERE, float(best[row]), self._summaries[row]) for row in order]
