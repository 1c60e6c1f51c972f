"""Whether a text tells that a tool failed [ours]: what its first line begins with, or all that one line says.

A text is a failure where its first line begins with the word of an error and what is wrong (BEGINNINGS), where its only
line says that something is not there or not allowed (ALONE), or where it is what a program or a runtime prints that
died: a traceback, frames of a stack, an exit code that is not 0, an error page. Texts of more than LONG characters,
and lines of a log, are documents: they speak of errors and are none.
"""

import errno
import os
import re
from http import HTTPStatus

from graphs.tools import failure_abroad as abroad
from graphs.tools.failure_markup import bare as without_tags
from graphs.tools.failure_markup import is_failure_markup
from graphs.tools.failure_sentence import ELSEWHEN, is_failure_sentence

LONG = 4000
_AMOUNT = r"[-+~±]?\s*(?![45]\d\d\b)\d[\d.,]*(?:e[-+]?\d+)?\s*(?:%|[a-zµ°]{1,3})?"
"""What a measured error amounts to, unless it is a code of HTTP."""
_CAUSE = rf"(?!\s*(?:(?:0|none|no|nil|null|n/a)|{_AMOUNT})\W*$)\s*\S"
_PHRASES = "|".join(re.escape(status.phrase) for status in HTTPStatus if status >= HTTPStatus.BAD_REQUEST)
_CLEAR = "|".join(
    re.escape(status.phrase)
    for status in HTTPStatus
    if status >= HTTPStatus.BAD_REQUEST and (" " in status.phrase or status in (401, 403))
)
"""Phrases of HTTP that are no ordinary words."""
_STRERROR = "|".join(sorted({re.escape(os.strerror(number)) for number in errno.errorcode}, key=len, reverse=True))
_SUBJECT = r"(?:(?!\. |\b(?:that|which|if|when|why|but|where|because|means?|as)\b)[\w'\"`#@ ./:()-]){1,100}"
"""What one sentence says it of; an aside within a longer one says nothing of the call."""
_DEEDS = """query request execution operation command call upload download connection login sign-in authentication
authorization validation verification parsing lookup deletion creation transaction invocation conversion fetch sync save
rpc send import export search update insert delete write read transfer submission action call job task"""
_DEED = f"(?i:{'|'.join(_DEEDS.split())})"
BEGINNINGS = tuple(
    re.compile(pattern)
    for pattern in (
        # Error: ..., [ERROR] ..., Fatal error - ..., Database error: ...; not "Error: 0" and not "Failed: 3, passed: 9"
        rf"(?i:(?:(?!of\b|for\b|and\b|the\b|this\b|an?\b)[a-z][\w./'-]* ){{0,3}}error"
        r"(?: [A-Z]{0,6}[-\w]?\d+| (?:while|when|in|during|on|from|response from) [^:]{1,60})?"
        rf"(?: ?\((?![a-z]+\))[^)]*\))?[*_`]*\s*(?::| [-–—] | ?(?:->|=>|→) )){_CAUSE}",
        # ERROR no such host, Error! The file ..., Error 500, Error code: 17
        r"ERROR[ \t]+[a-z\d]|(?i:error)!\s+\S",
        r"(?i:error(?: code:?)? \d{1,5}[.!]?$)",
        r"(?i:(?:[\w-]+ ){0,4}(?:returned|raised|threw|gave|responded with|replied with) an? (?:[\w-]+ )?"
        r"(?:error|exception)\s*[:.]?)(?:\s|$)",
        r"-32\d{3}\b",
        *abroad.BEGINNINGS,
        rf"(?:\w+\.)*(?:errors?|exceptions?)\.[A-Z]\w*\s*:{_CAUSE}",
        rf"\[(?i:error|fatal|failed|failure)\]\s*[:-]?{_CAUSE}",
        rf"(?i:fatal|critical|severe|failure|panic|abort(?:ed)?|oops)\s*[:!](?!\s*\d){_CAUSE}",
        rf"(?i:exception)\s*[:!](?!\s*(?:\d|(?:on|for|in|if|when|at|during)\b)){_CAUSE}",
        rf"(?i:denied|rejected|forbidden|unauthorized|not found)\s*[:!](?!\s*\d+\b){_CAUSE}",
        rf"(?i:failed)\s*:(?!\s*\d){_CAUSE}",
        # ValueError: ..., sqlite3.OperationalError: ..., java.io.IOException: ...
        rf"(?:\w+\.)*[A-Z]\w*(?:Error|Exception|Failure|Timeout|Warning(?=: error))"
        rf"(?:\s*[(\[][^)\]]*[)\]])?\s*:{_CAUSE}",
        r"(?i:error) (?i:executing|calling|running|reading|writing|processing|occurred|while|during|fetching|parsing|"
        r"creating|loading|opening|connecting|getting|invoking|searching|retrieving|deleting|updating|querying|saving|"
        r"sending|validating|decoding|encoding|listing|adding|removing|uploading|downloading)\b",
        r"(?i:(?:there was )?an? (?:unexpected |internal |unknown |server )?(?:error|exception)"
        r"(?: has| was)? (?:occurred|raised|thrown|encountered|logged|reported))\b",
        r"(?i:(?:something|it) went wrong)\b",
        r"(?i:internal (?:server )?error)\b(?!s)",
        # Query failed: ..., Request failed with status code 404, Tool execution failed - ...
        rf"(?:\w+ ){{0,2}}{_DEED} (?i:has )?"
        r"(?i:failed|error|(?:was |has been )?(?:rejected|refused|aborted|interrupted|denied|halted|cancell?ed))"
        rf"\s*(?:[:;]|\.?$| by\b| [-–—] | because\b| due to\b| with (?i:status|error|code|exit|http)){_CAUSE}?",
        rf"(?i:the|your|this) {_DEED} (?i:could not|couldn't|cannot|can't) be\b",
        r"(?i:tool|function|action|method|plugin) \S{1,60} (?i:failed|error|errored)\b",
        r"(?i:(?:(?:i|we) (?:was|were|am|are) )?(?:failed|unable|not able)) to (?![^.!]*\?)\w+",
        r"(?i:(?:that|this|it) did(?: not|n't) work)\b",
        r"(?i:your (?:account|subscription|plan|licen[cs]e|trial|api key|key) (?:has been|is|has|was) (?:\w+ )?"
        r"(?:suspended|disabled|locked|blocked|deactivated|banned|expired|ended|revoked))\b",
        r"(?i:(?:this|the) (?:endpoint|tool|feature|action|method|resource|operation|request) (?:requires|needs) "
        r"(?:an? )?(?:[\w-]+ ){0,2}(?:plan|subscription|licen[cs]e|api key|token|authentication|permission|account"
        r"|privileges?|rights|access|scopes?))\b",
        r"(?i:(?:please )?upgrade (?:your|to an?) (?:[\w-]+ )?(?:plan|account|subscription))\b",
        r"(?i:you(?:'ve| have)? (?:hit|reached|exceeded|used up|run out of) (?:your|the|all) (?:[\w-]+ ){0,4}"
        r"(?:limit|quota|credits?|allowance))\b",
        r"(?i:no (?:api key|token|credentials?|access token|password) "
        r"(?:configured|provided|set|found|given|supplied|available))\b",
        r"(?i:(?:api key|(?:api |access |auth )?token|credentials?) (?:is |was |were |are )?not "
        r"(?:configured|provided|set|found|given|supplied))\b",
        r"(?i:(?:the )?(?:environment variable )?)[A-Z][A-Z\d]*_[A-Z\d_]+ (?i:(?:environment variable )?(?:is |was )?"
        r"(?:not (?:set|configured|defined|found)|missing|unset|required))\b",
        r"(?i:bad (?:parameter|argument|value|option|input|request|syntax|format)s?)\s*(?:[:.'\"`]|$)",
        r"(?i:parameter|argument|field|option|property|input|flag) (?:['\"`][^'\"`]+['\"`]|--?[\w-]+"
        r"|[a-z]\w*) (?i:must|should|expects|"
        r"is (?:unknown|invalid|missing|required|not)|cannot|can't|has to|needs)\b",
        r"(?i:expected (?:an? )?(?:[\w-]+ ){0,2}(?:string|number|int\w*|float|bool\w*|array|object|list"
        r"|dict\w*|date|value|"
        r"arguments?|parameters?|type|format|one of [^,]+),? (?:but )?(?:got|received|found))\b",
        r"(?i:(?:max(?:imum)? )?(?:retries|attempts) exceeded)\b",
        r"(?i:unexpected (?:token|end of|character|eof|response|status))\b",
        r"(?i:socket hang up|broken pipe|deadlock (?:found|detected)|(?:database|table) is locked)\b",
        r"Msg \d+, Level \d+",
        rf"(?:{'|'.join(errno.errorcode.values())}|ENOTFOUND|EAI_AGAIN)\b",
        r"(?i:(?:the )?(?:tool|server|process|script|program) (?:has |was )?(?:crashed|killed|terminated|died))\b",
        r"(?i:(?:tool|function|method|command|resource|endpoint|model) \S{1,60} is not "
        r"(?:available|known|registered|supported|installed))\b",
        r"(?i:(?:[\w-]+ ){0,3}time ?out (?:exceeded|expired|reached))\b",
        r"(?i:\d+ validation errors? for )|(?i:input should be ).*\[type=|SQLSTATE\[|\(error\) \S",
        r"(?:[\w.]+: )?net::ERR_[A-Z]|(?i:bad credentials)\b",
        # what drivers and tools print over several lines: (module.ErrorClass) ..., MySQL, Playwright, git
        r"\((?:\w+\.)+[A-Z]\w+\) |(?:\(\d{4}, ['\"])?You have an error in your SQL syntax",
        r"(?:[\w.]+: )?Timeout \d+ ?ms exceeded|(?:CONFLICT \([\w/ ]+\): )?Merge conflict in \S",
        # Elastic, Rust
        r"(?:[a-z]+_)+exception\b\s*[:\]]|error\[\w+\]: ",
        r"(?i:(?:the )?(?:term |command |name )?['\"`][^'\"`]+['\"`] is not recogni[sz]ed as (?:an?|the)\b)",
        r"(?i:permission (?:['\"`][\w.:/*-]+['\"`]|\w+(?:[.:/]\w+)+) (?:is |was )?(?:denied|required|missing))\b",
        r"(?:ERR|WRONGTYPE|NOAUTH|NOPERM|OOM) [A-Za-z]\w* \S",
        r"(?i:missing (?:[\w-]+ ){0,2}"
        r"(?:key|token|credentials?|parameters?|arguments?|fields?|headers?|permissions?))\b",
        r"(?i:(?:api key|token|credentials?) (?:is |are )?(?:missing|required))\b",
        r"(?i:please (?:provide|specify|supply|log in|sign in|authenticate))\b",
        r"(?i:you must (?:be|first|provide|specify|log|sign))\b",
        r"(?i:(?:(?:i|we|it) )?(?:could not|couldn't|could n't|cannot|can't|can not)) "
        r"(?!(?:is|was|agree|wait|thank|sleep|believe|imagine|stop|recommend|help but|stand|remember)\b)[a-z]\w+",
        r"(?i:(?:access|permission|request|operation) (?:is |was )?"
        r"(?:denied|forbidden|not permitted|failed|timed out))(?=\s*(?:[^\w\s]|$|to\b|for\b|by\b|on\b|in\b|with\b))",
        r"(?i:access to .{1,60} is (?:restricted(?! to .* on )|denied|forbidden))\b",
        r"(?i:no (?:permissions?|access|rights) (?:to|for|on))\b",
        r"(?i:(?:your |the )?(?:session|(?:access |auth )?token|api key|credentials?|login) (?:has |have |is |are )?"
        r"(?:expired|invalid|revoked|not valid))\b",
        # not a list of what is missing or unknown: "Missing items: milk, bread"
        r"(?i:(?:unknown|invalid|unsupported|missing|no such|unrecognized|malformed|illegal) (?:[\w-]+ ){0,5}"
        r"(?:[\w-]*(?:[^s\W]|ss)|parameters|arguments|fields|options|keys|headers|properties|credentials|permissions|"
        r"columns|inputs|flags|attributes|scopes|tables|tools|commands|characters)\s*(?::(?!\s*\d+\W*$)|'|\"|`))",
        rf"(?i:(?:HTTP(?:/\d(?:\.\d)?)? )?(?:error )?[45]\d\d(?::| -)? (?:{_PHRASES})\b)",
        rf"(?i:{_CLEAR})\s*(?:[:.!]| - |$)",
        r"HTTP(?:/\d(?:\.\d)?)? (?:(?i:error|status) )?(?:(?i:code) )?[45]\d\d\b",
        r"(?i:status(?: code)?)\s*[:=]\s*[45]\d\d\b",
        r"E[A-Z]{3,}: \S",  # ENOENT: no such file or directory
        r"(?i:connect|getaddrinfo|read|write|spawn|listen) E[A-Z]{3,}\b",
        r"(?i:command (?:failed|exited|not found)|process exited with (?:code|status) [1-9])",
        r"(?i:exit(?:ed)?(?: with)?[ _-]?(?:code|status)\s*[:=]?\s*-?[1-9])",
        r"(?i:(?:the )?connection (?:was )?(?:refused|reset|closed|aborted|lost|timed out)"
        r"(?=\s*(?:[^\w\s]|$|by\b|to\b|on\b(?! \d)|at\b|while\b|before\b|after\b|during\b|with\b|unexpectedly\b)))",
        r"(?i:(?:time[d-]? ?out) (?:after|waiting|while|exceeded|of|error|expired))\b",
        r"(?i:(?:the )?(?:[\w-]+ ){0,3}(?:timed out) (?:after|waiting|while))\b",
        r"(?i:(?:[\w-]+ ){0,2}(?:rate|usage|quota|request|token|size|time) limit (?:was |is |has been )?"
        r"(?:exceeded|reached|hit))\b",
        r"(?i:(?:[\w-]+ ){0,2}quota (?:was |is |has been )?(?:exceeded|reached|exhausted))\b",
        r"(?i:rate[ -]limited|too many requests)\b",
        r"(?i:(?:[\w-]+ )?(?:authentication|authorization) (?:is )?(?:required|failed))\b",
        r"(?i:no (?:element|node)s? (?:match(?:es)?|found|matching)(?: for)?(?: the)? (?:selector|locator|xpath))\b",
        r"(?i:execution context was destroyed|pull request is not mergeable)\b",
        r"(?i:(?:daily|monthly|hourly|weekly|free|trial) (?:[\w-]+ )?(?:limit|quota|allowance)\b.{0,40} "
        r"(?:was |has been )?(?:reached|exceeded|exhausted|used up))\b",
        r"(?i:the (?:provided|given|supplied|specified|requested) (?:[\w'\"`./-]+ ){1,5}(?:is|was|are|were) (?:not "
        r"(?:a )?(?:valid|found|available|allowed|supported|known)|invalid|unknown|missing|empty|malformed|expired"
        r"|out of range|too \w+))\b",
        r"(?i:(?:parameter|argument|option|field|flag|property) ['\"`][^'\"`]+['\"`]: \S)",
        r"(?i:(?:you |user )?(?:are |is )?not (?:authori[sz]ed|authenticated|logged in|signed in|permitted|allowed))"
        r"(?=\s*(?:$|[^\w\s]|(?:to|for|by|on|in|at|with|as|here)\b))",
        r"(?i:(?:you|the (?:caller|client|bot|app|integration|service account|token|key)) "
        r"(?:(?:do|does) not|don't|doesn't) have (?:the |any )?(?:required |sufficient |enough |necessary )?"
        r"(?:permissions?|access|rights?|privileges?|scopes?))\b",
        r"(?i:(?:the |this )?(?:request|call|token|key) (?:has|had) insufficient (?:[\w-]+ )?"
        r"(?:scopes?|permissions?))\b",
        r"(?i:you(?: are|'re) not (?:an? (?:member|owner|admin\w*|collaborator|subscriber)|the owner) of\b)",
        r"(?i:insufficient (?:permissions?|privileges|scopes?|rights|credits?|disk space|memory))\b",
        r"(?i:segmentation fault|bus error|out of memory|core dumped)\b",
        r"(?i:npm err!)",
        r"(?:Uncaught|Unhandled) (?:\w+ )?(?i:error|exception|rejection|promise)|Uncaught \w+Error",
        r"(?i:exception in thread) \"",
        r"thread '[^']*' panicked at",
        r"(?i:(?:fatal: )?not a git repository)\b",
        r"(?i:nothing (?:was )?found (?:for|with|under)) (?:id|the id|name|key|'|\"|`|\S*\d)",
        r"(?i:no) (?!(?i:error|issue|problem|warning|conflict|failure|change|match)\b)(?:[a-z]\w*[^s\s] ){1,2}"
        r"(?:(?:found )?(?:with|named|called|for) (?:(?i:id)|the id|name|key|'|\"|`|\S*\d)"
        r"|exists (?:with|named|called|at|for)\b)",
    )
)
ALONE = tuple(
    re.compile(pattern)
    for pattern in (
        *abroad.ALONE,
        r"(?i)(?:(?:the )?value |input |it )?(?:['\"`]?[\w.-]+['\"`]? )?is not an? valid [\w -]{1,30}[.!]?$",
        rf"(?i){_SUBJECT}(?:not found|does(?: not|n't) exist|do(?: not|n't) exist|not exist|is not "
        r"(?:defined|permitted|valid|implemented|supported|authori[sz]ed|recogni[sz]ed)|not allowed|no longer exists?)"
        r"(?: (?:in|on|at|for|under|within|by|or) [\w'\"`#@ ./:()-]{1,80})?[.!]?$",
        r".{1,120}\(HTTP [45]\d\d\)$",
        rf".{{1,160}}\((?i:{_STRERROR})\)[.]?$",
        r"(?i)(?:the |this )?(?:transcripts?|subtitles|captions|api|feature|function|endpoint|tool|integration|search"
        r"|access) (?:is|are|has been|have been) disabled (?:on|for|in) (?:this|your) [\w -]{1,40}[.!]?$",
        r"(?i)(?:an?|the) [\w -]{1,40} (?:named|called|with (?:the |this |that )?(?:same )?(?:name|id|title|key|email))"
        r"[\w'\"`@./: -]{0,80} already exists[.!]?$",
        r"(?i)(?:unknown|unrecogni[sz]ed|invalid|illegal) (?:flag|option|switch|argument|command|parameter) \S{1,40}$",
        r"(?i)(?:cell|row|column|index|line|page|offset|position|range) \S{1,40} (?:is )?out of (?:range|bounds)[.!]?$",
        r"(?i)[\w '\"`.-]{1,40} must (?:not )?(?:be|have|contain|match|start|end) (?:less|more|fewer|greater"
        r"|at (?:least|most)|no (?:more|longer)|between|one of|unique|non-?empty"
        r"|an? (?:valid|string|number|integer|positive|boolean|array|object))\b.{0,80}$",
        rf"(?i){_SUBJECT}(?:could not|couldn't|can ?not|can't) be (?:found|retrieved|opened|read|loaded|resolved"
        r"|located|reached|parsed|processed|completed|saved|created|deleted|fetched|executed|verified)"
        r"[\w'\" ./:-]{0,80}[.!]?$",
        r"(?i)(?:(?:the )?(?:required )?(?:parameter|argument|field|property|input|value|option|header)s?\b"
        r"[\w'\"`. -]{0,60}|['\"`]\w+['\"`]) (?:is|are) (?:a )?"
        r"(?:required|missing|invalid|mandatory|not valid)\b.{0,60}$",
        r"(?i:invalid|no such(?! luck)|malformed|unsupported|unrecognized|missing required)"
        r"(?: [a-z][\w/-]*| [A-Z]{2,}\w*| Key| Token| Id| \d+){1,5}"
        r"(?:[.!]?$|[.!] (?i:use|expected|please|must|should|try)\b.{0,80}$)",
        r"(?i)(?:[\w#'\"-]+ ){1,4}(?:not recogni[sz]ed|timed out|requires authentication"
        r"|(?:has|have) no (?:access|permission|rights) (?:to|for|on) .{1,60})[.!]?$",
        r"(?i)requires authentication[.!]?$",
        # codes that stand for a whole answer, as Slack's
        r"(?:not_in_(?:channel|group|team|room|conversation|project|workspace)|not_(?:authed|authori[sz]ed|permitted"
        r"|supported|logged_in|allowed\w*)|cant_\w+|cannot_\w+|(?:missing|invalid)_(?:scope|arg\w*|param\w*|token|auth|field"
        r"|key|cursor|type|user|channel)\w*|(?:token|account|key)_(?:revoked|expired|inactive)|rate_?limited|too_many_\w+)$",
        r"(?i)your (?:[\w-]+ )?(?:card|account|wallet|payment method) (?:has insufficient (?:funds|balance|credits?)"
        r"|was declined|does not support (?:this|that) .{1,40})[.!]?$",
        rf"(?i)(?:{_CLEAR})[.!]?$",
        rf"(?i)(?:[^:]{{1,80}}: ){{0,3}}(?:{_STRERROR}|command not found)(?::? ['\"]?[\w./~-]+['\"]?)?"
        r"(?: \(\d+\))?[.!]?$",
        r"(?i).{0,80}\b(?:core dumped|constraint failed|violates [\w -]{1,20}constraint|is not a (?:\w+ )?command)\b"
        r".{0,80}$",
        r"(?i)(?:the |this |no )?(?:[a-z-]+ ){1,3}(?:does(?: not|n't) exist|already exists)\s*: \S{1,80}$",
        rf"(?i){_SUBJECT}not found\s*[:(].{{1,80}}$",
        r"(?i).{0,80}\b(?:responded|replied|returned|failed|answered|status code|status|got|received)"
        r"(?: with)?(?: an?)?(?: status| error| http| code| of){0,4}:? [45]\d\d"
        r"(?:\W*$| (?:from|by|for)\b.{0,60}$| (?-i:[A-Z(\"'-]).{0,60}$)",
        r"(?i).{0,80}\b[45]\d\d (?:Client |Server )Error\b.{0,200}$",
        r"(?i).{0,120}\b(?:please )?try again(?: later| in \S+ ?\w*)?[.!]?$",
        r"(?i)(?:[A-Z0-9]+_)+(?:FOUND|ERROR|DENIED|FAILED|INVALID|FORBIDDEN|UNAUTHORIZED|TIMEOUT|EXCEEDED)(?::.*)?$",
    )
)
"""What only a text of one line says of itself."""
NAKED = re.compile(
    r"(?i)(?:(?:server |fatal )?error|failed|failure|timed out|access denied|exception|killed|aborted)[.!:]?$"
)
"""All that a first line says; what is wrong may follow."""
GIVEN_UP = re.compile(r"(?i)(?:aborting\.?|automatic merge failed\b.*|! \[(?:remote )?rejected\].*)$")
"""What a program says last that has left its work."""
NESTED = re.compile(r"\s+(?:- )?[\w-]+:(?:\s|$)")
"""A line of YAML below a key, which may be called `error`."""
BAD_CODE = re.compile(
    r"(?i)E[A-Z]{4,}$|E_[A-Z]|ERR|.*(?:not[_ -]?found|no[_ -]?such|error|denied|forbidden|unauthori[sz]ed"
    r"|unauthenticated|invalid|fail|timeout|locked|exceeded|exception|conflict|missing|unavailable|expired|exhausted)"
)
ORNAMENT = re.compile(r"^[\W_]*(?=\[(?i:error|fatal|failed|failure)\]|<\w)|^[^\w\[<]+")
LEAD = re.compile(
    r"(?i)(?:sorry|oops|unfortunately|apologies|whoops|uh[ -]?oh|i'm sorry|we're sorry|i am sorry|i'm afraid"
    r"|i am afraid)(?:[,.!:]| but)*\s+"
    r"(?:but )?(?:i |we |it |the (?:tool|server|system|service) )?"
)
TAG = re.compile(r"^\[[\w -]{1,20}\]\s*")
PREFIX = re.compile(r"^(?:[\w./-]{1,40}: (?:\(\d+\) )?)(?=\S)")
EXIT = re.compile(r"(?i)\b(?:exit(?:ed)?(?: with)?|return(?:ed)?)[ _-]?(?:code|status)\s*[:=]?\s*(-?[1-9]\d*)\W*$")
TRACEBACK = re.compile(r"^\s*Traceback \(most recent call last\):\s*$", re.MULTILINE)
RAISED = re.compile(r"^(?:\w+\.)*[A-Z]\w*(?:Error|Exception|Exit|Interrupt|Iteration)?(?::.*)?$")
FRAME = re.compile(r"^\s+at (?:async )?[\w.<>$\[\] /-]+ ?\(?[^()]*:\d+(?::\d+)?\)?$|^goroutine \d+ \[")
LOG_LINE = re.compile(r"^\W*(?:\d{4}-\d\d-\d\d|\d\d:\d\d|(?:INFO|WARN|WARNING|DEBUG|TRACE|NOTICE|ERROR)\b)")
FLAGS = re.compile(
    r"(?i)^(?:(?:success|succeeded|ok)\s*[:=]\s*false|is_?error\s*[:=]\s*true|status\s*[:=]\s*error)$"
    r"|^(?:(?:status|level)=error|(?:success|ok)=false)\b|^(?-i:fatal|error): \S"
    r"|^(?:result|outcome|status)\s*[:=]\s*(?:error|failure|failed)\s*[-–:,;]\s*\S"
)
"""A line in which a text says of itself that it failed, as git does behind its other lines."""


