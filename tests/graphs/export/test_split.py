import numpy as np

from graphs.export.split import split
from tests.graphs.export.samples import Row, parallel

DIRECTIONS = np.eye(40)


def rows(*names: str) -> list[Row]:
    """A row for each service; several services are written with a plus."""
    return [
        {**parallel(), "slot": slot, "cluster": {"tools": {f"t{n}": f"{s}/get" for n, s in enumerate(name.split("+"))}}}
        for slot, name in enumerate(names)
    ]


def part_of(parts: dict[str, list[int]]) -> dict[int, str]:
    return {number: part for part, numbers in parts.items() for number in numbers}


def test_rows_of_one_service_stay_together_and_two_services_bind_their_rows() -> None:
    names = [f"s{n % 18}" for n in range(36)]
    names[3] = "s3+s4"
    parts = split(rows(*names), DIRECTIONS[:36])
    part = part_of(parts)
    assert sorted(part) == list(range(36))
    assert all(part[n] == part[n + 18] for n in range(18))
    assert part[3] == part[4]
    assert [len(parts[name]) for name in ("validation", "test")] == [2, 2]


def test_near_copies_of_different_services_stay_together() -> None:
    vectors = DIRECTIONS.copy()
    for n in range(20):
        vectors[n + 20] = vectors[n]
    part = part_of(split(rows(*(f"s{n}" for n in range(40))), vectors))
    assert all(part[n] == part[n + 20] for n in range(20))


def test_the_same_services_are_parted_in_the_same_way_whatever_their_order() -> None:
    names = [f"s{n}" for n in range(40)]
    first = {names[n]: part for n, part in part_of(split(rows(*names), DIRECTIONS)).items()}
    names.reverse()
    assert first == {names[n]: part for n, part in part_of(split(rows(*names), DIRECTIONS)).items()}


def test_what_hangs_together_is_all_for_training() -> None:
    assert split(rows("a", "a", "a+b", "b"), DIRECTIONS[:4]) == {"train": [0, 1, 2, 3], "validation": [], "test": []}
