"""Whether a number follows from those that a text says: a sum, a share, a mean."""

import re
from functools import lru_cache

from agents.plan.values.reading.mentions import Mentions

_ONE_MORE = re.compile(
    r"\b(?:1|one) (?:more|extra|less|fewer)|\banother\b|\badditional\b|\bplus (?:1|one)\b|\bnoch (?:ein|1)"
    r"|\b(?:un|1) de plus|\b(?:uno|una|1) mas\b|\bin piu\b|\bnext\b"
)
_WORKING_OUT = re.compile(
    r"\b(?:total\w*|sum|sums|average|averag\w+|mean|altogether|together|left|remain\w*|difference|each|per|times|twice"
    r"|double\w*|half|triple|discount|rounded?|ratio|how many|how much|more|less|fewer|extra|longer|shorter|another"
    r"|increase\w*|decrease\w*|add\w*|minus|plus|durchschnitt\w*|mittel\w*|summe|insgesamt|gesamt\w*|zusammen|ubrig"
    r"|jeweils|pro|mal|doppelt|halfte|mehr|weniger|je|differenz|somme|moyenne|chacune?|reste|ensemble|suma|promedio"
    r"|cada|resto|media|somma|totale|ciascun\w|soma|gemiddeld\w*|totaal|samen|elk)\b"
)


def is_worked_out(text: Mentions, value: float) -> bool:
    """A sum, a difference, a product, a quotient or a mean of numbers that were said.

    By chance many small numbers are: below 100 that counts only where the text speaks of working something out.
    """
    if len(text.amounts) < 2 and not text.shares:
        return False
    if value == int(value) and abs(value) < 100 and not speaks_of_working_out(text):
        return False
    written = repr(value)
    digits = len(written.partition(".")[2]) if "." in written and "e" not in written and value != int(value) else 6
    return round(value, digits) in _results(text, digits)


@lru_cache(maxsize=4096)
def speaks_of_working_out(text: Mentions) -> bool:
    return _WORKING_OUT.search(text.in_digits) is not None


@lru_cache(maxsize=512)
def _results(text: Mentions, digits: int) -> frozenset[float]:
    """What the first sixty numbers of a text may be worked out to; one more or less only where that is said."""
    # pairs grow with the square: of sixty numbers there are 1,770
    numbers = list(dict.fromkeys(a.value for a in text.amounts if not a.withdrawn or a.is_operand))[:60]
    rows = [a.value for a in text.amounts if not a.withdrawn or a.is_operand][:60]
    speaks, counts_on = speaks_of_working_out(text), _ONE_MORE.search(text.in_digits) is not None
    results: set[float] = set()
    for start in range(len(rows)):
        total = 0.0
        for count, number in enumerate(rows[start : start + 30], 1):
            total += number
            results |= {total, total / count} if count > 1 and (counts_on or abs(number) > 1 or count > 2) else set()
    for place, left in enumerate(numbers):
        for right in numbers[:place]:
            if counts_on or min(abs(left), abs(right)) > 1:
                results |= {left - right, right - left, left + right}
            tens = {left, right} & {1.0, 10.0, 100.0, 1000.0, 0.1, 0.01}
            if speaks or not tens:  # 6,850 is no tenth of 68,500 only because a 10 stands somewhere
                results |= {left * right, left / right if right else 0.0, right / left if left else 0.0}
                results |= {left * right / 100, left * (1 - right / 100), right * (1 - left / 100)}
    # a number that was said itself has been compared with its unit, which this must not undo
    return frozenset(round(result, digits) for result in results) - {round(number, digits) for number in numbers}
