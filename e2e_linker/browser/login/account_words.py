"""What servers say of an account that they do not let in although its password is right."""

from __future__ import annotations

import re
from typing import Final

__all__ = [
    "AT_HOME",
    "CONFIRM",
    "EITHER",
    "FACTOR",
    "LOCKED",
    "NOT_YET",
    "OFF",
    "OUTWORN",
    "PASSES",
    "PICTURE",
    "SET_UP",
    "SHUT",
]

NOT_YET: Final = re.compile(
    r"(?:\bnot|n['’]t)(?: yet)?(?: been)? (?:confirmed|verified|activated|approved)\b|\bun(?:confirmed|verified)\b"
    r"|\bpending (?:registration|verification|activation|confirmation|approval)\b|usernotconfirmed"
    r"|^\W*(?:(?:your|this) )?(?:e-?mail(?: address)?|account) (?:still )?(?:requires|needs)"
    r" (?:confirmation|verification|activation|approval)\b(?! (?:after|for|if|to|when)\b)"
    r"|\b(?:account|registration|user|e-?mail(?: address)?)(?: is| still){0,2} (?:awaiting|waiting for)"
    r" (?:e-?mail |an? )?(?:admin(?:istrator)?(?:['’]s)? )?(?:confirmation|verification|activation|approval)\b"
    r"|\b(?:verify|confirm) your e-?mail(?: address)? (?:before|first)\b"
    r"|\bnicht (?:bestätigt|verifiziert|aktiviert|freigeschaltet)\b"
    r"|(?:n['’]est|n['’]a) pas (?:encore )?(?:été )?(?:confirm|vérifi|activ|valid)é|\bnon (?:confirm|vérifi|activ)ée?\b"
    r"|\bno (?:est[áa] |ha sido )?(?:verificad|confirmad|activad)[oa]\b|\bsin (?:verificar|confirmar|activar)\b"
    r"|\bnon (?:è )?(?:ancora )?(?:stat[oa] )?(?:verificat|confermat|attivat)[oa]\b"
    r"|(?:確認|有効化|本登録|メールアドレス(?:が|は)認証)(?:が|は)?(?:されて|完了して)(?:い|お)ません|仮登録",
    re.IGNORECASE,
)
"""An account that nobody has confirmed yet; to be read beside what names an account."""

OFF: Final = re.compile(
    r"(?<!\bfor (?:your|this) )(?<!\b(?:of|on|in) (?:your|this) )\b(?:account|user)"
    r"(?: (?:is|has been|currently|now)){0,2}"
    r" (?:inactive|deactivated|not enabled|not (?:currently )?active|no longer active)\b(?! (?:after|for)\b)"
    r"|(?<!\bfür (?:ihr|das) )(?<!\bfür dein )\b(?:[\w-]{0,15}konto|[\w-]{0,15}benutzer|account)"
    r"(?: (?:ist|wurde|derzeit)){0,2} (?:inaktiv|deaktiviert|nicht (?:mehr )?aktiv)\b"
    r"|\bcompte (?:est |a été )?(?:inactif|désactivé)\b|\bcompte n['’]est (?:pas|plus) actif\b"
    r"|\bcuenta (?:está |ha sido )?(?:inactiva|desactivada)\b|\bcuenta no está activa\b"
    r"|\b(?:account|utente) (?:è )?(?:stato )?(?:inattivo|disattivato|non (?:è )?(?:più )?attivo)\b"
    r"|\bconta (?:está |foi )?(?:inativa|desativada)\b|\baccount is (?:inactief|gedeactiveerd|niet actief)\b"
    r"|アカウントは(?:現在)?(?:無効|停止)(?!に[すで]|でき|する|可能)",
    re.IGNORECASE,
)
"""An account that is switched off."""

SHUT: Final = re.compile(
    r"(?<!\bfor (?:your|this) )(?<!\b(?:of|on|in) (?:your|this) )\b(?:account|user)"
    r"(?: (?:is|was|has been|currently|now)){1,2} (?:disabled|suspended)\b"
    r"(?! (?:after|during|for|if|unless|when|while)\b)"
    r"|\b(?:account|user)[- ](?:disabled|suspended)\W*$"
    r"|\bcompte (?:est |a été )suspendu\b|\bcuenta (?:está |ha sido )(?:suspendida|(?:des|in)habilitada)\b"
    r"|\b(?:account|utente) (?:è )?(?:stato )?(?:sospeso|disabilitato)\b"
    r"|\bconta (?:está |foi )(?:suspensa|desabilitada)\b|\baccount is uitgeschakeld\b",
    re.IGNORECASE,
)
"""An account that somebody has shut; what passes, too, is said in these words."""

AT_HOME: Final = re.compile(
    r"\b(?:account|user) (?:is local only|(?:can ?not|can['’]t) (?:authenticate|log ?in|sign in) remotely)\b",
    re.IGNORECASE,
)
"""An account that is let in from the server's own network only."""

