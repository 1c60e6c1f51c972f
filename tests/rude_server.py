"""An MCP server over stdio with bad manners, for tests: it chatters on stdout, lists a tool that is none, and dies.

Written on the bare protocol, for the SDK would not let a server behave like this.
"""

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

NO_TYPE = {"properties": {"text": {"type": "string"}}, "required": ["text"]}
NOTHING = {"type": "object", "properties": {}}
PAGES: list[list[Any]] = [
    [{"name": "echo", "description": "Says it again.", "inputSchema": NO_TYPE}, {"name": "broken", "inputSchema": 5}],
    [{"name": name, "inputSchema": NOTHING} for name in ("count", "die", "hang", "refuse", "babble", "draw")],
    [{"name": name, "inputSchema": NO_TYPE} for name in ("append",)],
]
calls = 0


def listed(cursor: str | None) -> dict[str, Any]:
    page = int(cursor or 0)
    after = page + 1 if page + 1 < len(PAGES) else page if "--looping" in sys.argv else None
    return {"tools": PAGES[page], **({"nextCursor": str(after)} if after is not None else {})}


def called(name: str, arguments: dict[str, Any]) -> Any:
    global calls
    calls += 1
    if name == "die":
        os._exit(3)
    if name == "hang":
        time.sleep(60)
    if name == "babble":
        return {"content": 5}
    if name == "draw":
        image = {"type": "image", "mimeType": "image/png", "data": "aGk="}
        return {"content": [image, *text("[1]")["content"]]}
    if name == "append":
        with Path("notes.txt").open("a") as notes:
            notes.write(arguments["text"] + "\n")
        return text(Path("notes.txt").read_text())
    if name == "refuse":
        return {**text("not today"), "isError": True}
    return text(json.dumps({"count": calls})) if name == "count" else text(arguments["text"])


def text(words: str) -> dict[str, Any]:
    return {"content": [{"type": "text", "text": words}]}


def answered(method: str, params: dict[str, Any]) -> Any:
    if method == "tools/call":
        return called(params["name"], params["arguments"])
    if method == "tools/list":
        return listed(params.get("cursor"))
    about = {"name": "rude", "version": "1.0"}
    return {"protocolVersion": params["protocolVersion"], "capabilities": {"tools": {}}, "serverInfo": about}


print("Welcome to the rude server!", flush=True)
for line in sys.stdin:
    request = json.loads(line)
    print(f"DEBUG {request['method']}", flush=True)
    if "id" in request:
        result = answered(request["method"], request.get("params") or {})
        print(json.dumps({"jsonrpc": "2.0", "id": request["id"], "result": result}), flush=True)
