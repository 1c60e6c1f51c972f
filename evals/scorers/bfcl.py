"""BFCL's own loop and scorer behind JSON lines, in an environment of its own (evals/requirements/eval-bfcl.txt).

    tasks CATEGORY...  -> {"version", "sha256", "rows"}, then so many {"id", "category", "cluster", "gold", "nothing"}
    texts CATEGORY...  -> {"rows"}, then so many {"id", "kind", "text"}: what users say, and the tools
    play MODE          -> {"ready"} <- {"id", "run"}
                       -> any number of {"ask": {"messages", "tools"}} <- {"message"} -> {"result"}
    score MODE         -> {"ready"} <- {"id", "run", "result"} -> {"valid", "error"}

MODE is `fc` or `prompt`. BFCL evaluates what the model wrote: the process that starts this one bounds it.
"""

import ast
import copy
import hashlib
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

WIRE = os.fdopen(os.dup(1), "w")
sys.stdout = sys.stderr  # BFCL prints
Row = dict[str, Any]
Calls = list[dict[str, str]]
NAMED = ModuleType("bfcl_eval.constants.model_config")
NAMES: dict[str, SimpleNamespace] = {}
vars(NAMED)["MODEL_CONFIG_MAPPING"] = NAMES
sys.modules[NAMED.__name__] = NAMED  # the real one imports the client of every vendor, 2 GB of packages

from bfcl_eval import utils  # noqa: E402
from bfcl_eval.constants import eval_config  # noqa: E402


def main(mode: str, *rest: str) -> None:
    if mode == "tasks":
        tasks(rest)
    elif mode == "texts":
        texts(rest)
    elif mode == "play":
        play(rest[0] == "fc")
    else:
        score(rest[0] == "fc")


def write(row: Row) -> None:
    print(json.dumps(row), file=WIRE, flush=True)


def read() -> Iterator[Row]:
    for line in sys.stdin:
        yield json.loads(line)


# tasks


def tasks(categories: Sequence[str]) -> None:
    rows = [row for category in categories for row in list_tasks(category)]
    write({"version": f"bfcl-eval {version('bfcl-eval')}", "sha256": digest(categories), "rows": len(rows)})
    for row in rows:
        write(row)


def list_tasks(category: str) -> Iterator[Row]:
    # the hints would turn Java's and JavaScript's types into text
    entries = utils.load_dataset_entry(category, include_prereq=False, include_language_specific_hint=False)
    for entry, gold in zip(entries, truths(category, len(entries)), strict=True):
        row = {"id": entry["id"], "category": category, "cluster": cluster(entry, category)}
        if utils.is_agentic(category):
            yield {**row, "gold": [[str(gold[0])]], "nothing": [[]]}
        elif utils.is_multi_turn(category):
            yield {**row, "gold": gold_turns(entry, gold), "nothing": [[] for _ in entry["question"]]}
        else:
            yield {**row, "gold": single(entry, gold, category), "nothing": []}


def cluster(entry: Row, category: str) -> str:
    """What is not independent of this entry: variants of one scenario, questions to one memory, formats of one task."""
    name = str(entry["id"])
    if utils.is_memory(category):
        return f"memory {entry['scenario']}"
    if utils.is_multi_turn(category):
        return name.rsplit("_", 1)[1]
    # both settings of a web search ask the same question
    return name.replace("_no_snippet", "_base").rsplit(":", 1)[-1]


def texts(categories: Sequence[str]) -> None:
    unique: dict[str, Row] = {}
    for category in categories:
        for entry in utils.load_dataset_entry(category):
            for row in list_texts(entry):
                unique.setdefault(row["text"], row)
    write({"rows": len(unique)})
    for row in unique.values():
        write(row)


def list_texts(entry: Row) -> Iterator[Row]:
    for i, turn in enumerate(entry["question"]):
        for message in turn:
            if message["role"] == "user":
                yield {"id": f"{entry['id']}/{i}", "kind": "task", "text": message["content"]}
    for doc in entry["function"]:
        fields = doc["parameters"].get("properties", {})
        described = [f"{name} {field.get('description', '')}" for name, field in fields.items()]
        yield {"id": doc["name"], "kind": "tool", "text": " ".join([doc["name"], doc["description"], *described])}


