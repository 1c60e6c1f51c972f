"""A definition of 650 kB: what prompts show of it, and what the lock and the row keep."""

import orjson
import pytest

from agents.errors import LockError
from agents.roles import assistant, blueprint, observation
from agents.schema import Blueprint, Cluster, Mode, Step, Tool, Turn
from graphs.trajectory import lock
from memory.corpus import corpus

CITIES = [f"city-{number:05d}" for number in range(50_000)]
CITY = {"type": "string", "enum": CITIES, "description": "Where to.", "default": "city-00001"}
TRIP = Tool(
    name="book_trip",
    description="Book a trip. " * 10_000,
    input_schema={"type": "object", "properties": {"city": CITY}, "required": ["city"]},
    output_schema={"type": "object", "properties": {"city": CITY}, "required": ["city"]},
    service="trips",
)
CLUSTER = Cluster(id="c1", leaf="0.0", tools=(TRIP,))
PLAN = Blueprint(
    persona="p", goal="g", mode=Mode.LINEAR, turns=(Turn(ask="x"),), steps=(Step(id="s1", tool="book_trip"),)
)
SAID = "Where to. (155 of 50,000 values are shown.)"


def test_every_prompt_shows_an_excerpt_and_says_so() -> None:
    (described,) = blueprint.describe_tools(CLUSTER)
    city = described["inputSchema"]["properties"]["city"]
    assert (len(city["enum"]), city["description"]) == (155, SAID)
    assert {"city-00000", "city-00001"} <= set(city["enum"]) <= set(CITIES)
    assert described["description"].endswith(" (The first 16,000 of 130,000 characters are shown.)")
    (offered,) = assistant.offer_tools(CLUSTER, None)
    assert offered["function"]["parameters"]["properties"]["city"]["enum"] == city["enum"]
    assert len(observation.write_prompt(CLUSTER)) < 25_000
    assert len(observation.write_call("book_trip", {}, lock.freeze(PLAN, CLUSTER)["book_trip"])) < 5_000


def test_lock_and_row_keep_all_of_it() -> None:
    lock.check_call(CLUSTER, "book_trip", {"city": "city-49999"})
    with pytest.raises(LockError, match="'city-50000' is not one of"):
        lock.check_call(CLUSTER, "book_trip", {"city": "city-50000"})
    (kept,) = assistant.define_tools(CLUSTER)
    assert kept["function"]["parameters"]["properties"]["city"]["enum"] == CITIES


def test_it_is_told_while_tools_are_read() -> None:
    size = len(orjson.dumps((TRIP.description, TRIP.input_schema, TRIP.output_schema)))
    assert list(corpus.describe_long(corpus.hold([TRIP]))) == [
        "long 1: prompts show some of their values and where their texts begin, rows and locks have them whole, "
        f"such as trips/book_trip of {size:,} bytes"
    ]
    many = {f"field_{number}": {"type": "string", "description": "What it is."} for number in range(2_000)}
    wide = Tool(name="fill_form", input_schema={"type": "object", "properties": many}, service="forms")
    (line,) = corpus.describe_long(corpus.hold([wide]))
    assert line.startswith("heavy 1: each slot that plays them carries them in most of its requests; ")
    assert line.endswith("leave out arguments that nobody needs, such as forms/fill_form of 116,932 bytes")
