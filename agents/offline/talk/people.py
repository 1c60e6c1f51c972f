"""Who asks and what for: personas, goals, and wishes in vain."""

import re
from collections.abc import Iterable, Sequence, Set
from random import Random

from agents.offline.fields.topic import name_thing
from agents.offline.talk.phrases import can_be_asked_for, phrase_of
from agents.offline.talk.wording import only_looks
from agents.offline.trade.subject import Subject, find_trade, load_table
from agents.offline.trade.wishes import explain, imagine_more, imagine_wishes
from agents.plan.code_tool import SERVICE
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
_REASONS: dict[str, dict[str, list[str]]] = load_table("reasons")
"""Of our own services, and of any -> words of a request, `look` where it only looks -> why somebody asks for that."""
REASONED = 0.8
"""The share of people who say why, where there is a reason that fits."""
_OF_SOME = re.compile(r" (?:of|for|from|in|to|on|with|by) an? [a-z]+$")
"""What is wished of some thing or other, of which somebody would have to say which."""
_FILLING_WORDS = "with from that this what when have into whether which another after before their them"
_FILLING = frozenset(_FILLING_WORDS.split())
_TELLING = 4
"""So many words of a wish may still leave open what it is about."""
ABOUT = 0.95
"""The share of wishes that are for more than the desk does with the very things that it has to do with."""
NEAR = 0.8
"""The share of wishes for what the desk has to do with, if it does not do that."""
ELSEWHERE = 0.3
"""The share of people who take the desk for one of another service, where there is one near."""


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


def give_working_reason(rng: Random) -> str:
    """Why somebody has something worked out; empty for those who do not say."""
    return rng.choice(_REASONS["worked out"][""]) if rng.random() < REASONED else ""


def is_like(wish: str, phrases: Iterable[str]) -> bool:
    """Whether a wish has a telling word in common with one of the phrases.

    >>> is_like("look up what a word means", ["pull up definitions for a word"]), is_like("open the email", ["add it"])
    (True, False)
    """
    telling = {singular(word) for word in words(wish)[1:] if len(word) > 3}
    return any(telling & {singular(word) for word in words(phrase)[1:] if len(word) > 3} for phrase in phrases)


def is_some_thing(wish: str) -> bool:
    """Whether a wish is for one thing of a kind and leaves open which.

    >>> is_some_thing("pull up the planner task"), is_some_thing("show me the open planner tasks")
    (True, False)
    """
    last = wish.rpartition(" ")[2]
    named = re.fullmatch(r"[a-z]+(?: up| me| about| out)* (?:the|an?) (?:(?!(?:of|for|in|on|from|to) )\S+ )*\S+", wish)
    return bool(named) and singular(last) == last


def list_told(tool: JsonObject) -> set[str]:
    """The words of a tool's name and description."""
    return {singular(word) for word in words(f"{tool['name']} {tool['description'] or ''}")}


def list_shared(told: Set[str], wish: Sequence[str]) -> list[str]:
    """The telling words of a wish that are told of a tool, too.

    >>> told = list_told({"name": "renew_loan", "description": "Keep a book for longer."})
    >>> list_shared(told, words("lend me a book for my cousin"))
    ['book']
    """
    return [singular(word) for word in wish if len(word) > 3 and word not in _FILLING and singular(word) in told]


def does(told: Set[str], wish: Sequence[str]) -> bool:
    """Whether a tool of which that is told may do what is wished: the wish's verb is in it, or two other words.

    >>> told = list_told({"name": "renew_loan", "description": "Keep a book longer."})
    >>> [does(told, words(wish)) for wish in ("renew my passport", "get a loan for a book", "lend me a book")]
    [True, True, False]
    """
    shared = list_shared(told, wish)
    return len(shared) > 1 or singular(wish[0]) in shared


def wish_in_vain(
    tools: Sequence[JsonObject], elsewhere: Sequence[JsonObject], subject: Subject, rng: Random
) -> tuple[str, str]:
    """Something that people of this trade bring and that none of the tools does, and why somebody asks for it.

    It may be what a tool of another service does, if that is of the same trade or of none: nobody asks a library for
    a refill.
    """
    about = {noun for tool in tools for noun in nouns(tool["name"])}
    own = {phrase_of(tool) for tool in tools}
    near = [tool for tool in elsewhere if about.isdisjoint(nouns(tool["name"])) and can_be_asked_for(tool)]
    near = [tool for tool in near if find_trade([tool]) in (subject.domain, "")]
    near = [tool for tool in near if phrase_of(tool) not in own and not is_like(phrase_of(tool), own)]
    # `show me the artifacts` does not say of what, nor does `change where the order goes` say which.
    near = [tool for tool in near if len(phrase_of(tool).split()) > _TELLING and " the " not in phrase_of(tool)]
    near = [tool for tool in near if not _OF_SOME.search(phrase_of(tool))]
    near = [tool for tool in near if not is_some_thing(phrase_of(tool))]
    if near and rng.random() < ELSEWHERE:
        tool = rng.choice(near)
        return phrase_of(tool), give_reason(tool, rng)
    told = [list_told(tool) for tool in tools]
    things = list(dict.fromkeys(name_thing(tool["name"]) for tool in tools if tool["service"] != SERVICE))
    more = [
        wish for wish in imagine_more(things, subject, rng) if not any(does(of_one, words(wish)) for of_one in told)
    ]
    if more and rng.random() < ABOUT:
        return rng.choice(more), explain("reasons", rng)
    wishes = {wish: words(wish) for wish in imagine_wishes(subject, rng)}
    vain = [wish for wish, parts in wishes.items() if not any(does(of_one, parts) for of_one in told)] or [*wishes]
    if rng.random() < NEAR:
        # What code can do has to do with no desk: its network is no reason to wish for a drawing of one.
        of_all = set[str]().union(*(list_told(tool) for tool in tools if tool["service"] != SERVICE))
        vain.sort(key=lambda wish: not list_shared(of_all, wishes[wish]))
    return vain[0], explain("reasons", rng)
