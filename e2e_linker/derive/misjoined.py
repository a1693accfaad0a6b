"""An answer of the implicit grant that was joined to the redirect URI by something else than a single ``#``."""

from __future__ import annotations

import re
from dataclasses import dataclass

from e2e_linker.alexa.authorization import AuthorizationRequest
from e2e_linker.derive.answer import Answer, AnswerParam
from e2e_linker.derive.base import fact
from e2e_linker.derive.urls import parameters
from e2e_linker.model import Grant

__all__ = ["Misjoined", "misjoined"]

_JOINT = re.compile(
    r"(?P<joint>(?:[?#/!&;]|%3F|%23|%2F|%26)+)(?P<answer>[A-Za-z_]{1,24}=.*)", re.IGNORECASE | re.DOTALL
)
_SEPARATE = re.compile(r"&*(?:#&*)?")
"""What leaves the answer readable, be it in the query."""
_NEEDED = frozenset({"state", "access_token", "token_type", "error"})


@dataclass(frozen=True, slots=True)
class Misjoined:
    """What stands where the ``#`` belongs, and the answer as it was meant."""

    joint: str
    first: str
    """The parameter that comes first behind ``joint``."""
    within: str | None
    """The parameter of the redirect URI whose value ``joint`` added to; None where it stands behind the ``#``."""
    meant: Answer

    @property
    def harmful(self) -> bool:
        """Whether what ``joint`` spoils is needed for the link."""
        return self.within is not None or self.first in _NEEDED


@fact
def misjoined(answer: Answer | None, authorization: AuthorizationRequest) -> Misjoined | None:
    """How ``answer`` was joined wrongly; None where it was joined by ``#``, by ``&``, or where no one can tell."""
    uri = authorization.redirect_uri
    if answer is None or authorization.grant is not Grant.IMPLICIT or not answer.arrival.url.startswith(uri):
        return None
    parts = _JOINT.fullmatch(answer.arrival.url[len(uri) :])
    if parts is None or _SEPARATE.fullmatch(parts["joint"]):
        return None
    own = parameters(uri, nested=False)
    before = parts["joint"].partition("#")[0].lstrip("&")
    if (before and not own) or ("#" not in parts["joint"] and parts["joint"].startswith("&")):
        # The answer is the whole query, a part of it, or a part of the path.
        return None
    text = parts["answer"]
    if "#" not in parts["joint"]:
        if any(param.place == "fragment" and param.name in _NEEDED for param in answer.params):
            return None
        text = re.sub(r"(?<!<access_token)#(?!\d+>).*", "", text)
    read = parameters(f"{uri}#{text}", nested=False)
    if not any(one.place == "fragment" and one.name in _NEEDED for one in read):
        return None
    params = tuple(AnswerParam(one.name, one.value, _length(answer, one.value), one.place) for one in read)
    first = text.partition("=")[0]
    return Misjoined(parts["joint"], first, own[-1].name if before else None, Answer(answer.arrival, params))


def _length(answer: Answer, value: str) -> int:
    """The length of ``value`` before it was redacted."""
    return next((param.length for param in answer.params if param.value == value), len(value))
