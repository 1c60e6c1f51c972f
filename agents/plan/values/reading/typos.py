"""Words of dates, times and amounts that are mistyped: tommorow, qaurter, thirtenn."""

import re
from functools import lru_cache

_MEANT_WORDS = """
january february august september october november december monday tuesday wednesday thursday friday saturday sunday
yesterday tomorrow tonight midnight fortnight weekend quarter eleven twelve thirteen fourteen fifteen sixteen seventeen
eighteen nineteen twenty thirty seventy eighty ninety hundred thousand million percent minutes fahrenheit celsius
"""
_MEANT = _MEANT_WORDS.split()
_OTHER_WORDS = """
augusta auguste augusto bullion eighth mighty milling minute minuter minuses mullion nicety octobre quartet seventh
sundae sundar sundby sundry thirst thirsty weighty
"""
"""Words of their own that are as near as a mistake."""
_TWICE = {"fiveteen": "fifteen", "tommorow": "tomorrow", "fourty": "40", "twelveth": "12th", "ninteenth": "19th"}
"""Two mistakes that are often made in one word, and words too short for the rule."""
_WORD = re.compile(r"\b[a-z]{6,}\b")
"""Of shorter words too many are near to others."""


def _cuts(word: str) -> list[str]:
    """The word with one letter left out, each in turn: two words that share one of these may be a mistake apart."""
    return [word[:place] + word[place + 1 :] for place in range(len(word))]


_KNOWN = frozenset((*_MEANT, *_OTHER_WORDS.split(), *(f"{word}s" for word in _MEANT)))
_NEAR = {cut: word for word in _MEANT for cut in (word, *_cuts(word))}


def mend(sentence: str) -> str:
    """With the words that were meant, of a folded sentence in English.

    >>> mend("on thrusday at qaurter to fiveteen"), mend("fifteen thirsty augusta sundays")
    ('on thursday at quarter to fifteen', 'fifteen thirsty augusta sundays')
    """
    return _WORD.sub(lambda match: _mend_word(match[0]), sentence)


@lru_cache(maxsize=8192)  # a talk has the same words again and again
def _mend_word(word: str) -> str:
    if word in _KNOWN:
        return word
    if word in _TWICE:
        return _TWICE[word]
    near = next((_NEAR[cut] for cut in (word, *_cuts(word)) if cut in _NEAR), "")
    return near if near and _is_slip(word, near) else word


def _is_slip(typed: str, meant: str) -> bool:
    """Whether a letter is too many, missing or another, or two neighbours stand the wrong way round."""
    if len(typed) != len(meant):
        return typed[0] == meant[0]
    wrong = [place for place, letter in enumerate(typed) if letter != meant[place]]
    swapped = len(wrong) == 2 and wrong[1] == wrong[0] + 1 and sorted(typed) == sorted(meant)
    return swapped or (len(wrong) == 1 and wrong[0] > 0)
