"""What the authorization server answered: the parameters of the first arrival, wherever it put them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from e2e_linker.derive.base import fact
from e2e_linker.derive.urls import parameters
from e2e_linker.evidence.models import Arrival

__all__ = ["UNSEEN", "Answer", "AnswerParam", "Joined", "answer", "answer_of"]

AnswerPlace = Literal["query", "fragment", "body", "path"]
UNSEEN = "what was posted to Alexa: this browser tells of no bodies"
"""What is missing of an answer that is :attr:`Answer.unseen`."""
_LONGEST_QUOTE = 300
_JOINT = re.compile(r"([?&;#])\w+=\Z")


@dataclass(frozen=True, slots=True)
class AnswerParam:
    """One parameter of the redirect; ``length`` is that of the decoded value before redaction."""

    name: str
    value: str
    length: int
    place: AnswerPlace
    """``path`` where it was joined to the URI with ``&`` instead of ``?``."""


@dataclass(frozen=True, slots=True)
class Joined:
    """The parameter that another one became a part of, and the character between the two."""

    name: str
    joint: str


@dataclass(frozen=True, slots=True)
class Answer:
    """The redirect, taken apart."""

    arrival: Arrival
    params: tuple[AnswerParam, ...]

    def named(self, name: str, *places: AnswerPlace) -> tuple[AnswerParam, ...]:
        """All parameters called ``name``, in ``places`` or anywhere."""
        return tuple(p for p in self.params if p.name == name and (not places or p.place in places))

    def holding(self, value: str) -> Joined | None:
        """Where ``value`` became part of another parameter because it was joined in a wrong way; None where it did not.

        An ``&`` within a value was encoded as ``%26``. A URL may well have a state of its own and is no such place.
        """
        for param in self.params:
            for text in (param.value, param.name):
                before, found, _ = text.partition(value)
                joint = _JOINT.search(before) if value and found else None
                if joint and "/" not in before:
                    return Joined(re.split(r"[=?&;]", param.name)[0], joint[1])
        return None

    @property
    def error(self) -> str | None:
        """The OAuth error code, None where there is none."""
        return next((p.value for p in self.named("error")), None)

    @property
    def error_description(self) -> str:
        """What the server says of the error beside its code; empty where it says nothing.

        A text that was given for a list comes letter by letter, each in a parameter of its own.
        """
        said = [p.value for p in self.named("error_description")]
        return "".join(said) if all(len(one) <= 1 for one in said) else said[0]

    @property
    def error_words(self) -> str:
        """The error and its description in the server's own words, on one line, quoted; so is an error without any."""
        texts = [text for text in (self.error, self.error_description) if text]
        lines = [re.sub(r"[\s\x00-\x1f\x7f]+", " ", text).strip() for text in texts]
        words = [f"“{line[:_LONGEST_QUOTE]}{'…' * (len(line) > _LONGEST_QUOTE)}”" for line in lines]
        return ": ".join(words) or "“error=” without a word"

    @property
    def unseen(self) -> bool:
        """Whether it was posted and what it said is not known: a stock Firefox tells of no bodies."""
        told = any(self.named(name) for name in ("code", "access_token", "state", "error"))
        return self.arrival.method == "POST" and not told and not any(p.place == "body" for p in self.params)

    @property
    def succeeded(self) -> bool:
        """Whether it carries a code or a token and no error."""
        return self.error is None and any(p.value for name in ("code", "access_token") for p in self.named(name))


@fact
def answer(arrivals: tuple[Arrival, ...]) -> Answer | None:
    """The first of ``arrivals``, None where none came."""
    return answer_of(arrivals[0]) if arrivals else None


def answer_of(arrival: Arrival) -> Answer:
    """``arrival`` taken apart, parameters that an ``&`` left in the path included."""
    known = [AnswerParam(p.name, p.value, p.length, p.place) for p in arrival.params]
    names = {(p.name, p.value) for p in known}
    stray = [
        AnswerParam(p.name, p.value, len(p.value), "path")
        for p in parameters(arrival.url, nested=False)
        if p.place == "path" and (p.name, p.value) not in names
    ]
    return Answer(arrival, (*known, *stray))
