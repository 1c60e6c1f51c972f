"""Whether a text says a string: an id, an address, a code, a name, a word of an enumeration."""

import re

from agents.plan.values.answer import Answer
from agents.plan.values.compare import addresses, codes, ids, members, roles, schedules, sorting, written_as
from agents.plan.values.language import paraphrases, units
from agents.plan.values.language.schema_units import is_for_leaving_out, words_for
from agents.plan.values.language.spelling import fold, stem, tokens, value_words
from agents.plan.values.language.vocabulary import languages_of
from agents.plan.values.reading.dictated import EMAIL
from agents.plan.values.reading.mentions import Mentions, read
from agents.plan.values.reading.zones import zones_by_name
from agents.schema import Schema

SAYS, DOES_NOT, CANNOT_TELL = Answer.SAYS, Answer.DOES_NOT, Answer.CANNOT_TELL
FREE_TEXT_WORDS = 6
"""A string of so many words is composed: whether a text says it in other words is the judge's to tell."""
_ZONE = re.compile(r"[A-Z][A-Za-z]+/[A-Z][A-Za-z_/]+")
_NAME = re.compile(r"[^\W\d_a-z][^\W\d_]*(?:['.-][^\W\d_]*)?(?: [^\W\d_a-z][^\W\d_]*(?:['.-][^\W\d_]*)?){1,2}")
_UMLAUTS = str.maketrans({
    "ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss", "å": "aa", "ø": "oe", "æ": "ae",
    "œ": "oe", "Ø": "Oe", "Æ": "Ae",
})  # fmt: skip
_CELLS = re.compile(r"([A-Z]{1,3}\d{1,6}):([A-Z]{1,3}\d{1,6})")
_ROUTE = re.compile(r"([A-Z]{3}) ?[-/] ?([A-Z]{3})")
_BOTH_NAMES = re.compile(
    r"\b(?P<first>first|given) name\b.*\b(?:last|family|sur) ?name\b|\b(?:last|family|sur) ?name\b.*\b(?:first"
    r"|given) name\b|\b(?P<vor>vorname|prenom|nombre|nome)\b.*\b(?:nachname|nom|apellidos?|cognome|sobrenome)\b"
    r"|\b(?:nachname|nom de famille|apellidos?|cognome|sobrenome)\b.*\b(?:vorname|prenom|nombre|nome)\b"
)
"""Labels of both names, the first of them first or last."""
_AND = re.compile(r"&|\b(?:and|und|et|y|e|en|og|och|i)\b")
_NEGATING = re.compile(r"(?:\b(?:not|nicht|keine?|no|never|non|niet|geen|nao|pas)|n't) ")
_NEGATES = re.compile(rf"{_NEGATING.pattern}(?:[a-z]+ )?$")
_WITHIN = r"(?:(?<=[a-z,;:] )|(?<=Dr\. )|(?<=Mr\. )|(?<=Ms\. )|(?<=Mrs\. ))"
"""Not at a sentence's beginning, where any word is capitalised."""
_MARKED = re.compile(r"([a-z]{1,2})([+-]|\+\+|#)")
_NAMES_OF_SIGNS = {"+": "positive|positiv|plus|pos", "-": "negative|negativ|minus|neg", "++": "plus plus", "#": "sharp"}
_TITLES = {"mr", "mrs", "ms", "dr", "herr", "frau", "miss", "sir", "madame", "monsieur", "prof"} | {
    *("senor", "senora", "dona", "signor", "signora"),
}


