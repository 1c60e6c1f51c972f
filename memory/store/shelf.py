"""Where vectors of trajectories are kept: a collection in Chroma, in a run's own folder or in a server of several runs.

A server holds a collection for each embedder, and in it the rows of every run, each under the run's own id: a run
writes and deletes its own alone, so that two of them can neither lose nor double a row of the other. A row stands there
twice, as the run's own memory keeps it and by what its user says, for others are compared with both.

    chroma run --path shared --port 8000          then: python -m graphs.run --memory http://127.0.0.1:8000
"""

import logging
import shutil
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

import httpx

from agents.errors import UsageError
from agents.teacher.wire.reach import CONNECT_S
from memory.embed.embedder import Vectors

SERVER = ("http://", "https://")
"""What the address of a server begins with."""
BATCH = 64
"""Slots that are handed to a folder at once: alone, each costs twenty times as much. A kill loses less than that, and
the next start reads them from the journal."""
TIMEOUT_S = 10
"""For the first answer of a server."""
PAGE = 1000
"""Rows that are read from, or deleted on, a server at a time."""
SPACE: Any = {"hnsw": {"space": "cosine"}}
COLUMNS = ["metadatas", "embeddings", "documents"]
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Kept:
    """A row as it is kept."""

    slot: int
    vector: Sequence[float]
    summary: str
    run: str = ""
    """The name of the run that it belongs to; empty in a run's own folder."""


class Shelf(Protocol):
    """What a memory needs of the place where it keeps its rows."""

    batch: int
    """Slots that are handed over at once."""
    shared: bool
    """Whether other runs read it: for them a row has a second text, the user's words."""

    def read(self) -> Iterator[Kept]:
        """The run's own rows."""

    def put(self, slots: Sequence[int], vectors: Vectors, summaries: Sequence[str]) -> None:
        """Keeps them; what was there of these slots is replaced."""

    def put_words(self, slots: Sequence[int], vectors: Vectors, summaries: Sequence[str]) -> None:
        """Keeps what the users of these rows say, for other runs to compare theirs with."""

    def remove(self, slots: Sequence[int]) -> None:
        """Forgets them."""

    def near(self, vector: Vectors, count: int) -> list[int]:
        """About the nearest of the run's own slots: the graph misses a neighbour now and then."""

    def others(self, vectors: Vectors, count: int) -> list[Kept]:
        """About the nearest rows of other runs, to any of the vectors."""

    def close(self) -> None:
        """Lets go of the place."""


def discard_broken(folder: Path) -> None:
    """Takes away a folder whose database was cut off or overwritten: the journal has all that was in it."""
    database = folder / "chroma.sqlite3"
    if not database.is_file():
        return
    try:
        with closing(sqlite3.connect(database)) as connection:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.OperationalError:
        pass  # somebody else has it open, or it cannot be read: Chroma says so
    except sqlite3.DatabaseError as error:
        logger.warning("%s cannot be read (%s): it is made anew from the journal", folder, error)
        shutil.rmtree(folder)


class FolderShelf:
    """A run's own folder; one process owns it."""

    batch, shared = BATCH, False

    def __init__(self, path: Path) -> None:
        discard_broken(path)
        import chromadb  # a second of CPU time: a page, an export or --help does without
        from chromadb.config import Settings

        self._client: Any = chromadb.PersistentClient(path=str(path), settings=Settings(anonymized_telemetry=False))
        self._rows: Any = self._client.get_or_create_collection(
            "trajectories", embedding_function=None, configuration=SPACE
        )

    def read(self) -> Iterator[Kept]:
        stored = self._rows.get(include=["embeddings", "documents"])
        rows = zip(stored["ids"], stored["embeddings"], stored["documents"], strict=True)
        return (Kept(int(name), vector, summary) for name, vector, summary in rows)

    def put(self, slots: Sequence[int], vectors: Vectors, summaries: Sequence[str]) -> None:
        self._rows.upsert(
            ids=[f"{slot:08d}" for slot in slots],
            embeddings=vectors,
            metadatas=[{"slot": slot} for slot in slots],
            documents=list(summaries),
        )

    def put_words(self, slots: Sequence[int], vectors: Vectors, summaries: Sequence[str]) -> None:
        return None  # there is no other run

    def remove(self, slots: Sequence[int]) -> None:
        self._rows.delete(ids=[f"{slot:08d}" for slot in slots])

    def near(self, vector: Vectors, count: int) -> list[int]:
        answer = self._rows.query(query_embeddings=vector[None], n_results=count, include=[])
        return [int(name) for name in answer["ids"][0]]

    def others(self, vectors: Vectors, count: int) -> list[Kept]:
        return []

    def close(self) -> None:
        self._client.close()


class Server:
    """A Chroma server's collection of the rows that one embedder made vectors of, whatever run they are from."""

    def __init__(self, url: str, embedder: str) -> None:
        """Raises: UsageError: nobody answers there."""
        self.url = url
        self._client = _connect(url)
        # vectors of another model are others, and of another length
        name = f"trajectories-{sha256(embedder.encode()).hexdigest()[:16]}"
        with reaching(url):
            self.rows: Any = self._client.get_or_create_collection(name, embedding_function=None, configuration=SPACE)

    def read(self, where: Mapping[str, str] | None = None) -> Iterator[Kept]:
        """The rows page by page, so that no answer grows with the collection."""
        start = 0
        while True:
            with reaching(self.url):
                page = self.rows.get(where=where, limit=PAGE, offset=start, include=COLUMNS)
            for row in zip(page["metadatas"], page["embeddings"], page["documents"], strict=True):
                yield _read_row(*row)
            if len(page["ids"]) < PAGE:
                return
            start += PAGE

    def close(self) -> None:
        _disconnect(self._client)


