"""Who asks and what for: personas, goals, and the wishes that no tool can grant."""

from collections.abc import Iterable, Sequence
from random import Random

from agents.offline.talk.phrases import can_be_asked_for, phrase_of
from agents.offline.trade.subject import Subject
from agents.plan.dataflow import nouns
from agents.schema import JsonObject, singular, words

MANNERS = ("terse", "chatty", "formal", "hurried", "friendly", "careful")
BECAUSE = " - because: "
"""Between what a person wants and why, in a goal."""
_JOBS = (
    "office manager", "operations lead", "freelance designer", "support agent", "data analyst", "small-business owner",
    "project coordinator", "nurse", "teacher", "software engineer", "buyer", "accountant", "researcher", "team lead",
    "shift supervisor", "retired engineer", "student", "property manager", "event planner", "warehouse clerk",
)  # fmt: skip
WISHES = (
    "bake a sourdough loaf that rises properly at high altitude", "tune my grandfather's violin by ear",
    "translate a handwritten letter from 1920s Hungarian", "have a tree in my garden felled this weekend",
    "get my passport photo taken and printed", "repair the zip of my winter coat",
    "find out what my cat means when it meows at night", "learn to juggle four balls before Saturday",
    "have my car's brake pads changed today", "paint the hallway in two coats of sage green",
    "get a second opinion on my knee X-ray", "pick a melody for my sister's wedding march",
    "teach my dog to fetch the newspaper", "sharpen a set of kitchen knives",
    "choose a wine that goes with mushroom risotto", "knit a scarf in a herringbone pattern",
    "move a piano up to the third floor", "dye a linen shirt with indigo",
)  # fmt: skip


def write_persona(subject: Subject, rng: Random) -> str:
    """Name, work and manner; the name is nobody's that the work is about."""
    return f"{subject.other('persona').name}, {rng.choice(_JOBS)}; manner: {rng.choice(MANNERS)}"


def write_goal(asks: Sequence[str], reason: str) -> str:
    return "; afterwards ".join(asks) + (f"{BECAUSE}{reason}" if reason else "")


def is_like(wish: str, phrases: Iterable[str]) -> bool:
    """Whether a wish has a telling word in common with one of the phrases.

    >>> is_like("look up what a word means", ["pull up definitions for a word"]), is_like("open the email", ["add it"])
    (True, False)
    """
    telling = {singular(word) for word in words(wish)[1:] if len(word) > 3}
    return any(telling & {singular(word) for word in words(phrase)[1:] if len(word) > 3} for phrase in phrases)


def wish_in_vain(tools: Sequence[JsonObject], elsewhere: Sequence[JsonObject], rng: Random) -> str:
    """What a tool of another service does, and none of these with anything alike; else something far from all tools."""
    about = {noun for tool in tools for noun in nouns(tool["name"])}
    own = {phrase_of(tool) for tool in tools}
    near = [phrase_of(tool) for tool in elsewhere if about.isdisjoint(nouns(tool["name"])) and can_be_asked_for(tool)]
    near = [wish for wish in near if wish not in own and not is_like(wish, own)]
    if near:
        return rng.choice(near)
    spoken = {word for tool in tools for word in words(f"{tool['name']} {tool['description'] or ''}") if len(word) > 3}
    apart = [wish for wish in WISHES if spoken.isdisjoint(word for word in words(wish) if len(word) > 3)]
    return rng.choice(apart or list(WISHES))
