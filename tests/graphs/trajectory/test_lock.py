"""Dynamic Schema Locking, fact by fact."""

import pytest

from agents.errors import LockError
from agents.schema import Blueprint, Checkpoint, Cluster, FromStep, Mode, Schema, Step, Tool, Turn
from graphs.trajectory.lock import Ledger, check_call, freeze, infer, lock_with, refuse_invalid

ID = {"type": "object", "required": ["order_id"], "properties": {"order_id": {"type": "string"}}}
LIST = Tool(name="list_orders", input_schema={"type": "object"}, service="shop")
GET = Tool(name="get_order", input_schema=ID, service="shop")
CANCEL = Tool(name="cancel_order", input_schema=ID, output_schema=ID, service="shop")
CLUSTER = Cluster(id="c", leaf="0.0", tools=(LIST, GET, CANCEL))
PLAN = Blueprint(
    persona="p",
    goal="g",
    mode=Mode.CHAINED,
    turns=(Turn(ask="a"),),
    steps=(
        Step(id="s1", tool="list_orders"),
        Step(id="s2", tool="get_order", arguments={"order_id": FromStep(step="s1", path="orders[0].order_id")}),
    ),
    checkpoints=(Checkpoint(text="told", step="s2", path="status"),),
)


def test_a_call_outside_the_cluster_is_refused() -> None:
    with pytest.raises(LockError, match="unknown tool 'teleport'"):
        check_call(CLUSTER, "teleport", {})


def test_a_call_with_a_wrong_type_is_refused_with_the_validators_words() -> None:
    with pytest.raises(LockError, match=r"get_order: \$.order_id: 5 is not of type 'string'"):
        check_call(CLUSTER, "get_order", {"order_id": 5})
    check_call(CLUSTER, "get_order", {"order_id": "A"})


@pytest.mark.parametrize(
    "schema", [{"pattern": r"(?P<a>x)(?P=a)\Z"}, {"$schema": "https://example.org/own", "const": "xx"}]
)
def test_what_only_python_reads_of_a_schema_is_held_too(schema: Schema) -> None:
    refuse_invalid(schema, "xx", "get_order")
    with pytest.raises(LockError):
        refuse_invalid(schema, "xy", "get_order")


def test_the_blueprint_locks_the_fields_it_relies_on() -> None:
    lock = freeze(PLAN, CLUSTER)["list_orders"]
    refuse_invalid(lock, {"orders": [{"order_id": "A"}]}, "list_orders")
    for broken in ({"orders": []}, {"orders": [{"order_id": 5}]}, {}):
        with pytest.raises(LockError):
            refuse_invalid(lock, broken, "list_orders")
    with pytest.raises(LockError, match="status"):
        refuse_invalid(freeze(PLAN, CLUSTER)["get_order"], {"order_id": "A"}, "get_order")


def test_a_locked_schema_refuses_a_changed_type() -> None:
    locks = lock_with({}, GET, "get_order", "get_order", {"order_id": "A", "total": 5})
    with pytest.raises(LockError, match="total"):
        refuse_invalid(locks["get_order"], {"order_id": "A", "total": "five"}, "get_order")


def test_an_inferred_lock_admits_null_and_omission() -> None:
    lock = lock_with({}, GET, "get_order", "get_order", {"order_id": "A", "total": 5})["get_order"]
    refuse_invalid(lock, {"order_id": None}, "get_order")
    refuse_invalid(lock, {"order_id": "B", "total": 5.5, "new": True}, "get_order")


def test_only_the_first_success_of_an_undeclared_tool_locks() -> None:
    first = lock_with({}, GET, "get_order", "get_order", {"total": 5})
    assert lock_with(first, GET, "get_order", "get_order", {"total": "five"}) == first
    assert lock_with({}, CANCEL, "cancel_order", "cancel_order", {"order_id": "A"}) == {}


def test_item_types_are_locked() -> None:
    assert infer([1, 2]) == {"type": "array", "items": {"type": ["number", "null"]}}
    assert infer([1, "a"]) == {"type": "array"}


def test_a_read_may_not_contradict_an_earlier_observation() -> None:
    ledger = Ledger()
    ledger.note(LIST, "list_orders", {}, {"orders": [{"order_id": "A", "status": "open"}]})
    with pytest.raises(LockError, match='order:A has status = "open" earlier, "closed" now'):
        ledger.check(GET, {"order_id": "A", "status": "closed"})
    ledger.check(GET, {"order_id": "B", "status": "closed"})


def test_a_write_allows_a_change_of_what_it_names() -> None:
    ledger = Ledger()
    ledger.note(GET, "get_order", {"order_id": "A"}, {"order_id": "A", "status": "open"})
    ledger.note(GET, "get_order", {"order_id": "B"}, {"order_id": "B", "status": "open"})
    ledger.note(CANCEL, "cancel_order", {"order_id": "A"}, {"order_id": "A"})
    ledger.check(GET, {"order_id": "A", "status": "cancelled"})
    with pytest.raises(LockError, match="order:B"):
        ledger.check(GET, {"order_id": "B", "status": "cancelled"})


def test_the_same_read_is_remembered_until_a_write() -> None:
    ledger = Ledger()
    ledger.note(LIST, "list_orders", {"page": 1}, {"orders": []})
    assert ledger.recall("list_orders", {"page": 1}) == {"result": {"orders": []}}
    assert ledger.recall("list_orders", {"page": 2}) is None
    ledger.note(CANCEL, "cancel_order", {"order_id": "A"}, {"order_id": "A"})
    assert ledger.recall("list_orders", {"page": 1}) is None


def test_a_reference_is_never_fetched() -> None:
    with pytest.raises(Exception, match="nowhere"):
        refuse_invalid({"$ref": "http://127.0.0.1:9/nowhere.json"}, {}, "x")
