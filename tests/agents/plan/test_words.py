import orjson

from agents.plan.values.language.vocabulary import WORDS
from tests.agents.plan.words import read_libraries


def test_the_file_of_words_is_what_the_libraries_say() -> None:
    held = orjson.loads(WORDS.read_bytes())
    assert held == read_libraries(), "python -m tests.agents.plan.words writes it anew"
