"""Who asks and what for: personas, goals, and wishes in vain."""

import re
from collections.abc import Iterable, Sequence
from random import Random

from agents.offline.talk.phrases import can_be_asked_for, phrase_of
from agents.offline.talk.wording import only_looks
from agents.offline.trade.subject import Subject, load_table
from agents.plan.dataflow import Described, is_registered, nouns
from agents.schema import JsonObject, singular, words

MANNERS = ("terse", "chatty", "formal", "hurried", "friendly", "careful")
BECAUSE = " - because: "
"""Between what a person wants and why, in a goal."""
_JOBS = (
    "office manager", "operations lead", "freelance designer", "support agent", "data analyst", "small-business owner",
    "project coordinator", "nurse", "teacher", "software engineer", "buyer", "accountant", "researcher", "team lead",
    "shift supervisor", "retired engineer", "student", "property manager", "event planner", "warehouse clerk",
)  # fmt: skip
_WORK = {
    "translate {}": (
        "a birth certificate from Hungarian",
        "the safety sheet into Portuguese",
        "my aunt's letters from Greek",
    ),
    "design {}": ("a logo for our bakery", "a poster for the summer party", "a cover for our annual review"),
    "write {}": ("a speech for my brother's wedding", "a poem for a colleague who retires", "an obituary for my aunt"),
    "print {}": ("forty copies of the handout", "the photos of the summer party", "name tags for the visitors"),
    "phone {}": ("my dentist and say that I'm late", "the town hall about a parking permit", "my aunt on her birthday"),
    "install {}": ("a driver on my laptop", "the scanner software at my desk", "an antivirus on my father's computer"),
    "recover {}": ("the photos from a broken hard disk", "a file that I saved over last night", "my old voicemails"),
    "cut {}": (
        "the film of our open day down to three minutes",
        "a podcast episode",
        "the coughing out of a recording",
    ),
    "draw {}": ("a floor plan of the new office", "a comic about our team", "a family tree"),
    "guess {}": ("next week's lottery numbers", "who wins the election", "how cold next winter will be"),
    "teach {}": ("me enough Norwegian for a week in Oslo", "my son the times tables", "my dog to fetch the newspaper"),
    "proofread {}": ("a thesis on medieval trade", "the Latin on a gravestone", "my nephew's first novel"),
    "notarise {}": ("the deed of our house", "a power of attorney", "a copy of my diploma"),
    "water {}": ("the plants at my desk while I'm away", "the roses by the gate", "the herbs on the balcony"),
    "negotiate {}": ("a pay rise with my boss", "a lower rent with my landlady", "a truce with the neighbours"),
    "identify {}": ("a mushroom from a photo", "a tune that I can only hum", "the bird that sings outside my window"),
    "measure {}": ("the window of the guest bedroom", "how loud it is at my desk", "the sofa at my mother's"),
    "decipher {}": ("a letter in old German handwriting", "my doctor's scribble", "the stamp on an old coin"),
    "think of {}": (
        "a gift for somebody I hardly meet",
        "a name for our new puppy",
        "a riddle for the Christmas party",
    ),
    "settle {}": ("an argument with my neighbour", "who of us two is right", "a bet about the tallest tree"),
    "look after {}": ("my dog over the weekend", "the twins for an hour", "my aquarium while I'm on holiday"),
    "unlock {}": ("my car, with the key inside", "a phone that I picked up on the bus", "my grandfather's safe"),
    "file {}": ("my tax return for last year", "a patent for a folding ladder", "a complaint with the ombudsman"),
    "apply for {}": ("a visa for Japan", "a fishing licence", "a place at the nursery"),
    "fix {}": ("the coffee machine on the second floor", "my cracked phone screen", "the wobbly leg of my desk"),
    "tune {}": ("the piano in the hall", "my grandfather's violin", "an old radio"),
    "give {} a second look": ("my eyesight", "a mole on my shoulder", "my horse's hoof"),
    "drive {}": ("my mother to the airport", "a van full of chairs to the hall", "the old sofa to the dump"),
    "sing {}": ("happy birthday to my boss", "a lullaby for the baby", "the second voice of a carol"),
    "paint {}": ("the hallway in sage green", "a portrait of my parents", "a mural on the garage"),
    "count {}": ("the chairs in the hall", "the geese on the pond", "how many people are in the lobby"),
}
"""What people ask of an assistant that no tool of any desk does: somebody would have to be there, or be somebody."""
_REASONS: dict[str, dict[str, list[str]]] = load_table("reasons")
"""Of our own services, and of any -> words of a request, `look` where it only looks -> why somebody asks for that."""
REASONED = 0.6
"""The share of people who say why, where there is a reason that fits."""
_TELLING = 4
"""So many words of a wish may still leave open what it is about."""
_WAYS = ("", "", " before the weekend", " this week", " today")
_TIMED = re.compile(r"\b(?:while|weekend|week|year|winter|night|election|birthday|that|what|how|who|if)\b")
"""Words of a wish that has its time already, or whose end is a clause."""


