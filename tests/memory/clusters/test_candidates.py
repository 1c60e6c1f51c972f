"""Candidate clusters around a hub: it joins some of them, and the others grow along what is near."""

from collections import Counter
from statistics import median

from agents.schema import Tool
from memory.clusters import build
from memory.clusters.build import choose
from memory.clusters.survey import survey_tools
from memory.embed.embedder import embedder

_WORDS = """issue pipeline secret webhook release milestone artifact runner deployment branch package comment label
project discussion gist invitation license commit tag"""
THINGS = _WORDS.split()


def tool(name: str, *required: str) -> Tool:
    properties = {key: {"type": "string"} for key in required}
    schema = {"type": "object", "properties": properties, "required": list(required)}
    return Tool(name=name, description=name.replace("_", " "), service="forge", input_schema=schema)


def forge() -> list[Tool]:
    """A hundred tools of twenty kinds, all of which ask for the repository that only two of them can give."""
    verbs = ("get", "list", "update", "delete", "archive")
    work = [tool(f"{verb}_{thing}", "repo_id") for thing in THINGS for verb in verbs]
    return [tool("search_repos"), tool("create_repo"), *work]


def test_hub_is_in_few_clusters_and_sizes_follow_the_work() -> None:
    known = survey_tools(forge(), embedder("wordllama"))
    parts = [known.parts[index] for index in choose(known, build.BUDGET)]
    holding = Counter(known.tools[index].name for part in parts for index in part)
    assert median(map(len, parts)) >= 4
    assert holding.most_common(1)[0][1] <= 0.6 * len(parts)  # every cluster needs one of the two
    assert set(holding) == {each.name for each in forge()}


def test_clusters_grow_along_what_is_near() -> None:
    known = survey_tools(forge(), embedder("wordllama"))
    most = []
    for index in choose(known, build.BUDGET):
        names = [known.tools[each].name for each in known.parts[index]]
        kinds = Counter(name.split("_", 1)[1] for name in names if "repo" not in name)
        most.append(kinds.most_common(1)[0][1])
    assert median(most) >= 3
