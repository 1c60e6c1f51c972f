"""Who asks and what for: personas, goals and the wishes that no tool can grant."""

import re
from collections.abc import Sequence
from random import Random
from typing import Any

from faker import Faker

from agents.plan.dataflow import nouns
from agents.schema import words

_FAKER = Faker("en_US")
MANNERS = ("terse", "chatty", "formal", "hurried", "friendly", "careful")
_JOBS = (
    "office manager", "operations lead", "freelance designer", "support agent", "data analyst", "small-business owner",
    "project coordinator", "nurse", "teacher", "software engineer", "buyer", "accountant", "researcher", "team lead",
)  # fmt: skip
_WISHES = (
    "bake a sourdough loaf that rises properly at high altitude",
    "tune my grandfather's violin by ear",
    "translate a handwritten letter from 1920s Hungarian",
    "have a tree in my garden felled this weekend",
    "get my passport photo taken and printed",
    "repair the zip of my winter coat",
    "find out what my cat means when it meows at night",
    "learn to juggle four balls before Saturday",
    "have my car's brake pads changed today",
    "paint the hallway in two coats of sage green",
    "get a second opinion on my knee X-ray",
    "pick a melody for my sister's wedding march",
    "teach my dog to fetch the newspaper",
    "sharpen a set of kitchen knives",
    "choose a wine that goes with mushroom risotto",
    "knit a scarf in a herringbone pattern",
    "move a piano up to the third floor",
    "dye a linen shirt with indigo",
)


def persona(rng: Random) -> str:
    _FAKER.seed_instance(rng.getrandbits(32))
    return f"{_FAKER.name()}, {rng.choice(_JOBS)}; manner: {rng.choice(MANNERS)}"


def phrase(tool: dict[str, Any]) -> str:
    """What a tool does, in a person's words: those of its name, never the name itself.

    >>> phrase({"name": "get_orderDetails", "description": "", "service": "shop"})
    'get order details'
    """
    said = words(tool["name"])
    if len(said) < 2:
        service = [word for word in words(re.split("[:/]", tool["service"])[-1]) if word not in ("mcp", "server")]
        said = [*said, "with", *(service[-2:] or ["it"])]
    return " ".join(said)


def goal(asks: list[str]) -> str:
    return "; afterwards ".join(asks)


def unrelated(tools: list[dict[str, Any]], elsewhere: Sequence[dict[str, Any]], rng: Random) -> str:
    """What a tool of another service does, and none of these with anything alike; else something far from all tools."""
    about = {noun for tool in tools for noun in nouns(tool["name"])}
    near = [phrase(tool) for tool in elsewhere if about.isdisjoint(nouns(tool["name"]))]
    if near:
        return rng.choice(near)
    said = {word for tool in tools for word in words(f"{tool['name']} {tool['description'] or ''}") if len(word) > 3}
    apart = [wish for wish in _WISHES if said.isdisjoint(word for word in words(wish) if len(word) > 3)]
    return rng.choice(apart or list(_WISHES))
