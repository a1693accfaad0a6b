"""What became of the requests that were made with the redirect URI of a region, and what may be concluded from them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from e2e_linker.audits.lasting import lasting
from e2e_linker.audits.region_ends import last_hop, replayed, tells_nothing
from e2e_linker.audits.region_words import blamed, last_text, without_redirect_uri, wrong_url
from e2e_linker.audits.walks import of_walk, proves_nothing
from e2e_linker.derive.answer import Answer
from e2e_linker.derive.since_password import password_times
from e2e_linker.derive.wordings import BLAMED_REDIRECT, REFUSED_REQUEST, first_match
from e2e_linker.evidence.models import Walk
from e2e_linker.model import Region, host_of

__all__ = ["Try", "blames", "comparable", "reason", "spoiled", "tried"]


@dataclass(frozen=True, slots=True)
class Try:
    """One walk, and what it was answered."""

    case: str | None
    walk: Walk
    answer: Answer | None
    replayed: bool

    @property
    def region(self) -> Region:
        """The region whose redirect URI was asked for."""
        return self.walk.authorization.region

    @property
    def accepted(self) -> bool:
        """Whether the answer came to the redirect URI that was asked for, and is no error."""
        return self.answer is not None and self.answer.error is None and not self.astray and not self.replayed

    @property
    def astray(self) -> bool:
        """Whether the answer went to another host: a wrong path is no matter of regions."""
        wanted = host_of(self.walk.authorization.redirect_uri)
        return self.answer is not None and host_of(self.answer.arrival.url) != wanted

    @property
    def signs_in(self) -> bool:
        """Whether a password was typed, so that the walk met more than one in a browser that is signed in."""
        return any(True for _ in password_times(self.walk))


def tried(case: str | None, walk: Walk, sent: Collection[str]) -> Try:
    """``walk`` as a try, where ``sent`` are the states of all tries."""
    return Try(case, walk, of_walk(walk, "answer"), replayed(walk, sent))


def spoiled(walks: Sequence[Walk]) -> bool:
    """Whether the second link of a case fails whatever the region, so that its jar is to blame for what follows."""
    again = lasting([walk for walk in walks if walk.purpose == "warm"])
    links = tried(None, walks[0], ()).accepted
    return any(one.ending.kind != "arrived" or (links and _error(one) is not None) for one in again)


def _error(walk: Walk) -> str | None:
    answer: Answer | None = of_walk(walk, "answer")
    return answer.error if answer else None


def blames(each: Try) -> bool:
    """Whether the server itself speaks of the redirect URI, on its page or in the error that it sent back."""
    words = each.answer.error_words if each.answer is not None and each.answer.error is not None else ""
    return blamed(each.walk) is not None or BLAMED_REDIRECT.search(words) is not None


def comparable(each: Try, tries: Sequence[Try]) -> bool:
    """Whether what ``each`` met may be laid to its region.

    Not so where it had to log in, as no accepted one had: then the login may be what it failed at.
    """
    if blames(each) or not each.signs_in:
        return True
    again = any(one.region == each.region and one.answer is not None and not one.signs_in for one in tries)
    return again or any(one.accepted and one.signs_in for one in tries)


def reason(each: Try, accepted: Collection[Region]) -> str | None:
    """Why the region counts as refused, None where the walk does not tell."""
    if each.replayed or (each.answer is None and tells_nothing(each.walk)):
        return None
    if each.answer is not None:
        if each.answer.error is not None:
            cut = without_redirect_uri(each.walk) is not None and not blames(each)
            return f"the server answers {each.answer.error_words}" if accepted and not cut else None
        return "the server redirects to another address" if accepted else None
    last = last_hop(each.walk)
    if said := blamed(each.walk):
        status = f" (status {last.status})" if last and last.status is not None else ""
        return f"the server shows an error about it{status}, “{said}”"
    last = last if accepted and not proves_nothing(each.walk) else None
    if last is not None and last.status is not None and last.status >= 400:
        return f"the login ends with status {last.status}"
    text = last_text(each.walk) if accepted else ""
    words = first_match(REFUSED_REQUEST, text) or wrong_url(text)
    return f"the server shows “{words}”" if words else None
