"""The strategies that `graphs.run --strategy` plays, all from the same teacher, corpus, budget and Code Tool.

Each is a steering that draws the directives and a play that fills the slots; docs/strategies.md says what a port of a
baseline leaves out, and docs/diversity.md what the comparison found.
"""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from agents.errors import UsageError
from agents.sandbox import Sandboxes
from agents.schema import Cluster, Mode
from graphs.campaign.config import Part, Reasoning, Strategy
from graphs.campaign.parts import Steering
from graphs.strategies import apigen_mt, simia, toucan
from graphs.strategies.reasoning import think
from graphs.tools.services import add_code_tool
from graphs.trajectory.graph import play
from graphs.trajectory.state import Play
from memory.evolution import Evolution, Uniform
from memory.stock import ABLE, Skill
from memory.store.novelty import Aim

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
    drawn = add_code_tool(gather(strategy, without, clusters, seed, as_named=as_named, skill=skill), code)
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
    seed: int,
    *,
    as_named: bool = False,
    skill: Skill = ABLE,
) -> list[Cluster]:
    """What a strategy draws from: the clusters as they were sampled, and for some also joined ones of two servers.

    TOUCAN asks about two servers, and evolution may where that adds more; the others play clusters as they are.
    """
    if strategy is not Strategy.TOUCAN and (as_named or Part.CLUSTER_SAMPLING in without):
        return list(clusters)
    if strategy is Strategy.TOUCAN:
        return [*clusters, *several_servers(clusters, seed, 6)]
    each = JOINED if all(skill.calls(tool) for cluster in clusters for tool in cluster.tools) else SHORT
    return [*clusters, *several_servers(clusters, seed, each, alike=True, skill=skill)]


def several_servers(
    clusters: Sequence[Cluster], seed: int, each: int, *, alike: bool = False, skill: Skill = ABLE
) -> list[Cluster]:
    """Half as many clusters again [ours], each of the tools of two that lie on different servers, so many of each.

    `alike`: the other is of the same leaf where that has one, for hardly anybody needs a railway and a database.
    `skill`: only clusters are joined of which the teacher calls a tool, and these tools come first.
    """
    rng, joined = Random(f"servers:{seed}"), dict[str, Cluster]()
    ordered = sorted((c for c in clusters if any(map(skill.calls, c.tools))), key=lambda cluster: cluster.id)
    leaves: dict[str, list[Cluster]] = defaultdict(list)
    services = {cluster.id: {tool.service for tool in cluster.tools} for cluster in ordered}
    for cluster in ordered:
        leaves[cluster.leaf].append(cluster)
    first = rng.sample(ordered, len(ordered) // 2)
    if len(ordered) < len(clusters):  # few are left: each of their servers as often as every other
        first = turn_about(ordered, rng, len(clusters) // 2)
    for cluster in first:
        near = [other for other in leaves[cluster.leaf] if services[other.id].isdisjoint(services[cluster.id])]
        other = rng.choice(near if alike and near else ordered)
        if services[other.id].isdisjoint(services[cluster.id]):
            digest = hashlib.sha256(f"{cluster.id} {other.id}".encode()).hexdigest()
            title = f"{cluster.title} and {other.title}"
            tools = tuple(
                tool for part in (cluster, other) for tool in sorted(part.tools, key=skill.calls, reverse=True)[:each]
            )
            both = Cluster(id=f"m{digest[:10]}", leaf=cluster.leaf, title=title, tools=tools)
            joined.setdefault(both.id, both)
    return list(joined.values())


def turn_about(clusters: Sequence[Cluster], rng: Random, count: int) -> list[Cluster]:
    """So many of the clusters, a server after the other and one of it at a time."""
    by_service: dict[str, list[Cluster]] = defaultdict(list)
    for cluster in clusters:
        by_service[cluster.tools[0].service].append(cluster)
    order = rng.sample(list(by_service), len(by_service))
    return [rng.choice(by_service[order[place % len(order)]]) for place in range(count)]
