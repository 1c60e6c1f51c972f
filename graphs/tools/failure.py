"""Whether an answer that a live server calls a success tells of a failure [ours].

Many servers put their errors into ordinary text, with `isError=false`; taken as results they would teach a student to
say "done". An answer is a failure by one of these rules, and by nothing else:

1. A JSON object says so of itself, in its own top level: `success` or `ok` is false, `isError` is true, an exit code is
   not 0, or it succeeded in part and lists the errors of the rest.
2. A JSON object is an envelope: it holds nothing but words of errors (ENVELOPE), what is empty, and what the call
   itself said; and it carries an error, a status or code that is one, or a text that is a failure by rule 3. A record
   that has a `status` among fields of its own is a record.
3. A text is a failure as graphs.tools.failure_text has it, also where it is all that an object or a list holds. Where
   it spells an object (JSON behind an introduction, a dictionary of Python's, key=value, XML) the object decides first.
4. One line about one of the call's own arguments says that it will not do: "start must be before end".

Keys count however they are spelled: `isError`, `is_error` and `IsError` are one.
"""

import ast
import re
from collections.abc import Collection, Mapping
from contextlib import suppress

import orjson

from agents.plan.json_paths import leaves
from agents.schema import JsonObject
from graphs.tools import failure_abroad as abroad
from graphs.tools.failure_markup import fields
from graphs.tools.failure_text import is_bad_code, is_failure_text


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


FALSE_IN_FAILURES = _names("success succeeded ok successful issuccess issuccessful") | abroad.SUCCEEDED
TRUE_IN_FAILURES = _names("iserror failed haserror haserrors haderror errored")
EXITS = _names("exitcode exitstatus returncode exit")
CODES = _names("code status statuscode httpstatus httpstatuscode httpcode responsecode errorcode errno cod retcode")
CODES |= _names("errcode errorno errornumber ret resultcode returncode") | abroad.CODES
CARRYING = _names("error errors err exception errormessage errormsg errordescription errordetails fault failure")
CARRYING |= _names("errmsg nonfielderrors errormessages errorinfo errinfo validationerror") | abroad.KEYS
CARRYING |= _names("validationerrors exceptionmessage exceptiontype errortext errorreason errorcause")
STATES = _names("status result outcome state ack type stat level severity object")
SPEAKING = _names("message msg detail details reason result output text response title description body retmsg")
SPEAKING |= _names("resultmsg resultmessage payload") | abroad.SAYING
"""Where an envelope may have the words for what went wrong."""
NOT_SPOKEN = _names("title description body reason")
"""These words alone say nothing: what else stands in the envelope must say that it is one."""
HOLDING = frozenset((*STATES, "meta", "response", "data", "body", "payload", "output", "content", "answer"))
"""Where an envelope may hold another."""
WRAPPING = _names("message msg detail details result output text response content contents messages answer value d")
"""Where an object that holds nothing else may have what was really answered."""
_MORE = """stack stacktrace trace traceback hint hints path instance data results requestid traceid correlationid
timestamp time documentationurl docs link links help suggestion suggestions type name errortype errorid category
severity cause causes context loc tool toolname function method command query sql input args arguments params parameters
uri url usage example examples retryafter retryable retry support expected received statustext headers stdout stderr
meta metadata extensions jsonrpc requires field issues allowed permitted authorized authenticated
warning warnings responsemetadata acknowledged syscall"""
ENVELOPE = _names(_MORE) | STATES | CODES | CARRYING | SPEAKING | EXITS | FALSE_IN_FAILURES | TRUE_IN_FAILURES
OFFERING = re.compile(r"(?:available|valid|allowed|supported|possible|did|similar|known)\w")
"""Keys of what might have been asked for instead."""
LOGGED, DATED = _names("level severity loglevel"), _names("timestamp time ts date datetime at")
"""What together makes an entry of a log."""
LOOKED_UP = _names("word term query q phrase keyword topic")
"""Arguments that name what an answer is about; a `type` or a `level` only says what it is to be like."""
BAD_STATUS = _names("error errored failed failure fail exception denied unauthorized forbidden timeout")
BAD_STATUS |= _names("notfound invalid ko nok notok unsuccessful aborted fatal") | abroad.KEYS
ERROR_CODES = _names("errorcode errcode errno errorno errornumber")
"""Where any code but that of a success is one of an error."""
_FIRST = """error errors err exception errormessage errormsg errmsg errordescription fault failure nonfielderrors
message msg retmsg resultmsg resultmessage reason detail errormessages errorinfo"""
TELLING = (*_FIRST.split(), "details", "title", "description", "stderr", "output", "status")
"""Where the words for what went wrong are looked for, the best place first."""
NOTHING = _names("none no 0 null false nil n/a")
NO = NOTHING - {"none", "n/a"} | {"n"}
"""How a flag of success says that there was none."""
COUNTS = _names("total count totalcount size length")
DONE = _names("ok created updated deleted")
"""How a thing of several says that it was done; a job may have succeeded."""
PARTLY = _names("partial partialfailure partialsuccess partiallyfailed partiallysucceeded")
PAIR = r"([A-Za-z_]\w*)=(\"[^\"]*\"|'[^']*'|[^\s\"']+)"
PAIRS = re.compile(rf"(?:{PAIR}\s*)+")
WRONG = r"(?:must|should|cannot|can't|may not|has to|needs to|is (?:not|required|invalid|missing|too|out of|unknown))\b"
"""What is said of an argument that will not do."""
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
    head, colon, _ = text.partition(":")
    if colon and head.lower() in {str(value).lower() for key, value in (arguments or {}).items() if key in LOOKED_UP}:
        return ""  # "error: noun, a mistake" is about the word that was asked for
    # an object within a text: behind a word of introduction, or between fences
    if (inner := re.match(r"[^{\n]{0,40}(?:```\w*\s*)?(\{.*\})\s*(?:```)?$", text, re.DOTALL)) and len(text) < 20_000:
        with suppress(ValueError):
            return _object_failure(orjson.loads(inner[1]), echoes)
    if PAIRS.fullmatch(text):
        # key=value, as programs log
        pairs = {key: value.strip("\"'") for key, value in re.findall(PAIR, text)}
        return _object_failure(pairs, echoes) if len(pairs) > 1 or set(pairs) <= CARRYING else ""
    if text.startswith("[{") and len(text) < 20_000:
        with suppress(ValueError):  # as validators list what is wrong
            return failure(orjson.loads(text))
    if text.startswith("{") and len(text) < 20_000:
        with suppress(ValueError, SyntaxError, MemoryError, RecursionError):  # a dictionary as Python prints it
            inner = ast.literal_eval(text)
            return _object_failure(inner, echoes) if isinstance(inner, dict) else ""
    subject = re.match(r"['\"`]?(\w+)['\"`]? " + WRONG, text)
    if subject and subject[1] in (arguments or {}) and "\n" not in text:
        return text  # of an argument: "start must be before end"
    if (named := fields(text)) and _object_failure(dict(named), echoes):
        return _words(dict(named))
    return text if is_failure_text(text) else ""


