"""What a trajectory did, read from its messages alone."""

import json
from math import log2
from typing import Any

import pytest

from agents.schema import Mode
from memory.measure.acts import actions
from memory.measure.modes import Measures, cac, coarse, measure, signature

Call = tuple[str, dict[str, Any]]
LIST: Call = ("list_orders", {})
GET: Call = ("get_order", {"order_id": "A-17"})
CANCEL: Call = ("cancel_order", {"order_id": "A-17"})
ORDERS = {"orders": [{"id": "A-17", "status": "open"}, {"id": "B-20", "status": "open"}]}


def user(text: str) -> dict[str, Any]:
    return {"role": "user", "content": text}


def says(text: str) -> dict[str, Any]:
    return {"role": "assistant", "content": text}


def conversation(*parts: Any, steps: list[Any] | None = None) -> dict[str, Any]:
    """A row; a part is a message, or a list of (call, result, origin, ok) made in one assistant message."""
    messages: list[dict[str, Any]] = []
    origins: dict[str, Any] = {}
    for part in parts:
        if isinstance(part, dict):
            messages.append(part)
            continue
        calls, results = [], []
        for (name, arguments), result, *how in part:
            call = f"call_{len(origins) + 1}"
            origin, ok = how or ("simulated", True)
            origins[call] = {"origin": origin, "ok": ok}
            calls.append({"id": call, "function": {"name": name, "arguments": json.dumps(arguments)}})
            results.append({"role": "tool", "tool_call_id": call, "content": json.dumps(result)})
        messages += [{"role": "assistant", "content": "", "tool_calls": calls}, *results]
    names = ["list_orders", "get_order", "cancel_order", "python"]
    return {
        "slot": 4,
        "messages": messages,
        "origins": origins,
        "tools": [{"type": "function", "function": {"name": name, "parameters": {}}} for name in names],
        "cluster": {"leaf": "3.1", "tools": {name: f"npm:@x/shop/{name}" for name in names}},
        "directive": {"leaf": "3.1"},
        "blueprint": {"steps": [{"id": "s1"}] if steps is None else steps},
    }


CHAIN = conversation(user("Cancel my open order."), [(LIST, ORDERS)], [(CANCEL, {"ok": True})], says("Cancelled A-17."))


def test_values_observed_before_are_marked() -> None:
    assert signature(CHAIN) == "read write* answer"
    assert coarse(CHAIN) is Mode.CHAINED
    assert [act.depth for act in actions(CHAIN)] == [0, 1, 0]


def test_values_the_user_said_are_not_marked() -> None:
    row = conversation(user("Cancel order A-17."), [(LIST, ORDERS)], [(CANCEL, {})], says("Done."))
    assert signature(row) == "read write answer"
    assert coarse(row) is Mode.LINEAR


def test_enum_members_are_not_marked() -> None:
    row = conversation(user("Count them."), [(LIST, ORDERS)], [(("list_orders", {"status": "open"}), [])], says("2"))
    assert signature(row) == "read read* answer"
    row["tools"][0]["function"]["parameters"] = {"properties": {"status": {"enum": ["open", "closed"]}}}
    assert signature(row) == "read read answer"


@pytest.mark.parametrize(
    ("argument", "mark"),
    [
        ("/repos/octocat/pulls", "*"),  # a path put together of what was returned
        ("octocat:main", "*"),
        ({"owner": ["octocat"]}, "*"),
        ("Please merge what is in A-1734.", "*"),
        ("Please merge octocat.", ""),  # a plain word stands in running words by chance
        ("/repos/octocats/pulls", ""),
        ("/repos/hello/v12/pulls", ""),  # the user said `hello`, and `v12` is short
        ("/repos/octo/pulls", ""),
    ],
)
def test_a_value_within_an_argument_is_taken(argument: object, mark: str) -> None:
    repository = {"owner": "octocat", "branch": "v12", "name": "hello", "key": "A-1734"}
    row = conversation(user("Of hello."), [(GET, repository)], [(("list_orders", {"of": argument}), [])], says("2"))
    assert signature(row) == f"read read{mark} answer"
    assert coarse(row) is (Mode.CHAINED if mark else Mode.LINEAR)


def test_addresses_of_two_items_of_one_list_iterate() -> None:
    reads = [(("get_order", {"url": f"/orders/{key}/lines"}), {}) for key in ("A-17", "B-20")]
    row = conversation(user("Read each."), [(LIST, ORDERS)], [reads[0]], [reads[1]], says("Both are empty."))
    assert signature(row) == "read read* read* answer"
    assert coarse(row) is Mode.ITERATIVE


