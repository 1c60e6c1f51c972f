"""Who or what a record is about: its person, place, company, titles and days, all drawn from one seed.

The fields of a record agree because they are read from one subject: the e-mail is the person's, the postcode
the city's.
A subject is seeded by what identifies it, so an id read twice has the same person, city and price both times.
"""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date, timedelta
from functools import cached_property, lru_cache
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import orjson

from agents.schema import JsonObject, singular, words

_TABLES = Path(__file__).parents[1] / "tables"
_STREETS = {
    "de": ("Lindenstraße", "Hafenweg", "Kirchgasse", "Am Mühlbach", "Schulstraße", "Gartenweg"),
    "fr": ("rue des Lilas", "quai du Midi", "rue de la Gare", "rue Victor Hugo", "avenue des Tilleuls"),
    "pt": ("Rua das Flores", "Rua do Carmo", "Rua Nova", "Rua da Fonte", "Travessa do Forno"),
    "es": ("Calle Mayor", "Calle del Olmo", "Calle del Sol", "Calle Nueva", "Calle de la Fuente"),
    "it": ("Via Garibaldi", "Via dei Mille", "Via Roma", "Via del Corso", "Via Mazzini"),
    "nl": ("Kerkstraat", "Oudegracht", "Molenweg", "Dorpsstraat", "Stationsweg"),
    "sv": ("Storgatan", "Parkgatan", "Skolgatan", "Kyrkogatan", "Hamngatan"),
    "da": ("Søndergade", "Kirkevej", "Skolegade", "Møllevej"),
    "no": ("Storgata", "Kirkeveien", "Skolegata", "Havnegata"),
    "fi": ("Satamakatu", "Koulukatu", "Puistokatu", "Kauppakatu"),
    "pl": ("ul. Lipowa", "ul. Szkolna", "ul. Ogrodowa", "ul. Polna", "ul. Leśna"),
}  # fmt: skip
_ENGLISH_STREETS = ("Mill Lane", "Harbour Road", "Elm Street", "Station Road", "Park Avenue", "High Street")
_COMPANY = (
    "Nordwind",
    "Brightwater",
    "Halden",
    "Kestrel",
    "Elmwood",
    "Tidewater",
    "Corvus",
    "Larkspur",
    "Ostara",
    "Penrose",
)
_TRADE = ("Foods", "Logistics", "Studio", "Instruments", "Textiles", "Energy", "Partners", "Printworks", "Software")
_LETTERS = {ord(letter): ascii_form for letter, ascii_form in (("ø", "o"), ("ł", "l"), ("ß", "ss"), ("æ", "ae"))}
_QUALIFIERS = (
    "Harbour", "Central", "Northside", "Riverside", "Orchard", "Lighthouse", "Mill", "Aurora", "Summit", "Meadow",
    "Granite", "Juniper", "Station", "Old Town",
)  # fmt: skip
TECHNICAL = frozenset(("code", "devops", "data", "ai", "security", "web", "files"))
"""Trades in which things are named in small letters with hyphens."""
_VAGUE_WORDS = (
    "item result record row entry value datum data thing object info detail query name title text type tool id"
)
_VAGUE = frozenset(_VAGUE_WORDS.split())
SURE = 6
"""Weight of words from which a trade is certain."""
FIRST_DAY = date(2026, 1, 19)
"""Conversations take place in the ten months from here on, never at the clock's time."""
_MAIL = ("fastmail.example", "inbox.example", "posteo.example", "mailbox.example")


def load_table(name: str) -> Any:
    """The data file of that name, beside this one."""
    return orjson.loads((_TABLES / f"{name}.json").read_bytes())


class Place(NamedTuple):
    city: str
    country: str
    code: str
    region: str
    postcode: str
    latitude: float
    longitude: float
    timezone: str
    currency: str
    airport: str
    locale: str
    dial: str


PLACES = tuple(Place(*row) for row in load_table("places"))
DOMAINS: dict[str, JsonObject] = load_table("domains")
NOUNS: dict[str, list[str]] = load_table("nouns")
PEOPLE: dict[str, list[list[str]]] = load_table("people")
"""Language -> first names, last names."""
_KEYWORDS = {name: frozenset(domain["words"].split()) for name, domain in DOMAINS.items()}
PERSONS_WORDS = """
customer person author user guest patient tenant employee contact member student candidate practitioner client
teacher coach courier driver clinician holder approver applicant passenger signer buyer sender recipient
developer contributor follower founder actor director streamer organizer organiser presenter
assignee reporter reviewer requester contractor attendee participant away owner handler assessor lead subscriber
agent
"""
PERSONS = frozenset(PERSONS_WORDS.split())
COMPANIES = frozenset(("company", "organization", "organisation", "vendor", "supplier", "insurer", "brand", "merchant"))


