"""Whether an answer that a live server calls a success tells of a failure [ours].

Many servers put their errors into ordinary text, with `isError=false`; taken as results they would teach a student to
say "done". An answer is a failure by one of these rules, and by nothing else:

1. A JSON object says so of itself, in its own top level: `success` or `ok` is false, `isError` is true, an exit code is
   not 0, or it succeeded in part and lists the errors of the rest.
2. A JSON object is an envelope: it holds nothing but words of errors (ENVELOPE), what is empty, and what the call
   itself said; and it carries an error, a status or code that is one, or a text that is a failure by rule 3. A record
   that has a `status` among fields of its own is a record.
3. A text is a failure as graphs.tools.failure_text has it, also where it is all that an object or a list holds.

Keys count however they are spelled: `isError`, `is_error` and `IsError` are one.
"""

import re
from collections.abc import Collection, Mapping
from contextlib import suppress

import orjson

from agents.plan.json_paths import leaves
from agents.schema import JsonObject
from graphs.tools.failure_text import is_bad_code, is_failure_text


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


FALSE_IN_FAILURES = _names("success succeeded ok successful issuccess issuccessful")
TRUE_IN_FAILURES = _names("iserror failed haserror haserrors haderror errored")
EXITS = _names("exitcode exitstatus returncode exit")
CODES = _names("code status statuscode httpstatus httpstatuscode httpcode responsecode errorcode errno cod retcode")
CARRYING = _names("error errors err exception errormessage errormsg errordescription errordetails fault failure")
CARRYING |= _names("errmsg nonfielderrors")
STATES = _names("status result outcome state ack type stat")
SPEAKING = _names("message msg detail details reason result output text response title description body retmsg")
"""Where an envelope may have the words for what went wrong."""
NOT_SPOKEN = _names("title description body reason")
"""These words alone say nothing: what else stands in the envelope must say that it is one."""
WRAPPING = _names("message msg detail details result output text response content contents messages answer value")
"""Where an object that holds nothing else may have what was really answered."""
_MORE = """stack stacktrace trace traceback hint hints path instance data results requestid traceid correlationid
timestamp time documentationurl docs link links help suggestion suggestions type name errortype errorid category
severity cause causes context loc tool toolname function method command query sql input args arguments params parameters
uri url usage example examples retryafter retryable retry support expected received statustext headers stdout stderr
meta metadata extensions jsonrpc requires field issues"""
ENVELOPE = _names(_MORE) | STATES | CODES | CARRYING | SPEAKING | EXITS | FALSE_IN_FAILURES | TRUE_IN_FAILURES
OFFERING = re.compile(r"(?:available|valid|allowed|supported|possible|did|similar|known)\w")
"""Keys of what might have been asked for instead."""
BAD_STATUS = _names("error errored failed failure fail exception denied unauthorized forbidden timeout")
BAD_STATUS |= _names("notfound invalid ko nok notok unsuccessful aborted")
_FIRST = """error errors err exception errormessage errormsg errmsg errordescription fault failure nonfielderrors
message msg retmsg reason detail"""
TELLING = (*_FIRST.split(), "details", "title", "description", "stderr", "output", "status")
"""Where the words for what went wrong are looked for, the best place first."""
NOTHING = _names("none no 0 null false nil n/a")
COUNTS = _names("total count totalcount size length")
PARTLY = _names("partial partialfailure partialsuccess partiallyfailed partiallysucceeded")
HINT = re.compile(r"(?i)\W*(?:hint|try|suggest|available|did you mean|usage|see|please|make sure|check|use|valid)\b")


def failure(result: object, arguments: Mapping[str, object] | None = None) -> str:
    """What went wrong, as the server words it; empty for a success. `arguments` are what was asked of the tool.

    >>> failure("Error: no such table: orders"), failure("0 errors found")
    ('Error: no such table: orders', '')
    >>> failure({"success": False, "message": "quota spent"}), failure({"id": 7, "status": "failed"})
    ('quota spent', '')
    """
    echoes = {value for _, value in leaves(arguments or {}) if isinstance(value, str | int)}
    if isinstance(result, dict):
        return _object_failure(result, echoes)
    if isinstance(result, list):
        parts = [part for part in result if isinstance(part, str | dict)]
        texts = [failure(part) for part in parts]
        first, rest = texts[:1], parts[1:]
        # an error, and then how to do better
        if first and first[0] and all(isinstance(part, str) and HINT.match(part) for part in rest):
            return first[0]
        return "\n".join(texts) if texts and all(texts) else _batch_failure(parts)
    if not isinstance(result, str):
        return ""
    text = result.strip()
    # an object within a text: behind a word of introduction, or between fences
    if (inner := re.match(r"[^{\n]{0,40}(?:```\w*\s*)?(\{.*\})\s*(?:```)?$", text, re.DOTALL)) and len(text) < 20_000:
        with suppress(ValueError):
            return _object_failure(orjson.loads(inner[1]), echoes)
    return text if is_failure_text(text) else ""


