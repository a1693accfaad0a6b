"""What to say of an answer of the code grant that holds no code, though it may hold something else."""

from __future__ import annotations

from e2e_linker.audits.other_names import called_otherwise, under_its_name
from e2e_linker.derive.answer import Answer

__all__ = ["absent_code", "own_name"]

_NOT_THE_IMPLICIT_GRANT = (
    "Let the server answer `response_type=code` with a `code` in the query, and no token: see that its settings of the "
    "client allow the authorization code grant, and that it answers the response_type that was asked for."
)


def absent_code(answer: Answer) -> tuple[str, str | None]:
    """What came in the code's place, and what mends it where that is known."""
    if answer.named("?code"):
        text = "The redirect carries no code: its query begins with `??`, so its first parameter is called `?code`."
        return text, "Append the query to the redirect URI with a single `?`."
    known = ", ".join(dict.fromkeys(f"`{param.name}`" for param in answer.params)) or "no parameter at all"
    tokens = answer.named("access_token")
    if not tokens:
        return f"The redirect carries no code, only: {known}.", own_name(answer, "code")
    place = ", after the `#`, which never reaches a server" if tokens[0].place == "fragment" else ""
    return (
        f"The redirect carries no code, only: {known}, as if response_type were `token`{place}.",
        _NOT_THE_IMPLICIT_GRANT,
    )


def own_name(answer: Answer, wanted: str) -> str | None:
    """What mends an ``answer`` that holds ``wanted`` under another name; None where it does not."""
    name = called_otherwise(answer, wanted)
    return under_its_name(name, wanted) if name else None
