"""The strategies that `graphs.run --strategy` plays, all from the same teacher, corpus, budget and Code Tool.

Each is a steering that draws the directives and a play that fills the slots; docs/strategies.md says what a port of a
baseline leaves out, and docs/diversity.md what the comparison found.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from agents.errors import UsageError
from agents.sandbox import Sandboxes
from agents.schema import Cluster, Mode
from graphs.campaign.config import Part, Reasoning, Strategy
from graphs.campaign.parts import Steering
from graphs.strategies import apigen_mt, joined, simia, toucan
from graphs.strategies.reasoning import think
from graphs.tools.services import add_code_tool
from graphs.trajectory.graph import play
from graphs.trajectory.state import Play
from memory.embed.embedder import Embedder
from memory.evolution import Evolution
from memory.stock import ABLE, Skill
from memory.store.novelty import Aim
from memory.uniform import Uniform

DUPLICATE = 0.005
"""TOUCAN drops a question whose nearest lies under 0.1 in L2: for unit vectors a cosine distance of 0.1^2 / 2."""


JOINED = 3
"""Tools of each of two servers that evolution may draw together: what is offered is read with every request."""
SHORT = 2
"""The same where the teacher knows few tools of a server: the others are only read."""
PLAIN = (Mode.LINEAR, Mode.CHAINED)
"""What the even draws of a walk or of a question choose from; their teachers are told the number of steps alone."""
UNSTEERED = frozenset((Part.CLUSTER_SAMPLING, Part.EVOLUTION, Part.MEMORY))
"""What every strategy but tdscaling is without; `random` is tdscaling without the three."""


def lacking(strategy: Strategy, without: frozenset[Part]) -> frozenset[Part]:
    """All that the run does without. Raises UsageError where a baseline never had what is taken out."""
    if strategy is Strategy.TDSCALING:
        return without
    if absent := sorted(without & UNSTEERED):
        raise UsageError(f"--without {absent[0]}: {strategy} has none; leave it out, or take --strategy tdscaling")
    return without | UNSTEERED


def near_copies(strategy: Strategy, without: frozenset[Part], copies: float) -> Aim:
    """How near to each other the rows may be."""
    if strategy is Strategy.TOUCAN:
        return Aim(DUPLICATE, share=0.0)
    return Aim(distance=0.0) if Part.MEMORY in lacking(strategy, without) else Aim(share=copies)


@dataclass(frozen=True)
class Chosen:
    """What a campaign is given for its strategy."""

    clusters: list[Cluster]
    steering: Steering
    play: Play


def choose(
    strategy: Strategy,
    without: frozenset[Part],
    clusters: Sequence[Cluster],
    vectors: Embedder,
    code: Sandboxes | None = None,
    seed: int = 0,
    window: int = 64,
    reasoning: Reasoning = Reasoning.DROP,
    samples: int = 1,
    *,
    as_named: bool = False,
    skill: Skill = ABLE,
) -> Chosen:
    """`without` is all that the run does without, as `lacking` says it; `reasoning` is for assistants with a plan.

    `as_named`: somebody chose the clusters, so evolution draws these and joins none of them. `skill`: what the teacher
    can make a plan of.

    Raises: UsageError: no cluster carries a mode that the strategy plays.
    """
    drawn = add_code_tool(gather(strategy, without, clusters, vectors, seed, as_named=as_named, skill=skill), code)
    if strategy is Strategy.APIGEN_MT:
        return Chosen(drawn, Uniform(drawn, seed, PLAIN, window), think(apigen_mt.play, None))
    if strategy is Strategy.TOUCAN:
        return Chosen(drawn, Uniform(drawn, seed, PLAIN, window), think(toucan.play, None))
    if strategy is Strategy.SIMIA:
        return Chosen(drawn, Uniform(drawn, seed, simia.modes(), window), simia.play)
    uniform = Part.EVOLUTION in without
    steering = Uniform(drawn, seed, window=window) if uniform else Evolution(drawn, seed, window=window, skill=skill)
    return Chosen(drawn, steering, think(play, reasoning, samples))


def gather(
    strategy: Strategy,
    without: frozenset[Part],
    clusters: Sequence[Cluster],
    vectors: Embedder,
    seed: int,
    *,
    as_named: bool = False,
    skill: Skill = ABLE,
) -> list[Cluster]:
    """What a strategy draws from: the clusters as they were sampled, and for some also joined ones of two servers.

    TOUCAN asks about any two servers, and evolution may about two that have to do with each other where that adds more;
    the others play clusters as they are. `vectors` tell what tools are about.
    """
    if strategy is not Strategy.TOUCAN and (as_named or Part.CLUSTER_SAMPLING in without):
        return list(clusters)
    if strategy is Strategy.TOUCAN:
        return [*clusters, *joined.any_two(clusters, seed, 6)]
    each = JOINED if all(skill.calls(tool) for cluster in clusters for tool in cluster.tools) else SHORT
    return [*clusters, *joined.related(clusters, seed, each, vectors, skill)]
