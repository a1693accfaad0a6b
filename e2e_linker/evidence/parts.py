"""A part of the evidence that can say it is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Generic, Literal, TypeVar

from pydantic import Field

from e2e_linker.model import Record

__all__ = ["PAGE_PARTS", "Failed", "NotCollected", "Part", "Present", "records", "why_missing"]

PAGE_PARTS = (
    "windows",
    "dialogs",
    "console",
    "page_errors",
    "csp_violations",
    "web_sockets",
    "service_workers",
    "downloads",
    "screens",
)
"""The parts of a walk that only a page can tell: where there was none, none of them is collected."""

T = TypeVar("T")


class Present(Record, Generic[T]):
    """A part that was gathered. An empty ``value`` means that it was watched for and nothing happened."""

    kind: Literal["present"] = "present"
    value: T


class NotCollected(Record):
    """A part nobody tried to gather, and why."""

    kind: Literal["not_collected"] = "not_collected"
    reason: str


class Failed(Record):
    """A part that should have been gathered; ``error`` says what went wrong."""

    kind: Literal["failed"] = "failed"
    error: str


if TYPE_CHECKING:
    Part = Present[T] | NotCollected | Failed
else:

    class Part:
        """``Part[X]`` is ``Present[X] | NotCollected | Failed``, told apart by ``kind`` when read back."""

        def __class_getitem__(cls, item: Any) -> Any:
            """The union for values of type ``item``."""
            return Annotated[Present[item] | NotCollected | Failed, Field(discriminator="kind")]


def records(part: Part[tuple[T, ...]]) -> tuple[T, ...]:
    """What ``part`` holds, none where it is missing: for those to whom both are the same."""
    return part.value if isinstance(part, Present) else ()


def why_missing(part: NotCollected | Failed) -> str:
    """Why ``part`` is not there, in a few words."""
    return part.reason if isinstance(part, NotCollected) else part.error
