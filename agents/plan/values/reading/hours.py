"""Hours that only what stands beside them shows to be times: six to two, at nine, no, ten; and an hour after nine."""

import re
from collections.abc import Sequence

from agents.plan.values.language import corrections
from agents.plan.values.reading.calendar.dates import DateMention
from agents.plan.values.reading.clock import DAY, HALF_DAY, HOUR, MINUTE, TimeMention

_LEADS_ON = re.compile(
    r"[ ,(]*(?:utc|gmt|z|[pecm][sd]t|cest|mesz?|mez|bst|[+-]\d\d:?\d\d|uhr|uur)?[ ,)]*"
    r"(?:on|am|le|el|il|op|del|de|vom|em|no dia|of|the|den|on the)? ?"
    r"(?:the |den |\w+day,? |\w+tag,? (?:den |dem )?)?(?:the )?"
)
_WORK = (
    r"(?:open|opens|opened|hours|works?|working|shifts?|available|geoffnet|offen|schicht|arbeite\w*|ouverte?"
    r"|travaille\w*|abiert[oa]|trabaj\w*|turno|apert[oa]|lavor\w*|abert[oa]|werk\w*|dienst|zmiana|otwarte|pracuj\w*"
    r"|oppet|jobbar|pass)"
)
_JOIN = (
    r" ?(?:-|to|till|until|through|and|bis|und|a|as|alle|al|hasta|las|ate|tot|en|do|till|och|e|y|et)(?: (?:las?"
    r"|as|les)(?= ))? ?"
)
_HOUR = r"(?P<{}>\d{{1,2}})(?:ej)?(?: ?(?:o'?clock|uhr|heures?|horas?|ore|uur|h))?"
_NO_COUNT = (
    r"(?![\d:.]\d|\d|[%€$£]| ?(?:[ap]\.?m|percent|euro|dollar|pound|people|person|guest|days?|nights?|weeks?|months?"
    r"|years?|hours?|minutes?|min|kg|km|items?|stunden|tage|wochen|minuten|jours|semaines|dias|giorni|dagen|times"
    r"|pieces|adults)\b)"
)
_SHIFTS = re.compile(
    rf"\b{_WORK}(?: (?:is|are|goes|runs|lasts|geht|ist|est|va|es|gaat|trwa|ar))?(?: (?:from|von|de|das|dalle|van|od"
    rf"|fran))?,? {_HOUR.format('h')}{_JOIN}{_HOUR.format('to')}{_NO_COUNT}"
)
"""Of who works or is open: nine to five, also without a word for `from`."""
_BETWEEN = re.compile(
    r"\b(?:from|between|von|zwischen|entre|dalle|tra le|van|tussen|od|miedzy|fran|mellan|de(?= \d+ (?:h|heures|horas"
    r"|a las|as) ))"
    rf" {_HOUR.format('h')}{_JOIN}{_HOUR.format('to')}{_NO_COUNT}"
)
_NIGHT = re.compile(r"\b(?:night|nights|overnight|nacht\w*|nuit|noche|nocturno|notte|noite|nocn\w*|natt\w*)\b")
_EARLY = re.compile(r"\bthis morning\b")
_LATE = re.compile(
    r"\b(?:late|afternoon|evening|spat\w*|nachmittag\w*|abend\w*|soir|tarde|sera|popoludni\w*|kvall\w*)\b"
)
_TIMES_WANTED = re.compile(
    r"\b(?:book\w*|reserv\w*|room|meeting|meet|call|slot|block|free|busy|shift|work\w*|open|closed?|table|court|class"
    r"|course|lesson|session|appointment|termin|besprechung|raum|kurs|unterricht|frei|reunion|sala|salle|cours|clase"
    r"|aula|cita|riunione|lezione|vergadering|zaal|spotkanie|mote|this (?:morning|afternoon|evening)|tonight"
    r"|o'?clock|uhr|heures|horas|uur)\b"
)
"""Something that is on for some hours: of "from two to four rooms" neither is a time."""
_BETTER = re.compile(
    rf"[^.;?!]{{0,40}}?(?:{corrections.CORRECTION.pattern}|\b(?:now|jetzt|maintenant|ahora|adesso|agora|nu|teraz"
    rf"|instead)\b)[ ,]*"
    r"(?:(?:make|let's|it's|it is|is|at|to|um|ist|es|a|as|alle|las|om|say|better|lieber|more like|rather|the) ){0,3}"
    rf"(?P<h>\d{{1,2}})(?:ej)?{_NO_COUNT}(?= ?(?:$|[.,;!?)]|instead|please|then|bitte|works|is|would))"
)
_APART = re.compile(
    r"(?<![\w.,])(?P<n>\d+(?:\.\d+)?) (?P<unit>h(?:ours?|rs?)|stunden?|heures?|horas?|or[ae]|uur|uren|godzin\w*|timm\w+"
    r"|min(?:ute[ns]?|uter|utos?|uti|uut|ut[ya]?|s)?) (?:(?P<before>before|prior to|ahead of|earlier than|vor|avant"
    r"|antes d[eao]s?|prima d\w+|voor|przed|fore)|after|later than|past|nach|apres|despues de|depois d[eao]s?|dopo|na"
    r"|po|efter)(?: (?:the|las?|les?|die|as))? $"
)  # fmt: skip


