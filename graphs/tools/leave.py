"""What of a live server may really be called, and what a plan may be made of [ours].

A tool that may change something is called for real only where the user gave leave (`--live-writes`); without it such a
tool is simulated, and its observations say so. A tool is no writer where its annotations say that it only reads, else
where the verbs of its name do. A tool of which no value is known for an argument is in no plan.
"""

from collections.abc import Sequence

from agents.plan.dataflow import MAKING, describe_tool, feeds
from agents.plan.examples import unknown_arguments
from agents.schema import WITHHELD, Cluster, Tool, words

_CHANGING = """delete remove drop update write set insert put post patch edit modify change move rename copy send cancel
close execute exec run apply commit push reset revert merge checkout kill stop start restart install uninstall deploy
publish clear purge destroy truncate append approve reject assign enable disable toggle pay buy book charge transfer"""
CHANGING = frozenset(_CHANGING.split()) | MAKING


def changes(tool: Tool) -> bool:
    """Whether a call may change something: its annotations say so, or say nothing and one verb of its name might."""
    if tool.annotations.get("readOnlyHint") is not None:
        return not tool.reads
    return not tool.reads or not CHANGING.isdisjoint(words(tool.name))


def prepare(clusters: Sequence[Cluster], writes: bool) -> list[Cluster]:
    """The clusters as a run plays them: writers withheld without leave, and without what cannot be planned.

    Clusters whose live tools cannot be called with anything that is known are left out, and so is one of live servers
    in which none is left that is really called.
    """
    prepared = []
    for cluster in clusters:
        if not any(tool.live for tool in cluster.tools):
            prepared.append(cluster)
            continue
        # The source tells the graph to simulate such a tool: the rest of its server stays live.
        tools = [
            tool.model_copy(update={"source": f"{WITHHELD}{tool.source}"})
            if tool.live and changes(tool) and not writes
            else tool
            for tool in cluster.tools
        ]
        able = callable_tools(tools)
        if any(tool.live for tool in able):
            prepared.append(cluster.model_copy(update={"tools": able}))
    return prepared


def callable_tools(tools: Sequence[Tool]) -> tuple[Tool, ...]:
    """The tools without those live ones that need a value which nobody knows and no other tool's result declares."""
    able = [tool for tool in tools if not tool.live or not unknown_arguments(tool.input_schema)]
    # Only what can be called anyway feeds others: two tools that wait for each other are both left out.
    sources = [describe_tool(tool.name, tool) for tool in able]
    kept = []
    for tool in tools:
        target = describe_tool(tool.name, tool)
        fed = {argument for source in sources for _, argument in feeds(source, target)}
        if tool in able or fed.issuperset(unknown_arguments(tool.input_schema)):
            kept.append(tool)
    return tuple(kept)