class ServerShelf:
    """A server's collection, which several runs write to, each its own rows.

    What other runs add meanwhile is seen as soon as they have it, so with a server the rows of a run depend on what
    runs beside it: the order rule holds within a run alone.
    """

    batch, shared = 1, True
    """Other runs are to see a row at once."""

    def __init__(self, url: str, embedder: str, run: str, name: str = "") -> None:
        """`run` is the id of this run and `name` what others call it. Raises: UsageError: nobody answers there."""
        self._run, self._words, self._name = run, f"{run}/words", name or run
        self._server = Server(url, embedder)

    def read(self) -> Iterator[Kept]:
        return self._server.read({"run": self._run})

    def put(self, slots: Sequence[int], vectors: Vectors, summaries: Sequence[str]) -> None:
        self._upsert(self._run, slots, vectors, summaries)

    def put_words(self, slots: Sequence[int], vectors: Vectors, summaries: Sequence[str]) -> None:
        self._upsert(self._words, slots, vectors, summaries)

    def remove(self, slots: Sequence[int]) -> None:
        with reaching(self._server.url):
            self._server.rows.delete(ids=[*_name_rows(self._run, slots), *_name_rows(self._words, slots)])

    def near(self, vector: Vectors, count: int) -> list[int]:
        return [row.slot for row in self._query(vector[None], count, {"run": self._run})]

    def others(self, vectors: Vectors, count: int) -> list[Kept]:
        # a row may be named by both of its texts
        return self._query(vectors, 2 * count, {"run": {"$nin": [self._run, self._words]}})

    def close(self) -> None:
        self._server.close()

    def _query(self, vectors: Vectors, count: int, where: Mapping[str, object]) -> list[Kept]:
        """The rows near to any of the vectors, each once."""
        with reaching(self._server.url):
            answer = self._server.rows.query(query_embeddings=vectors, n_results=count, where=where, include=COLUMNS)
        kept: dict[str, Kept] = {}
        for names, *columns in zip(answer["ids"], *(answer[name] for name in COLUMNS), strict=True):
            kept |= {name: _read_row(*row) for name, *row in zip(names, *columns, strict=True)}
        return list(kept.values())

    def _upsert(self, owner: str, slots: Sequence[int], vectors: Vectors, summaries: Sequence[str]) -> None:
        with reaching(self._server.url):
            self._server.rows.upsert(
                ids=_name_rows(owner, slots),
                embeddings=vectors,
                metadatas=[{"run": owner, "slot": slot, "name": self._name} for slot in slots],
                documents=list(summaries),
            )


def _name_rows(owner: str, slots: Sequence[int]) -> list[str]:
    return [f"{owner}/{slot:08d}" for slot in slots]


def check_server(url: str) -> None:
    """Raises: UsageError: nobody answers there."""
    _disconnect(_connect(url))


def _connect(url: str) -> Any:
    address = urlsplit(url)
    secure = address.scheme == "https"
    try:
        port = address.port or (443 if secure else 80)
    except ValueError:  # above 65535
        port = 0
    if not address.hostname or not port or address.path.strip("/"):
        raise UsageError(f"{url}: not the address of a Chroma server, such as http://127.0.0.1:8000")
    try:
        # asked first, with a limit: Chroma's own client waits for ever, and leaves a connection open where it fails
        patience = httpx.Timeout(TIMEOUT_S, connect=CONNECT_S)
        httpx.get(f"{url.rstrip('/')}/api/v2/heartbeat", timeout=patience).raise_for_status()
    except httpx.HTTPError as error:
        reason = str(error) if not isinstance(error, httpx.ConnectTimeout) else f"no connection within {CONNECT_S:g} s"
        raise UsageError(
            f"{url}: no Chroma server answers ({reason}); start one: chroma run --path FOLDER --port {port}"
        ) from None
    import chromadb
    from chromadb.config import Settings

    return chromadb.HttpClient(
        host=address.hostname, port=port, ssl=secure, settings=Settings(anonymized_telemetry=False)
    )


def _disconnect(client: Any) -> None:
    # close() leaves the connections open, those of the client and those of the second one that it made for itself
    connections = [part._server._session for part in (client, client._admin_client)]
    client.close()
    for connection in connections:
        connection.close()


@contextmanager
def reaching(url: str) -> Iterator[None]:
    """Raises: UsageError: the server does not answer, or refuses."""
    from chromadb.errors import ChromaError

    try:
        yield
    except (ChromaError, httpx.HTTPError) as error:
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        raise UsageError(
            f"{url}: the Chroma server fails ({reason}); start it (chroma run --path FOLDER --port PORT), then go on "
            "with --resume, which loses nothing"
        ) from None


def _read_row(data: Mapping[str, Any], vector: Sequence[float], summary: str) -> Kept:
    return Kept(int(data["slot"]), vector, summary, str(data["name"]))
