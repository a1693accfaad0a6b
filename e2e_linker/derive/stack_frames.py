"""Stack traces in the text of a page: their lines name the code that was passed through, and not what went wrong."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["without_frames"]

_READ: Final = 20_000
"""Characters that are read."""

_PLACE: Final = (
    r"(?:(?:[^()\n]{0,300}[./\\][^()\n]{0,300}|node:[\w/]{1,80}):\d+(?::\d+)?"
    r"|native|index \d+|<anonymous>|Native Method|Unknown Source)\)"
    r"|(?:[A-Za-z]:\\|file:|/)[^()\n]{0,300}\Z"
)
_FRAME: Final = re.compile(
    # V8, Java and Kotlin: "at csrf (/srv/index.js:112:19)", "at a.b.Filter.go(Filter.java:12) ~[web.jar:6.1]"
    rf"\bat (?:(?:async|new|get|set) )?[^()\s]{{1,200}} ?(?:\[as [^\]\n]{{1,80}}\] ?)?\((?:{_PLACE})"
    r"(?: ~?\[[^\]\n]{0,120}\])?"
    # V8 without a name of a function: "at file:///srv/csrf.mjs:3:9"
    r"|\bat (?:async )?(?:file://|node:|[A-Za-z]:\\|/)[^()\s]{1,300}:\d+:\d+"
    # .NET: "at A.B.C(String s) in /src/C.cs:line 12"
    r"|\bat (?:[\w<>`+|\[\],]{1,120}\.){2,15}\.?[\w<>`+|\[\],]{1,120}\([^()\n]{0,300}(?:\)|\Z)"
    r"(?: in [^\n]{1,300}?:line \d+)?"
    # Python: 'File "/srv/csrf.py", line 3, in check', and the line of source below it; Django's page names no "File"
    r'|(?:\bFile "[^"\n]{1,300}"|(?<!\S)[^"\s]{1,300}\.py), line \d+'
    r'(?:, in [^\s]{1,120}(?:\n(?![\w.]{0,120}(?:Error|Exception)\b)[^\n]{0,300}|[^\n"]{0,300}(?= File "))?)?'
    # Ruby: "lib/csrf.rb:3:in 'check'"
    r"|(?<!\S)[^\s:]{1,300}\.rb:\d+:in [`'][^'\n]{1,200}'"
    # PHP: "#4 /srv/VerifyCsrfToken.php(78): A\B->handle(Object(C))"
    r"|(?<!\S)#\d{1,3} [^\s()]{1,300}\(\d+\): [^\s(]{1,300}\([^\n#]{0,300}",
)


def without_frames(text: str) -> str:
    """``text`` without the places in code that stack traces name; what the errors themselves say stays."""
    return _FRAME.sub(" ", text[:_READ])