def says_string(text: Mentions, value: str, schema: Schema | None) -> Answer:
    folded = fold(value)
    is_currency = len(value) == 3 and value.islower() and value.upper() in units.CURRENCIES
    if is_currency and "currenc" in words_for(schema) and (answer := codes.says_code(text, value.upper(), schema)):
        return answer
    if (answer := sorting.says_sorting(text, value)) is not None:
        return answer
    # what has a form of its own first: ids and words, at the end, are compared more loosely
    if EMAIL.fullmatch(folded):
        return addresses.says_email(text, folded)
    if addresses.URL.fullmatch(value) or "://" in value:
        return addresses.says_url(text, folded)
    if not value.isalnum() and " " not in value and (text.spells(folded) or text.spells(folded.lstrip("@"))):
        return SAYS
    if marked := _MARKED.fullmatch(folded):  # a blood type, a grade, C#
        written = rf"(?<!\w){marked[1]}(?: ?{re.escape(marked[2])}(?![\w+#-])|[ -](?:{_NAMES_OF_SIGNS[marked[2]]})\b)"
        return Answer.of(re.search(written, text.folded), rules_out=False)
    if "FREQ=" in value:
        return schedules.says_rule(text, value)
    if written_as.is_colour(value):
        return ids.says_id(text, value, schema)
    if (answer := codes.says_calendar_name(text, value)) is not None:
        return answer
    if (
        folded in units.UNITS
        and value.upper() not in units.CURRENCIES
        and (answer := codes.says_unit(text, value)) is not None
    ):
        return answer
    is_short = len(value) < 4 and value.isupper()
    if (is_short or fold(value) in codes.STATES) and (
        place := codes.says_place(text, value, words_for(schema))
    ) is not None:
        return place
    is_plain_word = value.islower() and value in text.words and value not in languages_of()
    if is_plain_word and codes.CODE.fullmatch(value) and not members.is_member(value, schema):
        return SAYS  # the field `id`, and no language of Indonesia
    if codes.CODE.fullmatch(value) and (answer := codes.says_code(text, value, schema)) is not None:
        return answer
    unit = folded.replace("/", "").replace("_", "")
    if unit != folded and unit in units.UNITS and unit in tokens(text.in_digits):
        return SAYS  # kilometres per hour
    if (route := _ROUTE.fullmatch(value)) and re.search(rf"\b{route[1]} ?(?:to|-|→|>|nach) ?{route[2]}\b", text.text):
        return SAYS
    if (cells := _CELLS.fullmatch(value)) and re.search(
        rf"\b{cells[1]} ?(?:-|–|:|\.\.|to|through|till|until|bis|à|a|au|al|hasta|até|tot|do) ?(?:cell )?{cells[2]}\b",
        text.text,
    ):
        return SAYS
    if addresses.is_phone(value) and addresses.says_phone(text, value) is SAYS:
        return SAYS
    if addresses.PATH.fullmatch(value):
        return addresses.says_path(text, value)
    if any(map(str.isdigit, value)) and len(value.split()) < FREE_TEXT_WORDS:
        return ids.says_id(text, value, schema)
    return says_words(text, value, schema)


def stands_as_written(text: Mentions, value: str) -> bool:
    """Whether a path, a link or an id stands in the text sign by sign."""
    if len(value) < 5 or value.isalnum() or not any(mark in value for mark in "/_@#") or value not in text.text:
        return False
    return re.search(rf"(?<![\w/@.-]){re.escape(value)}(?![\w/@-]|\.\w)", text.text) is not None


