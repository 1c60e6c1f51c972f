"""Refusals ask for what another service does: a catalogue search that the BlueprintAgent is given."""

import orjson
import pytest

from agents.offline.model import reply
from agents.roles import blueprint
from agents.roles.prompting import render
from agents.schema import Cluster, Directive, Mode, Role, Tool
from graphs.tools.search import Elsewhere
from memory.clusters import build
from memory.corpus import corpus
from memory.embed.embedder import Embedder, embedder


@pytest.fixture(scope="module")
def words() -> Embedder:
    return embedder()


@pytest.fixture(scope="module")
def made(words: Embedder) -> list[Cluster]:
    return build.build(corpus.builtin().tools, words)


def wish(cluster: Cluster, elsewhere: list[Tool], slot: int) -> str:
    """The request that the offline BlueprintAgent gives a refusal."""
    directive = Directive(slot=slot, cluster=cluster.id, leaf=cluster.leaf, mode=Mode.REFUSAL, steps=0)
    asked = [
        {"role": "system", "content": render(Role.BLUEPRINT, form="{}")},
        {"role": "user", "content": blueprint.request(cluster, directive, elsewhere)},
    ]
    return str(orjson.loads(reply(asked, [], seed=0)["content"])["turns"][0]["ask"])


async def test_the_search_names_other_services_near_by(words: Embedder, made: list[Cluster]) -> None:
    flights = next(one for one in made if one.tools[0].service == "skyfare")
    search = Elsewhere(made, words)
    found = await search(flights)
    assert len(found) == 8
    assert "skyfare" not in {tool.service for tool in found}
    assert await search(flights) == found


async def test_the_same_is_found_after_a_restart(words: Embedder, made: list[Cluster]) -> None:
    first = Elsewhere(made, words)
    found = await first(made[0])
    second = Elsewhere(made, words)
    assert await second(made[0]) == found


def test_a_refusal_asks_for_what_is_not_offered(made: list[Cluster]) -> None:
    flights = next(one for one in made if one.tools[0].service == "skyfare")
    other = Tool(name="list_museums", description="Lists all museums that are open.", input_schema={}, service="m")
    wishes = [wish(flights, [other], slot) for slot in range(8)]
    assert wishes.count("show me all museums that are open") > 2  # others are of the trade, or what the house forbids
    same = other.model_copy(update={"name": "book_flight", "description": "Books a flight."})
    assert not any(wish(flights, [same], slot).startswith("book") for slot in range(8))
