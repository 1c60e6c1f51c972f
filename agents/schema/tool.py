"""MCP tools and Business Clusters: what a slot is played with."""

from functools import cached_property

from pydantic import Field

from agents.schema import verbs
from agents.schema.base import JsonObject, Noun, Schema
from agents.schema.names import callable_name

LIVE = "mcp: "
WITHHELD = "simulated "
"""What the source of a live server's tool begins with; of one that must not be called, before that."""


class Tool(Noun):
    """One MCP tool definition and where it comes from."""

    name: str
    """As its server spells it; the name a model sees is the cluster's (`Cluster.by_name`)."""
    description: str = ""
    input_schema: Schema
    output_schema: Schema | None = None
    annotations: JsonObject = {}
    """MCP hints such as readOnlyHint."""
    service: str
    """The MCP server that the tool belongs to."""
    source: str = ""
    """Where the definition was read: a catalogue, a file, a live server."""
    licence: str = ""

    @property
    def key(self) -> str:
        """`service/name`. A service's name may hold slashes, so those of the tool's own name are written as colons.

        >>> Tool(name="repos/get", input_schema={}, service="npm:@octo/git").key
        'npm:@octo/git/repos:get'
        """
        return f"{self.service}/{self.name.replace('/', ':')}"

    @property
    def live(self) -> bool:
        """Whether a live server listed it: what it really does cannot be planned, a failure least of all."""
        return self.source.startswith(LIVE)

    @property
    def withheld(self) -> bool:
        """Whether a live server listed it and the user gave no leave to call it: it is simulated."""
        return self.source.startswith(WITHHELD)

    @property
    def reads(self) -> bool:
        """Whether a call leaves the world as it is: its annotations, else the verbs of its name and description."""
        hints = {name: str(hint).strip().lower() for name, hint in self.annotations.items()}
        read_only = hints.get("readOnlyHint", "none")
        if read_only != "none":
            return read_only == "true"
        return hints.get("destructiveHint") != "true" and verbs.reads(self.name, self.description)


class Cluster(Noun):
    """A Business Cluster [ours]: 1 to 12 tools that one piece of real work would use together."""

    id: str
    """Stable over runs with the same corpus and settings."""
    leaf: str
    """The `domain.class` cell, such as "3.1", that the cluster counts for in Domain Entropy."""
    title: str = ""
    """A few words for people."""
    tools: tuple[Tool, ...] = Field(min_length=1, max_length=13)
    """At most 12, and the Code Tool."""

    @cached_property
    def by_name(self) -> dict[str, Tool]:
        """The tools by the name that models see: `[A-Za-z0-9_-]{1,64}`, unique within the cluster.

        A name used by two services gets its service in front; whatever still collides gets a number.
        """
        plain = [callable_name(tool.name) for tool in self.tools]
        names: dict[str, Tool] = {}
        for name, tool in zip(plain, self.tools, strict=True):
            clash = plain.count(name) > 1
            name = callable_name(f"{tool.service.split(':')[-1]}_{tool.name}") if clash else name
            while name in names:
                # room for `_` and two digits within 64
                name = f"{name[:61]}_{len(names)}"
            names[name] = tool
        return names
