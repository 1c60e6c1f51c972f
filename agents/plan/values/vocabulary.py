"""The words of seven languages for numbers, days and clocks; names from CLDR (babel), numbers from num2words.

What stands here by hand are the ways of speaking that no library carries. Everything is written folded.
"""

import re
from functools import lru_cache

from agents.plan.values.spelling import fold

LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl")
_STOPS = {
    "en": "the a is are to of and in for on please at with it that you my me can i we from this by was be your not have"
    " will let could past half morning noon midnight",
    "de": "der die das ist und ich wir nicht ein eine am um zu den dem fur auf mit bitte bis im von es wird uhr"
    " nach vor gerne guten ach nee gleich brauchen mir passt hatte halb morgens abends nachmittags mitternacht",
    "fr": "le la les des est et je nous un une du pour sur avec au aux il que qui en ce cette vous s'il plait a ans"
    " bonjour voudrais serons faudrait jour heures matin soir midi minuit numero",
    "es": "el la los las es y yo un una de del para por con que en se hola favor quiero somos mi a las gracias"
    " necesito tarde manana noche nos al lunes dia mediodia",
    "it": "il la le gli e un una di del della per con che in si sono vorrei alle dal al buongiorno prego grazie"
    " ordinare pomeriggio sera mattina mezzogiorno mezzanotte anzi",
    "pt": "o a os as e um uma de do da para por com que em se ola preciso fica dia obrigado obrigada nao pode"
    " manha tarde noite voce as a meio meia",
    "nl": "de het een is en ik we wij niet naar op om van voor met kun je graag tot bij deze dat wil goedemiddag"
    " uur ochtends avonds middags bestellen half kwart",
}
STOPS = {language: frozenset(words.split()) for language, words in _STOPS.items()}
ARTICLES = frozenset(
    [
        "a",
        "an",
        "ein",
        "eine",
        "einen",
        "einem",
        "einer",
        "un",
        "une",
        "uno",
        "una",
        "um",
        "uma",
        "een",
        "one",
        "single",
        "another",
    ]
)
_THOUSAND = {
    "en": {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9},
    "de": {
        "hundert": 100,
        "tausend": 1000,
        "million": 10**6,
        "millionen": 10**6,
        "milliarden": 10**9,
        "milliarde": 10**9,
    },
    "fr": {"mille": 1000, "million": 10**6, "millions": 10**6, "milliards": 10**9, "milliard": 10**9},
    "es": {"mil": 1000, "millon": 10**6, "millones": 10**6},
    "it": {"mille": 1000, "mila": 1000, "milione": 10**6, "milioni": 10**6, "miliardo": 10**9, "miliardi": 10**9},
    "pt": {"mil": 1000, "milhao": 10**6, "milhoes": 10**6, "bilhoes": 10**9},
    "nl": {"duizend": 1000, "miljoen": 10**6, "miljard": 10**9},
}
SCALES = _THOUSAND
ANDS = frozenset(["and", "und", "et", "y", "e", "en"])
_NOT_ORDINAL = frozenset(
    [
        "second",
        "segundo",
        "secondo",
        "seconde",
        "quarto",
        "quarta",
        "quart",
        "cuarto",
        "cuarta",
        "uno",
        "una",
        "un",
        "um",
    ]
)
_NOT_NUMBER = ARTICLES - {"one"} | {"eins e"}


@lru_cache(maxsize=8)
def number_words(language: str) -> tuple[dict[str, str], frozenset[str]]:
    """Spelled number below 1,000 -> its digits (an ordinal's end in `th`); and the words that begin one."""
    from num2words import num2words  # half a second with its tables: only for texts that have words to look up

    table: dict[str, str] = {}
    for number in range(1, 32):
        spelled = _plain(num2words(number, lang=language, to="ordinal"))
        endings = ("", "n", "r", "s", "m") if language == "de" else ("",)
        for ending in endings:
            table[spelled + ending] = f"{number}th"
        if language in ("es", "it", "pt") and spelled.endswith("o"):
            table[spelled[:-1] + "a"] = f"{number}th"
    for variant in (language, "pt_BR") if language == "pt" else (language,):
        table |= {_plain(num2words(number, lang=variant)): str(number) for number in range(1000)}
    table |= _EXTRA[language]
    if language == "en":
        table |= {key.replace(" and ", " "): digits for key, digits in table.items() if " and " in key}
    if language == "de":
        table |= {
            f"{key}einhalb": f"{digits}.5" for key, digits in table.items() if digits.isdigit() and int(digits) < 20
        }
        table |= {key.removeprefix("ein"): n for key, n in table.items() if key.startswith("einhundert")}
    for word in (*_NOT_NUMBER, *_NOT_ORDINAL):
        table.pop(word, None)
    return table, frozenset(key.split(" ", 1)[0] for key in table)


