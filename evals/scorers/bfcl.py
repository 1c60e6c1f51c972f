"""BFCL's own loop and scorer behind JSON lines, in an environment of its own (evals/requirements/eval-bfcl.txt).

    tasks CATEGORY...  -> {"version", "sha256", "rows"}, then so many {"id", "category", "cluster", "gold", "nothing"}
    texts CATEGORY...  -> {"rows"}, then so many {"id", "kind", "text"}: what users say, and the tools
    talks CATEGORY...  -> {"rows"}, then so many {"id", "messages", "tools"}: of one turn, answered by the gold calls
    play MODE          -> {"ready"} <- {"id", "run"}
                       -> any number of {"ask": {"messages", "tools"}} <- {"message"} -> {"result"}
    score MODE         -> {"ready"} <- {"id", "run", "result"} -> {"valid", "error"}

MODE is `fc` or `prompt`. BFCL evaluates what the model wrote: the process that starts this one bounds it.
"""

import copy
import hashlib
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import Any

WIRE = os.fdopen(os.dup(1), "w")
sys.stdout = sys.stderr  # BFCL prints
Row = dict[str, Any]
Gold = list[Any] | None
"""Of a category's own form: calls, turns of text, or words; None where no call is right."""
MODELS = ModuleType("bfcl_eval.constants.model_config")
vars(MODELS)["MODEL_CONFIG_MAPPING"] = {}
sys.modules[MODELS.__name__] = MODELS  # the real one imports the client of every vendor, 2 GB of packages

from bfcl_eval import utils  # noqa: E402
from bfcl_eval.constants import eval_config  # noqa: E402

# Its other parts lie beside this file. They are no part of a package here: the wheel calls ours by another name, and
# nothing of this project's own environment may be found. At the end of the path: a scorer beside it is called tau2.
sys.path.append(str(Path(__file__).parent))
import bfcl_gold  # noqa: E402


def main(mode: str, *rest: str) -> None:
    match mode:
        case "tasks":
            rows = [row for category in rest for row in list_tasks(category)]
            head = {"version": f"bfcl-eval {version('bfcl-eval')}", "sha256": digest(rest)}
            write_all(rows, head)
        case "texts":
            write_all(list_texts(rest), {})
        case "talks":
            write_all([row for category in rest for row in list_talks(category)], {})
        case "play":
            play(rest[0] == "fc")
        case _:
            score(rest[0] == "fc")


def write(row: Row) -> None:
    print(json.dumps(row), file=WIRE, flush=True)


def write_all(rows: Sequence[Row], head: Row) -> None:
    write({**head, "rows": len(rows)})
    for row in rows:
        write(row)


def read() -> Iterator[Row]:
    for line in sys.stdin:
        yield json.loads(line)


def ask(messages: list[Row], tools: list[Row]) -> Row:
    write({"ask": {"messages": messages, "tools": tools}})
    return dict(next(read())["message"])


# tasks


def list_tasks(category: str) -> Iterator[Row]:
    # the hints would turn Java's and JavaScript's types into text
    entries = utils.load_dataset_entry(category, include_prereq=False, include_language_specific_hint=False)
    for entry, gold in zip(entries, truths(category, len(entries)), strict=True):
        row = {"id": entry["id"], "category": category, "cluster": cluster(entry, category)}
        if utils.is_agentic(category):
            yield {**row, "gold": [[str((gold or [""])[0])]], "nothing": [[]]}
        elif utils.is_multi_turn(category):
            turns = bfcl_gold.write_turns(entry, gold or [])
            yield {**row, "gold": turns, "nothing": [[] for _ in entry["question"]]}
        else:
            yield {**row, "gold": bfcl_gold.write_single(entry, gold, category), "nothing": []}


def cluster(entry: Row, category: str) -> str:
    """What is not independent of this entry: variants of one scenario, questions to one memory, formats of one task."""
    name = str(entry["id"])
    if utils.is_memory(category):
        return f"memory {entry['scenario']}"
    if utils.is_multi_turn(category):
        return name.rsplit("_", 1)[1]
    # both settings of a web search ask the same question
    return name.replace("_no_snippet", "_base").rsplit(":", 1)[-1]


def list_texts(categories: Iterable[str]) -> list[Row]:
    """Each text once: categories share tools, and variants of a scenario what the user says."""
    unique: dict[str, Row] = {}
    for entry in (entry for category in categories for entry in utils.load_dataset_entry(category)):
        for i, turn in enumerate(entry["question"]):
            for content in (message["content"] for message in turn if message["role"] == "user"):
                unique.setdefault(content, {"id": f"{entry['id']}/{i}", "kind": "task", "text": content})
        for doc in entry["function"]:
            fields = doc["parameters"].get("properties", {})
            described = [f"{name} {field.get('description', '')}" for name, field in fields.items()]
            text = " ".join([doc["name"], doc["description"], *described])
            unique.setdefault(text, {"id": doc["name"], "kind": "tool", "text": text})
    return list(unique.values())