def _object_failure(result: JsonObject, echoes: Collection[object]) -> str:
    """Rules 1 and 2."""
    by_key = {_plain(key): value for key, value in result.items()}
    if len(by_key) == 1:
        # how SDKs wrap what is no object, and servers a text
        (key, value), *_ = by_key.items()
        # a list in `content` is an answer of the protocol; that is below
        wraps = key in WRAPPING and not (key == "content" and isinstance(value, list))
        names = set(map(_plain, value)) if isinstance(value, dict) else set()
        # {"chart": {"result": null, "error": ...}}: what was asked for by its name, and why there is none of it
        wraps = wraps or (bool(names & CARRYING) and names <= {*CARRYING, "result", "results", "data"})
        if wraps and (words := failure(value)):
            return words
    if set(by_key) <= {"content", "iserror", "structuredcontent", "meta"} and isinstance(by_key.get("content"), list):
        # an answer of the protocol within an answer
        inner = [part.get("text", "") for part in by_key["content"] if isinstance(part, dict)]
        return "\n".join(inner) if by_key.get("iserror") is True else failure(inner)
    exits = [_number(by_key[key]) for key in EXITS if key in by_key]
    if {"stdout", "stderr"} & set(by_key):
        exits += [_number(by_key[key]) for key in ("code", "status", "rc", "ret") if key in by_key]
    if any(exits) or _says_no(by_key, TRUE_IN_FAILURES):
        return _words(result)
    if partial := _partial_failure(by_key):
        return partial
    filled = {key: value for key, value in by_key.items() if value or (value is False or value == 0)}
    if LOGGED & set(filled) and DATED & set(filled):
        return ""  # an entry of a log
    own = {key for key in filled if key not in ENVELOPE and not OFFERING.match(key)}
    own -= {key for key in COUNTS if filled.get(key) == 0} | ({"id"} if "jsonrpc" in filled else set())
    own -= _names("kind apiversion") if by_key.get("kind") == "Status" else set()
    # what holds anything besides words of errors and what the call said itself is a record, whatever its status says
    if any(not isinstance(filled[key], str | int) or filled[key] not in echoes for key in own) or filled.get("results"):
        return ""
    # a code that was asked for is no outcome
    told = {
        key: value
        for key, value in filled.items()
        if key not in CODES or not isinstance(value, str | int) or value not in echoes
    }
    return _words(result) if _carries_failure(told) else ""