_WRAPPING = frozenset(("mcp", "server", "service", "npm", "smithery", "docker", "livemcp", "api", "tool", "tools"))
"""Words of a service's name that say how it is reached and not what it is for."""


_OWNER = re.compile(r"^@[\w-]+?[/_](?=.)")
"""Who has published a registry's service."""


def trade_text(tools: Sequence[JsonObject]) -> str:
    """The text by which the trade of a set of tools is told: its services first, for they are named after it."""
    # Whose server it is says nothing: labs are no laboratory.
    services = [_OWNER.sub("", str(tool["service"]).rpartition(":")[2]) for tool in tools]
    first = list(dict.fromkeys(services))
    names = [str(tool["name"]) for tool in tools[:6]]
    return " ".join([*first[:2], *first[:1], *names, *((tool.get("description") or "")[:50] for tool in tools[:6])])


@lru_cache(maxsize=4096)
def domain_of(text: str) -> str:
    """The trade that a text is about, by its words; the first words weigh more.

    >>> domain_of("clinic-front-desk find_patient"), domain_of("frobnicate")
    ('health', 'general')
    """
    weights = _weigh(text)
    best = max(weights, key=lambda name: weights[name], default="general")
    # A single word somewhere in a description says little: a forecast may be of sales or of rain.
    return best if weights.get(best, 0) >= 3 else "general"


def _weigh(text: str) -> dict[str, float]:
    """Trade -> how much the text's words speak for it."""
    weights: dict[str, float] = {}
    for place, word in enumerate(word for word in words(text)[:44] if word not in _WRAPPING):
        noun = singular(word)
        for name, keys in _KEYWORDS.items():
            if noun in keys:
                weights[name] = weights.get(name, 0) + (3 if place < 6 else 1)
    return weights


def find_trade(tools: Sequence[JsonObject]) -> str:
    """The trade of a set of tools where several words of theirs tell it and few another; else empty.

    A terminal is of payments as well as of commands, and a game of baseball as well as of consoles.
    """
    weights = _weigh(trade_text(tools))
    ordered = sorted(weights, key=lambda name: weights[name], reverse=True)
    least = max(SURE, 1.5 * weights[ordered[1]]) if ordered[1:] else SURE
    return ordered[0] if ordered and weights[ordered[0]] >= least else ""


def is_named(noun: str) -> bool:
    """Whether there are names for such things."""
    return noun in NOUNS or noun in PERSONS or noun in COMPANIES


def plain(text: str) -> str:
    """The text in lower-case ASCII letters, as user names and hosts are written.

    >>> plain("Inês Østergaard")
    'ines ostergaard'
    """
    text = text.lower().translate(_LETTERS)
    return "".join(c for c in unicodedata.normalize("NFKD", text) if c.isascii())


