"""Times of day that a text names, and the time zones that stand with them."""

import re
from functools import lru_cache, partial
from typing import NamedTuple

from agents.plan.values.reading import halves
from agents.plan.values.reading.zones import zone_at

MINUTE, HOUR, HALF_DAY, DAY = 60, 3600, 12 * 3600, 24 * 3600


class TimeMention(NamedTuple):
    seconds: int
    """Of the day, as the words most likely mean it."""
    other: int | None
    """The other half of the day, where the words do not say which."""
    zone: str | int | None
    """Name of a zone, seconds east of Greenwich, or not said."""
    start: int
    end: int
    withdrawn: bool = False
    bare: bool = False
    """Only a number after "at" or "from": it may count something instead."""

    @classmethod
    def at(cls, seconds: int, half: str, spoken: bool, start: int, end: int) -> "TimeMention":
        """A time by a clock of twelve hours, in the half of the day that is named or else likely."""
        if seconds // HOUR > 12 or seconds >= DAY:
            return cls(seconds % DAY, None, None, start, end)
        morning, evening = seconds % HALF_DAY, seconds % HALF_DAY + HALF_DAY
        if half:
            return cls(morning if half == "am" else evening, None, None, start, end)
        # said without a half of the day, 3 is in the afternoon and 9 in the morning
        likely = (morning if morning >= 7 * HOUR else evening) if spoken else seconds % DAY
        return cls(likely, morning + evening - likely, None, start, end)

    def begun_at(self, hour: int, half: str, start: int) -> "TimeMention":
        """The first hour of "from 10 to 11:30 am" is in the same half of the day, unless that would be later."""
        if hour > 12 or (not half and self.other is None):
            return TimeMention(hour * HOUR % DAY, None, self.zone, start, start + 2)
        first = TimeMention.at(hour * HOUR, half, spoken=True, start=start, end=start + 2)
        seconds = first.seconds if first.seconds < self.seconds else (first.seconds + HALF_DAY) % DAY
        return first._replace(seconds=seconds, zone=self.zone)


