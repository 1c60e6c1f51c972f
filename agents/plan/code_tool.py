"""The Code Tool as everyone sees it, offered beside a cluster's own tools; `agents.sandbox` executes it."""

from agents.schema import Cluster, Tool

SERVICE = "code"
RUN_PYTHON = Tool(
    name="run_python",
    service=SERVICE,
    description="Run Python 3 (standard library and numpy) in a sandbox without network or the other tools. Variables "
    "stay from call to call. Gives back the value of the last expression and what was printed.",
    input_schema={
        "type": "object",
        "properties": {"code": {"type": "string", "minLength": 1, "description": "Data goes into it as literals."}},
        "required": ["code"],
        "additionalProperties": False,
    },
    output_schema={
        "type": "object",
        "properties": {
            "result": {"type": ["string", "null"]},
            "stdout": {"type": "string"},
            "stderr": {"type": "string"},
            "displayed": {"type": "array", "items": {"type": "string"}},
        },
        "required": ["result", "stdout"],
        "additionalProperties": False,
    },
    annotations={"readOnlyHint": True, "openWorldHint": False},
    source="tdscaling",
    licence="Apache-2.0",
)


def offering(cluster: Cluster) -> Cluster:
    """The cluster with the Code Tool beside its own tools."""
    return cluster.model_copy(update={"tools": (*cluster.tools, RUN_PYTHON)})


def own(cluster: Cluster) -> dict[str, Tool]:
    """Offered name -> tool, without the Code Tool."""
    return {name: tool for name, tool in cluster.by_name.items() if tool.service != SERVICE}
