"""Distance to what is already known."""

from agents.schema import Blueprint, Cluster, Mode, Step, Tool, Turn
from memory.store.novelty import Aim, blueprint_text, novelty, trajectory_text
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


def test_a_copy_of_one_neighbour_is_a_copy_however_new_the_mean_is() -> None:
    assert Aim().is_copy(near(0.049999, 0.9, 0.9, 0.9, 0.9))
    assert not Aim().is_copy(near(0.05, 0.05, 0.05, 0.05, 0.05))
    assert not Aim().is_copy([])


def test_without_a_distance_nothing_is_a_copy() -> None:
    assert not Aim(distance=0.0).is_copy(near(0.0))


def test_the_share_of_copies_grows_no_further_than_the_aim() -> None:
    copies = 0
    for accepted in range(1000):
        copies += Aim(share=0.02).allows_copy(copies, accepted)
        assert copies <= 0.02 * (accepted + 1)
    assert copies == 20
    assert not Aim(share=0.0).allows_copy(0, 10**6)


def test_text_of_a_blueprint() -> None:
    steps = (Step(id="s1", tool="list_orders"), Step(id="s2", tool="cancel_order"))
    plan = Blueprint(persona="A", goal="Cancel it", mode=Mode.CHAINED, turns=(Turn(ask="x"),), steps=steps)
    tools = tuple(Tool(name=name, input_schema={}, service="s") for name in ("list_orders", "cancel_order"))
    cluster = Cluster(id="c", leaf="0.0", tools=tools)
    assert blueprint_text(plan, cluster) == "Cancel it\nlist_orders, cancel_order\nread write answer"


def test_text_of_a_trajectory() -> None:
    call = {"id": "call_1", "function": {"name": "list_orders", "arguments": "{}"}}
    row = {"blueprint": {"goal": "Cancel it"}, "messages": [{"role": "assistant", "tool_calls": [call]}]}
    assert trajectory_text(row, "read answer") == "Cancel it\nlist_orders\nread answer"
    assert trajectory_text({}, "refuse") == "\nno tool\nrefuse"
