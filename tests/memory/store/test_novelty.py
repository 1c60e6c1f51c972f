"""Distance to what is already known."""

from agents.schema import Blueprint, Mode, Step, Turn
from memory.store.novelty import blueprint_text, familiar, novelty, trajectory_text
from memory.store.trajectories import Neighbour


def near(*distances: float) -> list[Neighbour]:
    return [Neighbour(slot, distance, "") for slot, distance in enumerate(distances)]


def test_everything_is_new_while_empty() -> None:
    assert novelty([]) == 1.0


def test_mean_of_the_nearest_five() -> None:
    assert novelty(near(0.1, 0.2, 0.3, 0.4, 0.5, 0.9)) == 0.3


def test_fewer_than_five_count_alone() -> None:
    assert novelty(near(0.0, 0.5)) == 0.25


def test_rounded_to_a_millionth() -> None:
    assert novelty(near(0.1, 0.1, 0.2)) == 0.133333


def test_a_copy_of_one_neighbour_is_familiar_however_new_the_mean_is() -> None:
    assert familiar(near(0.049999, 0.9, 0.9, 0.9, 0.9), 0.05)
    assert familiar(near(0.049999, 0.9, 0.9, 0.9, 0.9), 0.3)
    assert not familiar(near(0.05, 0.9, 0.9, 0.9, 0.9), 0.05)


def test_a_mean_below_the_threshold_is_familiar() -> None:
    assert familiar(near(0.06, 0.08), 0.1)
    assert not familiar(near(0.06, 0.14), 0.1)


def test_a_lower_threshold_allows_nearer_copies() -> None:
    assert familiar(near(0.004), 0.005)
    assert not familiar(near(0.005), 0.005)
    assert not familiar(near(0.0), 0.0)


def test_text_of_a_blueprint() -> None:
    steps = (Step(id="s1", tool="list_orders"), Step(id="s2", tool="cancel_order"))
    plan = Blueprint(persona="A", goal="Cancel it", mode=Mode.CHAINED, turns=(Turn(ask="x"),), steps=steps)
    assert blueprint_text(plan) == "Cancel it\nlist_orders, cancel_order\nchained"


def test_text_of_a_trajectory() -> None:
    call = {"id": "call_1", "function": {"name": "list_orders", "arguments": "{}"}}
    row = {"blueprint": {"goal": "Cancel it"}, "messages": [{"role": "assistant", "tool_calls": [call]}]}
    assert trajectory_text(row, "read answer") == "Cancel it\nlist_orders\nread answer"
    assert trajectory_text({}, "refuse") == "\nno tool\nrefuse"
