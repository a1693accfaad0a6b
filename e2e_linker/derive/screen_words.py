"""Words by which screens are told apart, in the languages Alexa is sold in. Data only.

Like those of :mod:`e2e_linker.derive.wordings`, no word here is enough by itself.
"""

from __future__ import annotations

import re

__all__ = ["ASIDE", "ASKING", "CAPTCHA", "LINK_RESULT", "SIGNING_IN_BY", "VERDICT", "WAITING"]

WAITING = re.compile(
    r"^\W*(?:loading|please wait|just a moment|one moment|hold on|redirecting|signing you in|working on it)\b"
    r"|\b(?:please wait|one moment please|loading\s*(?:…|\.\.\.))"
    r"|^\W*(?:l[äa]dt|wird geladen|bitte warten|einen moment|moment bitte|sie werden weitergeleitet)\b|\bbitte warten\b"
    r"|^\W*(?:chargement|veuillez patienter|un instant|redirection)|veuillez patienter"
    r"|^\W*(?:cargando|por favor,? espere|espere|un momento|redirigiendo)\b"
    r"|^\W*(?:caricamento|attend(?:ere|i)|un momento|reindirizzamento)\b"
    r"|^\W*(?:carregando|a carregar|aguarde|um momento|redirecionando)\b"
    r"|^\W*(?:laden|even geduld|een ogenblik|momentje)\b|^\W*(?:laddar|v[äa]nta|proszę czekać|ładowanie)"
    r"|読み込み中|お待ちください|少々お待ち|加载中|請稍候|请稍候|로딩|잠시만"
    r"|लोड हो रहा|कृपया प्रतीक्षा|جار التحميل|الرجاء الانتظار",
    re.IGNORECASE,
)
"""Words of a page that only asks to wait."""

CAPTCHA = re.compile(r"captcha|turnstile|\brobot\b|not a bot|roboter|画像認証|验证码|驗證碼|자동입력", re.IGNORECASE)
"""Names and labels of a field that asks for a proof of humanity."""

LINK_RESULT = r"^https://[^/]*amazon\.[^/]+/(?:external/)?link-result\b"
"""The address of the page on which Alexa says whether linking worked."""

VERDICT = re.compile(
    r"unable to link|linking (?:was )?unsuccessful|(?:has|have) been successfully linked|successfully linked"
    r"|(?:wurde|ist) (?:erfolgreich )?verkn[üu]pft|konnte nicht verkn[üu]pft|associ[ée]e? avec succ[èe]s"
    r"|vinculad[ao] correctamente|collegat[ao] correttamente|vinculad[ao] com (?:sucesso|êxito)"
    r"|リンクされました|リンクできません",
    re.IGNORECASE,
)
"""What Alexa says at the end of linking."""

_CHOICE = (
    r"(?:languages?|countr(?:y|ies)|regions?|sprachen?|land|länder|langues?|pays|région|idiomas?|país(?:es)?|región"
    r"|lingu[ae]|paese|regione|região|taal|talen|språk|sprog|kieli|język|jazyk|dil|言語|国|地域|语言|語言|언어|국가|भाषा|اللغة)"
)
ASKING = re.compile(
    rf"[?？:：]\W{{0,3}}$"
    rf"|^\W*(?:(?:your|ihre|deine) )?{_CHOICE}(?:\W+(?:(?:and|or|und|oder|et|y|e|en) )?{_CHOICE})*\W*$",
    re.IGNORECASE,
)
"""Headings above what is to be chosen from that do not ask for that in words."""

ASIDE = re.compile(
    r"priva(?:cy|cidad)|\bterms\b|conditions|\blegal|imprint|\bcookies?\b|accessibility|\bhelp\b|support|\bfaq|contact"
    r"|\babout\b|copyright|©|sitemap|careers|\bpress\b|feedback|app ?store|google play"
    r"|^\W*(?:facebook|instagram|twitter|x|youtube|tiktok|linkedin)\W*$"
    r"|datenschutz|impressum|nutzungsbeding|\bagb\b|\bhilfe\b|kontakt|über uns|barrierefrei|rechtliche"
    r"|confidentialité|mentions|\baide\b|à propos|t[ée]rminos|condiciones|ayuda|acerca de|condizioni|termini|aiuto"
    r"|chi siamo|privacidade|termos|ajuda|sobre\b|voorwaarden|over ons|integritet|villkor|hjälp|polityka|regulamin"
    r"|pomoc|プライバシー|利用規約|ヘルプ|お問い合わせ|隐私|隱私|条款|條款|帮助|개인정보|이용약관|도움말|गोपनीयता|الخصوصية",
    re.IGNORECASE,
)
"""Labels of the links that stand in footers and lead nobody through a login."""

_SERVICES = r"(?:google|apple|facebook|microsoft|amazon|github|linkedin|line|kakao|wechat|passkey|sso)"
SIGNING_IN_BY = re.compile(
    r"\b(?:with|using|via|mit|über|avec|con|com|met|med|z) "
    r"(?:(?:an?|your|my|the|ihrem|deinem|einem|dem|votre|un|mon|compte|tu|su|cuenta|de|account|sua|conta|kontem) )*"
    rf"{_SERVICES}\b|\b{_SERVICES}\s?(?:アカウント)?(?:で|로|으로|계정|登录|登入|帐号|帳號|ile\b)",
    re.IGNORECASE,
)
"""Labels of a link that signs in with another service."""
