"""Whether a text says yes or no to what a schema describes, or that there is none of it: true, false, 0, [], null."""

import re
from functools import lru_cache

from agents.plan.values.answer import Answer
from agents.plan.values.compare.roles import has_role_word, is_like, role_of
from agents.plan.values.language.spelling import fold, stem, value_words, word_set
from agents.plan.values.language.wishes import wish_in
from agents.plan.values.reading import denied
from agents.plan.values.reading.mentions import Mentions, read
from agents.schema import Schema

SAYS, CANNOT_TELL = Answer.SAYS, Answer.CANNOT_TELL
_NONE = word_set("""
    no without zero none ohne kein keine keinen keinem keiner sans aucun aucune sin ningun ninguna senza nessun nessuna
    sem nenhum nenhuma zonder geen bez zadnego zadnej zadnych utan ingen inga inget
""")  # fmt: skip
_NO = _NONE | word_set("""
    not never dont nicht nie pas jamais non nao nunca niet nooit skip disable disabled disabling deactivate exclude
    excluding remove omit off aus deaktivieren desactiver desactivar disattivare desativar uitschakelen ne t stop cancel
    drop suppress avoid leave verzichte verzichten verzicht hold cannot needn nothing except apart ausser sauf excepto
    exceto salvo tranne behalve utom neither nor inte nej wylacz stang desactivez desactive desactiva disattiva desative
""")  # fmt: skip
_NO_BEHIND = word_set("""
    nicht niet pas not t off aus out weg unnecessary unnotig uberflussig nein inte av
""")  # fmt: skip
_YES = word_set("""
    please yes must should want wants need needs with include including included add do make enable enabled activate
    keep turn switch set like love prefer let send give show use allow get apply just only sure yep yeah okay ok always
    required mark marked flag tag there have has got bitte ja mit brauche brauchen will mochte soll muss gern gerne avec
    oui veux voudrais faut con si quiero necesito sim com quero vorrei voglio trag setz setze stell stelle mach schalte
    aktiviere nimm gib schick sende buche ajoute ajoutez mets mettez active activez envoie envoyez inclus pon anade
    activa incluye envia haz metti aggiungi attiva invia includi adiciona ative envie inclua zet voeg stuur maak
    activeer dodaj wlacz prosze poprosze wyslij zaznacz ustaw tak lagg satt skicka aktivera gor tack chce chcemy vill z
    ze med as als comme como come create open start book order run block reserve schedule print bring buy even met graag
    wil activer activar attivare ativar aktivieren
""")  # fmt: skip
_IS = frozenset(("is", "are", "am", "re", "be", "ist", "sind", "est", "sont", "es", "son", "sono"))
_HAS = frozenset(("ve", "have", "has", "been", "m", "am", "s", "is", "are"))
# what says the other of two states: a public repository is no private one
_ANTONYMS = {
    "private": "public open offentlich publico publique pubblico", "public": "private privat privado prive privato",
    "one": "return round back roundtrip", "return": "oneway", "round": "oneway one", "indoor": "outdoor outside",
    "outdoor": "indoor",
    "delete": "keep retain", "remove": "keep retain", "hidden": "visible", "visible": "hidden", "open": "closed shut",
    "closed": "open", "new": "used secondhand old", "used": "new", "paid": "unpaid free", "free": "paid",
    "draft": "final published",
    "overwrite": "keep", "express": "standard normal", "online": "offline", "furnished": "unfurnished",
    "asynchronous": "synchronous", "direct": "stop stops layover layovers connection connections stopover"
    " stopovers change changes umstieg umsteigen escale escales escala escalas scalo scali",
}  # fmt: skip
_OPPOSITE = {word: frozenset(names.split()) for word, names in _ANTONYMS.items()}
_OPEN = re.compile(
    r"\b(?:maybe|perhaps|if|unless|whether|might|vielleicht|falls|wenn|ob|peut-etre|quizas|forse|talvez)\b"
)
_SENTENCE = re.compile(r"(?<=[.!?;])\s+|\n|,\s+|\s+-\s+|\b(?:but|and|aber|und|sondern|mais|pero|ma|mas|maar)\b")
_REQUEST = re.compile(
    r"\b(?:please|bitte|s'il vous plait|por favor|per favore|(?:could|can|would|will) (?:you|we|i)|konnten sie"
    r"|kannst du)\b"
)
_DENYING = re.compile(
    r"^\W*(?:whether to |should |if true,? |set to true to |true to )?(?P<verb>skip\w*|exclud\w*|hid\w+|omit\w*"
    r"|suppress\w*|mut\w+|silenc\w*|disabl\w*|block\w*|ignor\w*|without|no|ohne|sans|sin|senza|stumm\w*)\b"
)
_UNCLEAR = re.compile(r"\b(?:not|non|prevent|never|nicht|kein\w*|opt.?out|null|un(?!ter|i|der)\w{4,})\b")
_STATE = re.compile(
    r"^\W*(?:whether|if|true if|set to true if|indicates (?:whether|if)) .*? (?:is|are|has|have|should be|to be|be|to"
    r"|should) (?P<state>.+)"
)