def truths(category: str, count: int) -> list[Any]:
    if utils.is_relevance_or_irrelevance(category):
        return [None] * count
    return [row["ground_truth"] for row in utils.load_ground_truth_entry(category)]


def digest(categories: Sequence[str]) -> str:
    files = [path for path in eval_config.PROMPT_PATH.rglob("*.json") if uses(path, categories)]
    total = hashlib.sha256()
    for path in sorted(files):
        total.update(path.name.encode() + path.read_bytes())
    return total.hexdigest()


def uses(path: Path, categories: Sequence[str]) -> bool:
    if path.parent.name in ("multi_turn_func_doc", "memory_prereq_conversation"):
        return path.parent.name == "multi_turn_func_doc" or any(map(utils.is_memory, categories))
    # one file of memory, and one of web_search, serves all their kinds
    shared = utils.extract_test_category(path, False) or "none"
    return any(name == shared or (utils.is_agentic(name) and name.startswith(shared)) for name in categories)


def gold_turns(entry: Row, turns: list[list[str]]) -> list[list[Calls]]:
    """The ground truth, which is Python text with positional arguments, as one step of tool calls for each turn."""
    held_back = [doc for docs in entry.get("missed_function", {}).values() for doc in docs]
    docs = {doc["name"]: doc for doc in [*entry["function"], *held_back]}
    return [[[read_call(call, docs) for call in turn]] if turn else [] for turn in turns]


def read_call(text: str, docs: dict[str, Row]) -> dict[str, str]:
    call: Any = ast.parse(text, mode="eval").body
    order = list(docs[call.func.id]["parameters"]["properties"])
    arguments = dict(zip(order, call.args, strict=False)) | {keyword.arg: keyword.value for keyword in call.keywords}
    return {call.func.id: json.dumps({key: ast.literal_eval(value) for key, value in arguments.items()})}


def single(entry: Row, gold: list[Row] | None, category: str) -> Calls | None:
    if utils.is_format_sensitivity(category):
        return None  # calls as text, in 26 forms
    if gold is None:
        return [{entry["function"][0]["name"]: "{}"}] if category.endswith("live_relevance") else []
    calls = []
    for call in gold:
        for name, accepted in call.items():
            values = first(accepted)
            if utils.is_java(category) or utils.is_js(category):
                kinds = next(doc for doc in entry["function"] if doc["name"] == name)["parameters"]["properties"]
                values = {key: spell(value, kinds[key], category) for key, value in values.items()}
            calls.append({safe(name): json.dumps(values)})
    return calls


def spell(value: Any, schema: Row, category: str) -> str:
    """A value as source text of Java or JavaScript, which is what these categories want of an argument."""
    kind, inner = schema["type"], schema.get("items", {})
    if isinstance(value, str):
        return value
    if utils.is_js(category):
        return json.dumps(value)
    if kind == "ArrayList":  # BFCL takes the quotes of these off, not those of an Array
        items = [json.dumps(item) if isinstance(item, str) else spell(item, inner, category) for item in value]
        return f"new ArrayList<Object>(Arrays.asList({', '.join(items)}))" if items else "new ArrayList<Object>()"
    if kind == "Array":
        return f"new Object[]{{{', '.join(spell(item, inner, category) for item in value)}}}"
    if kind == "HashMap":
        puts = " ".join(f"put({json.dumps(key)}, {json.dumps(item)});" for key, item in value.items())
        return f"new HashMap<String, Object>() {{{{ {puts} }}}}"
    return json.dumps(value) + {"long": "L", "float": "f"}.get(kind, "")


def safe(name: str) -> str:
    return name.replace(".", "_")  # as function-calling names may be spelled; the scorer knows it