_EXTRA = {
    "en": {
        "half a dozen": "6",
        "a couple": "2",
        "couple": "2",
        "pair": "2",
        "both": "2",
        "twice": "2",
        "the second": "2th",
        "my second": "2th",
        "oh": "0",
    },
    "de": {
        "zwo": "2",
        "ein paar": "2",
        "anderthalb": "1.5",
        "beide": "2",
        "eineinhalb": "1.5",
        "ein halbes dutzend": "6",
        "ersten": "1th",
        "dreissig": "30",
    },
    "fr": {
        "une dizaine": "10",
        "une quinzaine": "15",
        "deuxieme": "2th",
        "premiere": "1th",
        "septante": "70",
        "huitante": "80",
        "nonante": "90",
        "second": "2th",
    },
    "es": {"cien": "100", "ciento": "100", "primer": "1th"},
    "it": {"un paio": "2", "paio": "2"},
    "pt": {"catorze": "14", "duas": "2", "dezasseis": "16", "dezassete": "17"},
    "nl": {"een paar": "2", "anderhalf": "1.5", "anderhalve": "1.5"},
}


JOINT = {"de": ("tausend",), "nl": ("duizend",), "it": ("mila", "mille")}
DOZENS = (
    "dozens", "dozen", "dutzend", "douzaines", "douzaine", "docenas", "docena", "dozzine", "dozzina", "duzias", "duzia",
    "dozijn",
)  # fmt: skip
ACCENTS = {
    **dict.fromkeys("äöüß", ("de",)), **dict.fromkeys("ñ¿¡", ("es",)), **dict.fromkeys("ãõ", ("pt",)),
    **dict.fromkeys("œû", ("fr",)), "à": ("fr", "it", "pt"), "è": ("fr", "it"), "ê": ("fr", "pt"), "ç": ("fr", "pt"),
    "é": ("fr", "es", "pt"), "ù": ("fr", "it"), "ò": ("it",), "ì": ("it",), "ó": ("es", "pt"), "ú": ("es", "pt"),
    "í": ("es", "pt"), "á": ("es", "pt"), "ô": ("fr", "pt"), "ë": ("nl", "fr"), "ï": ("nl", "fr"),
}  # fmt: skip


@lru_cache(maxsize=1)
def languages_of() -> dict[str, tuple[str, ...]]:
    """Word -> the languages that it may belong to: small words, numbers, months, weekdays."""
    from babel import Locale

    table: dict[str, list[str]] = {}
    for language in LANGUAGES:
        locale = Locale(language)
        named = {fold(name) for kind in (locale.months, locale.days) for name in kind["format"]["wide"].values()}
        own = STOPS[language] | named | number_words(language)[1] | SCALES[language].keys() | _SMALL[language]
        for word in own:
            table.setdefault(word, []).append(language)
    return {word: tuple(languages) for word, languages in table.items()}


_SMALL = {
    "en": {"hours", "weeks", "days", "months", "years", "o'clock"},
    "de": {
        "stunden",
        "stunde",
        "wochen",
        "tage",
        "tagen",
        "monate",
        "jahre",
        "prozent",
        "grad",
        "stuck",
        "halb",
        "viertel",
    },
    "fr": {"semaines", "jours", "mois", "heures", "ans", "pour", "cent"},
    "es": {"semanas", "dias", "meses", "horas", "anos"},
    "it": {"settimane", "giorni", "mesi", "ore", "anni"},
    "pt": {"semanas", "dias", "meses", "horas", "anos", "reais"},
    "nl": {"weken", "dagen", "maanden", "uren", "stuks", "procent", "middags"},
}


