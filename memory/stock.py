"""What clusters offer to adaptive evolution [ours]: tools, services, words, and the modes they carry."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import permutations
from operator import is_not
from random import Random
from typing import NamedTuple

import orjson

from agents.errors import UsageError
from agents.plan.code_tool import SERVICE, own
from agents.plan.dataflow import find_modes
from agents.plan.excerpt import shown
from agents.plan.operators import Reach, reach
from agents.schema import Cluster, Mode, Tool, words

BLIND = 0.7
"""What a row counts for of whose tools the teacher calls none by choice. It is a choice between what rows read like and
what they cover (docs/diversity.md, the ninth comparison)."""
ALL_REFUSED = "the assistant's endpoint refuses the tools of every cluster; name another with --teacher-assistant"


class Skill(NamedTuple):
    """What the teacher that plans can do with a tool; what it does not call is still offered."""

    calls: Callable[[Tool], bool] = bool
    """Whether a plan calls it where its cluster has others that it does not."""
    asks: Callable[[Tool], bool] = bool
    """Whether there are words in which a person would ask for it."""
    branches: Callable[[Tool, Tool], bool] = is_not
    """Whether the second may depend on what the first returns."""
    carries: Callable[[Cluster, Mode], bool] = is_not
    """Whether plans of the mode that it makes of the cluster's tools are ones that somebody would want."""
    computes: Callable[[Tool], bool] = bool
    """Whether there is something to work out in what it returns."""
    kind: Callable[[Tool], object] = id
    """What is the same of tools of which a plan calls one; each of a model's is its own."""
    trade: Callable[[Sequence[Tool]], str] = lambda tools: ""
    """What the tools are for, in a word: two of one are things that one person has to do with. Empty: not known."""


ABLE = Skill()
"""A model that understands every tool: every tool is true."""


class Offer(NamedTuple):
    """A tool of a cluster."""

    name: str
    """The one that models see."""
    service: str
    work: str
    """What it counts as."""
    words: tuple[str, ...]
    """Of its name, each once."""


@dataclass(frozen=True)
class Stock:
    """What a cluster has to offer."""

    id: str
    leaf: str
    offers: Mapping[str, Offer]
    """Each of its own tools that plans may call, by `service/name`."""
    services: tuple[str, ...]
    reach: Reach
    size: int
    """About how much of a prompt its definitions take."""
    ease: float = 1.0
    """What a row of it counts for beside one whose tools the teacher can speak of."""

    # what a draw reads of each cluster that it looks at, put together when it is first looked at
    @cached_property
    def keys(self) -> tuple[str, ...]:
        return tuple(self.offers)

    @cached_property
    def all_offers(self) -> tuple[Offer, ...]:
        return tuple(self.offers.values())

    @cached_property
    def works(self) -> tuple[str, ...]:
        return tuple(offer.work for offer in self.all_offers)

    @cached_property
    def spelled(self) -> tuple[tuple[str, ...], ...]:
        return tuple(offer.words for offer in self.all_offers)

    @cached_property
    def single(self) -> tuple[tuple[None, frozenset[str]], ...]:
        """The set that each tool makes alone, in any mode."""
        return tuple((None, frozenset((work,))) for work in self.works)

    @cached_property
    def unserved(self) -> tuple[str, ...]:
        """What its services count as where none of their tools is called."""
        return tuple(f"beside {name}" for name in self.services)

    @cached_property
    def pairs(self) -> tuple[tuple[tuple[str, str], ...], ...]:
        """The unit that two tools make, by the places of both."""
        works = self.works
        return tuple(tuple((min(work, other), max(work, other)) for other in works) for work in works)

    @cached_property
    def served_alike(self) -> tuple[tuple[int, ...], ...]:
        """By the place of a tool those of its service, which counts once."""
        services = [offer.service for offer in self.all_offers]
        return tuple(tuple(n for n, other in enumerate(services) if other == service) for service in services)

    @cached_property
    def named_alike(self) -> tuple[tuple[int, ...], ...]:
        """By the place of a tool the others that have a word in common with it, which counts once."""
        names = [frozenset(offer.words) for offer in self.all_offers]
        return tuple(
            tuple(n for n, other in enumerate(names) if n != place and not name.isdisjoint(other))
            for place, name in enumerate(names)
        )