def says_flag(text: Mentions, value: bool, schema: Schema | None, key: str) -> Answer:
    """A wish for what the schema names is true, one against it false; a question or a condition is neither."""
    described = fold(f"{(schema or {}).get('title') or ''} {(schema or {}).get('description') or key}").strip()
    head = re.split(r"[:(]|\. |, (?:which|so|i\.e)", described.replace("_", " "))[0]
    head = _NON_STOP.sub("direct", head)
    role, denial = role_of({"description": head}), _DENYING.search(head)
    if not role or (not denial and _UNCLEAR.search(head)) or len(text.text) > 400:
        return CANNOT_TELL
    verb = denial["verb"] if denial else ""
    # of "whether the repository is private" the repository tells nothing
    state = _STATE.search(head)
    telling = (
        role_of({"description": state["state"]}) if state and not _WANTED.match(state["state"]) else role
    ) or role
    telling -= {word for word in telling if verb and is_like(verb, word)}
    asks = "?" in text.folded and not _REQUEST.search(text.folded)
    if (is_on := switch_in(text, described)) is not None and not asks:
        return Answer.of(is_on is value, rules_out=False)
    clauses = _SENTENCE.split(denied.RATHER_THAN.sub(r"\1,", _ANSWER.sub(r"\1 ", text.folded)))
    wish = None if asks or denial or _OPEN.search(text.folded) else wish_in(text.folded, head)
    if wish is not None:
        return Answer.of(wish is value, rules_out=False)
    name = value_words(f"{(schema or {}).get('title') or key}")
    if len(name) > 1 and text.has_phrase(name):  # do a dry run
        clauses = [clause for clause in clauses if read(clause).has_phrase(name)]
    wishes = {wish_of(clause, telling, role, verb, asks) for clause in clauses}
    wishes.discard(None)
    if wishes == {True, False} and len(telling) > 1:  # push it but no force: a part of the name is not wanted
        against, wanted = (
            {
                word
                for clause in clauses
                if wish_of(clause, telling, role, verb, asks) is wish
                for word in telling
                if any(is_like(word, named) for named in re.findall(r"[^\W_]+", clause))
            }
            for wish in (False, True)
        )
        # push it, no force pushing: all of it is denied, and only a part is wanted
        wishes = {False} if against.isdisjoint(wanted) or wanted < against else wishes
    if wishes == {"open"} or len(wishes) != 1:
        return CANNOT_TELL
    phrases = [f"{(schema or {}).get('title') or key}".lower(), f"{(schema or {}).get('description') or ''}".lower()]
    if wishes == {True} and not denial and not has_role_word(text, frozenset(map(point_of, phrases))):
        return CANNOT_TELL  # of a private repository it says that it is one
    return Answer.of(wishes == {value is not bool(denial)}, rules_out=False)


_LIGHT = word_set("""
    send create make show enable activate use set provide offer allow apply do get give has have be need needed want
    wanted require required included only also it ob there must should would save put turn skicka senden schicken
    verschicken versenden envoyer enviar inviare sturen versturen incluir inclure inclus includere wyslij erstellen
    activer activar attivare aktivieren aktivera inkludera include
""")  # fmt: skip
_QUALIFIES = frozenset(("all", "day", "new"))
_BEHIND_POINT = re.compile(
    r" (?:after|on|to|for|of|in|with|by|when|before|if|from|at|an|auf|fur|mit|per|nach|an|von|apres|pour|par|de|del|al"
    r"|para|por|con|per|di|dopo|na|voor|met|naar|till|efter|pa)\b.*"
)
_BEING = re.compile(r"^(?:the )?\w+ (?:is|are|ist|sind|est|sont|esta|es|e|is) (?!includ|requir|need|want)")
_MADE = re.compile(r"^(?:make|keep|leave|mark|set) (?:the |this |an? )?\w+ (?=\w+$)")
"""Make the repository private."""
_AS = re.compile(r"\b(?:as|als|comme|como|come|som|jako) (?:an? |eine? |une? |una? |een |en )?(.+)")


@lru_cache(maxsize=2048)
def point_of(phrase: str) -> str:
    """The word of a flag that tells it from all else that is said of its thing; "" where there is none.

    >>> point_of("delete the branch after merging"), point_of("send a receipt"), point_of("open the pr as a draft")
    ('delete', 'receipt', 'draft')
    """
    head = _NON_STOP.sub("direct", re.split(r"[:(]|[.,;] ", phrase.replace("_", " "))[0]).removeprefix("whether to ")
    head = _MADE.sub("", head)
    state = _STATE.search(head)
    head = state["state"] if state and not _WANTED.match(state["state"]) else _BEING.sub("", head)
    form = _AS.search(head)
    head = form[1] if form else _BEHIND_POINT.sub("", head)
    told = role_of({"description": head})
    named = [stem(word) for word in value_words(head)]
    return next((word for word in named if (word in told or word in _QUALIFIES) and word not in _LIGHT), "")


