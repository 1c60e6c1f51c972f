"""A sentence in which a part of a system is said to have failed, just now [ours].

"The upstream service is temporarily unavailable", "Document is locked by another user": such a text tells of the call
itself where it is all that is said, its subject is what a call goes through, and nothing in it tells of another time.
"""

import re

_PARTS = """server service upstream backend gateway api endpoint host database db request response query command
operation process execution task tool call session token credentials? certificate connection socket resource payload
document file folder directory path repository branch table schema record entry item user input value statement
transaction lock index body script browser page tab element target window container sandbox workbook worksheet kernel
size length image video archive attachment dimensions spreadsheet presentation"""
PART = (
    rf"(?:(?:the|this|that|your|an?|no) )?(?:[\w-]+ ){{0,2}}(?:{'|'.join(_PARTS.split())})s?"
    r"(?: ['\"`][\w./@ -]+['\"`])?"
)
# not what becomes of a thing: a document is rejected, a session closed, a request denied by somebody
_STATE = r"""unavailable|unreachable|busy|locked (?:by another \w+|for \w+)|overloaded|invalid|malformed|corrupt(?:ed)?
|unsupported|unknown|unrecogni[sz]ed|too (?:large|long|big|many|old|short)|required|in use|out of (?:memory|space|range)
|expired|not (?:available|reachable|ready|running|responding|configured|connected|supported|recogni[sz]ed|provided
|accepted|allowed|permitted|implemented|found|set|a valid|an? [\w-]+ file|initiali[sz]ed|empty|visible|attached|mounted
|loaded|open|started|installed)|password protected|interrupted|throttled|killed""".replace("\n", "")
_DEED = r"""failed|failed to \w+|timed out|crashed|(?:was )?(?:terminated|killed) (?:with|by) signal[\w ]*
|did(?: not|n't) (?:respond|answer|reply|match|exist|parse|complete)
|does(?: not|n't) (?:respond|answer|match|parse|support)|exceed(?:s|ed) (?:limit|maximum|quota)\b[\w ]*
|exceed(?:s|ed)? (?:the|its|your) (?:[\w-]+ ){0,3}\w+
|(?:encountered|hit|returned|reported) an? (?:[\w-]+ )*(?:error|condition|problem|exception)|already exists|has no
|contains an? (?:[\w-]+ )?error|(?:has|have) an? (?:invalid|unsupported|unknown|unrecogni[sz]ed|wrong|corrupt\w*) [\w-]+
|conflict""".replace("\n", "")
SAYS = re.compile(
    rf"(?i){PART} (?:(?:(?:is|was|are|were|has|have|has been|have been|seems|appears to be) )?"
    rf"(?:currently |temporarily |already |now |still |no longer )?(?:{_STATE})|(?:has |have )?(?:{_DEED}))"
    r"(?=\s*(?:$|[.,;:!(–-]|(?:by|due|because|after|while|for|to|on|at|from|with|in|than|of|as|and|but|within)\b))"
)
ABOUT = re.compile(
    r"(?i)(?:(?:temporarily|currently) unavailable|too (?:large|long|many [\w-]+):|already exists\b"
    r"|no (?:response|reply|answer) (?:from|received)|(?:nothing|no one|nobody) (?:is )?listening (?:on|at)"
    r"|(?:host|network|server) unreachable"
    r"|(?:the |your )?connection (?:to|with|from) (?:the )?\S.{0,80}? (?:was |has been |is )?(?:refused|reset|closed"
    r"|lost|failed|timed out|rejected)(?=\s*(?:$|[.,;(–-]|by\b|after\b))"
    r"|(?:[\w.]+: )?timeout \d+ ?m?s exceeded|target page, context or browser has been closed"
    r"|near \"[^\"]*\": syntax error"
    r"|(?:integer |float )?(?:division|modulo|divide) by zero|make(?:\[\d+\])?: \*\*\* "
    r"|(?:invalid|unauthorized|access|unsupported|insufficient|expired|missing)_[a-z_]+: "
    r"|name or service not known|temporary failure in name resolution|certificate verify failed|ssl: |tls: "
    r"|(?:unexpected )?eof (?:occurred|while|in|reached)|violation of protocol|(?:\w+ )?conflict: (?:expected|version)"
    r"|(?:partial(?:ly)?|processed|imported|uploaded|sent|updated|saved|deleted|created|inserted|moved|copied"
    r"|added|removed|synced|exported)\b.{0,60}\b[1-9]\d* (?:errors?|failed|failures?)(?=\s*(?:$|[.,:;(])))"
)
"""What stands without such a subject."""
KIND = re.compile(
    r"(?i)(?:syntax|parse|parser|parsing|query|db|database|sql|network|connection|connect|i/?o|http|ssl"
    r"|tls|auth\w*|server"
    r"|validation|runtime|type|value|client|api|compile|compilation|protocol|memory|timeout|access|permission|config\w*"
    r"|disk|read|write|internal|unknown|unexpected|transport|decode|decoding|json|xml|rpc|driver|proxy"
    r"|gateway|upstream)"
    r" error(?=\s*(?:$|[.!:(]|(?:near|on|at|in|while|when|during|from) ))(?!.{0,4}\d+(?:[.,]\d+)?\s*%?$)"
)
"""An error by its kind: "Syntax error near 'FORM'"."""
ELSEWHEN = re.compile(
    r"(?i)\b(?:yesterday|today|tomorrow|ago|earlier|later that|last|previous(?:ly)?|since|until|every"
    r"|often|always|never"
    r"|on (?:mon|tues|wednes|thurs|fri|satur|sun)days?|in (?:19|20)\d\d|(?:at|from) \d{1,2}(?::\d\d)?"
    r"|on \d{1,2} [a-z]{3,9}|(?:19|20)\d\d-\d\d|and then"
    r"|(?:was|were) (?:restarted|resolved|retried|rolled back|fixed|repaired|closed|acknowledged)|acknowledged|resolved"
    r"|said|wrote|according to|chapter|film|album|novel|podcast)\b"
)
"""What makes it a story: of another time, or told by somebody else."""


def is_failure_sentence(text: str) -> bool:
    """Whether a short text of one line says that what a call goes through has failed.

    >>> is_failure_sentence("The upstream service is temporarily unavailable.")
    True
    >>> is_failure_sentence("The server is unavailable on Sundays."), is_failure_sentence("Room 12 is unavailable")
    (False, False)
    """
    if len(text) > 160 or ELSEWHEN.search(text):
        return False
    return any(rule.match(text) for rule in (SAYS, ABOUT, KIND))