def write_persona(subject: Subject, rng: Random) -> str:
    """Name, work and manner; the name is nobody's that the work is about."""
    return f"{subject.other('persona').name}, {rng.choice(_JOBS)}; manner: {rng.choice(MANNERS)}"


def write_goal(asks: Sequence[str], reason: str) -> str:
    return "; afterwards ".join(asks) + (f"{BECAUSE}{reason}" if reason else "")


def give_reason(tool: Described, rng: Random) -> str:
    """Why somebody asks for what the tool does, by what is asked for and how; empty where nothing is known to fit.

    >>> give_reason({"name": "createContact", "description": "", "service": "rolodex"}, Random(1))
    'We met at a trade fair.'
    """
    if rng.random() >= REASONED:
        return ""
    phrase = phrase_of(tool)
    # What somebody looks for is the first thing in the request, not what that belongs to.
    verb, _, rest = re.sub(r"^(\w+) (?:for|through|up|at|me|in|out) ", r"\1 ", phrase).partition(" ")
    about = re.split(r" (?:of|for|in|from|to|by|with|that|on|about) ", rest)[0] if is_registered(tool) else rest
    spoken = {singular(word) for word in words(f"{verb} {about}")} | ({"look"} if only_looks(phrase) else set())
    last = {singular(word) for word in words(about)[-1:]} | {"all"}
    for kind in ("any",) if is_registered(tool) else ("own", "any"):
        fitting = [key for key in _REASONS[kind] if {singular(word) for word in key.split()} <= spoken]
        # Who looks at the prompts of users looks at prompts.
        fitting = [key for key in fitting if kind == "own" or " " not in key or last & {*map(singular, key.split())}]
        if fitting:
            reason = rng.choice(_REASONS[kind][max(fitting, key=lambda key: len(key.split()))])
            single = words(about)[-1:] == [singular(word) for word in words(about)[-1:]]
            return "" if single and "overview" in reason else reason
    return ""


def is_like(wish: str, phrases: Iterable[str]) -> bool:
    """Whether a wish has a telling word in common with one of the phrases.

    >>> is_like("look up what a word means", ["pull up definitions for a word"]), is_like("open the email", ["add it"])
    (True, False)
    """
    telling = {singular(word) for word in words(wish)[1:] if len(word) > 3}
    return any(telling & {singular(word) for word in words(phrase)[1:] if len(word) > 3} for phrase in phrases)


def wish_in_vain(tools: Sequence[JsonObject], elsewhere: Sequence[JsonObject], rng: Random) -> tuple[str, str]:
    """What a tool of another service does, and none of these with anything alike, and why somebody asks for it.

    Where there is none, something that no tool does, for no reason.
    """
    about = {noun for tool in tools for noun in nouns(tool["name"])}
    own = {phrase_of(tool) for tool in tools}
    near = [tool for tool in elsewhere if about.isdisjoint(nouns(tool["name"])) and can_be_asked_for(tool)]
    near = [tool for tool in near if phrase_of(tool) not in own and not is_like(phrase_of(tool), own)]
    # `show me the artifacts` alone does not say of what; a wish of more words does.
    near = [tool for tool in near if len(phrase_of(tool).split()) > _TELLING] or near
    if near:
        tool = rng.choice(near)
        return phrase_of(tool), give_reason(tool, rng)
    spoken = {word for tool in tools for word in words(f"{tool['name']} {tool['description'] or ''}") if len(word) > 3}
    wishes = imagine_wishes(rng, 8)
    apart = [wish for wish in wishes if spoken.isdisjoint(word for word in words(wish) if len(word) > 3)]
    return (apart or wishes)[0], ""


def imagine_wishes(rng: Random, count: int) -> list[str]:
    """So many, each of another kind of work."""
    ways = rng.sample(list(_WORK), count)
    wishes = [way.format(rng.choice(_WORK[way])) for way in ways]
    return [wish if "," in wish or _TIMED.search(wish) else f"{wish}{rng.choice(_WAYS)}" for wish in wishes]
