"""Whether a text says yes or no to what a schema describes, or that there is none of it: true, false, 0, [], null."""

import re

from agents.plan.values.answer import Answer
from agents.plan.values.compare.roles import is_like, role_of
from agents.plan.values.reading.mentions import Mentions
from agents.schema import Schema

SAYS, CANNOT_TELL = Answer.SAYS, Answer.CANNOT_TELL
_NONE = frozenset(
    [
        "no",
        "without",
        "zero",
        "none",
        "ohne",
        "kein",
        "keine",
        "keinen",
        "keinem",
        "keiner",
        "sans",
        "aucun",
        "aucune",
        "sin",
        "ningun",
        "ninguna",
        "senza",
        "nessun",
        "nessuna",
        "sem",
        "nenhum",
        "nenhuma",
        "zonder",
        "geen",
    ]
)
_NO = _NONE | frozenset(
    [
        "not",
        "never",
        "dont",
        "nicht",
        "nie",
        "pas",
        "jamais",
        "non",
        "nao",
        "nunca",
        "niet",
        "nooit",
        "skip",
        "disable",
        "disabled",
        "disabling",
        "deactivate",
        "exclude",
        "remove",
        "omit",
        "off",
        "aus",
        "deaktivieren",
        "desactiver",
        "desactivar",
        "disattivare",
        "desativar",
        "uitschakelen",
        "ne",
        "t",
    ]
)
_YES = frozenset(
    [
        "please",
        "yes",
        "must",
        "should",
        "want",
        "wants",
        "need",
        "needs",
        "with",
        "include",
        "including",
        "included",
        "add",
        "do",
        "make",
        "enable",
        "enabled",
        "activate",
        "keep",
        "turn",
        "switch",
        "set",
        "like",
        "bitte",
        "ja",
        "mit",
        "brauche",
        "brauchen",
        "will",
        "mochte",
        "soll",
        "muss",
        "avec",
        "oui",
        "veux",
        "voudrais",
        "faut",
        "con",
        "si",
        "quiero",
        "necesito",
        "con",
        "sim",
        "com",
        "quero",
        "vorrei",
        "voglio",
        "met",
        "graag",
        "wil",
        "activer",
        "activar",
        "attivare",
        "ativar",
        "aktivieren",
    ]
)
_OPEN = re.compile(
    r"\b(?:maybe|perhaps|if|unless|whether|might|vielleicht|falls|wenn|ob|peut-etre|quizas|forse|talvez)\b"
)
_SENTENCE = re.compile(r"(?<=[.!?;])\s+|\n|,\s+|\s+-\s+|\b(?:but|and|aber|und|sondern|mais|pero|ma|mas|maar)\b")
_DENYING = re.compile(
    r"\b(?:not|no|non|without|skip|disable|exclude|hide|omit|suppress|prevent|block|never|ohne|nicht|kein\w*|sans|sin"
    r"|dis\w+|un\w+|opt.?out|force|dry.?run|null|delete|remove)\b"
)


def says_flag(text: Mentions, value: bool, schema: Schema | None, key: str) -> Answer:
    """A wish for what the schema names is true, one against it false; a question or a condition is neither."""
    answers: set[bool | str | None] = set()
    role = role_of(schema, key)
    described = f"{(schema or {}).get('title') or ''} {(schema or {}).get('description') or key}".lower()
    if not role or _DENYING.search(described) or len(text.text) > 400:
        return CANNOT_TELL
    for clause in _SENTENCE.split(text.folded):
        named = re.findall(r"[^\W_]+", clause)
        places = [n for n, word in enumerate(named) if any(is_like(wanted, word) for wanted in role)]
        if not places:
            continue
        is_open = _OPEN.search(clause) or (("?" in clause or "?" in text.folded) and "please" not in named)
        denies = not _NO.isdisjoint(named[: places[-1]]) or named[-1] in ("off", "aus", "out", "weg")
        wants = not _YES.isdisjoint(named) or places[0] == 0
        answers.add(None if is_open else False if denies else True if wants else "")
    answers.discard("")
    return Answer.of(answers == {value}, rules_out=False)


def says_none(text: Mentions, schema: Schema | None, key: str) -> Answer:
    """That there is none of what the schema names: no children, ohne Anhang."""
    role = role_of(schema, key)
    if not role or _NO.isdisjoint(text.words) or len(text.text) > 400:
        return CANNOT_TELL
    if re.search(
        r"\b(?:don't|do not|doesn't|does not|didn't|haven't|habe)(?: yet)? (?:have|need|want|got|any)\b", text.folded
    ):
        return Answer.of(any(is_like(wanted, word) for word in text.stems for wanted in role), rules_out=False)
    for place, word in enumerate(text.words):
        if word in _NONE and any(
            is_like(wanted, near) for near in text.stems[place + 1 : place + 4] for wanted in role
        ):
            return SAYS
    return CANNOT_TELL
