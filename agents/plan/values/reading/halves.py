"""Which half of the day a time is in, by the words beside it: in the morning, du soir, nachts."""

import re

# the lookahead: in `um 8 am Abend` the `am` is German and no a.m.
MORNING = (
    r"a\.?m\b\.?(?! (?:(?:vor|nach)?mittag|abend|morgen|\d))|in the (?:early )?morning|morning|morgens|vormittags?"
    r"|am (?:vor)?mittag|(?:heute|morgen) fruh|am morgen|(?:in der )?fruh\b"
    r"|du matin|au matin|matin|(?:de|por) la manana|di mattina|del mattino|mattina|da manha|de manha|'?s ochtends"
    r"|'?s morgens|ochtend|rano|przed poludniem|pa morgonen|pa formiddagen|om morgonen"
)
AFTERNOON = (
    r"p\.?m\b\.?|in the (?:middle of the )?night|after (?:lunch|work|dinner|school)|in the (?:afternoon|evening)"
    r"|afternoon|evening|tonight|at night"
    r"|night|nachmittags?|abends?|am (?:nachmittag|abend)|de l'apres-midi|du soir|ce soir|apres-midi|soir"
    r"|de la (?:tarde|noche)|(?:del|di) pomeriggio|(?:di|della) sera|stasera|pomeriggio|da (?:tarde|noite)"
    r"|'?s (?:middags|avonds|namiddags)|middag|avond|nachts|in der nacht|de la nuit|di notte|'?s nachts|w nocy"
    r"|po poludniu|wieczorem|pa eftermiddagen|pa kvallen|i kvall|pa natten|eftermiddag"
)
_NIGHTS = frozenset(
    (
        "at night",
        "in the night",
        "in the middle of the night",
        "nachts",
        "in der nacht",
        "de la nuit",
        "di notte",
        "'s nachts",
        "s nachts",
        "w nocy",
        "pa natten",
    )
)
HALF = rf"(?:,? ?(?:(?:tomorrow|this|the same|demain|domani|amanha) )?(?:(?P<am>{MORNING})|(?P<pm>{AFTERNOON}))(?!\w))?"
_BEFORE_HALF = re.compile(rf"(?:\b|')(?:(?P<am>{MORNING})|(?P<pm>{AFTERNOON}))(?!\w)[^\d.;]{{0,14}}$")
_AFTER_HALF = re.compile(
    r"[a-z ]{0,25}?\b(?:(?P<am>in the morning|(?:every|each|on) \w+day mornings?|am morgen|du matin)"
    r"|(?P<pm>in the (?:afternoon|evening)|(?:every|each|on) \w+day (?:afternoon|evening|night)s?"
    r"|am (?:nachmittag|abend)|tonight|du soir))(?!\w)"
)
USUAL_HALF = re.compile(
    r"\b(?:(?P<am>wake|alarm|breakfast|sunrise|weck\w*|fruhstuck\w*|reveil\w*|petit dejeuner|despert\w+|desayun\w+"
    r"|svegli\w+|colazione|ontbijt)|dinner|supper|abendessen|diner|cena\w*|jantar|avondeten|concert|konzert|theatre"
    r"|theater|cinema|kino|sunset|nightcap)\b"
)
HALVES = (
    "a am p pm morning morgens vormittag vormittags morgen fruh matin manana mattina mattino manha ochtend ochtends"
    " rano przed po wieczorem nachts nacht nuit notte nocy"
    " pa om kvall eftermiddag afternoon evening tonight night nachmittag nachmittags abend"
    " abends apres soir tarde noche pomeriggio sera stasera after noite middag middags avond avonds namiddags"
)


def half_of(match: re.Match[str], text: str, is_small: bool) -> str:
    """`am` or `pm` of a time in a text, "" where nothing tells; the small hours of a night are in the morning."""
    parts = match.groupdict()
    named = match if parts.get("am") or parts.get("pm") else None
    named = named or _BEFORE_HALF.search(text, max(0, match.start() - 30), match.start())
    named = named or _AFTER_HALF.match(text, match.end(), match.end() + 50)
    if not named:
        return ""
    return "am" if named["am"] or (is_small and named["pm"] in _NIGHTS) else "pm"
