"""What to do where the page that a login ended on may want something of the test account, or of its devices."""

from __future__ import annotations

import re
from typing import Final

from e2e_linker.derive.dead_ends import DeadEnd
from e2e_linker.derive.pages import Page
from e2e_linker.derive.wordings import CHOOSING, VERIFYING, first_match

__all__ = ["page_wish", "wanted_first"]

_SHORT: Final = 600
"""Characters of a page's text in which what it wants is to be found."""
_ONE_THING: Final = 300
"""Characters of text up to which a page says one thing, and nothing in passing."""
_SESSIONS: Final = re.compile(
    r"\b(?<!not )(?:signed|logged) in (?:on|from|with|at) (?:another|a different|other) (?:device|browser|computer"
    r"|location)"
    r"|\b(?<!no )(?:another|other) (?:active )?sessions? (?:is|are|was|exists?)\b"
    r"|\balready (?:have )?an active (?:session|login)\b"
    r"|\btoo many (?:active |open |concurrent )?(?:sessions|devices)\b|\bconcurrent (?:sessions?|log-?ins?)\b"
    r"|\b(?:maximum|limit)(?: number)? of (?:active |concurrent |simultaneous )?(?:sessions|devices)\b"
    r"|(?:auf|von) einem anderen gerät (?:aus )?(?:angemeldet|eingeloggt)"
    r"|(?:andere|weitere) (?:aktive )?sitzung (?:ist|wurde|läuft)"
    r"|bereits eine (?:aktive )?sitzung|zu viele (?:aktive )?(?:sitzungen|geräte)"
    r"|maximale anzahl (?:an |der |von )?(?:aktiven )?(?:sitzungen|geräten?)\b"
    r"|connectée?[^.]{0,20} (?:sur|depuis) un autre (?:appareil|navigateur)|trop (?:de sessions|d['’]appareils)"
    r"|autre session (?:est )?(?:déjà )?(?:active|ouverte|en cours)"
    r"|nombre maxim(?:al|um) (?:de sessions|d['’]appareils)"
    r"|(?:sesión (?:iniciada|abierta|activa)|(?:iniciado|abierto) (?:una |la |tu |su )?sesión|conectad[oa])[^.]{0,20}"
    r" (?:en|desde) otro (?:dispositivo|navegador)|otra sesión (?:ya )?(?:está )?(?:activa|abierta|iniciada)"
    r"|demasiad[ao]s (?:sesiones|dispositivos)"
    r"|(?:(?:effettuato|eseguito|fatto) l['’]accesso|conness[oa]|collegat[oa])[^.]{0,30} (?:su|da) un altro "
    r"(?:dispositivo|browser)"
    r"|altra sessione (?:è )?(?:già )?(?:attiva|aperta)|troppe sessioni|troppi dispositivi"
    r"|(?:sessão (?:iniciada|aberta|ativa)|iniciou (?:a |uma )?sessão|(?:conect|lig|log)ad[oa])[^.]{0,30} "
    r"(?:(?:em|de|por) outro|n?outro) (?:dispositivo|aparelho|navegador)"
    r"|outra sessão (?:já )?(?:está )?(?:ativa|aberta)|(?:demasiadas|muitas) sessões"
    r"|(?:別|他)の(?:端末|デバイス|ブラウザ)[^。]{0,12}(?:ログイン|サインイン)(?:中|して(?:い[るま]|お[りら])|され|済)"
    r"|(?:別|他)のセッションが|同時(?:ログイン|セッション)数"
    r"|(?:दूसरे|अन्य) (?:डिवाइस|उपकरण)[^।]{0,20}(?:लॉग|साइन) ?इन (?:है|हैं|किया)|(?:दूसरा|अन्य) सत्र"
    r"|(?:تم تسجيل|سجلت|مسجل)[^.]{0,30}(?:جهاز|متصفح) آخر|جلسة أخرى",
    re.IGNORECASE,
)
"""What a page says of other sessions of the account, or of too many of them."""
_APPS: Final = re.compile(
    r"\b(?:open|continue|resume|proceed|finish)(?: \w+){0,3} (?:in|with) (?:the|our|your) (?:\w+ ){0,2}app\b"
    r"|\b(?:open|get|download|install) (?:the|our) (?:\w+ ){0,2}app to (?:continue|sign in|log in)\b"
    r"|\bin (?:der|unserer|ihrer|deiner) (?:[\w-]+ )?app (?:öffnen|fortfahren|fortsetzen|weitermachen)"
    r"|\b(?:weiter|fortfahren) in (?:der|unserer|ihrer|deiner) (?:[\w-]+ )?app\b"
    r"|(?:ouvr(?:ir|ez)|continue[rz]|poursuiv(?:re|ez))[^.]{0,20} (?:dans|avec) (?:l['’]|notre |votre )"
    r"(?:app|appli|application)\b"
    r"|(?:abr(?:ir|e|a)|contin[uú](?:ar|a|e)|seguir)[^.]{0,20} en (?:la|nuestra|tu|su) (?:app|aplicación)\b"
    r"|(?:apri(?:re)?|continua(?:re)?|prosegui)[^.]{0,20} (?:nell['’]|nella (?:nostra |tua )?)(?:app|applicazione)\b"
    r"|(?:abr(?:ir|a)|continu(?:ar|e))[^.]{0,20} (?:no|na) (?:nosso |nossa |seu |sua )?(?:app|aplicativo|aplicação)\b"
    r"|アプリ(?:で(?:開|続)|を開いて)|ऐप (?:में|पर) (?:खोलें|जारी)"
    r"|(?:افتح|المتابعة|متابعة)[^.]{0,15}(?:في|عبر) (?:ال)?تطبيق",
    re.IGNORECASE,
)
"""What a page says that sends the customer into an app of its own."""
_NOT_THEIRS: Final = re.compile(
    r"alexa|アレクサ|एलेक्सा|अलेक्सा|أليكسا|amazon|authenticat|\bverify\b|\bduo\b|itsme|\b(?:bank|mit|smart|swiss)-?id\b",
    re.IGNORECASE,
)
"""Apps that a customer may well be sent to, those that prove who somebody is among them."""
_END_OTHERS: Final = (
    "The page speaks of other sessions or devices of this account. End them first, those of earlier runs of this test "
    "included, and run fewer cases at a time or give each an account of its own. Customers are signed in elsewhere as "
    "a rule, so let the login for Alexa open a session beside the others, or end one of them without asking."
)
_STAY: Final = (
    "The page sends the customer on into an app. Let the login go on in this page and end with the redirect to Alexa, "
    "for it was the Alexa app that opened it: from another app nobody gets back there, and many customers have none."
)


def page_wish(page: Page) -> str | None:
    """What to do where ``page`` says that other sessions or an app stand in the way; None for all others.

    What a server says that fails by itself may be about sessions of its own.
    """
    if page.status >= 500:
        return None
    said = (page.title, *page.headings, page.text if len(page.text) <= _ONE_THING else "")
    if first_match(_SESSIONS, *said):
        return _END_OTHERS
    app = first_match(_APPS, *said)
    return _STAY if app and not any(_NOT_THEIRS.search(text) for text in said if app in text) else None


def wanted_first(end: DeadEnd, fix: str) -> str:
    """``fix``, and what the page at ``end`` may want beside it: before it where its words say so, else behind."""
    page = end.page
    said = (page.title, *page.headings, page.text[:_SHORT])
    if end.words or any(first_match(words, *said) for words in (CHOOSING, VERIFYING)):
        return f"Do what this page asks of the test account, such as confirming its e-mail address. Otherwise: {fix}"
    return f"{fix} Where the page asks something of the test account, do that first."
