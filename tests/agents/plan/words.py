"""The words of seven languages as num2words and babel have them: python -m tests.agents.plan.words

Writes agents/plan/values/language/words.json, which `vocabulary` reads: asking the two libraries for nine thousand
numbers and three thousand names takes half a second in every process. A test compares the file with what they say.
"""

from pathlib import Path

import orjson
from babel import Locale
from num2words import num2words

from agents.plan.values.language.spelling import fold
from agents.plan.values.language.vocabulary import LANGUAGES, WORDS

DAYS = range(7)
MONTHS = range(1, 13)
MORE_MONTHS = ("cs", "da", "fi", "nb", "pl", "ro", "ru", "sv", "tr", "uk")
"""Languages of which only the months are read: their numbers and clocks are not."""
WIDTHS = ("abbreviated", "wide")


def read_libraries() -> dict[str, object]:
    """What the file holds, everything folded: names by their numbers in order, spelled numbers from 0 or the 1st."""
    locales = {language: Locale(language) for language in LANGUAGES}
    names: dict[str, set[str]] = {}
    for locale in locales.values():
        for kind, table in (("territory", locale.territories), ("language", locale.languages)):
            for code, name in table.items():
                if len(code) == 2:
                    names.setdefault(f"{kind}:{code}", set()).add(fold(name))
    return {
        "cardinals": {lang: [_spell(n, lang) for n in range(1000)] for lang in (*LANGUAGES, "pt_BR")},
        "ordinals": {lang: [_spell(n, lang, "ordinal") for n in range(1, 32)] for lang in LANGUAGES},
        "months": {
            lang: {width: [fold(locale.months["format"][width][n]) for n in MONTHS] for width in WIDTHS}
            for lang, locale in locales.items()
        }
        | {lang: {"wide": [fold(Locale(lang).months["format"]["wide"][n]) for n in MONTHS]} for lang in MORE_MONTHS},
        "days": {
            lang: {width: [fold(locale.days["format"][width][n]) for n in DAYS] for width in WIDTHS}
            for lang, locale in locales.items()
        },
        "codes": {code: sorted(spelled) for code, spelled in sorted(names.items())},
    }


def _spell(number: int, language: str, kind: str = "cardinal") -> str:
    return fold(num2words(number, lang=language, to=kind)).replace("-", " ")


def write(path: Path) -> None:
    path.write_bytes(orjson.dumps(read_libraries()).replace(b'],"', b'],\n"') + b"\n")


if __name__ == "__main__":
    write(WORDS)