def test_depth_counts_from_first_observer() -> None:
    row = conversation(
        user("Go."), [(LIST, ORDERS)], [(GET, {"id": "A-17", "total": 99.5})], [(CANCEL, {})], says("Ok.")
    )
    assert [act.depth for act in actions(row)] == [0, 1, 1, 0]


def test_cac_by_hand() -> None:
    # list: 1 + log2(1); cancel: 1 + log2(2) + depth 1 + observed 1; answer: 1.
    assert cac(CHAIN) == 1 + (1 + 1 + 1 + 1) + 1


def test_code_counts_its_nodes() -> None:
    row = conversation(
        user("Sum of 4 and 5?"), [(("python", {"code": "4 + 5"}), {"result": 9}, "code", True)], says("9")
    )
    # Module, Expr, BinOp, Constant, Add, Constant: 6 nodes.
    assert cac(row) == pytest.approx(1 + 1 + log2(7) / 4 + 1, abs=1e-6)
    assert signature(row) == "code answer"
    assert coarse(row) is Mode.COMPUTATION


def test_code_can_use_what_was_observed() -> None:
    code = ("python", {"code": "len('A-17')"})
    row = conversation(user("Go."), [(LIST, ORDERS)], [(code, {"result": 4}, "code", True)], says("4"))
    assert signature(row) == "read code* answer"


def test_second_attempt_is_a_recovery() -> None:
    failed = (GET, {"error": {"code": "busy", "message": "try again"}}, "simulated", False)
    row = conversation(user("Order A-17?"), [failed], [(GET, {"id": "A-17"})], says("It exists."))
    assert signature(row) == "read recover answer"
    assert coarse(row) is Mode.RECOVERY


def test_question_with_reply_is_an_ask() -> None:
    row = conversation(user("Cancel it."), says("Which one?"), user("A-17"), [(CANCEL, {})], says("Anything else?"))
    assert signature(row) == "ask write answer"
    assert coarse(row) is Mode.CLARIFICATION


def test_question_that_ends_is_the_answer() -> None:
    row = conversation(user("Cancel A-17."), [(CANCEL, {})], says("Done. More?"), user("No."))
    assert signature(row) == "write answer"


def test_calls_of_one_message_are_parallel() -> None:
    row = conversation(user("A-17 and B-20"), [(GET, {}), (("get_order", {"order_id": "B-20"}), {})], says("Both."))
    assert signature(row) == "parallel2 answer"
    assert coarse(row) is Mode.PARALLEL


def test_no_call_is_refusal() -> None:
    row = conversation(user("Book a flight."), says("I cannot do that here."), steps=[])
    assert signature(row) == "refuse"
    assert coarse(row) is Mode.REFUSAL
    assert cac(row) == 1


def test_iterating_needs_two_items_of_one_list() -> None:
    twice: Any = ([(CANCEL, {})], [(("cancel_order", {"order_id": "B-20"}), {})])
    assert coarse(conversation(user("All."), [(LIST, ORDERS)], *twice, says("Ok."))) is Mode.ITERATIVE
    assert coarse(conversation(user("All."), [(LIST, ORDERS)], twice[0], says("Ok."))) is Mode.CHAINED


def test_condition_in_the_users_words_is_branching() -> None:
    asked = user("Look at my orders and, if the first one is open, cancel it.")
    assert coarse(conversation(asked, *CHAIN["messages"][1:3], says("Ok."))) is Mode.BRANCHING
    assert coarse(conversation(user("Tell me if it is open."), [(LIST, ORDERS)], says("It is."))) is Mode.LINEAR


def test_a_planned_branch_is_one_in_any_language() -> None:
    parts = [user("要是还开着，就取消A-17。"), [(LIST, ORDERS)], [(CANCEL, {})], says("已取消。")]
    assert coarse(conversation(*parts)) is Mode.LINEAR
    when = {"step": "s1", "path": "orders[0].status", "equals": "open"}
    assert coarse(conversation(*parts, steps=[{"id": "s1"}, {"id": "s2", "when": when}])) is Mode.BRANCHING


def test_measures_of_a_row() -> None:
    tools = ("npm:@x/shop/cancel_order", "npm:@x/shop/list_orders")
    wanted = Measures(
        slot=4, leaf="3.1", mode=Mode.CHAINED, signature="read write* answer", cac=6.0, chain=2, tools=tools
    )
    assert measure(CHAIN) == wanted
