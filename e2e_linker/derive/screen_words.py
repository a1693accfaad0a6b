"""Words by which screens are told apart, in the languages Alexa is sold in. Data only.

Like those of :mod:`e2e_linker.derive.wordings`, no word here is enough by itself.
"""

from __future__ import annotations

import re

__all__ = ["CAPTCHA", "LINK_RESULT", "VERDICT", "WAITING"]

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
