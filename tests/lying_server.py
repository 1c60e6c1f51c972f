"""An MCP server over stdio, on the official SDK, for tests: twenty of its tools tell errors as successes, ten succeed.

Every answer has `isError` false. What the tools of ERRORS say is that they failed, each in another shape of those that
servers in the wild have; what the tools of HONEST say holds the word error, or looks like one, and is what was asked.
"""

import asyncio
import json
from typing import Any

from mcp import types
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server

Answer = str | list[Any] | dict[str, Any]
ERRORS: dict[str, Answer] = {
    "get_invoice": "Error: no such invoice",
    "get_shipment": {"success": False, "message": "the carrier's key has expired"},
    "get_contract": {"code": 4031, "msg": "token is not valid for this tenant"},
    "get_supplier": "Supplier with this code was not found in the register.",
    "get_warehouse": "503 Service Unavailable",
    "get_pallet": "Traceback (most recent call last):\n  File \"desk.py\", line 7, in get\nKeyError: 'code'",
    "get_customs_form": {"results": [], "total": 0, "error": "the index of forms is being rebuilt"},
    "get_batch": {"status": "partial", "succeeded": 2, "errors": [{"line": 3, "error": "locked by another user"}]},
    "get_driver": "Sorry, I couldn't reach the register of drivers.",
    "get_route": {"exit_code": 2, "stdout": "", "stderr": "route: no map for this code"},
    "get_toll": "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>",
    "get_permit": {"detail": [{"loc": ["query", "code"], "msg": "field required", "type": "value_error.missing"}]},
    "get_vehicle": "TypeError: Cannot read properties of undefined (reading 'plate')\n    at get (/srv/desk.js:31:7)",
    "get_depot": {"errors": [{"message": "Cannot return null for non-nullable field Depot.name"}], "data": None},
    "get_claim": "Rate limit exceeded. Please try again in 60 seconds.",
    "get_refund": {"statusCode": 404, "headers": {"server": "desk"}, "body": "no refund under this code"},
    "get_policy": ["Error: unknown kind of policy", "Hint: use list_policies to see what there is"],
    "get_audit": "psycopg2.errors.UndefinedTable: relation \"audits\" does not exist\nLINE 1: select * from audits",
    "get_tariff": {"status": "ok", "result": "Error: the tariff service timed out"},
    "get_receipt": {"content": [{"type": "text", "text": "Failed to open the archive"}], "isError": False},
}  # fmt: skip
HONEST: dict[str, Answer] = {
    "get_lint_report": "0 errors found",
    "get_error_rate": {"error_rate": 0.0213, "window_minutes": 15},
    "get_test_result": {"passed": 212, "failed": 3, "skipped": 1},
    "get_job_record": {"job": "J-4711", "status": "failed", "attempts": 2, "error": "disk quota of node 12"},
    "get_validation": {"valid": False, "errors": [{"line": 12, "message": "a comma is missing"}]},
    "get_log_tail": "2026-01-05 10:00:00 ERROR db: connection lost\n2026-01-05 10:00:01 INFO db: connected after 3 s",
    "get_book_title": {"title": "A Comedy of Errors", "shelf": "F-212"},
    "get_error_code": {"error_code": "E1207", "meaning": "paper jam in tray 2", "since": "2026-01-05"},
    "get_last_build": "Build 512 finished: 0 errors, 4 warnings, 31 s",
    "get_alarm": {"level": "error", "count": 17, "last": "2026-01-05", "errors": 17},
}
DESK: Server[Any, Any] = Server("desk")


@DESK.list_tools()
async def list_tools() -> list[types.Tool]:
    code = {"type": "string", "description": "Its code.", "examples": ["AB-1207", "CD-3318", "EF-5420"]}
    schema = {"type": "object", "properties": {"code": code}, "required": ["code"]}
    return [
        types.Tool(
            name=name,
            description=f"Returns the {name.removeprefix('get_').replace('_', ' ')} of a code.",
            inputSchema=schema,
            annotations=types.ToolAnnotations(readOnlyHint=True),
        )
        for name in (*ERRORS, *HONEST)
    ]


@DESK.call_tool()
async def call_tool(name: str, arguments: dict[str, Any]) -> list[types.ContentBlock]:
    answer = {**ERRORS, **HONEST}[name]
    parts = answer if isinstance(answer, list) else [answer]
    texts = [part if isinstance(part, str) else json.dumps(part) for part in parts]
    return [types.TextContent(type="text", text=text) for text in texts]


async def serve() -> None:
    async with stdio_server() as (read, write):
        await DESK.run(read, write, DESK.create_initialization_options())


if __name__ == "__main__":
    asyncio.run(serve())
