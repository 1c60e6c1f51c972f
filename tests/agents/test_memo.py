"""What is asked of one object again and again is worked out once."""

from agents.memo import SIZE, remembered


def test_a_function_is_asked_once_for_the_very_object() -> None:
    asked: list[list[int]] = []

    @remembered
    def total(one: list[int]) -> int:
        asked.append(one)
        return sum(one)

    one, equal = [1, 2], [1, 2]
    assert [total(one), total(one), total(equal)] == [3, 3, 3]
    assert [part is one for part in asked] == [True, False]


def test_the_oldest_is_forgotten_and_asked_for_again() -> None:
    asked: list[int] = []

    @remembered
    def length(one: list[int]) -> int:
        asked.append(len(one))
        return len(one)

    parts = [[0] * n for n in range(SIZE + 1)]
    assert [length(part) for part in [*parts, parts[-1], parts[0]]] == [*range(SIZE + 1), SIZE, 0]
    assert asked == [*range(SIZE + 1), 0]
