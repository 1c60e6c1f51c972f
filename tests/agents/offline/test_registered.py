"""Values and results of tools from registries: what their own text, their names and their services say of them."""

from random import Random

import pytest

from agents.offline.fields.imagine import imagine_shape
from agents.offline.fields.reference import look_up
from agents.offline.plans.hints import find_hint
from agents.offline.plans.optional import alters, needs
from agents.offline.plans.repertoire import kind_of
from agents.offline.plans.sense import is_asked_twice, is_listed_twice, is_pointed_at
from agents.offline.speech.labels import label_argument
from agents.offline.trade.subject import domain_of, trade_text
from agents.plan.dataflow import Described, feeds, names_several
from agents.schema import JsonObject

TEXT: JsonObject = {"type": "string"}


def describe(
    name: str, description: str = "", *, service: str = "smithery:@x_y", **properties: JsonObject
) -> Described:
    schema = {"type": "object", "properties": properties, "required": list(properties)}
    return {"name": name, "service": service, "description": description, "inputSchema": schema, "reads": True}


@pytest.mark.parametrize(
    ("service", "package"), [("smithery:@Jack_pypi-mcp", "datekit"), ("npm:cargo-docs", "date-lane")]
)
def test_a_package_is_one_of_its_own_registry(service: str, package: str) -> None:
    tool = describe("get_package_info", service=service, package_name=TEXT)
    assert find_hint(tool, "package_name", TEXT, Random(1)) == package


def test_whose_server_it_is_tells_no_trade() -> None:
    tool = describe(
        "create_forwarding_address", "Creates a forwarding address", service="smithery:@shinzo-labs_gmail-mcp"
    )
    assert domain_of(trade_text([tool])) == "messaging"


def test_one_page_is_not_read_in_two_ways() -> None:
    fetch = describe("fetch_content", "Fetch content from a webpage URL.", url=TEXT)
    read = describe("ref_read_url", "A tool that fetches content from a URL.", service="npm:ref", url=TEXT)
    assert is_asked_twice(fetch, read)
    assert kind_of(fetch) == kind_of(read)


def test_the_tables_of_a_database_are_not_listed_in_two_ways() -> None:
    tables = describe("list_tables", "List all tables across all databases", service="npm:base", database_id=TEXT)
    tables["inputSchema"] |= {"required": []}
    of_one = describe("get_database_tables", "Get all tables in a database", service="npm:base", database_id=TEXT)
    views = describe("get_database_views", "Get all views in a database", service="npm:base", database_id=TEXT)
    assert [is_listed_twice(tables, other) for other in (of_one, views)] == [True, False]


def test_a_thing_with_its_parts_is_one_thing() -> None:
    tool = describe("getStoryWithComments", "Get a story with its comments", id={"type": "number"})
    shape = imagine_shape(tool, {"id": 7}, {}, "social")
    assert not names_several(tool)
    assert list(shape["properties"]["comments"]["items"]["properties"]) == ["author", "text", "created_at"]


def test_whether_there_is_one_brings_no_list() -> None:
    assert not names_several(describe("check_object_exists", id=TEXT))


def test_the_parent_of_a_task_bears_its_own_id_in_a_list() -> None:
    target = describe("create_subtask", parent_task_id=TEXT)
    assert feeds(describe("get_my_tasks"), target) == [("tasks[0].id", "parent_task_id")]


def test_the_column_whose_description_changes_is_not_renamed() -> None:
    assert not alters("update_column_description", "column_name")
    assert alters("edit_category", "name")


def test_to_set_where_a_device_is_takes_both_halves_of_the_point() -> None:
    tool = describe("set_location", device=TEXT)
    assert needs(tool, ["latitude", "longitude"], ["device"], ()) == ["latitude", "longitude"]


@pytest.mark.parametrize(
    ("name", "arguments", "result"),
    [
        ("round", {"number": 17.46}, {"number": 17.46, "result": 17}),
        ("write_query", {"query": "UPDATE orders SET status = 'shipped' WHERE id = 40014"}, {"affected_rows": 1}),
    ],
)
def test_what_follows_from_the_call_is_worked_out(name: str, arguments: JsonObject, result: JsonObject) -> None:
    assert look_up(name, name, arguments, "2026-03-02T09:00:00+00:00", "s") == result


def test_the_domain_of_mails_bears_the_id_of_one() -> None:
    target = describe("delete_email_domain", email_domain_id=TEXT)
    assert feeds(describe("get_email_domain", email_domain_id=TEXT), target) == [("email_domain_id", "email_domain_id")]


def test_what_was_filled_in_is_not_clicked_on_then() -> None:
    fill, click, read = (describe(f"playwright_{verb}", selector=TEXT) for verb in ("fill", "click", "read"))
    fill, click = ({**tool, "reads": False} for tool in (fill, click))
    assert is_pointed_at(fill, click)
    assert not is_pointed_at(fill, read)


def test_what_is_stored_has_a_key_and_a_store_a_name() -> None:
    assert label_argument("store_data", "key") == "key"
    assert label_argument("fill", "value") == "value"
    assert label_argument("store_get", "name") == "store name"
