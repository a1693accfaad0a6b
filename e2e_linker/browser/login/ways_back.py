"""Which controls refuse, and which lead back to Alexa: the words for both are often the same. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, Literal
from urllib.parse import parse_qsl, urlsplit

from e2e_linker.alexa.facts import REDIRECT_HOSTS
from e2e_linker.browser.login.choices import AWAY, Choice, heads
from e2e_linker.browser.login.memory import Known, Past
from e2e_linker.browser.login.words import Text, fold
from e2e_linker.browser.pages.controls import Seen, View

__all__ = [
    "ACCESS",
    "BODY_AWAY",
    "denies",
    "failed",
    "leads_back",
    "names_alexa",
    "names_amazon",
    "refuses",
    "refusing",
    "speaks_of_amazon",
    "way_back",
]

BODY_AWAY = AWAY | {"header", "banner"}
"""Parts of a page that are there on every page of a site."""
_LEADS_BACK = re.compile(
    r"\b(?:return|go back|go on|go|back|continue|proceed|open|launch) (?:to )?(?:the )?(?:amazon )?alexa(?: app)?\b"
    r"|\b(?:return|back) to (?:the |your )?app\b"
    r"|\bzurück (?:zu |zur )?(?:amazon )?alexa(?:[- ]app)?\b|\bzurück zur app\b|\balexa(?:[- ]app)? öffnen\b"
    r"|\b(?:retour(?:ner)?|revenir|ouvrir) (?:à |dans |vers )?(?:l'application |l'appli )?(?:amazon )?alexa\b"
    r"|\b(?:volver|regresar|abrir) (?:a |al )?(?:la )?(?:app (?:de )?|aplicación (?:de )?)?(?:amazon )?alexa\b"
    r"|\b(?:torna|apri) (?:a |ad |all'app )?(?:l'app )?(?:amazon )?alexa\b"
    r"|\b(?:voltar|abrir) (?:para )?(?:a |o |ao )?(?:app )?(?:da )?(?:amazon )?alexa\b"
    r"|\bterug naar (?:de )?(?:amazon )?alexa(?:[- ]app)?\b"
    r"|(?:alexa|アレクサ|アプリ)\s?(?:アプリ)?[にへ]戻る|(?:alexa|アレクサ)(?:アプリ)?を開く"
)
_ALEXA = re.compile(r"\balexa\b|alexa|アレクサ|أليكسا|एलेक्सा|알렉사", re.IGNORECASE)
_AMAZON = re.compile(r"\bamazon\b|アマゾン|亚马逊|أمازون|아마존", re.IGNORECASE)
ACCESS: Final = re.compile(
    r"(?:want|wish|request|like|ask)\w* (?:to |for |your )?(?:access|permission|control|read|use|view|see)"
    r"|permissions? requested|\btrust\b"
    r"|zugriff|zugreifen|berechtigung|accès|accéder|accede|accesso|acesso|toegang|dostęp|uprawnie|erişim|åtkomst|adgang"
    r"|přístup|アクセス|権限",
    re.IGNORECASE,
)
"""Words of those who ask for access to something."""
_SHORT = 24
_BRACKETED = re.compile(r"\s*(?:\([^()]*\)|（[^（）]*）)\s*$")
_FAILED, _MISSING = 400, 404
"""HTTP statuses: the first that speaks of a failure, and the one of what is not there."""
_FOUR_OH_FOUR = re.compile(r"\b404\b|\boops\b", re.IGNORECASE)


def failed(view: View) -> bool:
    """Whether a page is one of an error; a page of scripts that is sent for any missing file says nothing of one."""
    own = view.main.status == _MISSING and not (view.said.about("rejected") or _FOUR_OH_FOUR.search(view.said.raw))
    return view.main.status >= _FAILED and not own


def names_alexa(view: View) -> bool:
    """Whether a page speaks of Alexa."""
    return _ALEXA.search(view.said.raw) is not None


def names_amazon(view: View) -> bool:
    """Whether a page speaks of Alexa or of Amazon."""
    return speaks_of_amazon(view.said.raw)


def speaks_of_amazon(text: str) -> bool:
    """Whether a text speaks of Alexa or of Amazon."""
    return bool(_ALEXA.search(text) or _AMAZON.search(text))


def refuses(control: Seen) -> bool:
    """Whether a control says no. That it leads back to Alexa says nothing of that."""
    return denies(control) or Text(_LEADS_BACK.sub(" ", fold(control.label))).about("skip")


def denies(control: Seen) -> bool:
    """Whether a control says no. One that may be made good later says only that of itself, and may allow meanwhile."""
    rest = Text(_LEADS_BACK.sub(" ", fold(control.label)))
    return rest.about("deny") or (leads_back(control) and rest.about("without"))


def refusing(offers: Sequence[Seen]) -> list[Seen]:
    """What refuses in the page itself: buttons, and links that say little else."""
    said_no = [c for c in offers if c.region not in BODY_AWAY and refuses(c) and not _jumps(c)]
    return [c for c in said_no if c.kind == "button" or (_brief(c.label) and not c.named.about("signup"))]


def _brief(label: str) -> bool:
    """Whether a label says little, but for what it adds in brackets: “Skip for now (3 days until this is required)”."""
    return len(_BRACKETED.sub("", label)) <= _SHORT


def way_back(view: View, past: Past, known: Known, offers: Sequence[Seen]) -> Choice | None:
    """The link that bears Alexa's answer; after the login also the only control, where it says that it leads there."""
    answers = [c for c in offers if c.kind == "link" and _answer(c.href or "") == "granted"]
    if answers:
        return Choice(answers[0], "return to Alexa")
    if not (past.logged_in or known.by_steps):
        return None
    if view.complaints or heads(view).about("rejected"):
        return None
    body = [c for c in offers if c.region not in BODY_AWAY]
    buttons = [c for c in body if c.kind == "button"]
    lone = buttons or body
    if len(lone) != 1 or not lone[0].enabled or not leads_back(lone[0]) or refuses(lone[0]):
        return None
    if lone[0].kind == "link" and _astray(view, lone[0].href or ""):
        return None
    refused = lone[0].named.about("dangerous") or _answer(lone[0].href or "") == "refused"
    return None if refused else Choice(lone[0], "return to Alexa", sure=False)


