"""Pages that take the password and refuse what Alexa asks for, whatever their status, and presses that led off them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from e2e_linker.derive.pages import Page
from e2e_linker.derive.since_password import before_password, password_times
from e2e_linker.derive.urls import same_endpoint
from e2e_linker.derive.wordings import CONSENT, CREDENTIALS, MISMATCH
from e2e_linker.evidence.models import LoginStep, Walk, records

__all__ = ["LateRefusal", "Refused", "late_refusal", "left_behind", "refused_what"]

Refused = Literal["redirect URI", "client", "scope", "access", "anything"]
"""What the words of a page say is refused. ``access``: this customer, or the right to this client. ``anything``: they
only say that it is an error, or not allowed."""

_LITTLE: Final = 600
"""Characters of a page that says little else."""
_LONG: Final = 160
"""Characters of a line that is a message."""

_ADDRESS = r"redirect(?:ion)?[\s_-]?(?:ur[il]|address)|callback[\s_-]?ur[il]|reply url|return[\s_-]?url|\burl\b"
_CLIENT = (
    r"\b(?:clients?(?:[\s_-]?id)?|applications?|relying party|service provider|anwendung|aplicación|applicazione)\b"
)
_NOT_KNOWN = (
    rf"{MISMATCH.pattern}|\b(?:un-?authori[sz]ed|not (?:recogni[sz]ed|supported|found|configured|enabled|active))\b"
    r"|\b(?:is|was|been)(?: \w+)? (?:disabled|deactivated|suspended|switched off)\b"
    r"|\b(?:ist|wurde) (?:deaktiviert|gesperrt)|\b(?:est|été) désactivée?\b"
    r"|\bnicht bekannt\b|\bunbekannt|fehlerhaft|ungültig|nicht (?:autorisiert|registriert)"
    r"|n['’]est pas (?:reconnue?|autorisée?|valide|enregistrée?)|\b(?:mauvaise|inconnue?|invalide|non autorisée?)\b"
    r"|\bincorrect[ao]?\b|desconocid[ao]|no (?:válid[ao]|registrad[ao]|autorizad[ao])|\berrato\b|sconosciut[ao]"
    r"|non (?:valid[ao]|registrat[ao]|autorizzat[ao])|desconhecid[ao]|inválid[ao]|não (?:registrad[ao]|autorizad[ao])"
    r"|不明|無効|(?:登録|許可)されて(?:い|お)(?:ない|ません|りません)|不正|未知|无效|未注册"
)
_NAMED: Final[tuple[tuple[Refused, re.Pattern[str]], ...]] = (
    ("redirect URI", re.compile(rf"{_ADDRESS}|リダイレクト|コールバック|重定向", re.IGNORECASE)),
    ("scope", re.compile(r"\bscopes?\b|スコープ", re.IGNORECASE)),
    ("client", re.compile(rf"{_CLIENT}|aplicação|クライアント|アプリケーション|客户端", re.IGNORECASE)),
)
_WRONG = re.compile(_NOT_KNOWN, re.IGNORECASE)
_NO_ACCESS = re.compile(
    r"\b(?:you(?:['’]re| are)|user is) not (?:authori[sz]ed|allowed|permitted|entitled) to\b"
    r"|\baccess (?:is |was |has been )?(?:denied|refused|forbidden|not granted)\b"
    r"|\byou (?:(?:do not|don['’]t) have (?:access|permission)|have no (?:access|permission))\b"
    r"|\bnicht berechtigt\b|\bzugriff verweigert\b|\bsie haben kein(?:en zugriff|e berechtigung)\b"
    r"|n['’]êtes pas autorisé|\baccès (?:refusé|non autorisé)"
    r"|\bno está autorizad[ao]\b|\bacceso denegado\b|\bnon sei autorizzat[ao]\b|\baccesso negato\b"
    r"|\bnão está autorizad[ao]\b|\bacesso negado\b"
    r"|アクセス(?:が拒否|権がありません)|権限がありません|没有权限|拒绝访问",
    re.IGNORECASE,
)
_BARE = re.compile(
    r"\A\W*(?:(?:error|fehler|erreur|errore|erro|fout|エラー|错误|오류)(?:\W*(?!0+\b)\d{1,4})?"
    r"|(?:an )?error (?:has )?occurred|(?:ein )?fehler (?:ist )?aufgetreten|une erreur est survenue"
    r"|se ha producido un error|si è verificato un errore|ocorreu um erro|er is een fout opgetreden"
    r"|エラーが発生しました"
    r"|(?:4\d\d\W+)?(?:forbidden|unauthori[sz]ed(?: access)?|not (?:allowed|permitted|authori[sz]ed)"
    r"|no (?:access|permission)|(?:bad|invalid) request|request (?:denied|refused)"
    r"|(?:zugriff )?nicht (?:erlaubt|autorisiert)|kein zugriff|keine berechtigung|(?:accès )?interdit|non autorisé"
    r"|(?:acceso )?prohibido|no autorizado|(?:accesso )?vietato|non autorizzato|(?:acesso )?proibido|não autorizado"
    r"|geen toegang|niet toegestaan|未授权|нет доступа|доступ запрещ[её]н))\W*\Z",
    re.IGNORECASE,
)
"""A line that says nothing but that there is an error, or that something is not allowed; not one without errors."""
_OF_ITS_OWN = re.compile(
    r"\b(?:(?:kunden)?portale?|portal(?:en|u)|portail|portaal|dashboard|tableau de bord|control panel|panel de control"
    r"|pannello di controllo|painel de control[eo]|application list)\b"
    r"|\bto (?:my|your|the) (?:account|profile)\b|\b(?:my|your) app(?:lication)?s\b"
    r"|\bzu (?:meinem|ihrem|deinem) konto\b|\bzum (?:benutzer)?konto\b|\bzur übersicht\b|\bmeine anwendungen\b"
    r"|(?:\bvers|à) (?:mon|votre) compte\b|\b(?:mes|vos) applications\b|\ba (?:mi|tu|su) cuenta\b|\bmis aplicaciones\b"
    r"|\bal (?:mio|tuo) account\b|\ble mie applicazioni\b|(?:\bpara (?:a )?|à )minha conta\b|\bmeus aplicativos\b"
    r"|\bnaar (?:mijn|je|uw) account\b|\bmijn toepassingen\b|\btill mitt konto\b|\btil min konto\b"
    r"|\bdo (?:mojego|swojego) konta\b|ポータル|ダッシュボード|マイページ|アプリ一覧|门户|控制台|仪表板|我的应用"
    r"|포털|대시보드|마이페이지|портал|личный кабинет",
    re.IGNORECASE,
)
"""Names of pages of the server's own, to which a button leads that has nothing to do with Alexa."""