def stock_of(cluster: Cluster, skill: Skill = ABLE) -> Stock:
    """What the cluster has to offer to the draw."""
    offers, played = {}, narrow(cluster, skill)
    names = {tool.key: name for name, tool in own(cluster).items()}
    for tool in own(played).values():
        work = work_of(tool.key)
        offers[tool.key] = Offer(names[tool.key], tool.service, work, tuple(dict.fromkeys(work.split())))
    prompted = [shown(tool) for tool in cluster.tools]
    schemas = (schema for tool in prompted for schema in (tool.input_schema, tool.output_schema))
    return Stock(
        id=cluster.id,
        leaf=cluster.leaf,
        offers=offers,
        services=tuple(dict.fromkeys(offer.service for offer in offers.values())),
        reach=reach(played),
        size=sum(len(orjson.dumps(schema)) for schema in schemas) + sum(len(tool.description) for tool in prompted),
        ease=_ease_of(cluster, skill),
    )


def computed_stock_of(cluster: Cluster, skill: Skill = ABLE) -> Stock:
    """What the cluster has to offer where something is worked out: tools that bring something to work with."""
    ease = _ease_of(cluster, skill)
    computing = skill._replace(calls=lambda tool: skill.computes(tool) and (skill.calls(tool) or ease == BLIND))
    return replace(stock_of(cluster, computing), ease=ease)


def _ease_of(cluster: Cluster, skill: Skill) -> float:
    """What a row of the cluster counts: less where the teacher calls none of its tools by choice."""
    return 1.0 if any(map(skill.calls, own(cluster).values())) else BLIND


def narrow(cluster: Cluster, skill: Skill) -> Cluster:
    """The cluster with the tools that plans call: those that the teacher can speak of, or all where it knows none."""
    kept = tuple(tool for tool in cluster.tools if tool.service == SERVICE or skill.calls(tool))
    owners = {skill.kind(tool): tool.service for tool in reversed(kept)}
    kept = tuple(tool for tool in kept if owners[skill.kind(tool)] == tool.service)
    able = any(tool.service != SERVICE for tool in kept)
    if not able or len(kept) == len(cluster.tools):
        return cluster
    # Not a copy: that would keep the names of all tools, which a cluster finds out once.
    return Cluster(id=cluster.id, leaf=cluster.leaf, title=cluster.title, tools=kept)


class Pool:
    """The clusters that are open for a mode, by service; a sample costs the same however many there are.

    One cluster of a service at a time: a service of three hundred clusters would else fill the sample.
    """

    def __init__(self, stock: Iterable[Stock]) -> None:
        self._by_service: dict[str, list[str]] = defaultdict(list)
        for cluster in stock:
            for service in cluster.services:
                self._by_service[service].append(cluster.id)
        self._services = list(self._by_service)

    def __bool__(self) -> bool:
        return bool(self._services)

    def sample(self, rng: Random, count: int) -> list[str]:
        """The id of a cluster of each of so many services."""
        # from lists: a set's order is another one in every process, and so would the draw be
        services = rng.sample(self._services, min(count, len(self._services)))
        return [rng.choice(self._by_service[service]) for service in services]

    def discard(self, cluster: Stock) -> None:
        for service in cluster.services:
            if cluster.id in self._by_service.get(service, ()):
                self._by_service[service].remove(cluster.id)
                if not self._by_service[service]:
                    del self._by_service[service]
                    self._services.remove(service)


def carriers(clusters: Sequence[Cluster], modes: Sequence[Mode], skill: Skill = ABLE) -> dict[str, tuple[Mode, ...]]:
    """Cluster -> those of the modes that it carries; clusters that carry none are left out.

    One of whose tools the teacher calls none by choice branches where what comes back would be a reason to go on, and
    computes where it is known that figures come back; in all other modes it is played with all its tools: what it
    brings is new, if plainly spoken of.

    Raises: UsageError: no cluster is left.
    """
    by_cluster = {}
    for cluster in clusters:
        tools = list(own(cluster).values())
        if not any(map(skill.asks, tools)):
            continue  # nobody could say what is wanted there
        clear = [tool for tool in tools if skill.calls(tool)]
        carried = find_modes(narrow(cluster, skill))
        if skill is not ABLE and not any(skill.branches(*pair) for pair in permutations(clear or tools, 2)):
            carried -= {Mode.BRANCHING}
        if not any(map(skill.computes, clear or tools)):
            carried -= {Mode.COMPUTATION}
        if clear and skill is not ABLE:
            carried = frozenset(mode for mode in carried if skill.carries(cluster, mode))
        by_cluster[cluster.id] = tuple(mode for mode in modes if mode in carried)
    carrying = {name: some for name, some in by_cluster.items() if some}
    if not carrying:
        raise UsageError(f"no cluster can carry any of the modes {', '.join(modes)}; give more tools or modes")
    return carrying


def work_of(key: str) -> str:
    """
    >>> work_of("npm:weather/getForecast"), work_of("city-weather/get_forecast")
    ('get forecast', 'get forecast')
    >>> work_of("GitHub/repos:get")
    'repos get'
    """
    return " ".join(words(key.rpartition("/")[2]))