def says_words(text: Mentions, value: str, schema: Schema | None) -> Answer:
    """A name, a member of an enumeration or a sentence, whatever joins its words."""
    wanted = value_words(value) or tuple(tokens(fold(value)))
    if not wanted:
        return SAYS if value.strip() and fold(value).strip() in text.folded else CANNOT_TELL
    if _ZONE.fullmatch(value) and value.lower() in zones_by_name():
        named = text.zones or text.zones_of_places
        if value in named or text.has_phrase(value_words(value.rsplit("/", 1)[1])):
            return SAYS
        return DOES_NOT if any(isinstance(zone, str) for zone in named) else CANNOT_TELL
    stands = text.has_phrase(wanted) or text.has_phrase(tuple(tokens(fold(value))))
    if stands and len(wanted) == 1 and "_" in text.folded:  # customer_orders does not say `customers`
        alone = re.findall(r"(?<!\w)[^\W_]+(?!\w)", text.folded)
        begun = [word for word in alone if word.startswith(wanted[0][:-1])]
        stands = members.is_member(value, schema) or any(len(word) < len(wanted[0]) + 4 for word in begun)
    if stands and len(wanted) == 1 and value.lstrip("#@").islower() and not members.is_member(value, schema):
        # general-dev is no general
        free = rf"(?<![\w-]){re.escape(wanted[0][:-1])}\w{{0,4}}(?![\w-])"
        stands = f"{wanted[0]}-" not in text.folded or re.search(free, text.folded) is not None
    if stands and re.search(r"\.[a-z]\w{1,5}$", value) and " " not in value and fold(value) in text.folded:
        # annual-report.pdf is no report.pdf
        free = rf"(?:(?<=www\.)|(?<![a-z0-9_.-])){re.escape(fold(value))}(?![a-z0-9_-]|\.[a-z0-9])"
        stands = re.search(free, text.folded) is not None
        if not stands:
            return CANNOT_TELL
    if not stands:  # as one word, or one word parted by a mark: BTCUSDT, BTC/USDT
        whole = "".join(wanted)
        stands = (len(wanted) > 1 and whole in text.bag) or (len(whole) > 5 and text.holds(whole))
        # not where only a blank parts it: `after noon` is no `afternoon`
        stands = stands and (len(wanted) > 1 or whole not in text.folded.replace(" ", ""))
    if not stands and len(wanted) == 1 and len(value) > 3 and "-" in text.folded:  # e-mail
        stands = re.search(rf"(?<!\w){re.escape(wanted[0])}(?!\w)", text.folded.replace("-", "")) is not None
    if not stands and len(wanted) in (2, 3) and "," in text.text and _NAME.fullmatch(value):  # Lopez, Maria
        stands = re.search(rf"(?<!\w){wanted[-1]}, ?{' '.join(wanted[:-1])}(?!\w)", text.folded) is not None
    if not stands and len(wanted) == 2 and not set(wanted) - set(text.words) and _NAME.fullmatch(value):
        labels = _BOTH_NAMES.search(text.folded)  # first name Marta, last name Kowalczyk
        is_in_order = text.words.index(wanted[0]) < text.words.index(wanted[1])
        stands = labels is not None and bool(labels["first"] or labels["vor"]) is is_in_order
    if not stands and "&" in value:  # Müller & Söhne
        joined = _AND.sub(
            " ", fold(value.translate(_UMLAUTS) if not value.isascii() and text.text.isascii() else value)
        )
        stands = f" {' '.join(tokens(joined))} " in f" {' '.join(tokens(_AND.sub(' ', text.folded)))} "
    if "#" in value[1:]:  # F sharp minor, which is no F minor
        stands = fold(value) in text.folded or text.has_phrase(value_words(value.replace("#", " sharp")))
    if not stands and wanted[0] in _TITLES and len(wanted) > 1:  # Dr. Jane Doe
        stands = text.has_phrase(wanted[1:])
    if not stands and (swapped := re.fullmatch(r"([^,]+), ([^,]+)", value)):  # García Márquez, Gabriel
        stands = text.has_phrase((*value_words(swapped[2]), *value_words(swapped[1])))
    if not stands and value[0] > "\u3000":  # 山田太郎 is 山田 太郎, and no blank parts it from what follows
        stands = len(value) > 1 and "".join(value.split()) in "".join(text.text.split())
    if not stands and value.isascii() and not text.text.isascii():  # Müller is Mueller
        stands = f" {' '.join(wanted)} " in f" {' '.join(tokens(fold(text.text.translate(_UMLAUTS))))} "
    if not stands and (plain := value.translate(_UMLAUTS)) != value:  # Mueller is Müller without the keyboard for it
        stands = text.has_phrase(value_words(plain))
    if not stands and len(wanted) > 2:  # floor three, and what is shortened
        stands = f" {_in_full(read(value).in_digits)} " in f" {_in_full(text.in_digits)} "
    if stands:
        # each time the word is said, it is said not to be so; in `not red, blue` blue is
        places = []
        if value.islower() and _NEGATING.search(text.folded) and not is_for_leaving_out(schema):
            places = [m.start() for m in re.finditer(rf"\b{re.escape(stem(wanted[0]))}", text.folded)]
        is_negated = places and all(_NEGATES.search(text.folded, max(0, n - 30), n) for n in places)
        # Form B; but A and I are words, and small letters are everywhere
        is_letter = len(value) < 2 and not stands_as_letter(text, value, schema)
        is_open = is_letter or is_negated or members.has_longer(text, value, schema)
        return CANNOT_TELL if is_open else SAYS
    is_plain = schema is not None and value.islower() and len(wanted) < 4 and len(text.text) < 400
    is_told = is_plain and paraphrases.is_told(text.folded, "_".join(wanted))
    if is_plain and schema and not is_told and len(wanted) > 1 and members.is_member(value, schema):
        # by card, where one is taken
        is_told = members.is_alone_with(wanted[-1], value, schema) and paraphrases.is_told(text.folded, wanted[-1])
    if is_told:
        has_rival = members.is_member(value, schema) and members.has_rival(text, value, schema or {})
        return CANNOT_TELL if has_rival else SAYS
    if (
        schedules.says_frequency(text, wanted)
        or schedules.says_count(text, wanted)
        or codes.says_translated(text, " ".join(wanted))
    ):
        return SAYS
    if (
        len(wanted) > 1
        and wanted[0] in ("non", "no")
        and any(text.has_phrase((no, *wanted[1:])) for no in ("no", "not", "non"))
    ):
        return SAYS
    if schema and members.is_member(value, schema):
        if members.is_abbreviated(text, wanted, value, schema):
            return SAYS
        return DOES_NOT if members.has_rival(text, value, schema) else CANNOT_TELL
    if value[0] == "/" and " " not in value:
        return CANNOT_TELL
    owner, _, name = value.partition("/")
    if name and "/" not in name and " " not in value and len(text.text) < 200:  # the billing repo of octo-org
        both = all(addresses.stands_as_name(text, part) for part in (owner, name))
        return SAYS if both and "owner" in words_for(schema) else CANNOT_TELL
    return DOES_NOT if _NAME.fullmatch(value) and _has_other_name(text, value) else CANNOT_TELL


