"""What a field means by its words, as far as days and times go: births long past, deadlines ahead."""

from datetime import date, datetime
from functools import lru_cache

from agents.offline.trade.subject import Subject
from agents.schema import words

_PAST_WORDS = """
created updated placed opened started occurred sent issued paid booked spent read modified last since after
seen submitted added published joined registered collected signed closed completed built finished scan posted
measured raised taken merged granted made confirmed mined traded changed checked detected logged timestamp recorded
triggered played
committed pushed authored asked visited received
released added reported reviewed viewed accessed active used run applied synced

"""
_PAST = frozenset(_PAST_WORDS.split())
_FUTURE_WORDS = """
due expires expiry until ends end valid eta deadline starts start arrival scheduled next expected arrives
departs departure pickup return checkin checkout before renewal deliver ready respond exam to execution
viewing
"""
_FUTURE = frozenset(_FUTURE_WORDS.split())


@lru_cache(maxsize=65536)
def split(key: str) -> tuple[str, ...]:
    return tuple(words(key))


def day_of(key: str, subject: Subject) -> date:
    """A day that fits the field: births long past, what happened before today, what is planned after it."""
    about = set(split(key))
    if about in ({"at"}, {"as", "of"}):  # the moment that a figure or a line of a log is of
        return subject.day(key, -6, -1)
    if about == {"since"}:  # what is going on began today or yesterday, and is over soon
        return subject.day(key, -1, 0)
    if about == {"expected", "end"}:
        return subject.day(key, 0, 1)
    if about in ({"expires", "at"}, {"until"}):
        return subject.day(key, 1, 3)
    if about & {"born", "birth", "birthday", "dob"}:
        return subject.birthday
    if about & _PAST:
        return subject.day(key, -40, -1)
    if about & _FUTURE:
        return subject.day(key, 12, 45)
    return subject.day(key, 2, 12)


def is_past(key: str) -> bool:
    """Whether the field says when something was, not when it is going to be."""
    about = set(split(key))
    return bool(about & _PAST or about in ({"at"}, {"since"}))


def moment_of(key: str, subject: Subject) -> datetime:
    hour, minute = clock_of(key, subject).split(":")
    day = day_of(key, subject)
    return datetime(day.year, day.month, day.day, int(hour), int(minute))


def clock_of(key: str, subject: Subject) -> str:
    """A quarter of an hour of a working day; what ends is later than what starts."""
    rng, about = subject.rng(f"{key}/clock"), split(key)
    late = bool({"end", "ends", "to", "until", "closes", "arrives"} & set(about))
    return f"{rng.randint(15, 19) if late else rng.randint(8, 13):02d}:{rng.choice(('00', '15', '30', '45'))}"


def read_moment(value: object) -> datetime | None:
    """A date, a time of day or both; None for anything else."""
    if not isinstance(value, str):
        return None
    try:
        if len(value) in (5, 8) and value[2:3] == ":":
            return datetime.fromisoformat(f"2000-01-01T{value}")
        return datetime.fromisoformat(value.replace("Z", "+00:00")).replace(tzinfo=None) if value[4:5] == "-" else None
    except ValueError:
        return None
