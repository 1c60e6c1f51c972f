"""QualityAgent: a finished conversation in, a verdict out.

It is asked where the assistant's last request ended: a model server has read all of that already, and the judge reads
what the assistant read.
"""

from collections.abc import Sequence

from agents.errors import FormatError
from agents.roles.assistant import offer_tools, plan, planned_prompt
from agents.roles.prompting import dumps, render, section, without_reasoning
from agents.schema import MISFIT, Blueprint, Claim, Cluster, JsonObject, Role, Verdict
from agents.teacher.reading.parse import fill
from agents.teacher.request import Ask, Message


async def judge(
    ask: Ask, blueprint: Blueprint, cluster: Cluster, messages: Sequence[Message], claims: Sequence[Claim] = ()
) -> Verdict:
    """A verdict with an answer to each claim; a claim without one is asked for once more.

    Raises: FormatError: the judge's answer is no verdict, or leaves a claim open; there is then no score.
    """
    tools = offer_tools(cluster, blueprint)
    request: list[Message] = [
        {"role": "system", "content": planned_prompt(blueprint, messages[0]["content"])},
        *without_reasoning(messages[1:]),
        {"role": "user", "content": write_case(blueprint, messages, claims)},
    ]
    verdict = await fill(ask, Role.QUALITY, request, Verdict, tools)
    if missing := _list_unanswered(verdict, claims):
        shown = {"role": "assistant", "content": verdict.model_dump_json()}
        fault = f"{MISFIT}claims {missing} have no answer. Answer again, every claim included."
        verdict = await fill(ask, Role.QUALITY, [*request, shown, {"role": "user", "content": fault}], Verdict, tools)
        if missing := _list_unanswered(verdict, claims):
            raise FormatError(f"quality answer: claims {missing} have no answer")
    rulings = {ruling.id: ruling for ruling in verdict.claims}
    answered = [rulings[n].model_copy(update={"claim": claim.text}) for n, claim in enumerate(claims, 1)]
    return verdict.model_copy(update={"claims": tuple(answered)})


def _list_unanswered(verdict: Verdict, claims: Sequence[Claim]) -> list[int]:
    return sorted(set(range(1, len(claims) + 1)) - {ruling.id for ruling in verdict.claims})


def write_case(blueprint: Blueprint, messages: Sequence[Message], claims: Sequence[Claim] = ()) -> str:
    """What the judge is told beside the assistant's plan and conversation: the rubric, the person, what the rules ask.

    A claim's value is said once, and a claim about all that was said has no place.
    """
    case: JsonObject = {
        "goal": blueprint.goal,
        "facts": {fact.name: fact.value for fact in blueprint.facts},
        "fails": {step.id: step.fails for step in blueprint.steps if step.fails},
    }
    numbered: list[JsonObject] = []
    for n, claim in enumerate(claims, 1):
        text = claim.text.replace(repr(claim.value), VALUE, 1).replace(dumps(claim.value), VALUE, 1)
        place = {"place": claim.place} if claim.place < len(messages) else {}
        numbered.append({"id": n, "claim": text, "value": claim.value, **place})
    told = section("Case", {key: value for key, value in case.items() if value})
    open_claims = section("Claims", numbered) if numbered else ""
    return render(Role.QUALITY, plan=dumps(plan(blueprint)), case=told, claims=open_claims)


VALUE = "`value`"
"""Stands in a claim for the value that is said beside it."""
