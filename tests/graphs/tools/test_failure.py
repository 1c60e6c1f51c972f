"""Errors that servers call successes: which texts and objects are failures, and which only speak of errors."""

from pathlib import Path
from typing import Any

import orjson
import pytest

from graphs.tools.failure import failure
from tests.graphs.tools import shapes

MORE = orjson.loads((Path(__file__).parent / "more_shapes.json").read_bytes())
"""In other words, languages and markup; each list was written before anybody looked at what the rules say of it."""
FAILURES: list[tuple[Any, str]] = [
    ("Error: Only CREATE TABLE statements are allowed", "Error: Only CREATE TABLE statements are allowed"),
    ("Error: no such table: orders", "Error: no such table: orders"),
    ("ERROR - connection lost", "ERROR - connection lost"),
    ("error: pathspec 'x' did not match any file(s)", "error: pathspec 'x' did not match any file(s)"),
    ("Error executing tool read_query: near 'FORM': syntax error", ""),
    ("Error 404: page does not exist", ""),
    ("Error (code 7): quota spent", ""),
    ("❌ Error: the file is locked", ""),
    ("[ERROR] upload refused", ""),
    ("**Error**: nothing is open", ""),
    ("Database error: UNIQUE constraint failed: users.email", ""),
    ("Unexpected error while reading: broken pipe", ""),
    ("An error occurred while processing the request.", ""),
    ("fatal: not a git repository (or any of the parent directories): .git", ""),
    ("sqlite3.OperationalError: near \"SELEC\": syntax error", ""),
    ("ValueError: invalid literal for int() with base 10: 'x'", ""),
    ("java.io.IOException: stream closed", ""),
    ("Traceback (most recent call last):\n  File \"a.py\", line 1, in <module>\nKeyError: 'id'", ""),
    ("Running...\nTraceback (most recent call last):\n  File \"a.py\"\nZeroDivisionError: division by zero", ""),
    ("ENOENT: no such file or directory, open '/workspace/a.txt'", ""),
    ("Failed to connect to the database", ""),
    ("Failed: no permission", ""),
    ("Unable to open document report.docx", ""),
    ("Could not find sheet 'Sales'", ""),
    ("Cannot read properties of undefined (reading 'map')", ""),
    ("Access denied - path outside allowed directories", ""),
    ("Permission denied: /etc/shadow", ""),
    ("Unknown tool: fly", ""),
    ("Invalid timezone: 'Mars/Base'", ""),
    ("Document report.docx does not exist", ""),
    ("Entity with name Ada not found", ""),
    ("404 Not Found", ""),
    ("HTTP 503 Service Unavailable", ""),
    ("compiling a.c\n1 warning\nProcess exited with code 2", ""),
    ("Command failed with exit code 128", ""),
    ("(psycopg2.errors.UndefinedColumn) column \"naem\" does not exist\nLINE 1: select naem\n               ^", ""),
    ("You have an error in your SQL syntax; check the manual for the right syntax to use near 'FORM'", ""),
    ("page.click: Timeout 30000ms exceeded.\nCall log:\n  - waiting for locator('#buy')", ""),
    ("CONFLICT (content): Merge conflict in README.md\nfix conflicts and then commit the result.", ""),
    ("index_not_found_exception: no such index [logs-2026]", ""),
    ("Transcript is disabled on this video.", ""),
    ("error[E0425]: cannot find value `foo` in this scope\n --> src/main.rs:3:5", ""),
    ("pandoc: notes.mdx: withBinaryFile: does not exist (No such file or directory)", ""),
    ('rsync: [sender] change_dir "/nope" failed: No such file or directory (2)', ""),
    ("The term 'Get-Foo' is not recognized as a name of a cmdlet, function or executable program.", ""),
    ("The caller does not have permission", ""),
    ("Request had insufficient authentication scopes.", ""),
    ("You are not a member of this workspace", ""),
    ("This operation requires admin privileges", ""),
    ("A branch named 'main' already exists.", ""),
    ('[{"code":"invalid_type","path":["limit"],"message":"Expected number, received string"}]', ""),
    ('pq: password authentication failed for user "app"', ""),
    ("This site can't be reached", ""),
    ('No element matches selector "button.buy"', ""),
    ("Execution context was destroyed, most likely because of a navigation.", ""),
    ("Spreadsheet is locked for editing by 'Bo'.", ""),
    ("Image dimensions exceed the allowed maximum of 4096x4096", ""),
    ("Daily limit of 100 requests reached", ""),
    ("The provided cursor is invalid", ""),
    ("Argument 'limit': value -3 is less than the minimum of 1", ""),
    ("not_in_channel", ""),
    ("token_revoked", ""),
    ("Your card has insufficient funds.", ""),
    ("Permission 'storage.objects.get' denied on resource (or it may not exist).", ""),
    ("The file 'photo.heic' has an unsupported format.", ""),
    ({"success": False, "message": "quota spent"}, "quota spent"),
    ({"ok": False, "error": "channel_not_found"}, "channel_not_found"),
    ({"isError": True, "content": "nope"}, ""),
    ({"error": "no such user"}, "no such user"),
    ({"error": {"code": 404, "message": "no such user"}}, "no such user"),
    ({"errors": [{"message": "Cannot query field"}], "data": None}, "Cannot query field"),
    ({"status": "error", "message": "disk full"}, "disk full"),
    ({"status": 404, "title": "Not Found", "type": "about:blank"}, "Not Found"),
    ({"code": 1, "msg": "token expired"}, "token expired"),
    ({"statusCode": 500, "message": "Internal Server Error"}, "Internal Server Error"),
    ({"exit_code": 2, "stdout": "", "stderr": "ls: no such file"}, "ls: no such file"),
    ({"returncode": -9, "stdout": "half"}, ""),
    ({"result": "Error: no such table: orders"}, "Error: no such table: orders"),
    ({"result": {"success": False, "reason": "locked"}}, "locked"),
    (["Error: first", "Error: second"], "Error: first\nError: second"),
]  # fmt: skip

