"""How prompts are laid out for a prefix cache: stable first, growing last, nothing told twice."""

from collections import Counter
from itertools import pairwise
from typing import Any

import orjson
import pytest

from agents.offline import prompt, tokens
from agents.schema import Mode, Role
from tests.graphs.trajectory.test_graph import Script, played

Prompts = list[list[dict[str, Any]]]


async def asked(role: Role, mode: Mode, seed: int = 0) -> Prompts:
    """The role's prompts in a whole trajectory."""
    heard: Prompts = []

    def listening(n: int, messages: list[dict[str, Any]]) -> None:
        heard.append(list(messages))

    script: Script = listening
    await played(mode, {role: script}, seed)
    return heard


@pytest.mark.parametrize("role", [Role.USER, Role.ASSISTANT, Role.OBSERVATION])
async def test_a_prompt_goes_on_where_the_roles_last_one_ended(role: Role) -> None:
    for mode in (Mode.CHAINED, Mode.ITERATIVE):
        prompts = await asked(role, mode)
        assert len(prompts) > 1
        assert all(later[: len(one)] == one for one, later in pairwise(prompts))


async def test_a_lock_is_told_once_and_never_what_the_tool_declares() -> None:
    last = (await asked(Role.OBSERVATION, Mode.ITERATIVE, seed=6))[-1]
    calls = [orjson.loads(message["content"]) for message in last if message["role"] == "user"]
    told = Counter((call["tool"], key) for call in calls for key in call.get("lock", ()))
    assert Counter(call["tool"] for call in calls)["get_order"] > 1  # so that there was something to repeat
    assert told[("get_order", "x-observed")] == 1
    assert set(told.values()) == {1}
    assert not any(tool == "cancel_order" and key != "allOf" for tool, key in told)  # it declares its output


async def test_the_judge_reads_arguments_and_results_unquoted() -> None:
    (prompt_of,) = await asked(Role.QUALITY, Mode.CHAINED)
    assert "\\" not in prompt_of[-1]["content"].replace("\\n", "")


def test_words_count_as_they_stand_and_not_as_quoted() -> None:
    assert tokens(prompt([{"role": "user", "content": 'say "hi"\n'}], [])) == ["[", "]", "user", "say", '"', "hi", '"']
