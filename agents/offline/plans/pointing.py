"""Which of several things a request is about: the first of a list, each of them, three at once, one by its number."""

import re
from collections.abc import Sequence

from agents.offline.plans.draft import Draft, Plan
from agents.offline.plans.sense import name_listed
from agents.offline.speech.forms import NUMBERED, POINTED, TELLING, name_all, noun_of
from agents.offline.talk.wording import only_looks
from agents.plan.dataflow import MAKING, nouns
from agents.schema import plural, singular, with_article, words

_WHO = {"away": ("person", "people")}
"""What a list of people is called that names none -> one of them, and several."""


def call_listed(tool: str, path: str) -> tuple[str, str]:
    """What one of the things of a list is called in a request, and what several are.

    >>> call_listed("who_is_away", "away[0].name"), call_listed("list_entries", "[0].id")
    (('person', 'people'), ('entry', 'entries'))
    """
    noun = name_listed(tool, path)
    return _WHO.get(noun, (noun, plural(noun)))


def name_first(draft: Draft, step: Plan, text: str) -> str:
    """The request about the first of a list: `acknowledge the first incident`, else `..., for the first of them`."""
    fed = [source for source in step["arguments"].values() if source["source"] == "step"]
    listing = next(source for source in fed if source["path"].count("[0]") == 1)
    tool_of = {earlier["id"]: earlier["tool"] for earlier in draft.steps}
    noun, _ = call_listed(tool_of[listing["step"]], listing["path"])
    named = re.compile(
        rf" (?:the|an?|my|it|this) ((?:(?!of |for |in |on |the )[A-Za-z]+ ){{0,3}}{noun})\b(?! (?:of|for|in|on)\b)"
    )
    if len(re.findall(rf"\b{noun}\b", text)) == 1 and named.search(text):
        return named.sub(r" the first \1", text, count=1)
    return f"{text} for the first {noun}"


def name_one_of_several(draft: Draft, step: Plan, text: str) -> str:
    """The request with which of several it is about, where the same was done to a first and a second before."""
    tool_of = {earlier["id"]: earlier["tool"] for earlier in draft.steps}
    for key, source in step["arguments"].items():
        stem = " ".join(words(key)[:-1])
        again = source["source"] == "step" and list(tool_of.values()).count(tool_of[source["step"]]) > 1
        if again and stem:
            return re.sub(rf"\bthe {re.escape(stem)}\b", f"the first {stem}", text, count=1)
    return text


def speak_of_several(text: str, count: int, facts: Sequence[str]) -> str:
    """The request for several of a kind at once, by what is told of each.

    >>> speak_of_several("see where the parcel is", 3, ["parcel ID"]), speak_of_several("find it", 2, ["postcode"])
    ('see where these three parcels are', 'find it for these two postcodes')
    >>> speak_of_several("book the slot", 2, ["patient ID", "slot ID", "reason"])
    'book these two slots'
    >>> speak_of_several("delete a Discord category", 2, ["category ID"])
    'delete these two Discord categories'
    >>> speak_of_several("look up the films", 2, ["film name"])
    'look up these two films'
    >>> speak_of_several("look up the domain information", 2, ["domain name"])
    'look up the information on these two domains'
    """
    number = ("two", "three")[min(count, 3) - 2]
    which = [fact for fact in facts if fact.rpartition(" ")[2] in NUMBERED] or facts
    named = [fact for fact in which if re.search(rf"\b(?:the|an?) {re.escape(singular(name_all(fact)))}\b", text)]
    if len(which) != 1 and not named:
        return f"{text} for these {number}"
    things = _name_things(text, (named or which)[0])
    last = things.rpartition(" ")[2]
    if about := re.fullmatch(
        rf"(.+?) (?:the|an?) {re.escape(singular(last))} (information|details|availability)", text
    ):
        on = "of" if about[2] == "availability" else "on"
        return f"{about[1]} the {about[2]} {on} these {number} {things}"
    thing = re.compile(
        rf"\b(?:the|an?) ((?:[A-Za-z-]+ )*?){re.escape(singular(last))}\b(?: name\b)?"
        r"(?: (is|has|stands|covers|means)\b)?"
    )
    if text.endswith(f" the {last}"):
        return f"{text.removesuffix(f'the {last}')}these {number} {last}"
    if not thing.search(text):
        return f"{text} for these {number} {things}"
    verbs = {"is": " are", "has": " have", "stands": " stand", "covers": " cover", "means": " mean", None: ""}
    return thing.sub(lambda match: f"these {number} {match[1]}{last}{verbs[match[2]]}", text, count=1)