def _object_failure(result: JsonObject, echoes: Collection[object]) -> str:
    """Rules 1 and 2."""
    by_key = {_plain(key): value for key, value in result.items()}
    if len(by_key) == 1:
        # how SDKs wrap what is no object, and servers a text
        (key, value), *_ = by_key.items()
        # a list in `content` is an answer of the protocol; that is below
        wraps = key in WRAPPING and not (key == "content" and isinstance(value, list))
        if wraps and (words := failure(value)):
            return words
    if set(by_key) <= {"content", "iserror", "structuredcontent", "meta"} and isinstance(by_key.get("content"), list):
        # an answer of the protocol within an answer
        inner = [part.get("text", "") for part in by_key["content"] if isinstance(part, dict)]
        return "\n".join(inner) if by_key.get("iserror") is True else failure(inner)
    exits = [_number(by_key[key]) for key in EXITS if key in by_key]
    if {"stdout", "stderr"} & set(by_key):
        exits += [_number(by_key[key]) for key in ("code", "status") if key in by_key]
    says_no = any(by_key.get(key) is False or str(by_key.get(key)).lower() == "false" for key in FALSE_IN_FAILURES)
    says_bad = any(by_key.get(key) is True or str(by_key.get(key)).lower() == "true" for key in TRUE_IN_FAILURES)
    if any(exits) or says_no or says_bad:
        return _words(result)
    if partial := _partial_failure(by_key):
        return partial
    filled = {key: value for key, value in by_key.items() if value or (value is False or value == 0)}
    own = {key for key in filled if key not in ENVELOPE and not OFFERING.match(key)}
    own -= {key for key in COUNTS if filled.get(key) == 0} | ({"id"} if "jsonrpc" in filled else set())
    own -= _names("kind apiversion") if by_key.get("kind") == "Status" else set()
    # what holds anything besides words of errors and what the call said itself is a record, whatever its status says
    if any(not isinstance(filled[key], str | int) or filled[key] not in echoes for key in own) or filled.get("results"):
        return ""
    return _words(result) if _carries_failure(filled) else ""


def _carries_failure(filled: Mapping[str, object]) -> bool:
    """Whether one of an envelope's own words tells of a failure."""
    says_yes = any(filled.get(key) is True for key in FALSE_IN_FAILURES)
    carried = any(
        value is True or (isinstance(value, str | list | dict) and str(value).lower() not in NOTHING)
        for key, value in filled.items()
        if key in CARRYING
    )
    carried = carried or any(filled.get(key) == 0 for key in ("success", "ok"))
    # as a text only what is a code of HTTP: "1" may stand for yes
    stated = [filled[key] for key in CODES if key in filled]
    codes = [_number(code) for code in stated if isinstance(code, int) or re.fullmatch(r"[45]\d\d", str(code))]
    status = any(_plain(str(filled.get(key, ""))) in BAD_STATUS for key in STATES)
    details = [item for key in ("detail", "details", "issues") for item in _items(filled.get(key))]
    complains = any(isinstance(item, dict) and "msg" in item and "loc" in item for item in details)
    inner = [value for key, value in filled.items() if key in (*STATES, "meta", "response", "data", "body")]
    if not says_yes and any(isinstance(value, dict) and failure(value) for value in inner):
        return True
    # a record in `data` is what was asked for, unless the envelope calls itself an error
    if filled.get("data"):
        return status and "data" in filled and len(filled) > 1 and "status" in filled
    spoken = [value for key, value in filled.items() if key in SPEAKING - NOT_SPOKEN]
    texts = [text for text in spoken if isinstance(text, str) and len(text.splitlines()) <= 2]
    return (
        carried
        or complains
        or (status and len(filled) > 1)
        or any(code and not 200 <= code < 400 for code in codes)
        or (bool(spoken) and any(isinstance(filled.get(key), str) and is_bad_code(str(filled[key])) for key in CODES))
        or any(is_failure_text(text) for text in texts)
    )


def _partial_failure(by_key: Mapping[str, object]) -> str:
    """What failed of several things, where the answer says that they were done in part."""
    listed = [item for key in ("errors", "failures", "failed") for item in _items(by_key.get(key))]
    faults = [(_words(item) if isinstance(item, dict) else "") or str(item) for item in listed if item]
    whole = by_key.get("success") is True or by_key.get("ok") is True or _plain(str(by_key.get("status"))) in PARTLY
    graphql = set(by_key) <= {"data", "errors", "extensions"}
    if faults and (whole or graphql):
        return "; ".join(faults)
    if _plain(str(by_key.get("status"))) in PARTLY:
        return _words(dict(by_key))
    for key in ("results", "items", "responses"):
        if words := _batch_failure([item for item in _items(by_key.get(key)) if isinstance(item, dict)]):
            return words
    return ""


def _batch_failure(items: Collection[object]) -> str:
    """The errors of the things that failed, where each of several says whether it was done."""
    faults = []
    for item in items:
        plain = {_plain(key): value for key, value in item.items()} if isinstance(item, dict) else {}
        if not any(isinstance(plain.get(key), bool) for key in ("success", "ok")) or not isinstance(item, dict):
            return ""
        bad = plain.get("success", plain.get("ok")) is False
        faults += [_words(item)] if bad and any(plain.get(key) for key in CARRYING) else []
    return "; ".join(faults)


def _words(result: JsonObject) -> str:
    """The first text in it that says what is wrong."""
    by_key = {_plain(key): value for key, value in result.items()}
    for key in TELLING:
        value = by_key.get(key)
        value = value[0] if isinstance(value, list) and value else value
        if isinstance(value, dict):
            value = _words(value)
        if isinstance(value, str) and value.strip():
            return value.strip()
    inner = next((words for value in result.values() if isinstance(value, dict) and (words := _words(value))), "")
    return inner or "; ".join(f"{key}: {value}" for key, value in result.items() if isinstance(value, str | int))


def _plain(key: str) -> str:
    return re.sub(r"[\W_]", "", key).lower()


def _items(value: object) -> list[object]:
    return value if isinstance(value, list) else [value] if isinstance(value, dict) and value else []


def _number(value: object) -> int | None:
    """A number, also where it is written as a text; a bool is none."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return int(value) if isinstance(value, str) and re.fullmatch(r"-?\d{1,5}", value.strip()) else None