def list_talks(category: str) -> Iterator[Row]:
    """Tasks of one turn as conversations in OpenAI's layout; of those that want no call, nobody says what is right."""
    from bfcl_eval.constants.enums import ModelStyle
    from bfcl_eval.constants.type_mappings import GORILLA_TO_OPENAPI
    from bfcl_eval.model_handler.utils import convert_to_tool

    entries = utils.load_dataset_entry(category, include_prereq=False, include_language_specific_hint=False)
    for entry, gold in zip(entries, truths(category, len(entries)), strict=True):
        functions = [
            {"name": name, "arguments": arguments}
            for call in bfcl_gold.write_single(entry, gold, category) or ()
            for name, arguments in call.items()
        ]
        if functions:
            calls = [{"id": f"call_{n}", "type": "function", "function": call} for n, call in enumerate(functions)]
            tools = convert_to_tool(entry["function"], GORILLA_TO_OPENAPI, ModelStyle.OPENAI_COMPLETIONS)
            messages = [*entry["question"][0], {"role": "assistant", "content": "", "tool_calls": calls}]
            yield {"id": entry["id"], "messages": messages, "tools": tools}


def truths(category: str, count: int) -> list[Gold]:
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


def index_entries(hints: bool) -> Callable[[str], tuple[str, Row, Gold]]:
    """id -> (category, entry, ground truth), each category read when first asked for.

    hints: notes on the language for the model, which change types too; the scorer compares without them.
    """
    loaded: dict[str, dict[str, tuple[Row, Gold]]] = {}

    def find(task: str) -> tuple[str, Row, Gold]:
        category = utils.extract_test_category_from_id(task)
        if category not in loaded:
            rows = utils.load_dataset_entry(category, include_prereq=False, include_language_specific_hint=hints)
            loaded[category] = {
                row["id"]: (row, gold) for row, gold in zip(rows, truths(category, len(rows)), strict=True)
            }
        entry, gold = loaded[category][task]
        # BFCL's loop writes into the entry
        return category, copy.deepcopy(entry), gold

    return find


# the model


def play(fc: bool) -> None:
    from bfcl_model import Wired

    write({"ready": True})
    find = index_entries(hints=True)
    memories: set[str] = set()
    for request in read():
        category, entry, _ = find(request["id"])
        model = Wired(request["run"], fc, ask)
        try:
            if utils.is_memory(category):
                remember(entry, category, request["run"], model, memories)
            result, _ = model.inference(entry, include_input_log=False, exclude_state_log=True)
        except Exception as error:  # as BFCL's own generation does: the text becomes the result and is scored
            result = f"Error during inference: {error}"
        write({"result": result})


def remember(entry: Row, category: str, run: int, model: Any, memories: set[str]) -> None:
    """Fill the memory that the question is about, once for each process: the model has the scenario's conversations.

    memories: those that are filled already.
    """
    folder, scenario = Path.cwd() / f"run{run}", entry["scenario"]
    name = f"{run} {category} {scenario}"
    if name not in memories:
        memories.add(name)
        earlier = [row for row in utils.load_dataset_entry(category) if utils.is_memory_prereq(row["id"])]
        earlier = [row for row in earlier if row["scenario"] == scenario]
        for row in utils.populate_initial_settings_for_memory_test_cases(earlier, folder):
            model.inference(row, include_input_log=False, exclude_state_log=True)
    utils.populate_initial_settings_for_memory_test_cases([entry], folder)


# the score


def score(fc: bool) -> None:
    # slow to import: before the first line, not within the first answer's time
    from bfcl_eval.eval_checker import eval_runner  # noqa: F401
    from bfcl_model import Wired

    write({"ready": True})
    find = index_entries(hints=False)
    for request in read():
        write(judge(*find(request["id"]), request, Wired(request["run"], fc, ask)))


def judge(category: str, entry: Row, gold: Gold, request: Row, model: object) -> Row:
    """What the official evaluation of one entry says; each kind of category has a function of its own."""
    from bfcl_eval.constants.enums import Language, ReturnFormat
    from bfcl_eval.eval_checker import eval_runner
    from bfcl_eval.model_handler.utils import parse_prompt_variation_params

    name, result = f"run{request['run']}", request["result"]
    common = (entry, name, category)
    if utils.is_relevance_or_irrelevance(category):
        verdict = eval_runner._evaluate_single_relevance_entry(model, entry["id"], result, *common)
    elif utils.is_multi_turn(category):
        verdict = eval_runner._evaluate_single_multi_turn_entry(model, entry["id"], result, gold, *common)
    elif utils.is_agentic(category):
        verdict = eval_runner._evaluate_single_agentic_entry(model, entry["id"], result, gold, *common)
    else:
        if utils.is_format_sensitivity(category):
            form, tag, *_ = parse_prompt_variation_params(entry["id"].split(":")[1])
            kind: tuple[object, ...] = (Language.PYTHON, ReturnFormat(form), tag)
        else:
            language = "JAVA" if utils.is_java(category) else "JAVASCRIPT" if utils.is_js(category) else "PYTHON"
            kind = (Language[language], ReturnFormat[language])
        verdict = eval_runner._evaluate_single_ast_entry(model, entry["id"], result, gold, *common, *kind)
    error = "" if verdict["valid"] else verdict.get("error_type") or (verdict.get("error") or {}).get("error_type", "")
    return {"valid": bool(verdict["valid"]), "error": error}


if __name__ == "__main__":
    main(*sys.argv[1:])