_OF_HOUR = r"(?P<h>\d{1,2})(?![\d:.,]\d|\d)(?: uhr| uur| heures?| horas?| o'?clock|h\b)?"
_PAST = (
    ("half", r"half past {h}", 30, 0),
    ("quarter", r"(?:a |1 )?quarter (?:past|after) {h}", 15, 0),
    ("quarter", r"(?:a |1 )?quarter (?:to|before|of|till) {h}", -15, 0),
    ("viertel", r"viertel nach {h}", 15, 0), ("viertel", r"viertel vor {h}", -15, 0),
    # in the south and east of Germany dreiviertel acht is 7:45
    ("dreiviertel viertel", r"(?:dreiviertel|3 ?viertel) {h}", -15, 0),
    ("kwart", r"kwart over {h}", 15, 0), ("kwart", r"kwart voor {h}", -15, 0),
    ("kvart", r"kvart over {h}", 15, 0), ("kvart", r"kvart i {h}", -15, 0),
    ("over", r"(?P<m>\d{{1,2}}) over halv {h}", -30, 1), ("i", r"(?P<m>\d{{1,2}}) i halv {h}", -30, -1),
    ("wpol", r"wpol do {h}ej", -30, 0), ("kwadrans", r"kwadrans po {h}ej", 15, 0),
    ("kwadrans", r"za kwadrans {h}ej", -15, 0), ("po", r"(?P<m>\d{{1,2}}) po {h}ej", 0, 1),
    ("za", r"za (?P<m>\d{{1,2}}) {h}ej", 0, -1),
    ("ej", r"(?P<h>\d{{1,2}})ej(?: (?P<m>[1-5]\d)(?!\d))?", 0, 1),
    ("past after nach over", r"(?P<m>\d{{1,2}}) (?:minutes? )?(?:past|after|nach|over) {h}", 0, 1),
    ("to before vor voor", r"(?<!from )(?<!between )(?P<loose>)(?P<m>\d{{1,2}}) (?:minutes? )?"
     r"(?:to|before|vor|voor) {h}(?! ?(?:hours|minutes|days))", 0, -1),
    # funf nach halb acht is 7:35: half of the eighth hour, and five minutes
    ("nach over", r"(?P<m>\d{{1,2}}) (?:nach|over) hal[bf] {h}", -30, 1),
    ("vor voor", r"(?P<m>\d{{1,2}}) (?:vor|voor) hal[bf] {h}", -30, -1),
    ("moins menos meno", r"{h} (?:moins|menos|meno) (?P<m>\d{{1,2}})", 0, -1),
    ("demi demie", r"{h} et demie?", 30, 0), ("quart", r"{h} et quart", 15, 0),
    ("quart", r"{h} moins (?:le )?quart", -15, 0),
    ("heure heures", r"(?P<h>\d{{1,2}}) heures? -(?P<m>[12]?[05])(?= (?:du|de l|de la|da|del|di)\b|[.,;!?]|$)", 0, -1),
    ("media", r"{h} y media", 30, 0), ("cuarto", r"{h} y cuarto", 15, 0), ("cuarto", r"{h} menos cuarto", -15, 0),
    ("mezzo mezza", r"{h} e mezz[ao]", 30, 0), ("quarto", r"{h} e (?:un|1) quarto", 15, 0),
    ("quarto", r"{h} menos? (?:um|un|1) quarto", -15, 0),
    ("meia", r"{h} e meia", 30, 0), ("quarto", r"{h} e 1?quarto", 15, 0),
    ("y e"
        " et", r"{h} (?:y|e|et) (?P<m>\d{{1,2}})(?= (?:de la|da|del|di|du) (?:manha|manana|tarde|noite|noche|sera"
            r"|mattina|matin"
     r"|soir|pomeriggio))", 0, 1),
    ("y e et", r"(?:um|au|la|las|alle|as|les) {h} (?:y|e|et) (?P<m>\d{{1,2}})", 0, 1),
)  # fmt: skip
_HALB = re.compile(rf"\b(?:halb|half|halv) {_OF_HOUR}(?!\w){halves.HALF}")
_DIGITAL = re.compile(
    r"(?<![\d:.])(?:(?<!\d-)|(?<=:\d\d-))t?(?P<h>\d{1,2}):(?P<m>\d{2})"
    r"(?:(?::| (?:and|und|et|y|e|en) (?=\d+ s[ec]))(?P<s>\d{1,2})"
    r"(?:[.,]\d+| se[ckg]\w+)?)?(?![\d:])(?: ?uhr| ?uur|h\b)?" + halves.HALF
)
_DOTTED_CLOCK = re.compile(r"(?<![\d.,])(?P<h>\d{1,2})\.(?P<m>\d{2}) ?(?:uhr|uur|h)\b" + halves.HALF)
_DOTTED = re.compile(
    r"(?:(?<=at )|(?<=van )|(?<=tot )|(?<=von )|(?<=bis )|(?<=dalle )|(?<=um )|(?<=om )|(?<=alle )|(?<=kl ))"
    r"(?P<h>\d{1,2})\.(?P<m>\d{2})(?!\d)(?! (?!uhr|uur|in |am|pm|on |today|tomorrow|sharp|please|and|to |till|bis|tot"
    r"|und)[a-z]{3})"
    r"(?: uhr| uur)?" + halves.HALF
)
_AMPM = re.compile(
    r"(?<![\d:.,])(?P<h>\d{1,2})(?:[.:](?P<m>\d{2}))? ?(?:(?P<am>a\.?m)|(?P<pm>p\.?m))\b\.?(?!"
    r" (?:(?:vor|nach)?mittag|abend|morgen|\d))"
)
_H = re.compile(
    r"(?<![\d:.,])(?P<h>\d{1,2}) ?(?:h|uhr|uur|heures?)(?: ?(?P<m>\d{2})(?!\d))(?! ?min)(?!\w)" + halves.HALF
)
_MILITARY = re.compile(
    r"(?<![\w.,:-])(?P<h>[01]\d|2[0-3])(?P<m>[0-5]\d)(?: ?(?:hrs|hours|uhr|h)\b|(?= ?(?:utc|gmt|zulu|z|local|cet|cest"
    r"|est|edt|pst|pdt)\b))"
)
_SPOKEN_MINUTES = re.compile(
    r"(?<![\d:.,-])(?P<h>\d{1,2}) (?P<m>[0-5]\d)(?= (?:in the|at night|am\b|pm\b|a\.m|p\.m|o'clock))" + halves.HALF
)
_CLOCK = re.compile(r"(?<![\d:.,])(?P<h>\d{1,2}) ?(?:uhr|o'?clock)(?!\w)" + halves.HALF)
_AT = re.compile(
    r"\b(?:at|by|um|gegen|om|vers|klockan|kl|a|alle|a las?|as|les|das|dalle|de|from|until|until about|ab|bis|till"
    r"|since)(?: about| around)? "
    rf"(?P<h>\d{{1,2}})(?: ?heures?| ?horas?| ?uur| ?h)?(?![\w:%/]|[.,]\d|-\w| (?!in the|am |du |de l|di |da |del "
    r"|sharp|every|each|tomorrow|today|please|latest|this (?:morning|afternoon|evening)|on (?:the |mon|tue|wed|thu"
    r"|fri|sat|sun)|utc\b|gmt\b|[ce]e?s?t\b|p[sd]t\b|(?:hora|ora|heure) |\w+ (?:time|tid|zeit|tijd|czasu)\b|next "
    rf"|'?s )\w){halves.HALF}"
)
_SHARP = r"(?: (?:sharp|on the dot|pile|en punto|in punto|em ponto|precies|prick|punktlich))"
_SHARPLY = re.compile(rf"(?<![\d:.,-])(?P<h>\d{{1,2}})(?: ?heures?| ?horas?| ?uur| ?uhr)?{_SHARP}(?!\w){halves.HALF}")
_PART = re.compile(
    rf"(?<![\d:.,-])(?P<h>\d{{1,2}})(?: ?heures?| ?horas?| ?uur| ?h)?{_SHARP}? (?:(?P<am>{halves.MORNING})"
    rf"|(?P<pm>{halves.AFTERNOON}))(?!\w)"
)
_H_ALONE = re.compile(
    r"(?:(?<=\ba )|(?<=\bvers )|(?<=\bas )|(?<=\bde )|(?<=\bom ))(?P<h>\d{1,2}) ?(?:h|heures|horas|uur)(?![\w])"
    + halves.HALF
)
_NOON = re.compile(
    r"(?:(?<![\d-])(?P<m>\d{1,2}|half|(?:a |1 )?(?:quarter|viertel|kwart|kvart|kwadrans)) (?:minutes? )?"
    r"(?:(?P<past>past|after|nach|over|po)|to|before|vor|voor|przed|i)"
    r" )?\b(?:(?P<noon>noon|midday|midi|mediodia|mezzogiorno|meio-dia|12 uhr mittags)|(?P<night>midnight|mitternacht"
    r"|minuit|medianoche|mezzanotte|meia-noite|middernacht))\b"
    r"(?: (?:(?:et|y|e) (?P<and>demie?|medi[ao]|mezz[ao]|mei[ao]|quart|cuarto|(?:un |1 )?quarto|\d{1,2})"
    r"|(?:moins |menos |meno |-)(?P<less>le quart|cuarto|(?:un |1 )?quarto|\d{1,2}))(?!\w))?"
)
_CJK = re.compile(
    r"(?:(?P<am>午前|上午|早上|凌晨|오전|아침)|(?P<pm>午後|下午|晚上|夜|오후|저녁"
    r"|밤))? ?(?P<h>\d{1,2})[時时点點시](?![間间간]) ?"
    r"(?:(?P<half>半|반)|(?P<quarters>[一二三123])刻|(?P<m>\d{1,2})[分분]?)?"
)
_NOONS = ("noon", "midday", "midi", "mediodia", "mezzogiorno", "meio", "mittags")
_MIDNIGHTS = ("midnight", "mitternacht", "minuit", "medianoche", "mezzanotte", "meia", "middernacht")
MIDDLES = frozenset((*_NOONS, *_MIDNIGHTS))
"""Words for noon and midnight, the only times without a digit."""