def is_failure_text(text: str) -> bool:
    """Whether a text, all of it, is a failure.

    >>> is_failure_text("Error: no such table: orders"), is_failure_text("0 errors found")
    (True, False)
    """
    text = re.sub(r"^```\w*\n|\n```$|^<\?xml[^>]*\?>\s*", "", text.strip()).replace("：", ":")
    if is_failure_markup(text):
        return True
    text = without_tags(text)
    lines = [line for line in text.splitlines() if line.strip()]
    if TRACEBACK.match(text) or (TRACEBACK.search(text) and RAISED.match(lines[-1])):
        return True
    if not lines or len(text) > LONG or (len(lines) > 1 and sum(bool(LOG_LINE.match(line)) for line in lines) > 1):
        return False
    ended = EXIT.search(lines[-1]) and not ELSEWHEN.search(lines[-1])
    if any(FRAME.match(line) for line in lines[1:3]) or ended:
        return True
    if any(FLAGS.match(line.strip()) for line in lines[:3]) or GIVEN_UP.match(lines[-1]):
        return True
    first = ORNAMENT.sub("", lines[0].strip())
    if len(lines) <= 3 and NAKED.match(first) and not any(NESTED.match(line) for line in lines[1:]):
        return True
    # as it is, without "Sorry, I", and without the name of the program or tool that says it
    bare = LEAD.sub("", first, count=1)
    for words in dict.fromkeys((first, bare, PREFIX.sub("", bare), TAG.sub("", lines[0].strip()))):
        if any(beginning.match(words) for beginning in BEGINNINGS):
            return True
        if len(lines) == 1 and (is_failure_sentence(words) or any(whole.match(words) for whole in ALONE)):
            return True
    return False


def is_bad_code(code: str) -> bool:
    """Whether a word that stands for what happened, such as ENOENT or `quota_exceeded`, stands for a failure."""
    return bool(BAD_CODE.match(code))