def _plain(spelled: str) -> str:
    return fold(spelled).replace("-", " ")


@lru_cache(maxsize=1)
def months() -> dict[str, int]:
    """Month's name or abbreviation in any of the languages -> 1 to 12."""
    names = _cldr("months")
    extra = {"sept": 9, "set": 9, "mrz": 3, "jän": 1, "janner": 1, "setiembre": 9, "juni": 6, "juli": 7, "maerz": 3}
    return {**names, **extra}


@lru_cache(maxsize=1)
def weekdays() -> dict[str, int]:
    """Weekday's name in any of the languages -> Monday 0 to Sunday 6."""
    short = {"segunda": 0, "terca": 1, "quarta": 2, "quinta": 3, "sexta": 4, "tues": 1, "thurs": 3, "sonnabend": 5}
    skipped = {"do", "so", "di", "mi", "sa", "me", "mar", "ma", "fr", "lu", "je", "ve", "sam", "dim", "sab", "dom"}
    skipped |= {"sun", "sat", "mer", "mon", "wed", "lun", "gio", "ven", "jue", "vie", "seg", "ter", "qua", "qui"}
    skipped |= {"sex", "mo", "wo", "vr", "za", "zo", "mié", "mie", "jeu", "do", "fri", "thu", "tue"}
    return {name: day for name, day in {**_cldr("days"), **short}.items() if name not in skipped}


def _cldr(kind: str) -> dict[str, int]:
    from babel import Locale

    names: dict[str, int] = {}
    for language in LANGUAGES:
        table = getattr(Locale(language), kind)["format"]
        for width in ("abbreviated", "wide"):
            names |= {fold(name).rstrip("."): number for number, name in table[width].items()}
    return names


@lru_cache(maxsize=1)
def names_by_code() -> dict[str, frozenset[str]]:
    """`territory:DE`, `language:de` -> what the languages call it, folded."""
    from babel import Locale

    names: dict[str, set[str]] = {}
    for language in LANGUAGES:
        locale = Locale(language)
        for kind, table in (("territory", locale.territories), ("language", locale.languages)):
            for code, name in table.items():
                if len(code) == 2:
                    names.setdefault(f"{kind}:{code}", set()).add(fold(name))
    names["territory:US"] |= {"usa", "united states", "america"}
    names["territory:GB"] |= {"uk", "great britain", "england", "britain"}
    names["territory:NL"] |= {"netherlands", "holland"}
    return {code: frozenset(spelled) for code, spelled in names.items()}