def first(accepted: Row) -> Row:
    """The first accepted value of each argument; one that may only be left out is."""
    kept = {key: [value for value in every(values) if value != ""] for key, values in accepted.items()}
    return {key: plain(values[0]) for key, values in kept.items() if values}


def every(values: Any) -> list[Any]:
    return values if isinstance(values, list) else [values]


def plain(value: Any) -> Any:
    if isinstance(value, dict):
        return first(value)
    return [plain(item) for item in value] if isinstance(value, list) else value


# the model


def handler(run: int, fc: bool) -> Any:
    from bfcl_eval.constants.enums import ModelStyle
    from bfcl_eval.model_handler.api_inference.openai_completion import OpenAICompletionsHandler
    from openai.types.chat import ChatCompletion

    class Wired(OpenAICompletionsHandler):  # type: ignore[misc]
        """The official handler whose requests go to the parent process, which holds the model."""

        def __init__(self) -> None:
            name = f"run{run}"  # instances are kept by this name: another run must not find the last one's
            super(OpenAICompletionsHandler, self).__init__(name, 0, name, fc)
            self.model_style = ModelStyle.OPENAI_COMPLETIONS

        def generate_with_backoff(self, **request: Any) -> tuple[Any, float]:
            messages = [
                message if isinstance(message, dict) else message.model_dump(exclude_none=True)
                for message in request["messages"]
            ]
            write({"ask": {"messages": messages, "tools": request.get("tools", [])}})
            message = next(read())["message"]
            choice = {"index": 0, "finish_reason": "stop", "message": message}
            usage = {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}  # the parent counts
            rest = {"id": "", "created": 0, "model": "", "object": "chat.completion", "usage": usage}
            return ChatCompletion.model_validate({"choices": [choice], **rest}), 0.0

        def decode_execute(self, result: Any, has_tool_call_tag: bool) -> list[str]:
            inert(result)
            return [call if is_offered(call) else "not_offered()" for call in super().decode_execute(result, False)]

        def decode_ast(self, result: Any, language: Any, has_tool_call_tag: bool) -> Any:
            inert(result)
            return super().decode_ast(result, language, has_tool_call_tag)

    NAMES[f"run{run}"] = SimpleNamespace(underscore_to_dot=fc)
    return Wired()


def inert(text: Any) -> None:
    """Refuse arithmetic on names and calls, which BFCL evaluates while it decodes; on numbers it is left to it."""
    if not isinstance(text, str) or "(" not in text:
        return
    cleaned = text.strip("`\n ")
    tree = ast.parse(cleaned if cleaned.startswith("[") else f"[{cleaned}]")
    sums = [node for node in ast.walk(tree) if isinstance(node, (ast.BinOp, ast.Lambda))]
    if any(isinstance(part, (ast.Call, ast.Name, ast.Attribute)) for node in sums for part in ast.walk(node)):
        raise ValueError("an expression that is no value")


def is_offered(call: str) -> bool:
    """Whether the text is one call of a simulated tool with values; BFCL would evaluate anything.

    What is not becomes a call of an unknown function: an error to the model, as BFCL's own NameError is.
    """
    try:
        tree: Any = ast.parse(call, mode="eval").body
        for value in [*tree.args, *(keyword.value for keyword in tree.keywords)]:
            ast.literal_eval(value)
        return tree.func.id in simulated_tools()
    except (SyntaxError, ValueError, AttributeError):
        return False


@cache
def simulated_tools() -> frozenset[str]:
    """Names of the simulated tools."""
    docs = [path.read_text() for path in eval_config.MULTI_TURN_FUNC_DOC_PATH.glob("*.json")]
    return frozenset(json.loads(line)["name"] for text in docs for line in text.splitlines())


