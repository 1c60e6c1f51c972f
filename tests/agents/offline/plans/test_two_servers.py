"""What passes from one server to another, and at whose desk somebody looks before a change."""

from random import Random

import pytest

from agents.offline.plans.draft import Draft, edges
from agents.offline.plans.operators import look_first
from agents.plan.dataflow import Described


def described(name: str, *required: str, service: str, reads: bool = True) -> Described:
    schema = {"type": "object", "properties": {key: {"type": "string"} for key in required}, "required": list(required)}
    return {"name": name, "description": "", "inputSchema": schema, "reads": reads, "service": service}


@pytest.mark.parametrize(
    ("service", "argument", "flows"),
    [("npm:two", "device_id", 0), ("npm:two", "url", 1), ("npm:one", "device_id", 1), ("two", "device_id", 1)],
)
def test_no_server_has_heard_of_the_ids_of_another(service: str, argument: str, flows: int) -> None:
    source = "list_devices" if argument == "device_id" else "list_urls"
    origin = "npm:one" if service.startswith("npm") else "one"
    tools = [described(source, service=origin), described("get_device", argument, service=service)]
    assert len([pair for pair, flow in edges(Draft(tools, Random(0))).items() if pair[0] == source and flow]) == flows


@pytest.mark.parametrize("seed", range(8))
def test_who_changes_something_has_looked_at_it_and_not_elsewhere(seed: int) -> None:
    tools = [
        described("list_fruits", service="npm:fruits"),
        described("list_apps", service="npm:phone"),
        described("stop_app", "app_id", service="npm:phone", reads=False),
    ]
    plan = Draft(tools, Random(seed))
    plan.add("stop_app")
    look_first(plan)
    assert [step["tool"] for step in plan.steps] == ["list_apps", "stop_app"]
    plan = Draft(tools, Random(seed))
    plan.add("list_apps")
    look_first(plan)
    assert [step["tool"] for step in plan.steps] == ["list_apps", "stop_app"]