REWRITES = tuple(
    (re.compile(rf"\b(?:{pattern})(?!\w)"), replacement)
    for pattern, replacement in (
        (
            r"half an hour|half hour|(?:eine )?halbe stunde|(?:une )?demi[- ]heure|media hora|mezz'?ora|meia hora"
            r"|half uur",
            "30 minutes",
        ),
        (
            r"(?:an hour and a half|1 and a half hours|1\.5 (?:stunden|uur)|une heure et demie|(?:una )?hora y media"
            r"|un'?ora e mezza|uma hora e meia)",
            "90 minutes",
        ),
        (
            r"(?:three|3) quarters of an hour|(?:eine )?dreiviertelstunde|trois quarts d'heure|3 quarts d'heure"
            r"|(?:drie|3) kwartier|(?:tres|3) cuartos de hora|tre quarti d'ora|3 quarti d'ora",
            "45 minutes",
        ),
        (
            r"(?:a )?quarter of an hour|quarter hour|(?:eine )?viertelstunde|(?:un )?quart d'heure|(?:un )?cuarto de"
            r" hora"
            r"|(?:un )?quarto d'ora|(?:um )?quarto de hora|(?:een )?kwartier",
            "15 minutes",
        ),
        (
            r"(?<!\ba )(?<!\bas )(?<!vers )(\d+) (?:hours and a half|heures et demie|horas y media|ore e mezza|horas"
            r" e meia)"
            r"(?! (?:du|de l|de la|da|di|del) )",
            r"\1.5 hours",
        ),
        (r"half a year|(?:ein )?halbes jahr|six mois|medio ano|mezzo anno|meio ano|half jaar", "6 months"),
        (
            r"half a (?:million|1000000)|(?:eine )?halbe million|(?:un )?demi-million|medio millon|mezzo milione",
            "500000",
        ),
        (r"(?<=\d )(?:pour|por|per) ?100", "percent"),
        (r"half a day|(?:ein )?halber tag|(?:une )?demi-journee|medio dia de", "12 hours"),
        (r"the day after tomorrow|day after tomorrow|apres-demain|depois de amanha|pasado manana", "overmorgen"),
        (r"(?:the )?day before yesterday|avant-hier|anteayer|anteontem|l'altro ieri", "eergisteren"),
        (r"(\d+) and a half(?= \w)", r"\1.5"),
        (r"(\d+) (?:point|dot|komma|virgule|coma|virgola|virgula) (\d+)", r"\1.\2"),
        (r"(?<!an )hourly|stundlich|every hour|each hour|jede stunde|par heure|cada hora|ogni ora", "1 hour"),
        (r"daily|taglich|every day|jeden tag|chaque jour|cada dia|ogni giorno|dagelijks", "1 day"),
        (r"weekly|wochentlich|every week|jede woche|chaque semaine|cada semana|wekelijks", "1 week"),
        (r"monthly|monatlich|every month|jeden monat|chaque mois|cada mes|maandelijks", "1 month"),
        (r"per ?cent|por ?cento|per ?cento|por ?ciento|pour ?cent", "percent"),
    )
)
SHARES = (
    (
        r"(?:a|1) quarter(?= of\b)(?! of an hour)|ein viertel|un quart d[ue] (?!heure)|un cuarto de|un quarto d[ei]",
        0.25,
    ),
    (r"3[ -]quarters|dreiviertel|trois quarts", 0.75),
    (r"(?<!past )(?<!and a )\bhalf (?:of|the)|die halfte|la moitie|la mitad|la meta|metade|de helft", 0.5),
    (r"(?:a|1) (?:third|3th)|ein drittel|un tiers|un tercio|un terzo|um terco|een derde", 1 / 3),
    (r"2[ -]thirds|2 drittel|2 tiers|2 tercios|2 terzi", 2 / 3),
    (r"(?:a|1) (?:fifth|5th)|ein funftel", 0.2),
    (r"(?:a|1) (?:tenth|10th)|ein zehntel", 0.1),
)
RELATIVE = {
    "today": 0,
    "heute": 0,
    "aujourd'hui": 0,
    "hoy": 0,
    "oggi": 0,
    "hoje": 0,
    "vandaag": 0,
    "tonight": 0,
    "tomorrow": 1,
    "demain": 1,
    "domani": 1,
    "amanha": 1,
    "今日": 0,
    "明日": 1,
    "明天": 1,
    "今天": 0,
    "yesterday": -1,
    "gestern": -1,
    "hier": -1,
    "ayer": -1,
    "ieri": -1,
    "ontem": -1,
    "gisteren": -1,
    "ubermorgen": 2,
    "vorgestern": -2,
    "overmorgen": 2,
    "eergisteren": -2,
    "dopodomani": 2,
}
CORRECTION = re.compile(
    r"\b(?:no,? wait|wait,? no|oh no|scratch that|sorry,? (?:i mean|make|no)|i mean[t]?|actually|make (?:that|it)"
    r"|correction|rather"
    r"|ach ne[ei]n?|nee|nein|quatsch|besser gesagt|vielmehr|korrektur|non,|pardon|plutot|enfin non|mejor dicho|no,"
    r"|perdon|digo"
    r"|anzi|ho sbagliato|alias|ou melhor|quer dizer|of nee|ik bedoel|nicht,)(?!\w)"
)
NEGATION = re.compile(
    r"\b(?:not|n't|nicht|kein|keine|pas|niet|geen|nao|isn't|never|nie|jamais|nunca)(?: (?:\w{1,4}|\w+day"
    r"|\w+tag)){0,3} $"
)
