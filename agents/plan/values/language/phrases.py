"""Ways of speaking that no library carries: half an hour, a third, the day after tomorrow, no wait. Written folded."""

import re

from agents.plan.values.language.feasts import FEASTS
from agents.plan.values.language.rewriting import read_rewrites

# numbers are in digits by now, `three quarters` is `3 quarters`
_PERCENT = r"(?:percent|per ?cent|prozent|procent|(?:pour|por|per) ?(?:cent[oi]?|ciento|100))"
_ALONE = r"(?<!\d )(?<!and )(?<!and a )(?<!und )(?<!\bet )(?<!\bet un )(?<!\by )(?<!\be )(?<!\ben )(?<!\boch )"
# a line that begins with a blank goes on; `a 9 heures et demie` is half past nine; overmorgen is one word for all, so
# that no `tomorrow` is left to be read for itself
_REWRITES = r"""
pol halb halbe halbes halbs halv halvt half halve demi demie medio mezzo meio: (\d+) (?:i pol
 |und (?:1|eine?) halbe?s?|och (?:en|ett|1) halvt?|en (?:een|1) hal(?:f|ve)|et demie?|y medio|e mezzo
 |e meio) 1000(000)? => \g<1>500\2
pol polgodziny: (?<!\bi )(?:pol godziny|polgodziny) => 30 minutes
kwadrans kvart: (?<!za )(?:kwadrans(?! (?:po|przed))|en kvart(?! over| i ))(?! \d) => 15 minutes
polowa pol: pol roku => 6 months
halvtimme halvtimma halv: (?<!och )(?<!och 1 )(?:(?:en|1) )?(?:halvtimm[ea]|halv timme) => 30 minutes
trekvart: (?:en )?trekvart => 45 minutes
halv halvt: (\d+) och (?:en|ett|1) halvt? => \1.5
poludnie: w poludnie => noon
polnocy polnoc: o polnocy|polnoc => midnight
half halbe demi media mezz mezzora meia: half an hour|half hour|(?:eine )?halbe stunde|(?:une )?demi[- ]heure|media hora
 |mezz'?ora|meia hora|half uur => 30 minutes
half stunden uur demie media mezza meia: (?:an hour and a half|1 and a half hours|1\.5 (?:stunden|uur)
 |une heure et demie|(?:una )?hora y media|un'?ora e mezza|uma hora e meia) => 90 minutes
quarters dreiviertelstunde quarts kwartier cuartos quarti: (?:three|3) quarters of an hour|(?:eine )?dreiviertelstunde
 |trois quarts d'heure|3 quarts d'heure|(?:drie|3) kwartier|(?:tres|3) cuartos de hora|tre quarti d'ora
 |3 quarti d'ora => 45 minutes
quarter viertelstunde quart cuarto quarto kwartier: (?:a )?quarter of an hour|quarter hour|(?:eine )?viertelstunde
 |(?:un )?quart d'heure|(?:un )?cuarto de hora|(?:un )?quarto d'ora|(?:um )?quarto de hora
 |(?:een )?kwartier => 15 minutes
half demie media mezza meia: (?<!\ba )(?<!\bas )(?<!vers )(\d+) (?:hours and a half|heures et demie|horas y media
 |ore e mezza|horas e meia)(?! (?:du|de l|de la|da|di|del) ) => \1.5 hours
half halbes mois medio mezzo meio: half a year|(?:ein )?halbes jahr|six mois|medio ano|mezzo anno|meio ano
 |half jaar => 6 months
half halbe demi medio mezzo: (?<!and )(?<!and a )(?:half a|a half|half)[ -](?:million|1000000)|(?:eine )?halbe million
 |(?:un )?demi-million|medio millon|mezzo milione => 500000
quarter viertelmillion: (?<!3 )(?<!and )(?<!and a )(?:a |1 )?quarter(?: of a)?[ -](?:million|1000000)
 |(?:eine )?viertelmillion => 250000
quarters quarter: (?:three|3)[ -]quarters?(?: of a)?[ -](?:million|1000000) => 750000
monatsende jahresende quartalsende: (monats|jahres|quartals)ende => ende des \1
below under unter sous bajo sotto abaixo onder: (\d+(?:\.\d+)?)(?: degrees?| grad| degres| grados| gradi| graus
 | graden)? (?:below|under|unter|sous|bajo|sotto|abaixo de|onder) (?:0|zero|null|cero|nul) => -\1
below: (\d+)(?: degrees?)? below(?=$|[.,;!?]) => -\1
celsius c: (?:degrees?|deg|grad|degres?|grados?|gradi|graus?|graden) (?:celsius|c) => celsius
fahrenheit f: (?:degrees?|deg|grad|degres?|grados?|gradi|graus?|graden) (?:fahrenheit|f) => fahrenheit
square sq metres carres cuadrados: (?:square|sq\.?) met(?:re|er)s?|metres carres|metros cuadrados => sqm
square sq: (?:square|sq\.?) (?:feet|foot|ft) => sqft
pour por per: (?<=\d )(?:pour|por|per) ?100 => percent
canadian kanadische: canadian dollars?|kanadische dollar => cad
australian australische: australian dollars?|australische dollar => aud
swiss schweizer suisses suizos svizzeri suicos: swiss francs?|schweizer franken|francs suisses|francos suizos
 |franchi svizzeri|francos suicos => chf
dollar dollars: (?:us|american) dollars?|us-dollar => usd
sterling british: pounds? sterling|british pounds? => gbp
pesos: mexican pesos|pesos mexicanos => mxn
demi demie medio media mezzo mezza meio meia half: (\d+) (jours|semaines|mois|ans|dias|semanas|meses|anos|giorni
 |settimane|mesi|anni|kilos|litres|litros|days|weeks) (?:et demie?|y medi[ao]|e mezz[oa]|e mei[oa]
 |and a half) => \1.5 \2
half halber demi medio: half a day|(?:ein )?halber tag|(?:une )?demi-journee|medio dia de => 12 hours
tomorrow demain depois pasado: the day after tomorrow|day after tomorrow|apres-demain|depois de amanha
 |pasado manana => overmorgen
yesterday hier anteayer anteontem ieri: (?:the )?day before yesterday|avant-hier|anteayer|anteontem
 |l'altro ieri => eergisteren
half demi medio mezzo meio halv pol halbe: (\d+)000000 (?:and a half|et demi|y medio|e mezzo|e meio|och en halv|i pol
 |und eine halbe)(?! ?\d) => \g<1>500000
half: (\d+) and a half => \1.5
quarter: (\d+) and (?:a|1) quarter => \1.25
quarters: (\d+) and 3 quarters => \1.75
half demi demie medio media mezzo mezza meio meia: (?:an?|1|une?|una|um|uma|un) (minute|day|week|month|year|mile|jour
 |semaine|mois|an|dia|minuto|semana|mes|ano|giorno|settimana|mese|anno) (?:and a half|et demie?|y medi[ao]|e mezz[ao]
 |e mei[ao]) => 1.5 \1
heure hora ora hour: (?:an|1) hour and a quarter|(?<!\ba )(?:une|1) heure et quart|(?<!\bla )(?:una )?hora y cuarto
 |un'ora e un quarto => 75 minutes
con: (\d+) con (\d\d) (euros?|pesos?|dolares|soles) => \1.\2 \3
€ £ $: (\d+)(€|£|\$)(\d\d) => \1.\3\2
pound euro dollar: a (pound|euro|dollar) (\d\d)(?! ?(?:[a-z]+s\b|\d)) => 1.\2 \1
point dot komma virgule coma virgola virgula: (\d+) (?:point|dot|komma|virgule|coma|virgola|virgula) (\d+) => \1.\2
hourly stundlich hour stunde heure hora ora: (?<!an )hourly|stundlich|every hour|each hour|jede stunde|par heure
 |cada hora|ogni ora => 1 hour
daily taglich day tag jour dia giorno dagelijks: daily|taglich|every day|jeden tag|chaque jour|cada dia|ogni giorno
 |dagelijks => 1 day
weekly wochentlich week woche semaine semana wekelijks: weekly|wochentlich|every week|jede woche|chaque semaine
 |cada semana|wekelijks => 1 week
monthly monatlich month monat mois mes maandelijks: monthly|monatlich|every month|jeden monat|chaque mois|cada mes
 |maandelijks => 1 month
percent per por percento porcento porciento pour pourcent: per ?cent|por ?cento|per ?cento|por ?ciento
 |pour ?cent => percent
"""
_FIRST = r"""
half halbem halben halbes halbe demi medio mezzo meio halv: @alone(?:\b(?:an?|1|einem|einen|ein|un|um|een
 |en) )?(?:half(?: an?| 1)?|halbe[smn]?|demi|medio|mezzo|meio|halv) @percent => 0.5 percent
quarter viertel quart cuarto: @alone(?:(?:an?|1|einem|ein|un) )?(?:quarter(?: of an?| of 1)?|viertel|quart de
 |cuarto de) @percent => 0.25 percent
morning: (?:the )?(?:next|following) morning => in the morning the next day
"""
REWRITES = (
    *read_rewrites(_FIRST.replace("@alone", _ALONE).replace("@percent", _PERCENT)),
    *FEASTS,
    *read_rewrites(_REWRITES),
)
SHARES = (
    (
        r"(?:a|1) quarter(?= of(?:f)?\b)(?! of an hour)|ein viertel|un quart d[ue] (?!heure)|un cuarto de"
        r"|u[nm] quarto d[eio]l?|een kwart van|(?:1|en) fjardedel",
        0.25,
    ),
    (r"(?:to|by|auf|um) (?:a|1) quarter\b(?! (?:past|to|hour|\d))", 0.25),
    (r"(?:to|by) half(?=$|[.,;!?])", 0.5),
    (r"3[ -](?:quarters|cuartos|quarti|quartos|quarts|viertel|kwart)|dreiviertel|(?:3|tre) fjardedelar", 0.75),
    (r"(?<!past )(?<!and a )\bhalf (?:of|the)|die halfte|la moitie|la mitad|la meta|metade|de helft", 0.5),
    (r"half(?= (?:brightness|volume|speed|power|price|capacity|strength|intensity|opacity|open)\b)", 0.5),
    (r"half an?\b|(?:einen |eine )?halbe[nrs]?\b|une? demie?\b", 0.5),
    (r"(?:a|1) (?:third|3th)|ein drittel|un tiers|un tercio|un terzo|um terco|een derde", 1 / 3),
    (r"2[ -]thirds|2 drittel|2 tiers|2 tercios|2 terzi", 2 / 3),
    (r"(?:a|1) (?:fifth|5th)|ein funftel", 0.2),
    (r"(?:a|1) (?:tenth|10th)|ein zehntel", 0.1),
)
RELATIVE = {
    "today": 0, "heute": 0, "aujourd'hui": 0, "hoy": 0, "oggi": 0, "hoje": 0, "vandaag": 0, "tonight": 0,
    "this morning": 0, "this afternoon": 0, "this evening": 0, "1 week today": 7, "a week today": 7,
    "a fortnight today": 14,
    "tmrw": 1, "tmr": 1, "tomorrow": 1, "demain": 1,
    "domani": 1, "昨日": -1, "昨天": -1, "昨晩": -1, "昨晚": -1, "一昨日": -2, "おととい": -2, "前天": -2, "明後日": 2,
    "あさって": 2, "后天": 2, "後天": 2, "本日": 0, "今晚": 0, "今晩": 0, "今夜": 0, "明晚": 1, "明晩": 1, "明朝": 1,
    "きのう": -1, "あした": 1, "きょう": 0, "jutro": 1, "wczoraj": -1, "dzisiaj": 0, "pojutrze": 2, "imorgon": 1,
    "i morgon": 1, "i morgen": 1, "i overmorgon": 2, "overmorgon": 2, "i overmorgen": 2, "i dag": 0, "idag": 0,
    "i kvall": 0, "ikvall": 0, "i gar": -1, "przedwczoraj": -2, "dzis": 0, "igar": -1, "amanha": 1, "今日": 0,
    "明日": 1, "明天": 1, "今天": 0, "yesterday": -1, "gestern": -1, "hier": -1, "ayer": -1, "ieri": -1, "ontem": -1,
    "gisteren": -1, "ubermorgen": 2, "vorgestern": -2, "overmorgen": 2, "eergisteren": -2, "dopodomani": 2,
}  # fmt: skip
_YEARS = {
    "before_last": (-2, r"(?:the )?year before last|vorletzte[sn]? jahr(?:es)?"),
    "last": (
        -1,
        r"(?:last|previous|past) year|(?:letzte|vorige|vergangene)[sn]? jahr(?:es)?|l'annee derniere|l'an dernier"
        r"|ano pasado|ano passado|anno scorso|(?:vorig|afgelopen) jaar",
    ),
    "this": (
        0,
        r"(?:this|(?:the )?current) year|diese[sm] jahr(?:es)?|heuer|cette annee|n?este ano|quest'anno|dit jaar"
        r"|presente ano|ano en curso|laufenden jahres|annee en cours|the present year",
    ),
    "next": (
        1,
        r"(?:next|(?:the )?coming|(?:the )?following) year|(?:nachste|kommende)[sn]? jahr(?:es)?|l'annee prochaine"
        r"|l'an prochain|proximo ano|ano que viene|ano que vem|ano proximo|anno prossimo|prossimo anno|volgend jaar",
    ),
    "after_next": (2, r"(?:the )?year after next|ubernachste[sn]? jahr(?:es)?"),
}
YEARS_ON = re.compile("|".join(rf"(?P<{name}>\b(?:{pattern}))(?!\w)" for name, (_, pattern) in _YEARS.items()))