def minutes_of(words: str) -> int:
    """What stands behind `and` or `less` beside noon: a half, a quarter or so many minutes."""
    return int(words) if words.isdigit() else 15 if "qu" in words or "cuarto" in words else 30


_BRITISH_HALF = re.compile(
    rf"(?:(?<=at )|(?<=by )|(?<=around )|(?<=about )|(?<=until )|(?<=from )|(?<=till )"
    rf"|\b(?=half \d{{1,2}} (?:in the|at night|tonight|[ap]\.?m\b)))half {_OF_HOUR}(?!\w){halves.HALF}"
)
_RANGE_START = re.compile(
    r"(?<!\bfor )(?<!pour )(?<!para )(?<!\bper )(?<!\bfur )(?<!voor )(?<!\bdla )(?<!\bpor )"
    r"(?<![\d:.,-])(?P<h>\d{1,2})(?: ?uhr| ?h)? ?(?:-|and|to|till|until|bis|und|a|et|y|e|tot|en|alle|as) ?(?:as |a"
    r" las |alle )?$"
)


_BEFORE_IN_SWEDISH = re.compile(rf"(?<![\d.,:])(?P<m>5|10|20|25) i {_OF_HOUR}(?!\w){halves.HALF}")


class Way(NamedTuple):
    """A way of naming a time of day."""

    needs: frozenset[str]
    """One of these words or marks stands wherever the pattern matches."""
    pattern: re.Pattern[str]
    """Its groups: hour `h`, minutes `m`, seconds `s`, the halves `am` and `pm`."""
    spoken: bool = False
    """In words, which leave open the half of the day."""
    shift: int = 0
    """Minutes to the hour that is named."""
    sign: int = 1
    """-1 where the minutes are before it."""
    languages: tuple[str, ...] = ()
    """Those that speak so; none: any."""

    def seconds_of(self, match: re.Match[str]) -> int:
        """Seconds since midnight; beyond a day where it is no time."""
        match match.groupdict():
            case {"noon": noon, "m": minutes, "past": past, **rest}:
                count = 30 if minutes == "half" else 15 if minutes and not minutes.isdigit() else int(minutes or 0)
                shift = count * (1 if past else -1)
                # midi et quart, midi moins dix
                shift += minutes_of(rest["and"] or "0")
                shift -= minutes_of(rest["less"] or "0")
                return ((HALF_DAY if noon else 0) + shift * MINUTE) % DAY
            case {"half": str(), "h": hour}:
                return int(hour) * HOUR + 30 * MINUTE
            case {"quarters": str() as quarters, "h": hour}:
                return int(hour) * HOUR + ("一二三".find(quarters) + 1 or int(quarters)) * 15 * MINUTE
            case {"h": hour, **rest}:
                minutes, seconds = int(rest.get("m") or 0), int(rest.get("s") or 0)
                if minutes > 59 or seconds > 59:
                    return -1
                return int(hour) * HOUR + (self.shift + self.sign * minutes) * MINUTE + seconds
            case _:
                return -1

    def take(self, match: re.Match[str], text: str, mentions: list[TimeMention]) -> str:
        """Notes one time, with the first hour of its range, and blanks it out of the text."""
        seconds = self.seconds_of(match)
        if not 0 <= seconds <= DAY:
            return match[0]
        parts = match.groupdict()
        half = halves.half_of(match, text, seconds < 6 * HOUR)
        if "noon" in parts or ((parts.get("h") or "").startswith("0") and half != "pm") or parts.get("s"):
            # noon, midnight and 09:00 leave no question of which half of the day
            mention = TimeMention(seconds % DAY, None, None, *match.span())
        else:
            mention = TimeMention.at(seconds, half, self.spoken, *match.span())
            # breakfast at eight, dinner at eight
            if mention.other is not None and seconds // HOUR != 12 and (usual := halves.USUAL_HALF.search(text)):
                ends = sorted((mention.seconds, mention.other))
                mention = mention._replace(seconds=ends[not usual["am"]], other=ends[bool(usual["am"])])
        mention = mention._replace(zone=zone_at(text, match.end()))
        if "loose" in parts and not half:
            mentions.append(mention._replace(bare=True))  # 10 to 12 may be a range
            return match[0]
        before = _RANGE_START.search(text, max(0, match.start() - 12), match.start())
        if before and mention.other and mention.seconds < int(before["h"]) * HOUR < mention.other:  # 8 to 4:30
            mention = mention._replace(seconds=mention.other, other=mention.seconds)
        mentions.append(mention)
        if before and int(before["h"]) < 24:
            mentions.append(mention.begun_at(int(before["h"]), half, before.start()))
        return "\0" * len(match[0])


