"""Documents that people bring in the belief that tools are in them: what each is, and what to do with it."""

from collections.abc import Mapping

from memory.corpus.reading.definition import DEFINING_KEYS

MANIFEST = "a server's manifest, which does not say what its tools take: name the server with --mcp"


def explain(document: object) -> str:
    """Why nothing can be made of a document of a kind that is known; empty for any other.

    >>> explain({"asyncapi": "2.0.0"}), explain({"tools": []})
    ('AsyncAPI, which describes messages and no calls', '')
    """
    if not isinstance(document, Mapping):
        return ""
    schema = str(document.get("$schema"))
    if "getpostman" in str(_inner(document, "info").get("schema")):
        return "a Postman collection: convert it to OpenAPI, as postman-to-openapi does"
    if "__export_format" in document:
        return "an Insomnia export: export it as OpenAPI"
    if "entries" in _inner(document, "log"):
        return "a recording of requests (HAR): name the OpenAPI document of their API"
    if "__schema" in document or "__schema" in _inner(document, "data"):
        return "a GraphQL schema: name an MCP server or an OpenAPI document of the same service"
    if "jsonrpc" in document and isinstance(document.get("error"), Mapping):
        return f"a server's error and no tools: {str(_inner(document, 'error').get('message'))[:120]}"
    if "asyncapi" in document:
        return "AsyncAPI, which describes messages and no calls"
    if "discoveryVersion" in document:
        return "Google's discovery format: convert it to OpenAPI, as google-discovery-to-swagger does"
    if "url" in _inner(document, "api") and "schema_version" in document:
        return "a plugin's manifest: save the OpenAPI document that it names"
    servers = {**_inner(document, "mcpServers"), **_inner(document, "servers")}.values()
    if servers and all(isinstance(server, Mapping) and {"command", "url"} & server.keys() for server in servers):
        return "a list of servers: name it with --mcp"
    tools = document.get("tools")
    listed = [tool for tool in tools if isinstance(tool, Mapping)] if isinstance(tools, list) else []
    stated = any(set(DEFINING_KEYS) & tool.keys() for tool in listed)
    if not stated and ("manifest_version" in document or "modelcontextprotocol.io/schemas" in schema):
        return MANIFEST
    return ""


def further(document: object) -> str:
    """Where a listing in pages goes on after this document, as its server says; empty where it does not.

    >>> further([{"result": {"tools": [], "nextCursor": "p2"}}, {"result": {"tools": []}}])
    ''
    >>> further({"tools": [], "nextCursor": "p2"})
    'p2'
    """
    if isinstance(document, list):
        return further(document[-1]) if document else ""
    if not isinstance(document, Mapping):
        return ""
    cursor = document.get("nextCursor") if "tools" in document else _inner(document, "result").get("nextCursor")
    return cursor if isinstance(cursor, str) else ""


def _inner(document: Mapping[str, object], key: str) -> Mapping[str, object]:
    inner = document.get(key)
    return inner if isinstance(inner, Mapping) else {}