def take_ranges(text: str, mentions: list[TimeMention]) -> str:
    """Notes the hours of ranges whose words tell that they are hours, and blanks them out of the text."""

    def take(match: re.Match[str]) -> str:
        first, last = int(match["h"]) * HOUR, int(match["to"]) * HOUR
        if first > DAY or last > DAY or first == last:
            return match[0]
        is_plain = first <= HALF_DAY and last <= HALF_DAY and match["h"][0] != "0"
        is_late = is_plain and not _EARLY.search(text)
        named = _NIGHT.search(text), _LATE.search(text)
        if is_plain and named[0] and HOUR * 5 < first < HALF_DAY:
            first += HALF_DAY
        elif is_late and ((named[1] and first < HALF_DAY) or (first < 6 * HOUR and last > first)):
            first, last = first + HALF_DAY, last + HALF_DAY
        elif is_plain and last <= first:
            last += HALF_DAY
        mentions.append(TimeMention(first % DAY, None, None, match.start("h"), match.end("h")))
        mentions.append(TimeMention(last % DAY, None, None, match.start("to"), match.end("to")))
        return "\0" * len(match[0])

    text = _SHIFTS.sub(take, text)
    is_all = _BETWEEN.fullmatch(text.strip(" .!")) is not None
    return _BETWEEN.sub(take, text) if is_all or _TIMES_WANTED.search(text) else text


def carry_on(text: str, mentions: Sequence[TimeMention]) -> list[TimeMention]:
    """The same, with the bare hour that is better than one before it: at nine, no, ten."""
    out = list(mentions)
    for mention in mentions:
        better = _BETTER.match(text, mention.end)
        taken = better and any(m.start <= better.start("h") < m.end for m in mentions)
        if better and not taken and int(better["h"]) < 24:
            half = "" if mention.other is not None else "am" if mention.seconds < HALF_DAY else "pm"
            hour = TimeMention.at(int(better["h"]) * HOUR, half, True, better.start("h"), better.end("h"))
            out.append(hour._replace(zone=mention.zone))
    return out


def move(text: str, mentions: Sequence[TimeMention]) -> list[TimeMention]:
    """The same and the times that are named by them: of an hour after nine ten, and nine is not meant itself."""
    out = []
    for mention in mentions:
        match = _APART.search(text, max(0, mention.start - 60), mention.start)
        out.append(mention._replace(withdrawn=True) if match else mention)
        if match:
            length = float(match["n"]) * (MINUTE if match["unit"].startswith("min") else HOUR)
            seconds = int(mention.seconds + (-length if match["before"] else length)) % DAY
            other = None if mention.other is None else (seconds + HALF_DAY) % DAY
            out.append(mention._replace(seconds=seconds, other=other, start=match.start()))
    return sorted(out, key=lambda mention: mention.start)


def with_days(
    text: str, times: Sequence[TimeMention], dates: Sequence[DateMention]
) -> list[tuple[TimeMention, tuple[DateMention, ...]]]:
    """Each time with its day: the last before it, unless one follows at once ("at 9 on 5 May")."""
    pairs = []
    for time in times:
        before = [day for day in dates if day.end <= time.start]
        after = [day for day in dates if day.start >= time.end]
        gap = after[0].start - time.end if after else 10**6
        follows = not before or (gap <= 24 and _LEADS_ON.fullmatch(text, time.end, after[0].start))
        near = next(iter((after if follows else before[::-1])[:1]), None)
        pairs.append((time, tuple(day for day in dates if near and day.start == near.start)))
    return pairs