SUCCESSES: list[Any] = [
    "0 errors found",
    "No errors.",
    "Errors: 0",
    "Error: 0",
    "Error: none",
    "Error rate: 0.2%",
    "Failed: 3, passed: 12",
    "Failed: 0",
    "Tests finished, 2 failed",
    "Error handling in Python\n\nA function that fails raises an exception. Error: is the word most programs print.",
    "Errors and how to read them: a guide",
    "# Troubleshooting\n\nError: no space left on device\nFree some space.",
    "A Comedy of Errors, by William Shakespeare",
    "The exception proves the rule.",
    "Failure is not an option",
    "2026-01-05 10:00:00 ERROR db: connection lost\n2026-01-05 10:00:01 INFO db: connected",
    "[ERROR] 10:00 connection lost\n[INFO] 10:01 connected\n[INFO] 10:02 idle",
    "Process exited with code 0",
    "Repository status:\nOn branch main\nnothing to commit, working tree clean",
    "create table: done.",
    "42",
    "",
    "Error-correcting codes were invented by Hamming.",
    "Fatal Attraction (1987)",
    "src/main.c:12:5: error: expected ';' before 'return'\nsrc/util.c:3:1: warning: unused variable",
    "The user does not have access to the vault.",
    "Comments are disabled on your page.",
    "A branch named 'main' was created.",
    '[{"code": "X1", "name": "bolt"}]',
    "The site can be reached in 120 ms.",
    "Limit: 100 requests a day, used: 80",
    "Bo locked the spreadsheet at 10:02.",
    "Pull request #8 is mergeable.",
    "not_started",
    "not_in_stock",
    "missing_person",
    "cannot",
    "Your card was charged 20 EUR.",
    "Permission slips: denied 3, granted 20",
    "Timeout set to 3000 ms",
    "The file has an unusual name.",
    "404 Main Street",
    "500 Miles High, by Chick Corea",
    "Error: " + "a long report on measurement errors. " * 200,
    {"success": True, "error": None},
    {"error": None, "result": 5},
    {"error": "", "data": {"id": 1}},
    {"errors": 0, "warnings": 2},
    {"errors": [], "data": {"id": 1}},
    {"id": 7, "status": "failed", "job": "backup"},
    {"code": 0, "msg": "ok"},
    {"status": 200, "message": "fine"},
    {"status": "ok"},
    {"exit_code": 0, "stdout": "Error: is what it prints"},
    {"code": "E404", "title": "Errors", "pages": 12},
    {"name": "error.log", "error": "column of the table", "rows": 3},
    {"title": "Error", "description": "A film of 2019"},
    {"result": "84"},
    ["Error: a line of a page", "Another part of it"],
    [],
    None,
    5,
]


@pytest.mark.parametrize(("result", "words"), FAILURES, ids=str)
def test_failure_told_as_a_success_is_a_failure(result: Any, words: str) -> None:
    assert failure(result)
    assert not words or failure(result) == words


@pytest.mark.parametrize("result", SUCCESSES, ids=str)
def test_success_that_speaks_of_errors_is_a_success(result: Any) -> None:
    assert failure(result) == ""


@pytest.mark.parametrize("result", [*shapes.FAILURES, *MORE["failures"]], ids=str)
def test_shape_of_an_error_is_a_failure_and_has_words(result: Any) -> None:
    assert failure(result, shapes.ARGUMENTS).strip()


def test_text_about_the_word_that_was_asked_for_is_a_success() -> None:
    assert failure("error: noun, a mistake", {"word": "error"}) == ""
    assert failure("error: noun, a mistake", {"word": "fault"}) == "error: noun, a mistake"
    assert failure("Error: Operation failed", {"messageType": "error"}) == "Error: Operation failed"


@pytest.mark.parametrize("result", [*shapes.SUCCESSES, *MORE["successes"]], ids=str)
def test_result_that_looks_like_an_error_is_a_success(result: Any) -> None:
    assert failure(result, shapes.ARGUMENTS) == ""


def test_what_an_answer_repeats_of_its_call_does_not_make_it_a_record() -> None:
    answer = {"error": "is locked", "file": "a.txt"}
    assert failure(answer, {"file": "a.txt"}) == "is locked"
    assert failure(answer, {"file": "b.txt"}) == ""


def test_what_is_said_of_an_argument_that_will_not_do_is_a_failure() -> None:
    assert failure("start must be before end", {"start": 3, "end": 1}) == "start must be before end"
    assert failure("start must be before end", {"id": 3}) == ""


def test_code_that_was_asked_for_is_no_outcome() -> None:
    answer = {"code": 404, "description": "Not Found", "category": "client error"}
    assert failure(answer, {"code": 404}) == ""
    assert failure(answer, {"id": 7}) == "Not Found"
