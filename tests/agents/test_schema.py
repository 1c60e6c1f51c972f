"""The names that models see: whatever a tool is called, one that every endpoint takes."""

import re

import pytest

from agents.schema import Cluster, Tool, words


def offered(*names: str) -> list[str]:
    tools = tuple(Tool(name=name, input_schema={"type": "object"}, service="shop") for name in names)
    return list(Cluster(id="c", leaf="0.0", tools=tools).by_name)


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("查询天气", "预订酒店"), ["ChaXunTianQi", "YuDingJiuDian"]),
        (("büro.öffnen", "büro.schließen"), ["buro_offnen", "buro_schliessen"]),
        (("найти", "ホテル検索"), ["nayti", "hoteruJianSuo"]),
        (("get order", "get/order"), ["shop_get_order", "shop_get_order_1"]),
        (("🙂", "…"), ["slight_smile", "tool"]),
        (("x" * 70,), ["x" * 64]),
    ],
)
def test_a_name_in_any_script_is_readable_unique_and_valid(names: tuple[str, ...], expected: list[str]) -> None:
    assert offered(*names) == expected
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{1,64}", name) for name in expected)


def test_a_name_in_another_script_has_words() -> None:
    assert words("查询天气") == ["cha", "xun", "tian", "qi"]


@pytest.mark.parametrize("service", ["GitHub", "@scope/server"])
@pytest.mark.parametrize("name", ["repos/get", "../../etc", "get"])
def test_a_slash_in_a_tools_name_makes_no_other_service(service: str, name: str) -> None:
    tool = Tool(name=name, input_schema={"type": "object"}, service=service)
    assert tool.key.rpartition("/")[0] == service
    assert tool.key == f"{service}/{name}" or "/" in name


@pytest.mark.parametrize(("hint", "reads"), [("false", False), ("True", True), (False, False), (None, True)])
def test_a_hint_as_text_means_what_it_says(hint: object, reads: bool) -> None:
    tool = Tool(name="get", input_schema={}, annotations={"readOnlyHint": hint}, service="s")
    assert tool.reads is reads
