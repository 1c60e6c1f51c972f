"""Reading files: what is kept, what is dropped with its reason, and what is the user's own mistake."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from agents.errors import UsageError
from memory.corpus import corpus

SHARED = Path(__file__).parents[4] / "shared" / "data"
REAL = SHARED / "mcp_tools.jsonl.gz"
SAMPLES = {
    "LOOKALIKE_mcpso_tools_as_string.json": (0, ["not JSON"]),
    "LOOKALIKE_obot_toolPreview.yaml": (1, ["arguments without types"]),
    "docker_tools_arguments_form.json": (4, []),
    "docker_tools_no_arguments_key.json": (4, []),
    "live_gitlab_rejected_by_sdk.json": (5, ["it takes no arguments, and its text needs one"]),
    "live_mcp_server_time.json": (2, []),
    "live_server_everything.json": (6, []),
    "livemcptool_samples.json": (8, []),
    "openapi_path_item.json": (0, ["has a $ref that leads nowhere"]),
    "rapidapi_api_list.json": (3, []),
    "toolsdk_index_no_schema.json": (0, ["no input schema"] * 3),
    "tooluniverse_tool.json": (1, []),
    "toucan_one_server_file.json": (3, []),
    "toucan_samples.json": (20, ["duplicate name in its service"] * 2),
}
"""Tools kept of each raw sample, and why the others are not."""
EMPTY = {"type": "object", "properties": {}}


def row(name: Any = "get_order", schema: Any = None, **more: Any) -> dict[str, Any]:
    return {"service": "shop", "name": name, "inputSchema": schema, **more}


def wrote(path: Path, *rows: Any) -> Path:
    path.write_text("\n".join(map(json.dumps, rows)))
    return path


@pytest.mark.skipif(not REAL.exists(), reason="no ../shared/data/mcp_tools.jsonl.gz")
@pytest.mark.parametrize("path", sorted((SHARED / "raw_samples").glob("*")), ids=lambda path: path.name)
def test_raw_sample_imports_or_says_why_not(tmp_path: Path, path: Path) -> None:
    good = wrote(tmp_path / "good.json", row("ping", EMPTY))  # a corpus without any tool is refused
    read = corpus.load([path, good])
    kept, reasons = SAMPLES[path.name]
    assert (len(read.tools) - 1, [note.reason.split(": ")[0] for note in read.dropped]) == (kept, reasons)


def test_unreadable_line_and_file_are_counted(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(json.dumps(row("a", EMPTY)) + '\n\n{"name":\n')
    (tmp_path / "b.json.gz").write_bytes(gzip.compress(b"[]")[:9])
    wrote(tmp_path / "c.json", [])
    read = corpus.load([tmp_path])
    assert [(Path(note.where).name, note.reason.split(":")[0]) for note in read.dropped] == [
        ("a.jsonl:3", "not JSON"),
        ("b.json.gz", "cannot be read"),
        ("c.json", "no tools in it"),
    ]


def test_yaml_means_what_json_would(tmp_path: Path) -> None:
    text = """
tools:
  - name: set_alarm
    description: 2026-01-05
    inputSchema:
      type: object
      properties: {at: {type: string, enum: [12:30, no, "1"]}, loud: {type: boolean, default: true}}
