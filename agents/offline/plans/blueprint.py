"""The offline BlueprintAgent: tools and a directive in, a plan over real data flow out."""

from collections.abc import Sequence
from random import Random

from agents.offline.plans.draft import Draft, Plan, add_chain, edges, find_listed
from agents.offline.plans.grasp import grasps
from agents.offline.plans.operators import broaden, call_live_first, call_named, deepen, follow_up, look_first
from agents.offline.plans.optional import POINT
from agents.offline.plans.ordinary import is_foreseen, is_likely, is_ordinary
from agents.offline.plans.repertoire import plays, speaks
from agents.offline.plans.sense import allows
from agents.offline.plans.shapes import SHAPES, add_any
from agents.offline.plans.states import suit_kinds, suit_states
from agents.offline.plans.sums import name_currencies
from agents.offline.plans.turns import cut_turns, write_checkpoints
from agents.offline.talk.people import give_reason, give_working_reason, wish_in_vain, write_goal, write_persona
from agents.offline.talk.phrases import can_be_asked_for
from agents.offline.trade.policies import DOCUMENTED, draw_forbidden, speaks_of, write_policy, write_role
from agents.offline.trade.subject import Subject, domain_of, trade_text
from agents.offline.trade.wishes import explain
from agents.plan.code_tool import RUN_PYTHON, SERVICE
from agents.plan.dataflow import Described, is_registered
from agents.plan.operators import chain, has_shape
from agents.schema import Blueprint, words

FOLLOWED = 0.5
"""The share of plans in which somebody wants something more, or something else, once there is an answer."""
LONGEST = 12
"""Steps of a plan, as its form has it."""
LOOSE = 6
"""The grade at which any value may flow that fits."""
FORBIDDEN = 0.3
"""The share of refusals in which a rule forbids what is asked for."""


def draw_plan(
    tools: list[Described],
    directive: Plan,
    rng: Random,
    elsewhere: Sequence[Plan] = (),
    refused: Sequence[Plan] = (),
) -> Plan:
    """A blueprint of the mode, or the nearest thing that the tools allow, which the validator then refuses.

    It is read over: one that is not what the directive wants is drawn again, of more tools and with less taste. So is
    one that there is already or that was `refused`, at first with something more that the person wants.
    """
    mode, operator, parent = directive["mode"], directive.get("operator", "fresh"), directive.get("parent") or {}
    if mode == "refusal" and refused:
        elsewhere = ()  # what is near was asked for already
    known = {*directive.get("exists", ()), *(name for plan in refused for name in name_plan(plan))}
    plan: Plan = {}
    spare: list[Plan] = []
    for level, choice in enumerate(grade(tools)):
        for followed in (rng.random() < FOLLOWED, True):
            draft = Draft(choice, rng, directive.get("tools", ()), directive.get("today", ""))
            draft.loose = level == LOOSE
            if level == 0:
                draft.leave_doubles()
            if choice is not tools and not allows(draft, mode, operator, parent):
                break
            plan = fill_plan(draft, tools, directive, elsewhere, followed=followed)
            if not is_wanted(plan, directive):
                break
            if plan["mode"] == "refusal" or known.isdisjoint(name_plan(plan)):
                return plan
            spare.append(plan)
    return spare[0] if spare else plan


def grade(tools: list[Described]) -> list[list[Described]]:
    """The tools that are understood best, then more and more of them, at last all, and all once more."""
    spoken = [tool for tool in tools if tool["service"] == SERVICE or can_be_asked_for(tool)]
    clear = [tool for tool in spoken if tool["service"] == SERVICE or grasps(tool)]
    played = [tool for tool in clear if tool["service"] == SERVICE or plays(tool) or is_ordinary(tool)]
    foreseen = [tool for tool in clear if tool["service"] == SERVICE or is_foreseen(tool)]
    likely = [tool for tool in clear if tool["service"] == SERVICE or is_likely(tool)]
    return [played, foreseen, likely, clear, spoken, tools, tools]


def is_wanted(plan: Plan, directive: Plan) -> bool:
    """Whether the plan is of the directive's mode and as deep as it asks."""
    if plan["mode"] != directive["mode"] or len(plan.get("steps", ())) > LONGEST:
        return False
    blueprint = Blueprint.model_validate(plan)
    deep = directive.get("operator") != "deepen" or chain(blueprint.steps) > directive["parent"]["chain"]
    return has_shape(blueprint) and deep


def name_plan(plan: Plan) -> set[str]:
    """A plan by its mode and tools, as directives tell what there is; also as it is known where no branch was taken.

    >>> steps = [{"tool": "list_teams"}, {"tool": "create_team", "when": {"step": "s1"}}, {"tool": "run_python"}]
    >>> sorted(name_plan({"mode": "branching", "steps": steps}))
    ['branching: create_team, list_teams', 'branching: list_teams']
    """
    steps = [step for step in plan.get("steps", ()) if step["tool"] != RUN_PYTHON.name]
    taken = [step for step in steps if not step.get("when")]
    return {f"{plan['mode']}: {', '.join(sorted({step['tool'] for step in some}))}" for some in (steps, taken)}