def entries(hints: bool) -> Callable[[str], tuple[str, Row, Any]]:
    """id -> (category, entry, ground truth), each category read when first asked for.

    hints: notes on the language for the model, which change types too; the scorer compares without them.
    """
    loaded: dict[str, dict[str, tuple[Row, Any]]] = {}

    def find(task: str) -> tuple[str, Row, Any]:
        category = utils.extract_test_category_from_id(task)
        if category not in loaded:
            rows = utils.load_dataset_entry(category, include_prereq=False, include_language_specific_hint=hints)
            loaded[category] = {
                row["id"]: (row, gold) for row, gold in zip(rows, truths(category, len(rows)), strict=True)
            }
        entry, gold = loaded[category][task]
        return category, copy.deepcopy(entry), gold

    return find


def play(fc: bool) -> None:
    write({"ready": True})
    find = entries(hints=True)
    for request in read():
        category, entry, _ = find(request["id"])
        try:
            if utils.is_memory(category):
                remember(entry, category, request["run"], fc)
            result, _ = handler(request["run"], fc).inference(entry, include_input_log=False, exclude_state_log=True)
        except Exception as error:  # as BFCL's own generation does: the text becomes the result and is scored
            result = f"Error during inference: {error}"
        write({"result": result})


MEMORIES: set[str] = set()
"""Memories that this process has filled: the run, the category and the scenario."""


def remember(entry: Row, category: str, run: int, fc: bool) -> None:
    """Fill the memory that the question is about, once for each process: the model has the scenario's conversations."""
    folder, scenario = Path.cwd() / f"run{run}", entry["scenario"]
    name = f"{run} {category} {scenario}"
    if name not in MEMORIES:
        MEMORIES.add(name)
        earlier = [row for row in utils.load_dataset_entry(category) if utils.is_memory_prereq(row["id"])]
        earlier = [row for row in earlier if row["scenario"] == scenario]
        for row in utils.populate_initial_settings_for_memory_test_cases(earlier, folder):
            handler(run, fc).inference(row, include_input_log=False, exclude_state_log=True)
    utils.populate_initial_settings_for_memory_test_cases([entry], folder)


# the score


def score(fc: bool) -> None:
    from bfcl_eval.eval_checker import eval_runner  # noqa: F401  (slow: before the first line, not within its time)
    from bfcl_eval.model_handler.api_inference import openai_completion  # noqa: F401

    write({"ready": True})
    find = entries(hints=False)
    for request in read():
        write(judge(*find(request["id"]), request, fc))


def judge(category: str, entry: Row, gold: Any, request: Row, fc: bool) -> Row:
    from bfcl_eval.constants.enums import Language, ReturnFormat
    from bfcl_eval.eval_checker import eval_runner

    name, result = f"run{request['run']}", request["result"]
    wired = handler(request["run"], fc)
    if utils.is_relevance_or_irrelevance(category):
        verdict = eval_runner._evaluate_single_relevance_entry(wired, entry["id"], result, entry, name, category)
    elif utils.is_multi_turn(category):
        verdict = eval_runner._evaluate_single_multi_turn_entry(wired, entry["id"], result, gold, entry, name, category)
    elif utils.is_agentic(category):
        verdict = eval_runner._evaluate_single_agentic_entry(wired, entry["id"], result, gold, entry, name, category)
    elif utils.is_format_sensitivity(category):
        from bfcl_eval.model_handler.utils import parse_prompt_variation_params

        form, tag, *_ = parse_prompt_variation_params(entry["id"].split(":")[1])
        kind = (Language.PYTHON, ReturnFormat(form), tag)
        verdict = eval_runner._evaluate_single_ast_entry(wired, entry["id"], result, gold, entry, name, category, *kind)
    else:
        language = "JAVA" if utils.is_java(category) else "JAVASCRIPT" if utils.is_js(category) else "PYTHON"
        spoken = (Language[language], ReturnFormat[language])
        verdict = eval_runner._evaluate_single_ast_entry(
            wired, entry["id"], result, gold, entry, name, category, *spoken
        )
    error = (
        verdict.get("error_type") or (verdict.get("error") or {}).get("error_type", "") if not verdict["valid"] else ""
    )
    return {"valid": bool(verdict["valid"]), "error": error}


if __name__ == "__main__":
    main(*sys.argv[1:])