def _carries_failure(filled: Mapping[str, object]) -> bool:
    """Whether one of an envelope's own words tells of a failure."""
    says_yes = any(filled.get(key) is True for key in FALSE_IN_FAILURES)
    carried = any(
        value is True or (isinstance(value, str | list | dict) and str(value).lower() not in NOTHING)
        for key, value in filled.items()
        if key in CARRYING
    )
    carried = carried or any(filled.get(key) == 0 for key in ("success", "ok"))
    carried = carried or any(str(filled.get(key, 0)).lower() not in {*NOTHING, "ok", "success"} for key in ERROR_CODES)
    # as a text only what is a code of HTTP: "1" may stand for yes
    stated = [filled[key] for key in CODES if key in filled]
    codes = [_number(code) for code in stated if isinstance(code, int) or re.fullmatch(r"[45]\d\d", str(code))]
    status = any(_plain(str(filled.get(key, ""))) in BAD_STATUS for key in STATES)
    details = [item for key in ("detail", "details", "issues") for item in _items(filled.get(key))]
    complains = any(isinstance(item, dict) and "msg" in item and "loc" in item for item in details)
    inner = [value for key, value in filled.items() if key in HOLDING and isinstance(value, dict)]
    plain = [{_plain(key): part for key, part in value.items()} for value in inner]
    # a call that went well may bring what says of itself that it did not
    if any(_says_no(value, {"iserror"}) for value in plain) or (not says_yes and any(map(failure, inner))):
        return True
    # a record in `data` is what was asked for, unless the envelope calls itself an error
    if filled.get("data"):
        return status and "data" in filled and len(filled) > 1 and "status" in filled
    spoken = [value for key, value in filled.items() if key in SPEAKING - NOT_SPOKEN]
    texts = [text for text in spoken if isinstance(text, str) and len(text.splitlines()) <= 2]
    return (
        carried
        or complains
        or (status and (len(filled) > 1 or filled.get("status") == "error"))
        or any(code and not 200 <= code < 400 for code in codes)
        or any(_plain(str(filled.get(key))) in BAD_STATUS for key in CODES)
        or any(
            isinstance(filled.get(key), str) and is_bad_code(str(filled[key])) and (spoken or key not in STATES)
            for key in (*CODES, *(["reason"] if re.fullmatch(r"\w+", str(filled.get("reason"))) and spoken else []))
        )
        or any(is_failure_text(text) for text in texts)
    )


def _partial_failure(by_key: Mapping[str, object]) -> str:
    """What failed of several things, where the answer says that they were done in part."""
    listed = [item for key in ("errors", "failures", "failed") for item in _items(by_key.get(key))]
    faults = [(_words(item) if isinstance(item, dict) else "") or str(item) for item in listed if item]
    # what failed beside what was done: each with its error
    if any(isinstance(item, dict) and CARRYING & set(map(_plain, item)) for item in _items(by_key.get("failed"))):
        return "; ".join(faults)
    whole = by_key.get("success") is True or by_key.get("ok") is True or _plain(str(by_key.get("status"))) in PARTLY
    graphql = set(by_key) <= {"data", "errors", "extensions"}
    if faults and (whole or graphql):
        return "; ".join(faults)
    if _plain(str(by_key.get("status"))) in PARTLY:
        return _words(dict(by_key))
    # as batches count what they could not do, each with its code
    if any(key.startswith("failed") and key.endswith("count") and _number(value) for key, value in by_key.items()):
        each = [item for value in by_key.values() for item in _items(value) if isinstance(item, dict)]
        return "; ".join(_words(item) for item in each if {"errorcode", "errormessage"} & set(map(_plain, item)))
    for key in ("results", "items", "responses"):
        if words := _batch_failure([item for item in _items(by_key.get(key)) if isinstance(item, dict)]):
            return words
    return ""


def _batch_failure(items: Collection[object]) -> str:
    """The errors of the things that failed, where each of several says whether it was done."""
    faults, is_batch = [], False
    for item in items:
        if not isinstance(item, dict):
            return ""
        plain = {_plain(key): value for key, value in item.items()}
        flag, state = plain.get("success", plain.get("ok")), plain.get("status", plain.get("code"))
        code = _number(state)
        good = flag is True or (isinstance(state, str) and state.lower() in DONE) or (code is not None and code < 400)
        stated = _plain(str(state)) in BAD_STATUS and len(item) <= 3
        bad = flag is False or stated or (code is not None and code >= 400)
        if not good and not bad:
            return ""
        # records have a status of their own; an outcome is one among others that went well
        is_batch = is_batch or good or flag is not None
        faults += [_words(item)] if bad and any(plain.get(key) for key in CARRYING) else []
    return "; ".join(faults) if is_batch else ""


def _says_no(by_key: Mapping[str, object], flags: Collection[str]) -> bool:
    """Whether a flag of success is off, or one of `flags` is on."""
    return any(str(by_key.get(key)).lower() in {"false", "no"} for key in FALSE_IN_FAILURES) or any(
        str(by_key.get(key)).lower() in ({"true", "yes", "1"} if key == "iserror" else {"true", "yes"}) for key in flags
    )


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
    spoken = "; ".join(f"{key}: {value}" for key, value in result.items() if isinstance(value, str | int))
    return inner or spoken or orjson.dumps(result, default=str).decode()


def _plain(key: str) -> str:
    return re.sub(r"[\W_]", "", key).lower()


def _items(value: object) -> list[object]:
    return value if isinstance(value, list) else [value] if isinstance(value, dict) and value else []


def _number(value: object) -> int | None:
    """A number, also where it is written as a text; a bool is none."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return int(value) if isinstance(value, str) and re.fullmatch(r"-?\d{1,5}", value.strip()) else None