def leads_back(control: Seen) -> bool:
    """Whether a control says that it leads back to Alexa, or to the app."""
    return _LEADS_BACK.search(fold(control.label)) is not None


def _astray(view: View, href: str) -> bool:
    """Whether a link leads neither on in its own site nor to Alexa: to a shop, or into the company's own app."""
    try:
        to, at = urlsplit(href.strip()), urlsplit(view.main.url)
        host, own = (to.hostname or "").lower(), (at.hostname or "").lower()
    except ValueError:
        return True
    near = host in {"", *REDIRECT_HOSTS} or host.split(".")[-2:] == own.split(".")[-2:]
    return not near or not (to.scheme in {"", "http", "https", "javascript"} or "alexa" in to.scheme)


def _jumps(control: Seen) -> bool:
    """Whether a link leads to a place on its own page, such as the one over a menu."""
    return control.kind == "link" and re.match(r"#[\w-]", control.href or "") is not None


def _answer(href: str) -> Literal["granted", "refused", None]:
    """What a link would answer Alexa; None for one that leads elsewhere."""
    try:
        parts = urlsplit(href.strip())
        host = (parts.hostname or "").lower()
    except ValueError:
        return None
    given = dict(parse_qsl(parts.query) + parse_qsl(parts.fragment))
    if host not in REDIRECT_HOSTS or not given.keys() & {"code", "access_token", "error"}:
        return None
    return "refused" if "error" in given else "granted"