_ALIKE = dict.fromkeys(("around", "approximately", "roughly", "approx"), "about") | {
    "ungefahr": "etwa", "circa": "etwa", "ca": "etwa", "ongeveer": "etwa", "aproximadamente": "unos",
    "approximativement": "environ",
}  # fmt: skip
_SHORT = (("n't", " not"), ("'re", " are"), ("'m", " am"), ("'ll", " will"), ("'ve", " have"), ("'s", " is"))


def stands_as_letter(text: Mentions, value: str, schema: Schema | None) -> bool:
    """Whether a capital stands alone, which is no word or stands behind what it is for: Form B, block A."""
    places = (
        list(re.finditer(rf"(?:([^\W\d_]+) )?(?<!\w){re.escape(value)}(?!\w)", text.text)) if value.isupper() else []
    )
    role = roles.words_of_role(words_for(schema))
    return bool(places) and (
        value in "BCDFGHJKLMNPQRSTVWXZ"
        or any(match[1] and roles.is_like(word, stem(fold(match[1]))) for match in places for word in role)
    )


def _in_full(folded: str) -> str:
    for short, full in _SHORT:
        folded = folded.replace(short, full)
    return " ".join(_ALIKE.get(word, word) for word in tokens(folded))


def _has_other_name(text: Mentions, value: str) -> bool:
    """Whether the text has a name that shares one end with this one and differs at the other."""
    words_of_name = tokens(fold(value))
    rest, last = value.rsplit(" ", 1)
    if words_of_name[-1] not in text.words and text.has_phrase(tuple(words_of_name[:-1])):
        return re.search(rf"\b{re.escape(rest)} ([^\W\d_a-z][^\W\d_]+)", text.text) is not None
    if words_of_name[0] not in text.words and text.has_phrase(tuple(words_of_name[1:])):
        leader = re.search(rf"{_WITHIN}([^\W\d_a-z][^\W\d_]+) {re.escape(last)}\b", text.text)
        return leader is not None and leader[1].lower() not in _TITLES
    return False
