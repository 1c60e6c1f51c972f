"""Who asks and what for: personas, goals, and wishes in vain."""

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
_WORK = {
    "bake {}": (
        "a sourdough loaf",
        "a wedding cake of three tiers",
        "croissants from scratch",
        "rye rolls",
    ),
    "brew {}": ("a stout at home", "a pot of kombucha", "an elderflower wine", "ginger beer"),
    "build {}": (
        "a birdhouse of old pallets",
        "a bunk bed for two boys",
        "a dry stone wall",
        "a canoe",
    ),
    "carve {}": ("a chess knight from walnut", "a spoon from birch", "a pumpkin with an owl on it", "a duck decoy"),
    "clean {}": ("the gutters", "soot off a chimney", "an oil stain on the drive", "my grandmother's pearls"),
    "dye {}": (
        "a linen shirt with indigo",
        "a pair of suede boots",
        "wool with onion skins",
        "an old pair of curtains",
    ),
    "fell {}": ("the spruce behind the shed", "a storm-bent birch", "two dead elms", "the cherry tree in the garden"),
    "fix {}": ("a dripping tap", "the hinge of a wardrobe", "my daughter's bicycle chain", "a sash window that sticks"),
    "glaze {}": ("a set of stoneware bowls", "a porcelain teapot", "a cracked garden pot", "tiles for a splashback"),
    "groom {}": ("a poodle for a show", "my neighbour's pony", "a long-haired cat", "an old sheepdog"),
    "knit {}": ("a scarf in a herringbone pattern", "socks with a turned heel", "a cable sweater", "mittens for twins"),
    "lay {}": ("oak parquet in the study", "a patio of slate", "turf on a slope", "a mosaic in the hall"),
    "mend {}": ("the zip of my winter coat", "a torn tent", "a fishing net", "a moth-eaten cardigan", "a leaky hose"),
    "move {}": ("a piano up to the third floor", "an aquarium with the fish in it", "a beehive", "a billiard table"),
    "paint {}": (
        "the hallway in sage green",
        "a portrait of my parents",
        "the hull of a dinghy",
        "a mural on the barn",
    ),
    "plane {}": ("a warped table top", "the bottom of a door", "a larch beam", "a cricket bat down to weight"),
    "play {} by ear": ("a waltz on the accordion", "a reel on the fiddle", "an old hymn on the organ", "a blues riff"),
    "polish {}": ("a silver tea set", "a saxophone", "the chrome of an old scooter", "a marble bust"),
    "prune {}": ("the roses by the gate", "an apple tree", "a wisteria over the porch", "a bonsai maple"),
    "restore {}": ("a gramophone", "a stained-glass window", "a rocking horse", "a leather armchair", "a fountain pen"),
    "sew {}": ("a christening gown", "a quilt of old shirts", "a sail for a model yacht", "curtains with a pelmet"),
    "sharpen {}": ("a set of kitchen knives", "the blades of a lawn mower", "a pair of ice skates", "chisels"),
    "smoke {}": ("a side of trout", "a brisket overnight", "cheese over applewood", "a string of sausages"),
    "teach {}": ("my dog to fetch the newspaper", "my nephew to swim", "a parrot to whistle", "my gran to juggle"),
    "tune {}": ("my grandfather's violin", "an upright piano", "a set of bagpipes", "a harp before a recital"),
    "weave {}": ("a willow basket", "a rag rug", "a band on an inkle loom", "a chair seat of rush"),
    "have {} looked at": ("my knee", "a mole on my shoulder", "a tooth that aches", "my horse's hoof", "my hearing"),
    "pick {}": ("a melody for a bridal march", "sloes for gin", "a ripe melon", "chanterelles in the woods"),
    "read {}": ("a letter in old Hungarian handwriting", "the grain of a plank", "tea leaves", "my cat's mood"),
    "train for {}": (
        "a first marathon",
        "a swim across the lake",
        "an arm-wrestling final",
        "a climb up the north face",
    ),
}
"""What people want that no tool does: work of hands, or of somebody who has to be there."""
_WAYS = ("", "", " before the weekend", " this week", " one of these days", " as cheaply as it can be done")


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


def wish_in_vain(tools: Sequence[JsonObject], elsewhere: Sequence[JsonObject], rng: Random) -> tuple[str, bool]:
    """What a tool of another service does, and none of these with anything alike, and that it is such a wish.

    Where there is none, something that no tool does.
    """
    about = {noun for tool in tools for noun in nouns(tool["name"])}
    own = {phrase_of(tool) for tool in tools}
    near = [phrase_of(tool) for tool in elsewhere if about.isdisjoint(nouns(tool["name"])) and can_be_asked_for(tool)]
    near = [wish for wish in near if wish not in own and not is_like(wish, own)]
    if near:
        return rng.choice(near), True
    spoken = {word for tool in tools for word in words(f"{tool['name']} {tool['description'] or ''}") if len(word) > 3}
    wishes = imagine_wishes(rng, 8)
    apart = [wish for wish in wishes if spoken.isdisjoint(word for word in words(wish) if len(word) > 3)]
    return (apart or wishes)[0], False


def imagine_wishes(rng: Random, count: int) -> list[str]:
    """So many, each of another kind of work."""
    ways = rng.sample(list(_WORK), count)
    return [way.format(rng.choice(_WORK[way])) + rng.choice(_WAYS) for way in ways]