_WANTED = re.compile(r"(?:includ|requir|need|want|wish|request|add|provid|offer|order)\w*\W*$")
"""Not the state tells, but what is in it: whether breakfast is included."""
_FORMERLY = re.compile(
    r"\b(?:used to|quit|stopped|gave up|no longer|formerly|fruher|nicht mehr|ne \w+ plus|ya no|non \w+ piu)\b"
)
_ANSWER = re.compile(r"^(yes|yeah|yep|sure|ja|jawohl|oui|si|sim|tak),(?= )")
_NON_STOP = re.compile(r"\bnon-? ?stop\b|\bwithout (?:stops|changes)\b")
_SWITCH = re.compile(
    r"\btrue ?(?:=|:|is|means|for|to|->)? ?on\b|\bon ?/ ?off\b|\bon or off\b|\b(?:is|are|be) (?:turned |switched )?on\b"
)
_ENABLING = re.compile(rf"{_SWITCH.pattern}|\b(?:enabl|activat)\w*\b")
_SWITCHING = re.compile(
    r"\b(?:turn|switch|put|leave|keep|power|shut|flip)\w*\b[^.,;!?]{0,40}?\b(?:(?P<on>on)|(?P<off>off))\b(?! (?:the "
    r"|every )?\w+day)|\b(?:(?P<ein>einschalten|anschalten|anmachen|(?:schalt|mach)\w* .*?\b(?:ein|an)|allume\w*"
    r"|enciend\w+|encender|prend[ea]|accend\w+|lig(?:a|ue|ar)|wlacz|zet .*? aan)|(?P<aus>ausschalten|abschalten"
    r"|ausmachen|(?:schalt|mach)\w* .*?\b(?:aus|ab)|etein\w+|apag\w+|spegn\w+|deslig\w+|wylacz|zet .*? uit))\b"
    r"|(?P<kai>打开|开启|つけて|オンに|켜)|(?P<guan>关掉|关闭|关上|消して|オフに|꺼)"
)


def switch_in(text: Mentions, described: str) -> bool | None:
    """Whether something is to be switched on or off; None where the flag is no switch, or nothing or both is said."""
    is_single = len(_SENTENCE.split(text.folded.strip())) == 1
    if not (_SWITCH if not is_single else _ENABLING).search(described):
        return None
    sides = {match.lastgroup in ("on", "ein", "kai") for match in _SWITCHING.finditer(text.folded)}
    return sides.pop() if len(sides) == 1 and not _NOT_TO.search(text.folded) else None


_NOT_TO = re.compile(r"\b(?:don't|do not|never|nicht|ne|no|non|niet|nao)\b|别|不要")


def wish_of(clause: str, telling: frozenset[str], role: frozenset[str], verb: str, asks: bool) -> bool | str | None:
    """Whether a clause is for what the words of a flag tell, or against it; None where it does not speak of it."""
    named = re.findall(r"[^\W_]+", re.sub(r"^\W*(?:an?|the|eine?n?|une?|una) ", "", clause))
    places = [n for n, word in enumerate(named) if any(is_like(wanted, word) for wanted in telling)]
    others = {word for wanted in telling for word in (f"un{wanted}", *_OPPOSITE.get(wanted, ()))}
    opposite = [n for n, word in enumerate(named) if word in others]
    own = [wanted for wanted in telling if wanted in _OPPOSITE]
    if opposite and own and not any(is_like(wanted, word) for wanted in own for word in named):
        places = []  # keep the branch, where it could be deleted
    verbs = [n for n, word in enumerate(named) if verb and is_like(verb, word)]
    place = (places or opposite or verbs or [-1])[-1]
    if place < 0:
        return None
    if _OPEN.search(clause) or _FORMERLY.search(clause) or asks:
        return "open"
    denials = [
        n
        for n, word in enumerate(named)
        if (word in _NO or named[n : n + 2] == ["out", "of"])
        and n not in (*verbs, *places)
        and (n < place or (n == len(named) - 1 and word != "leave"))
    ]
    denies = bool(denials) or not _NO_BEHIND.isdisjoint(named[place + 1 : place + 4])
    # don't leave the archived ones out; keep them on
    denies = denies != bool(verbs) if verbs else denies
    if opposite and not places:
        speaks_of_it = any(is_like(wanted, word) for word in named for wanted in role) or len(named) < 6
        return denies if speaks_of_it else None
    states = places[-1:] == [len(named) - 1] and not _IS.isdisjoint(named)  # my dates are flexible
    states |= any(not _HAS.isdisjoint(named[max(0, n - 2) : n]) for n in places)  # I've locked it
    # a gluten-free base; make it public
    states |= len(telling) > 1 and all(any(is_like(wanted, word) for word in named) for wanted in telling)
    states |= len(named) < 4 and bool(places)
    wants = states or not _YES.isdisjoint(named) or places[:1] == [0] or bool(verbs)
    return (not denies) if denies or wants else None


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
