"""What a run draws from: a corpus without the services held out, as Business Clusters that are built once.

The clusters lie in a file, the run's own `clusters.jsonl` or the one that is named. A file that is there is used as it
is; the held-out tools lie beside it in `held_out.jsonl`, in the form that `memory.corpus.corpus` reads.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from agents.errors import UsageError
from agents.schema import Cluster, Tool
from memory.clusters import build, live
from memory.clusters import file as cluster_file
from memory.clusters.file import HELD_OUT
from memory.corpus import corpus
from memory.corpus.corpus import Corpus
from memory.embed.cache import Cached
from memory.embed.embedder import Embedder


@dataclass(frozen=True)
class Sample:
    """The clusters of a run, and the tools that it never sees."""

    clusters: list[Cluster]
    held_out: list[Tool]
    file: Path

    @property
    def sha256(self) -> str:
        return sha256(cluster_file.dump(self.clusters)).hexdigest()

    def keep(self, folder: Path) -> None:
        """Write what is not there yet."""
        if not self.file.is_file():
            cluster_file.write(self.file, self.clusters)
        if self.held_out and not (folder / HELD_OUT).is_file():
            cluster_file.write(folder / HELD_OUT, self.held_out)


def tools(paths: Sequence[Path], file: Path | None, mcp: Path | None = None, *, with_catalogue: bool = False) -> Corpus:
    """The corpus of the paths, else of the clusters in the file, else the built-in catalogue.

    Live servers come first, and alone where nothing else is named.
    """
    if not mcp:
        return _tools(paths, file)
    beside = paths or with_catalogue or (file and file.is_file())
    return corpus.merge(corpus.list_live(mcp), _tools(paths, file) if beside else corpus.hold([]))


def _tools(paths: Sequence[Path], file: Path | None) -> Corpus:
    if paths:
        return corpus.load(paths)
    if file and file.is_file():
        tools = (tool for cluster in cluster_file.read(file) for tool in cluster.tools)
        return corpus.hold({tool.key: tool for tool in tools}.values())
    return corpus.builtin()


def sample(
    tools: Sequence[Tool], file: Path, hold_out: float, embedder: Embedder, seed: int, *, at_random: bool = False
) -> Sample:
    """The clusters of the file, else new ones; `at_random`: as many and as large, but of any tools of a service.

    Raises: UsageError: the file is not one of clusters, or holds a tool that is held out or other than in `tools`.
    """
    used, held_out = build.set_aside(tools, hold_out)
    if not file.is_file():
        vectors = Cached(embedder)
        built = build.build(used, vectors, seed)
        built = build.at_random(used, vectors, built, seed) if at_random else built
        return Sample(built + live.beside(built, vectors), held_out, file)
    clusters, usable = cluster_file.read(file), {tool.key: tool for tool in used}
    for tool in (tool for cluster in clusters for tool in cluster.tools):
        if usable.get(tool.key) != tool:
            raise UsageError(f"{file}: {tool.key} is held out, or is another tool in --tools; build another file")
    return Sample(clusters, held_out, file)
