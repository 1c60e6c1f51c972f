"""What a plan will be measured as, known before it is played."""

import pytest

from agents.plan.code_tool import RUN_PYTHON
from agents.schema import Blueprint, Cluster, Constant, Fact, FromStep, FromUser, Mode, Step, Tool, Turn, Written
from memory.measure.foresight import Foreseen, foresee

NAMES = ("list_orders", "get_order", "cancel_order")
CLUSTER = Cluster(
    id="c",
    leaf="0.0",
    tools=(*(Tool(name=name, input_schema={}, service="shop") for name in NAMES), RUN_PYTHON),
)
SEEN = {"id": FromStep(step="a", path="orders[0].id")}


def plan(mode: Mode, *steps: Step, turns: int = 1, facts: tuple[Fact, ...] = ()) -> Blueprint:
    return Blueprint(
        persona="A", goal="g", mode=mode, steps=steps, facts=facts, turns=tuple(Turn(ask="x") for _ in range(turns))
    )


LIST = Step(id="a", tool="list_orders")


@pytest.mark.parametrize(
    ("blueprint", "calls", "signature"),
    [
        (plan(Mode.LINEAR, LIST), "list_orders", "read answer"),
        (plan(Mode.REFUSAL), "", "refuse"),
        (
            plan(Mode.CHAINED, LIST, Step(id="b", tool="cancel_order", arguments=SEEN)),
            "list_orders cancel_order",
            "read write* answer",
        ),
        (
            plan(Mode.CHAINED, LIST, Step(id="b", tool="get_order", turn=2, arguments=SEEN), turns=2),
            "list_orders get_order",
            "read answer read* answer",
        ),
        (
            plan(Mode.PARALLEL, LIST, Step(id="b", tool="get_order", arguments={"x": Constant(value=True)})),
            "list_orders get_order",
            "parallel2 answer",
        ),
        (
            plan(
                Mode.ITERATIVE,
                LIST,
                Step(id="b", tool="get_order", arguments=SEEN, repeat=FromStep(step="a", path="orders")),
            ),
            "list_orders get_order get_order get_order",
            "read read* read* read* answer",
        ),
        (
            plan(Mode.RECOVERY, LIST.model_copy(update={"fails": "busy"})),
            "list_orders list_orders",
            "read recover answer",
        ),
        (
            plan(
                Mode.CLARIFICATION,
                Step(id="a", tool="get_order", arguments={"id": FromUser(fact="id")}),
                facts=(Fact(name="id", value=1, withheld=True),),
            ),
            "get_order",
            "ask read answer",
        ),
        (
            plan(
                Mode.COMPUTATION,
                LIST,
                Step(
                    id="b",
                    tool="run_python",
                    arguments={"code": Written(task="sum", reads=(FromStep(step="a", path=""),))},
                ),
            ),
            "list_orders run_python",
            "read code* answer",
        ),
    ],
)
def test_calls_and_signature_of_a_plan(blueprint: Blueprint, calls: str, signature: str) -> None:
    assert foresee(blueprint, CLUSTER) == Foreseen(tuple(calls.split()), signature)
