"""What is asked of one object again and again is worked out once."""

from agents.memo import SIZE, remembered, remembered_of_both


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


def test_a_function_of_two_objects_is_asked_once_for_both_of_them() -> None:
    pairs: list[tuple[str, list[int]]] = []

    @remembered_of_both
    def repeat(text: str, counts: list[int]) -> str:
        pairs.append((text, counts))
        return text * sum(counts)

    text, counts, equal = "ab", [1], [1]
    assert [repeat(text, counts), repeat(text, counts), repeat(text, equal)] == ["ab", "ab", "ab"]
    assert [later is counts for _, later in pairs] == [True, False]
    for n in range(SIZE + 1):
        repeat(text, [n])
    repeat(text, counts)
    assert len(pairs) == 2 + SIZE + 1 + 1