def fill_plan(
    draft: Draft, tools: list[Described], directive: Plan, elsewhere: Sequence[Plan], *, followed: bool = False
) -> Plan:
    """The plan that the draft becomes by the directive; a refusal where the draft has no tools.

    `followed`: the person wants something more once there is an answer.
    """
    mode, size, rng = directive["mode"], max(1, directive["steps"]), draft.rng
    who = write_persona(draft.subject, rng)
    if mode == "refusal" or not draft.tools:
        plan = {"persona": who, "mode": "refusal", **ask_in_vain(draft.subject, tools, elsewhere, rng)}
    else:
        draft.speaks = "operator" in directive
        operator, parent = directive.get("operator", "fresh"), directive.get("parent") or {}
        if operator == "deepen":
            deepen(draft, parent["chain"] + 1)
        else:
            SHAPES.get(mode, add_any)(draft, size)
        call_named(draft, directive.get("tools", ()), size, mode)
        if operator == "broaden":
            broaden(draft, parent["services"] + 1)
        if operator == "constrain":
            look_first(draft)
        if "operator" in directive and followed:
            follow_up(draft, mode)
        # Last, because only now is it clear what is changed before anything live is called.
        call_live_first(draft)
        plan = _write_plan(draft, who, mode)
        if operator == "constrain" or rng.random() < DOCUMENTED:
            subject, called = draft.subject.in_trade(draft.find_trade()), [step["tool"] for step in draft.steps]
            desks = {tool["service"] for name, tool in draft.known.items() if name in called}
            matters = speaks_of([tool for tool in draft.known.values() if tool["service"] in desks])
            look = operator == "constrain"
            plan["policy"] = write_policy(subject, rng, look=look, called=called, matters=matters)
    if rng.random() < 0.5:
        plan["role"] = introduce(draft.subject, tools, plan, rng)
    return plan


def introduce(subject: Subject, tools: Sequence[Described], plan: Plan, rng: Random) -> str:
    """The role of an assistant at the desk that the plan begins at."""
    opening = next((step["tool"] for step in plan.get("steps", ())), "")
    desks = [tool for tool in tools if tool["service"] != SERVICE] or tools
    service = next((tool["service"] for tool in tools if tool["name"] == opening), desks[0]["service"])
    trade = domain_of(trade_text([tool for tool in tools if tool["service"] == service]))
    return write_role(subject.in_trade(trade), service, rng)


def ask_in_vain(subject: Subject, tools: list[Described], elsewhere: Sequence[Plan], rng: Random) -> Plan:
    """What a plan says of a request in vain: for what no tool does, or now and then for what the house forbids."""
    own = [tool for tool in tools if tool["service"] != SERVICE]
    subject, matters = subject.in_trade(domain_of(trade_text(own))), speaks_of(own)
    rule, wish = draw_forbidden(subject, rng, matters) if rng.random() < FORBIDDEN else ("", "")
    if rule:
        policy = write_policy(subject, rng, look=False, forbidding=rule, matters=matters)
        return {"goal": write_goal([wish], explain("pleas", rng)), "turns": [{"ask": wish}], "policy": policy}
    others = [tool for tool in elsewhere if not is_registered(tool) or speaks(tool)]
    wish, reason = wish_in_vain(tools, others, subject, rng)
    return {"goal": write_goal([wish], reason), "turns": [{"ask": wish}]}


def walk_plan(tools: list[Described], way: list[str], rng: Random) -> Plan:
    """A blueprint whose steps are these tools in their order, each fed by the step before it where it can be."""
    draft = Draft(tools, rng)
    add_chain(draft, way, edges(draft))
    fed = any(source["source"] == "step" for step in draft.steps for source in step["arguments"].values())
    return _write_plan(draft, write_persona(draft.subject, rng), "chained" if fed else "linear")


def _write_plan(draft: Draft, who: str, mode: str) -> Plan:
    """The draft's steps with the person, the turns and the checkpoints around them."""
    rng = draft.rng
    suit_kinds(draft)
    suit_states(draft)
    name_currencies(draft)
    plan: Plan = {"persona": who, "mode": mode, "steps": draft.steps, "facts": list(draft.facts.values())}
    if mode == "clarification" and plan["facts"]:
        # The person forgets a fact or two; a nested one would have to be asked for part by part.
        plain = [fact for fact in plan["facts"] if not isinstance(fact["value"], dict | list)] or plan["facts"]
        told = [
            (source["fact"], step["tool"], key)
            for step in draft.steps
            for key, source in step["arguments"].items()
            if source["source"] == "user"
        ]
        # Nobody is asked for what the tool does without, nor if it can be helped for what a list tells.
        needed = {fact for fact, tool, key in told if key in draft.known[tool]["inputSchema"].get("required", ())}
        plain = [fact for fact in plain if fact["name"] in needed] or plain
        lists = {tool: find_listed(draft, tool) for _, tool, _ in told}
        listed = {fact for fact, tool, key in told if key in lists[tool]}
        plain = [fact for fact in plain if fact["name"] not in listed] or plain
        # Who searches has something to search for.
        plain = [fact for fact in plain if fact["name"] != "search term"] or plain
        forgotten = rng.sample(plain, min(len(plain), rng.choice((1, 1, 2))))
        if any(fact["name"] in POINT for fact in forgotten):  # nobody tells half of a point
            forgotten += [fact for fact in plain if fact["name"] in POINT and fact not in forgotten]
        for fact in forgotten:
            fact["withheld"] = True
    plan["turns"] = list(cut_turns(draft, mode))
    own = [step for step in draft.steps if step["tool"] in draft.known]
    first = own[0]["tool"] if own else ""
    reason = give_reason(draft.known[first], rng) if first else ""
    if mode == "computation" and first:
        reason = give_working_reason(rng)  # why somebody looks is not why they have it worked out
    if "overview" in reason and any(not draft.known[step["tool"]]["reads"] for step in own):
        reason = ""  # who changes what is listed wants more than to see it
    if any(words(key)[-1:] == ["reason"] for step in own for key in step["arguments"]):
        reason = ""  # the reason is told for the record, and a second one would be another
    plan["goal"] = write_goal([turn["ask"] for turn in plan["turns"]], reason)
    plan["checkpoints"] = list(write_checkpoints(draft))
    if draft.expects:
        plan["expects"] = draft.expects
    return plan