LOOKING_BACK = re.compile(
    r"\b(?:past|coming|(?:(?:in|over|during|within|for|from|of) the |in der |im |sur la |en la |nell')"
    r"(?:last|next|letzten|vergangenen|kommenden|derniere|ultima|proxima)) ([^\W\d_]+)"
)
"""In English `last week` is a week of the calendar, and `in the last week` the seven days until now."""
_BESIDE = re.compile(r"[ ,]*(?:del? |of |des |im |in |l'|el )?")


def years_on(match: re.Match[str]) -> int:
    """Years from this one that a match of YEARS_ON means."""
    return _YEARS[match.lastgroup or ""][0]


def years_beside(text: str, start: int, end: int) -> int | None:
    """Years from this one that stand right before a day or month, or right behind it."""
    before = [m for m in YEARS_ON.finditer(text, max(0, start - 40), start) if start - m.end() <= 14]
    after = [m for m in YEARS_ON.finditer(text, end, end + 40) if _BESIDE.fullmatch(text, end, m.start())]
    return next((years_on(match) for match in (*before[-1:], *after)), None)


# what letters are called when a code is read out: by ICAO, by DIN 5009, and by themselves
_SPELLED = (
    "alfa alpha bravo charlie delta echo foxtrot golf hotel india juliet juliett kilo lima mike november oscar papa"
    " quebec romeo sierra tango uniform victor whiskey whisky xray yankee zulu"
    " anton berta casar dora emil friedrich gustav heinrich ida julius kaufmann ludwig martha nordpol otto paula"
    " quelle richard samuel siegfried theodor ulrich viktor wilhelm xanthippe ypsilon zacharias zeppelin zed zee"
)
LETTERS = {name: name[0] for name in _SPELLED.split()} | dict.fromkeys(["un", "ein", "eins", "uno", "um", "een"], "1")
# what they are called alone; many are words as well, which at the ends of a code nothing tells apart
NAMES_OF_LETTERS = {
    name: letter
    for letter, names in {
        "a": "ay", "b": "bee be bi", "c": "cee ce ci see", "d": "dee de di", "e": "ee", "f": "ef eff effe efe",
        "g": "gee ge gi", "h": "aitch hache acca ha haitch", "j": "jay jota ji jot", "k": "kay ka cappa",
        "l": "ell el ele elle", "m": "em eme emme", "n": "en ene enne", "p": "pee pe pi", "q": "cue queue cu ku qu",
        "r": "ar er ere erre", "s": "ess es ese esse", "t": "tee te ti", "u": "you", "v": "vee ve vi uve vau vu",
        "w": "we", "x": "ex equis ics ixe ikse ix", "y": "wye ye", "z": "zeta zett zet zede",
    }.items()
    for name in names.split()
}  # fmt: skip
TIMES = {"double": 2, "triple": 3, "doppel": 2, "doppelt": 2, "doble": 2, "doppia": 2, "dubbel": 2}
JOINTS = frozenset(
    ["dash", "hyphen", "minus", "bindestrich", "strich", "tiret", "guion", "trattino", "streepje", "slash"]
) | {"underscore", "unterstrich", "capital", "capitals", "uppercase", "then", "dann", "puis", "luego"}
SMALL = frozenset(
    ["is", "to", "of", "in", "at", "on", "by", "or", "and", "the", "my", "no", "nr", "for", "it", "ist", "und", "der"]
) | {"die", "das", "est", "le", "la", "les", "es", "el", "de", "du", "no", "num", "id", "zu", "am", "um", "von", "row"}