---
{name: ping, inputSchema: {type: object, properties: {}}}
"""
    (tmp_path / "clock.yaml").write_text(text)
    alarm, ping = corpus.load([tmp_path]).tools
    assert (alarm.key, alarm.description, ping.key) == ("clock/set_alarm", "2026-01-05", "clock/ping")
    assert alarm.input_schema["properties"]["at"]["enum"] == ["12:30", "no", "1"]
    assert alarm.input_schema["properties"]["loud"]["default"] is True


def test_broken_yaml_is_dropped_with_its_reason(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("tools: [\n")
    (tmp_path / "b.yaml").write_text("name: a\ninputSchema: !!binary aGk=\n")
    wrote(tmp_path / "c.json", row("ping", EMPTY))
    reasons = [note.reason.split(":")[0] for note in corpus.load([tmp_path]).dropped]
    assert reasons == ["not YAML that JSON can hold"] * 2


def test_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(b"\xef\xbb\xbf" + json.dumps([row("ping", EMPTY)]).encode())
    assert [tool.key for tool in corpus.load([tmp_path]).tools] == ["shop/ping"]


def test_second_of_a_name_in_a_service_is_dropped(tmp_path: Path) -> None:
    read = corpus.load([wrote(tmp_path / "a.jsonl", row("a"), row("a"), row("a", service="other"))])
    assert [tool.key for tool in read.tools] == ["shop/a", "other/a"]
    assert [(note.tool, note.reason) for note in read.dropped] == [("a", "duplicate name in its service")]


def test_order_and_hash_do_not_depend_on_the_place(tmp_path: Path) -> None:
    for folder in (tmp_path / "one", tmp_path / "two"):
        (folder / "deep").mkdir(parents=True)
        wrote(folder / "b.json", [row("b")])
        (folder / "deep" / "a.jsonl.gz").write_bytes(gzip.compress(json.dumps(row("a")).encode()))
    one, two = corpus.load([tmp_path / "one"]), corpus.load([tmp_path / "two"])
    assert [tool.name for tool in one.tools] == ["b", "a"]
    assert one.sha256 == two.sha256 != corpus.load([tmp_path / "one" / "b.json"]).sha256


def test_licences_are_counted(tmp_path: Path) -> None:
    path = wrote(tmp_path / "a.jsonl", row("a", license="MIT"), row("b", licence="MIT"), row("c"))
    assert corpus.load([path]).licences == {"MIT": 2, "": 1}


@pytest.mark.parametrize(
    ("name", "content", "fault"),
    [
        ("a.json", b"", "a.json: an empty file"),
        ("a.json.gz", b"\x1f\x8bplain", "a.json.gz: cannot be read"),
        ("a.csv", b"a,b", "a.csv: not a file this reads"),
        ("a.json", b"[1, 2]", "(2 dropped, the first is "),
    ],
)
def test_nothing_usable_is_the_users_mistake(tmp_path: Path, name: str, content: bytes, fault: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UsageError) as caught:
        corpus.load([tmp_path / name])
    assert fault in str(caught.value)
    assert "\n" not in str(caught.value)


def test_missing_path_and_empty_folder_are_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file or folder"):
        corpus.load([tmp_path / "nowhere"])
    with pytest.raises(UsageError, match="no usable tool in"):
        corpus.load([tmp_path])


@pytest.mark.skipif(not REAL.exists(), reason="no ../shared/data/mcp_tools.jsonl.gz")
def test_real_tools_are_nearly_all_usable() -> None:
    read = corpus.load([REAL])
    assert (len(read.tools), {note.reason for note in read.dropped}) == (
        9_903,
        {
            "duplicate name in its service",
            "it takes no arguments, and its text needs one",
            "it says that it is deprecated",
            "it says that it is not implemented",
            "it is deprecated",
        },
    )
    assert len(read.tools) + len(read.dropped) == 10_019
    assert {note.reason for note in read.mended} == {
        "inputSchema had a boolean exclusive bound",
        "inputSchema had a type of another language",
        "inputSchema had an empty enum",
    }


def test_report_counts_what_was_mended_and_dropped(tmp_path: Path) -> None:
    path = wrote(tmp_path / "a.jsonl", row("a", {"properties": {}}), row(None), row("b", EMPTY, license="MIT"))
    told = list(corpus.report(corpus.load([path])))
    assert told[0].startswith("read 3 tools, kept 2 (")
    assert told[2].startswith("mended 1: inputSchema had no root type, such as a at ")
    assert told[3].startswith("dropped 1: no name, such as #1 at ")
    assert told[4:] == ["licence      1 not stated", "licence      1 MIT"]