def _name_things(text: str, fact: str) -> str:
    """What several facts of a kind are called in a request: by the things that it speaks of, where they tell which.

    >>> _name_things("load the page", "link"), _name_things("remove the delegate", "delegate email")
    ('pages', 'delegates')
    """
    *stem, last = fact.split()
    owner = " ".join(stem)
    spoken = [owner] if stem and last in TELLING else POINTED.get(fact, [])
    thing = next((thing for thing in spoken if re.search(rf"\b(?:the|an?) (?:[a-z-]+ )*?{thing}\b", text)), "")
    return plural(thing) if thing else name_all(fact.removesuffix(" name"))


def take_up(text: str, thing: str) -> str:
    """What is done with each of several things that were just named.

    >>> take_up("open the document", "document"), take_up("tick off the task", "task")
    ('open it', 'tick it off')
    >>> take_up("extend the insurance policy", "policy"), take_up("see who has signed the envelope", "envelope")
    ('extend it', 'see who has signed it')
    """
    return place_it(re.sub(rf" (?:the|an?) (?:[a-z]+ )?{re.escape(thing)}$", " it", text))


def place_it(text: str) -> str:
    """The request with `it` before the particle of its verb: `tick it off`."""
    return re.sub(r"^(\w+) (back|up|out|off|in|down|over) it$", r"\1 it \2", text)


def list_renamed(draft: Draft, step: Plan) -> list[str]:
    """The facts that have to be told again because since then another thing of the kind has come up: one that was made.

    Who has had a ticket opened and goes on with the one from before says which.
    """
    earlier = [other["tool"] for other in draft.steps[: draft.steps.index(step)] if other["tool"] in draft.known]
    made = {nouns(tool)[-1] for tool in earlier if not MAKING.isdisjoint(words(tool)[:2]) and nouns(tool)}
    arguments = {one["id"]: one["arguments"] for one in draft.steps}
    fed = step["arguments"].items()
    sources = [arguments.get(source.get("step", ""), {}).get(key, source) for key, source in fed]
    told = [source["fact"] for source in sources if source["source"] == "user" and source["fact"] in draft.facts]
    return [name for name in told if name.rpartition(" ")[2] in NUMBERED and noun_of(name) in made]


def leave_open(ask: str, fact: str) -> str:
    """The request of somebody who forgets to say which: what they do not think of is not in it.

    >>> leave_open("look up the latest news from the country", "country"), leave_open("check the mail", "mail")
    ('look up the latest news', 'check the mail')
    >>> leave_open("look up the information on the medicine", "medicine name")
    'look up the information on a medicine'
    >>> leave_open("look up the films", "film name"), leave_open("tell me about the fruit", "fruit name")
    ('look up a film', 'tell me about a fruit')
    """
    thing = noun_of(fact)
    if re.search(rf"\bthe {re.escape(plural(thing))}$", ask) and thing != plural(thing):
        return re.sub(rf"\bthe {re.escape(plural(thing))}$", with_article(thing), ask)  # they have one in mind
    if fact.endswith((" name", " title")) and ask.endswith(f" the {thing}"):
        return f"{ask.removesuffix(f'the {thing}')}{with_article(thing)}"
    belonging = "of|for|from|in|at|on" if only_looks(ask) else "for"
    telling = r"(?<! information)(?<! details)(?<! data)(?<! status)"  # of these nobody asks without saying of what
    return re.sub(rf"^(\w+(?: \w+){{2,}}){telling} (?:{belonging}) (?:the|an?) {re.escape(noun_of(fact))}$", r"\1", ask)