def _way(needs: str, pattern: re.Pattern[str], spoken: bool = False) -> Way:
    return Way(frozenset(needs.split()), pattern, spoken)


# In the order in which they are looked for: what has been read as a time is blanked out for those after it.
WAYS = (
    _way(":", _DIGITAL),
    *(
        Way(
            frozenset(needs.split()),
            re.compile(rf"\b(?:{pattern.format(h=_OF_HOUR)})(?!\w){halves.HALF}"),
            True,
            shift,
            sign,
        )
        for needs, pattern, shift, sign in _PAST
    ),
    # in English `half eight` is half past
    _way("halb half halv", _HALB, spoken=True)._replace(shift=-30, languages=("de", "nl", "sv")),
    _way("i", _BEFORE_IN_SWEDISH, spoken=True)._replace(sign=-1, languages=("sv",)),
    _way("half", _BRITISH_HALF, spoken=True)._replace(shift=30, languages=("en",)),
    _way("in at am pm a p o", _SPOKEN_MINUTES),
    _way("am pm a p", _AMPM),
    _way("hrs hours uhr h utc gmt zulu z local cet cest est edt pst pdt", _MILITARY),
    _way(".", _DOTTED),
    _way("uhr uur h", _DOTTED_CLOCK),
    _way("h uhr uur heure heures", _H),
    # one o'clock is after noon to most; ein Uhr is at night
    _way("uhr o oclock", _CLOCK, spoken=True)._replace(languages=("en",)),
    _way("uhr o oclock", _CLOCK),
    _way("sharp dot pile punto ponto precies prick punktlich", _SHARPLY, spoken=True),
    _way(halves.HALVES, _PART),
    _way("h heures horas uur", _H_ALONE),
    Way(MIDDLES, _NOON),
    _way("時 时 点 點 시", _CJK),
)
_NEEDED = frozenset[str]().union(*(way.needs for way in WAYS))
_AFTER_AT = _way(
    "at by um gegen om vers klockan kl a alle as les das dalle de from until ab bis till since", _AT, spoken=True
)


@lru_cache(maxsize=4096)
def ways_with(present: frozenset[str], language: str) -> tuple[Way, ...]:
    """Those that one of the words may begin; most sentences have no word of forty patterns."""
    spoken = [way for way in WAYS if not way.languages or language in way.languages]
    return tuple(way for way in spoken if not way.needs.isdisjoint(present))


def find_times(text: str, language: str, present: frozenset[str], mentions: list[TimeMention]) -> list[TimeMention]:
    """Adds every time of day that is named, in order; dates are blanked out, `present` are all words and marks."""
    for way in ways_with(present & _NEEDED, language):
        text = way.pattern.sub(partial(way.take, text=text, mentions=mentions), text)
    # last of all: a bare number is a time only where no fuller way has taken it
    for match in _AT.finditer(text) if not _AFTER_AT.needs.isdisjoint(present) else ():
        noted = len(mentions)
        _AFTER_AT.take(match, text, mentions)
        if not (match["am"] or match["pm"]):
            mentions[noted:] = [mention._replace(bare=True) for mention in mentions[noted:]]
    return sorted(mentions, key=lambda mention: mention.start)
