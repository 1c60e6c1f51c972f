"""Tools that nobody should be made to call are left out, each with its reason; all others stay."""

from pathlib import Path

import orjson
import pytest

from memory.corpus import corpus

ARGUMENT = {"type": "object", "properties": {"id": {"type": "string"}}}
GONE = "it says that it is "
LOST = "it takes no arguments, and its text needs one"


def read_with_another(tmp_path: Path, **definition: object) -> list[str]:
    """The reasons why the tool is left out; another one is always kept."""
    other = {"name": "get_order", "description": "One order.", "inputSchema": ARGUMENT}
    file = tmp_path / "tools.json"
    file.write_bytes(orjson.dumps([other, {"inputSchema": ARGUMENT, **definition}]))
    return [note.reason for note in corpus.load([file]).dropped]


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("Reconnect to the broker (NOT IMPLEMENTED)", "not implemented"),
        ("Deprecated: use list_rows instead", "deprecated"),
        ("\u26a0\ufe0f DEPRECATED\uff1a\u6b64\u5de5\u5177\u5df2\u5e9f\u5f03", "deprecated"),
        ("Lists contacts.\n\n**Deprecated.** This endpoint always falls back.", "deprecated"),
        ("Deletes a group. .. deprecated:: This tool exists for old clients.", "deprecated"),
        ("The CI server (@ci/server) is deprecated and gets no features. Tell the user.", "deprecated"),
        ("Plays a song. This tool is not yet implemented.", "not yet implemented"),
        ("[Obsolete] Sends a fax", "obsolete"),
    ],
)
def test_a_tool_that_says_that_it_is_gone_is_left_out(tmp_path: Path, text: str, status: str) -> None:
    assert read_with_another(tmp_path, name="a", description=text) == [GONE + status]


@pytest.mark.parametrize(
    "text",
    [
        "Check if packages are deprecated",
        "Deprecated packages of an organisation",
        "Cleans up deprecated toggles that are no longer in use.",
        "Runs a query. NOTE: `/rest/api/3/search` is deprecated!\n",
        "Starts a workflow.\n  zip: **Deprecated** - use source instead.",
        "Live event reports (deprecated) and recordings (deprecated) are resources of a meeting.",
        "Raises an error where the driver has not implemented it.",
        "Create a random account, do not use it in production.",
    ],
)
def test_a_tool_that_speaks_of_what_is_gone_stays(tmp_path: Path, text: str) -> None:
    assert read_with_another(tmp_path, name="a", description=text) == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("list_plugins_of_a_specific_consumer", "Admin tool for consumers"),
        ("list_entity_ids_by_tag", ""),
        ("smithery_search", ""),
        ("search_pages", "Search pages and content"),
        ("version_delete", "Delete a specific version of a file"),
        ("list_delegates", "Lists the delegates for the specified account. Needs rights."),
        ("page", "Retrieve page details by ID"),
    ],
)
def test_a_tool_that_lost_its_arguments_is_left_out(tmp_path: Path, name: str, text: str) -> None:
    bare = {"type": "object", "properties": {}}
    assert read_with_another(tmp_path, name=name, description=text, inputSchema=bare) == [LOST]
    assert read_with_another(tmp_path, name=name, description=text) == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("list_orders", ""),
        ("find_all_users", "Retrieve all users."),
        ("trending_search", "What people search for."),
        ("search_history", "What was searched for lately."),
        ("list_files", "All files. Use it before you fetch the text of a specific file."),
        ("install", "Install the browser specified in the config."),
    ],
)
def test_a_tool_that_needs_no_arguments_stays(tmp_path: Path, name: str, text: str) -> None:
    bare = {"type": "object", "properties": {}}
    assert read_with_another(tmp_path, name=name, description=text, inputSchema=bare) == []


def test_the_catalogue_has_none_of_them() -> None:
    assert corpus.builtin().dropped == ()