@dataclass(frozen=True, slots=True)
class LateRefusal:
    """A page that refuses something after the password, and by which words."""

    page: Page
    words: str
    what: Refused


def refused_what(line: str) -> Refused | None:
    """What ``line`` says is refused after a login; None for a line that says no such thing, or speaks of an account."""
    if len(line) > _LONG or CREDENTIALS.search(line):
        return None
    if _WRONG.search(line):
        for what, words in _NAMED:
            if words.search(line):
                return what
    if _NO_ACCESS.search(line):
        return "access"
    return "anything" if _BARE.match(line) else None


def late_refusal(pages: Iterable[Page], page: Page, walk: Walk) -> LateRefusal | None:
    """The refusal that ``page`` is, by words that nobody saw before the password; None for one that asks for more."""
    before = before_password(pages, walk)
    if not before or page.status >= 400 or len(page.text) > _LITTLE or _asks(page):
        return None
    known = {line.strip() for seen in before for line in seen.text.splitlines()}
    known |= {control.label or "" for control in page.controls}
    for line in map(str.strip, page.text.splitlines()):
        what = refused_what(line) if line not in known else None
        if what is not None:
            return LateRefusal(page, line, what)
    return None


def left_behind(walk: Walk, pages: Sequence[Page], end: Page) -> tuple[Page, LoginStep] | None:
    """(page, press) where a button of a page that answered the password was pressed, and led to ``end``.

    Only of a page that refuses something, or that stands at the address of the authorization request: there the server
    had it. None for all others.
    """
    press = next((step for step in reversed(records(walk.login)) if step.action != "wait"), None)
    typed = next(password_times(walk), None)
    if press is None or press.what != "next" or press.outcome != "done" or typed is None or press.at > end.at:
        return None
    before = [one for one in pages if one.main_frame and one.request < end.request and typed <= one.at <= press.at]
    if not before:
        return None
    page = before[-1]
    here = same_endpoint(page.url, walk.authorization.endpoint)
    return (page, press) if here or late_refusal(pages, page, walk) else None


def _asks(page: Page) -> bool:
    """Whether ``page`` has something to fill in, or a button that may lead on."""
    if page.asks_for_password or not page.digest:
        return True
    held = [c for c in page.digest.controls if c.visible or c.out_of_reach or c.faint]
    fields = any(c.kind in {"field", "checkbox"} and c.type != "search" and c.name != "q" for c in held)
    labels = [c.label or c.name or "" for c in held if c.kind == "button"]
    return fields or any(CONSENT.search(label) and not _OF_ITS_OWN.search(label) for label in labels)