class Subject:
    """One record's own world; `index` is its place in a list, so that neighbours have different titles."""

    def __init__(
        self, seed: str, domain: str, service: str, today: date, index: int = 0, home: Place | None = None
    ) -> None:
        self.seed, self.domain, self.service, self.today, self.index = seed, domain, service, today, index
        self.home = home or Random(f"{seed}/home").choice(PLACES)
        self.settled = False
        """Whether it is certainly at home: what was looked for in a place is in that place."""
        self.called = ""
        """The name under which an earlier call brought it."""
        self.of_places = False
        """Whether it is a place itself, so that its neighbours in a list are other ones."""
        self.plenty = False
        """Whether there is much of everything: long lists, long logs, long documents."""
        self.worked = False
        """Whether it stands in a list that is long enough to be worked on with code."""
        self.lists_from: int | None = None
        """Where in a table of what belongs together its lists begin; None where their own seeds decide."""
        self.start: int | None = None
        """The same of the list that it stands in."""

    def rng(self, about: str) -> Random:
        """The chance that decides one thing of the subject, whatever else was asked of it before."""
        return Random(f"{self.seed}/{about}")

    @property
    def kin(self) -> str:
        """The seed that it shares with its neighbours in a list; its own where it has none."""
        return self.seed.rpartition("/")[0] or self.seed

    def other(self, about: str, index: int = 0) -> "Subject":
        """Someone or something else that the record mentions."""
        subject = Subject(f"{self.seed}/{about}", self.domain, self.service, self.today, index, self.home)
        subject.settled, subject.plenty, subject.worked = self.settled, self.plenty, self.worked
        subject.start = self.lists_from
        return subject

    def in_trade(self, domain: str) -> "Subject":
        """The same, looked at by another trade."""
        subject = Subject(self.seed, domain, self.service, self.today, self.index, self.home)
        subject.settled, subject.plenty, subject.called = self.settled, self.plenty, self.called
        subject.worked, subject.start, subject.lists_from = self.worked, self.start, self.lists_from
        return subject

    @cached_property
    def place(self) -> Place:
        if self.of_places:
            return PLACES[(Random(self.seed.rpartition("/")[0]).randrange(len(PLACES)) + self.index) % len(PLACES)]
        rng = self.rng("place")
        # A registry's list is never all of one place: two of three are where most live.
        near = self.index % 3 != 1 if ":" in self.service else rng.random() < 0.75
        return self.home if near or self.settled else rng.choice(PLACES)

    @cached_property
    def postcode(self) -> str:
        rng = self.rng("postcode")
        return re.sub("#", lambda _: str(rng.randint(1, 9)), self.place.postcode)

    @cached_property
    def street(self) -> str:
        rng = self.rng("street")
        streets = _STREETS.get(self.place.locale)
        number = rng.randint(2, 148)
        turn = Random(f"{self.kin}/street").randrange(60) + self.index  # neighbours in a list live in other streets
        return (
            f"{streets[turn % len(streets)]} {number}"
            if streets
            else f"{number} {_ENGLISH_STREETS[turn % len(_ENGLISH_STREETS)]}"
        )

    @cached_property
    def names(self) -> tuple[str, str]:
        """First and last name; most people carry names of where they live."""
        rng = self.rng("names")
        home = self.place.locale if self.place.locale in PEOPLE and rng.random() < 0.7 else rng.choice(list(PEOPLE))
        first, last = PEOPLE[home]
        return rng.choice(first), rng.choice(last)

    @property
    def name(self) -> str:
        return " ".join(self.names)

    @property
    def username(self) -> str:
        first, last = (plain(part).replace(" ", "") for part in self.names)
        return self.rng("username").choice((f"{first}.{last}", f"{first[0]}{last}", f"{first}{last[:1]}"))

    @property
    def email(self) -> str:
        first, last = (plain(part).replace(" ", "") for part in self.names)
        return f"{first}.{last}@{self.rng('mail').choice(_MAIL)}"

    @property
    def phone(self) -> str:
        rng = self.rng("phone")
        return f"{self.place.dial.replace(' ', '-')}-555-{rng.randint(1000, 9899)}"

    @property
    def birthday(self) -> date:
        return self.today - timedelta(days=self.rng("born").randint(19 * 365, 78 * 365))

    @cached_property
    def company(self) -> str:
        rng = self.rng("company")
        return f"{rng.choice(_COMPANY)} {rng.choice(_TRADE)}"

    def title(self, noun: str) -> str:
        """What a thing of that kind is called."""
        if noun in PERSONS:
            return self.name
        if noun in COMPANIES:
            return self.company
        if noun in ("city", "country", "town"):
            return self.place.country if noun == "country" else self.place.city
        if noun not in NOUNS and noun.endswith(("she", "che", "xe", "sse")) and noun[:-1] in NOUNS:
            noun = noun[:-1]  # what is left of `dishes` without its last letter is a dish
        unknown = f"{self.domain}/{noun}" not in NOUNS and noun not in NOUNS and noun.isalpha() and noun not in _VAGUE
        titles = NOUNS.get(f"{self.domain}/{noun}") or NOUNS.get(noun) or DOMAINS[self.domain]["things"]
        titles = _QUALIFIERS if unknown else titles
        # The seed without its last part is the list's: neighbours count on from the same start.
        start = Random(f"{self.kin}/{noun}").randrange(len(titles)) if self.start is None else self.start
        title = str(titles[(start + self.index) % len(titles)])
        if not unknown:
            return title
        # Of a thing that no table knows at least its kind is known: `Harbour route`, `harbour-configmap`.
        return f"{title}-{noun}".lower() if self.domain in TECHNICAL else f"{title} {noun}"

    def text(self, kind: str, about: str) -> str:
        """A sentence of the trade: `texts` or `causes`."""
        return str(self.rng(about).choice(DOMAINS[self.domain][kind]))

    def day(self, about: str, low: int, high: int) -> date:
        """A day between so many days from today."""
        return self.today + timedelta(days=self.rng(about).randint(low, high))


def pick(rng: Random, options: Sequence[str]) -> str:
    return options[rng.randrange(len(options))]
