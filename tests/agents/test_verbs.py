"""Which tools write, where no annotation says so: a writer that passes for a reader would be called without leave."""

from typing import Any

import pytest

from agents.schema import Tool
from graphs.tools.leave import changes


def tool(name: str, description: str = "", **annotations: Any) -> Tool:
    return Tool(name=name, description=description, input_schema={}, service="s", annotations=annotations)


@pytest.mark.parametrize(
    ("name", "description"),
    [
        ("write_query", "Execute an INSERT, UPDATE, or DELETE query on the SQLite database"),
        ("delete_by_query", ""),
        ("update_status", ""),
        ("update_list", ""),
        ("set_download_directory", ""),
        ("superset_query_stop", "Stop a running query"),
        ("query_run", ""),
        ("list_update", ""),
        ("search_and_replace", ""),
        ("get_or_create_user", ""),
        ("book_hotel_status", ""),
        ("check_in_guest", ""),
        ("mark_as_read", ""),
        ("ExportConfigurations_Delete", ""),
        ("get_jobs_cancel", "Cancel execution of a job"),
        ("verify_send_as", "Sends a verification email to the alias"),
        ("calendar.list.dismissReminder", "Invoke action dismissReminder"),
        ("advisor", "Advisor operations - Manage and query recommendations"),
        ("track_progress", "Track progress and update Memory Bank files"),
        ("query", "Execute a SQL query on the database"),
        ("execute_query", "Executes SQL. In read-only mode INSERT and UPDATE are refused."),
        ("convert_footnotes_in_document", "Args: filename (str): path of the Word document"),
        ("postExport", "Initiate a new export request."),
        ("weather", ""),
        ("file_claim_report", ""),
        ("report-damage", "Reports damage to a car."),
    ],
)
def test_writer_is_no_reader(name: str, description: str) -> None:
    assert not tool(name, description).reads
    assert changes(tool(name, description))


@pytest.mark.parametrize(
    ("name", "description"),
    [
        ("read_query", "Execute a SELECT query on the SQLite database"),
        ("run_query", "Run a read-only SQL query"),
        ("get_update_status", ""),
        ("list_open_orders", "List the open orders"),
        ("orders_list", ""),
        ("order_status", ""),
        ("git_status", ""),
        ("ftp.projects.locations.list", ""),
        ("repos/get", ""),
        ("calendar_v4_calendarEvent_get", ""),
        ("find", "Run a find query against a collection"),
        ("get_rates", "Free subscribe plan available! Rates of exchange"),
        ("npmSize", "Get package size information"),
        ("weather", "Returns the forecast."),
        ("convert_currency", "Converts an amount"),
    ],
)
def test_reader_is_a_reader(name: str, description: str) -> None:
    assert tool(name, description).reads


@pytest.mark.parametrize(
    ("annotations", "reads"),
    [
        ({"readOnlyHint": False}, False),
        ({"readOnlyHint": "false"}, False),
        ({"readOnlyHint": "True"}, True),
        ({"readOnlyHint": None}, True),
        ({"destructiveHint": "true"}, False),
        ({"destructiveHint": True, "readOnlyHint": True}, True),
        ({"destructiveHint": False}, True),
    ],
)
def test_annotation_counts_before_the_words(annotations: dict[str, Any], reads: bool) -> None:
    assert tool("get_order", "Gets an order.", **annotations).reads is reads
    assert changes(tool("get_order", "Gets an order.", **annotations)) is not reads