OUTWORN: Final = re.compile(
    r"\bpassword (?:has |is |was )?expired\b|\b(?:need|must|have|required)(?: to)? (?:change|update) your password\b"
    r"(?! (?:every|from time|often|regularly))"
    r"|\bpassword (?:has been reset and )?(?:now )?must (?:now )?be changed\b"
    r"(?! (?:after|every|from|often|regular|within))"
    r"|\b(?:passwort|kennwort) (?:ist )?abgelaufen\b|mot de passe (?:a |est )?expiré"
    r"|contraseña (?:ha |está )?(?:caducad|expirad)[oa]\b|password (?:è )?scaduta\b"
    r"|パスワードの有効期限|パスワードを変更する必要",
    re.IGNORECASE,
)
"""A password that has to be changed first."""

LOCKED: Final = re.compile(
    r"\baccount (?:has been|is|was)(?: now)? locked\b(?! out)|^\W*account locked\W*$|\blocked your account\b"
    r"|konto (?:wurde|ist) gesperrt|\bcompte (?:a été|est) (?:verrouillé|bloqué)"
    r"|\bcuenta (?:ha sido|está) bloqueada|\baccount è (?:stato )?bloccato"
    r"|アカウント(?:が|は)ロックされ(?!た場合|たとき|た時|たら|ると|ない)",
    re.IGNORECASE,
)
"""An account that is locked."""

PASSES: Final = re.compile(
    r"\btempor|vorübergehend|zeitweilig|\b(?:later|wait|again (?:in|after))\b"
    r"|\b(?:until|bis|jusqu['’]à|hasta|fino a(?:lle)?) (?:\w+ ){0,2}\d|\d ?(?:s|sec|min|h|hr|seg|std)s?\b"
    r"|\b(?:seconds|sekunden|secondes|segundos|secondi|minut|hour|stunde|heure|horas?\b|or[ae]\b)"
    r"|\b(?:days?|tage?n?|jours?|d[ií]as?|giorn[io])\b|später|plus tard|más tarde|più tardi|unos momentos"
    r"|\d ?[秒分時日]|[分時]間?(?:後|以内|間)|しばらく|一時的",
    re.IGNORECASE,
)
"""What a server says of a lock that goes away by itself."""

EITHER: Final = re.compile(
    r"\b(?:or|oder|ou|oppure|o (?:la|el|il|tu|su)|o l['’])(?!\w)|または|もしくは|又は|あるいは", re.IGNORECASE
)
"""What is said where one of several causes is meant, and the server does not tell which."""

FACTOR: Final = re.compile(
    r"\b(?:two|2|multi|double)[- ]?(?:steps?|factor)\b|\b(?:2fa|mfa)\b|\bauthenticator\b|\bsecurity methods?\b"
    r"|zwei-?faktor|zweistufig|zwei schritten|mehrfaktor|mehrfach-?authenti|deux (?:étapes|facteurs)|authentificateur"
    r"|dos (?:pasos|factores)|autenticador|multifactor|due (?:passaggi|fattori)|autenticatore"
    r"|[2２二]\s?段階|[2２二多]\s?要素|認証アプリ|認証システム",
    re.IGNORECASE,
)
"""A second factor, or what sets one up."""

PICTURE: Final = re.compile(
    r"\bqr[- ]?code|\bscan (?:the |this )?barcode|código qr|codice qr|qr\s?コード|二次元コード", re.IGNORECASE
)
"""A picture to be read by an app."""

SET_UP: Final = re.compile(
    r"(?<!you )(?<!have )(?<!['’]ve )(?<!was )\bset(?:ting)? ?up\b|\bsetup\b|\benable\b|\bturn on\b|\benrol(?!l?ed)"
    r"|\binstall\b|(?<!you )\bregister (?:an?|your)(?: new)? (?:device|authenticator|method)\b|einrichten|aktivieren"
    r"|konfigurieren|\bconfigur(?:e[rz]?|a|ar|ation|ación|azione)\b|\bactiv(?:e[rz]|ar)\b|^\W*(?:activ[ae]|attiva)\b|\bimposta\b"
    r"|(?:設定|登録)(?!済|され|した)|セットアップ|有効に(?!なって)",
    re.IGNORECASE,
)
"""What a page asks by which a second factor is to be set up."""

CONFIRM: Final = re.compile(
    r"\b(?:verify|confirm|activate|validate) (?:your )?(?:e-?mail|account|registration)\b"
    r"(?! (?:(?:to|with|for|of) )?(?:access|alexa|amazon|connect|link|owner|pref|setting|sharing))"
    r"|\b(?:e-?mail|account)(?: address)? (?:verification|confirmation|activation)\b(?! (?:success|complete|done))"
    r"|\b(?:e-?mail(?:-?adresse)?|konto|registrierung) (?:bestätigen|verifizieren|aktivieren)\b"
    r"|\bbestätigen? (?:sie )?(?:ihre?|deine?) (?:e-?mail|konto)|\be-?mail-?(?:verifizierung|bestätigung)\b"
    r"|\b(?:vérifie[rz]|confirme[rz]|valide[rz]|active[rz]) (?:votre|mon) (?:adresse|e-?mail|compte)\b"
    r"|\b(?:verifi(?:ca|que)|confirm[ae]|activ[ae]) (?:tu|su) (?:correo|e-?mail|cuenta|dirección)\b"
    r"|\b(?:verifica|conferma|attiva) (?:la tua|il tuo) (?:e-?mail|account|indirizzo)\b"
    r"|メールアドレス(?:を|の)(?:確認|認証)|アカウント(?:を|の)有効化",
    re.IGNORECASE,
)
"""What a page asks by which an account is to be confirmed."""
