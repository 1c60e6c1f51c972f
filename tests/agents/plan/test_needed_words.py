"""A pattern is looked for only where one of its words stands, so each must have every word that it can match with."""

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agents.plan.values.language.corrections import CORRECTION, NOT, TAKING_BACK
from agents.plan.values.language.phrases import REWRITES
from agents.plan.values.language.spelling import words_and_marks
from agents.plan.values.reading.clock import WAYS

NEEDING = [(needs, pattern) for needs, pattern, *_ in (*WAYS, *REWRITES)]
NEEDING += [(TAKING_BACK, CORRECTION), (TAKING_BACK, NOT)]


@pytest.mark.parametrize(("needs", "pattern"), NEEDING, ids=[" ".join(sorted(needs)) for needs, _ in NEEDING])
@settings(max_examples=20, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow], deadline=None)
@given(data=st.data())
def test_whatever_a_pattern_matches_has_one_of_its_words(
    needs: frozenset[str], pattern: re.Pattern[str], data: st.DataObject
) -> None:
    text = data.draw(st.from_regex(pattern))
    assert not needs.isdisjoint(words_and_marks(text))


def test_every_language_has_its_patterns() -> None:
    assert (len(WAYS), len(REWRITES)) == (54, 76)
