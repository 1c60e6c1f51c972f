"""Polish numbers as they stand in a sentence, declined, and the hours, which are ordinals."""

import re
from functools import lru_cache

HOURS = [
    (f"{stem}a", f"{stem}ej")
    for stem in [
        *("pierwsz", "drug", "trzeci", "czwart", "piat", "szost", "siodm", "osm", "dziewiat", "dziesiat", "jedenast"),
        *("dwunast", "trzynast", "czternast", "pietnast", "szesnast", "siedemnast", "osiemnast", "dziewietnast"),
        "dwudziest",
    ]
] + [(f"dwudziesta {stem}a", f"dwudziestej {stem}ej") for stem in ("pierwsz", "drug", "trzeci", "czwart")]
"""Hours from the first; `o piatej` is at five, `do piatego` until the fifth."""
_GENITIVES = (
    (r"dziescia\b|dziesci\b", "dziestu"), (r"nascie\b", "nastu"), (r"\bdwa\b", "dwoch"), (r"\btrzy\b", "trzech"),
    (r"\bcztery\b", "czterech"), (r"\bsiedem\b", "siedmiu"), (r"\bosiem\b", "osmiu"), (r"\bdwadziestu\b", "dwudziestu"),
    (r"(?<=[ei])c\b", "ciu"), (r"y\b", "ego"), (r"\btrzeci\b", "trzeciego"), (r"\bdrugi\b", "drugiego"),
)  # fmt: skip


def decline(spelled: str) -> str:
    """A Polish number as it stands in a date or behind a preposition.

    >>> decline("piec"), decline("dwadziescia trzy"), decline("dwudziesty trzeci")
    ('pieciu', 'dwudziestu trzech', 'dwudziestego trzeciego')
    """
    return " ".join(map(_decline_word, spelled.split(" ")))


@lru_cache(maxsize=256)  # a thousand numbers are made of some fifty words
def _decline_word(word: str) -> str:
    for pattern, genitive in _GENITIVES:
        word = re.sub(pattern, genitive, word)
    return word
