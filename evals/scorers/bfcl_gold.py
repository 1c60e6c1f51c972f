"""BFCL's ground truth as the answers of a model that is right: what the scorer is given as `gold`."""

import ast
import json
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from bfcl_eval import utils
from bfcl_eval.model_handler.utils import parse_prompt_variation_params

Row = dict[str, Any]
Calls = list[dict[str, str]]


def write_turns(entry: Row, turns: list[list[str]]) -> list[list[Calls]]:
    """The ground truth, which is Python text with positional arguments, as one step of tool calls for each turn."""
    # a function that is held back until a later turn is called in that turn
    held_back = [doc for docs in entry.get("missed_function", {}).values() for doc in docs]
    docs = {doc["name"]: doc for doc in [*entry["function"], *held_back]}
    return [[[read_call(text, docs) for text in turn]] if turn else [] for turn in turns]


def read_call(text: str, docs: dict[str, Row]) -> dict[str, str]:
    call = ast.parse(text, mode="eval").body
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
        raise ValueError(f"the ground truth has no call: {text}")
    # positional arguments are those of the document's order, which is the function's own
    order = list(docs[call.func.id]["parameters"]["properties"])
    arguments = dict(zip(order, call.args, strict=False))
    arguments |= {str(keyword.arg): keyword.value for keyword in call.keywords}
    return {call.func.id: json.dumps({key: ast.literal_eval(value) for key, value in arguments.items()})}


def write_single(entry: Row, gold: list[Row] | None, category: str) -> Calls | str:
    """The calls of a task of one turn; in the form that a variant of the prompt asks for, where these are compared."""
    if utils.is_format_sensitivity(category):
        form, tagged, *_ = parse_prompt_variation_params(entry["id"].split(":")[1])
        pairs = [(name, choose_values(accepted)) for call in gold or () for name, accepted in call.items()]
        text = write_text(pairs, form)
        return f"<TOOLCALL>{text}</TOOLCALL>" if tagged else text
    if gold is None:
        # relevance wants any call, irrelevance none
        return [{entry["function"][0]["name"]: "{}"}] if category.endswith("live_relevance") else []
    calls = []
    for call in gold:
        for name, accepted in call.items():
            values = choose_values(accepted)
            if utils.is_java(category) or utils.is_js(category):
                kinds = next(doc for doc in entry["function"] if doc["name"] == name)["parameters"]["properties"]
                values = {key: spell(value, kinds[key], category) for key, value in values.items()}
            # function-calling names hold no dots; the scorer knows both spellings
            calls.append({name.replace(".", "_"): json.dumps(values)})
    return calls


def write_text(calls: list[tuple[str, Row]], form: str) -> str:
    """Calls as text in one of the four forms of BFCL's prompts."""
    if form == "python":
        spelled = [
            f"{name}({', '.join(f'{key}={value!r}' for key, value in values.items())})" for name, values in calls
        ]
        return f"[{', '.join(spelled)}]"
    if form == "json":
        return json.dumps([{"function": name, "parameters": values} for name, values in calls])
    functions = Element("functions")
    for name, values in calls:
        function = SubElement(functions, "function", name=name)
        holder = SubElement(function, "params") if form == "verbose_xml" else function
        for key, value in values.items():
            # the type decides how BFCL reads the text back; bool before int, which it is too
            kinds = {str: "string", bool: "boolean", int: "integer", float: "float", list: "array", dict: "dict"}
            parameter = SubElement(holder, "param", name=key, type=kinds.get(type(value), "null"))
            text = value if isinstance(value, str) else repr(value)
            if form == "verbose_xml":
                parameter.set("value", text)
            else:
                parameter.text = text
    return tostring(functions, encoding="unicode")


def spell(value: object, schema: Row, category: str) -> str:
    """A value as source text of Java or JavaScript, which is what these categories want of an argument."""
    kind, inner = schema["type"], schema.get("items", {})
    if isinstance(value, str):
        return value
    if utils.is_js(category):
        return json.dumps(value)
    if kind == "ArrayList" and isinstance(value, list):
        # BFCL takes the quotes of these off, not those of an Array
        items = [json.dumps(item) if isinstance(item, str) else spell(item, inner, category) for item in value]
        return f"new ArrayList<Object>(Arrays.asList({', '.join(items)}))" if items else "new ArrayList<Object>()"
    if kind == "Array" and isinstance(value, list):
        return f"new Object[]{{{', '.join(spell(item, inner, category) for item in value)}}}"
    if kind == "HashMap" and isinstance(value, dict):
        puts = " ".join(f"put({json.dumps(key)}, {json.dumps(item)});" for key, item in value.items())
        return f"new HashMap<String, Object>() {{{{ {puts} }}}}"
    return json.dumps(value) + {"long": "L", "float": "f"}.get(kind, "")


def choose_values(accepted: Row) -> Row:
    """The first accepted value of each argument; "" stands for leaving it out, and one that may only be is."""
    values: Row = {}
    for key, choices in accepted.items():
        kept = [choice for choice in (choices if isinstance(choices, list) else [choices]) if choice != ""]
        if kept:
            values[key] = choose_within(kept[0])
    return values


def choose_within(value: object) -> object:
    """Fields of an accepted object are lists of accepted values again."""
    if isinstance(value, dict):
        return choose_values(value)
    return [choose_within(item) for item in value] if isinstance(value, list) else value
