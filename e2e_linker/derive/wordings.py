"""Words by which pages are recognised, in the languages Alexa is sold in. Data only.

A word here is never enough by itself: whoever uses it also looks at the status, or at what else the page offers.
"""

from __future__ import annotations

import re

__all__ = [
    "BLAMED_REDIRECT",
    "BROWSER_REFUSED",
    "CHOOSING",
    "CONSENT",
    "CREDENTIALS",
    "EMBEDDED_REFUSED",
    "ERROR",
    "FAILURE",
    "FOREIGN_ORIGIN",
    "FORGED",
    "HOME",
    "INSECURE",
    "LEAVING",
    "LOST_SESSION",
    "MAINTENANCE",
    "MISMATCH",
    "OUTDATED",
    "REFUSED_LATE",
    "REFUSED_REQUEST",
    "START",
    "UNKNOWN_CLIENT",
    "VERIFYING",
    "first_match",
]

EMBEDDED_REFUSED = re.compile(
    r"disallowed_user_?agent|(?:embedded|in-app) (?:web ?)?(?:browser|view)s?"
    r"|web-?views? (?:is|are) (?:not|un)|use secure browsers"
    r"|eingebettete[nr]? browser|navigateur int[ée]gr[ée]|navegador (?:integrado|incorporado|embebido)"
    r"|browser (?:incorporato|integrato)|埋め込みブラウザ|アプリ内ブラウザ|内嵌浏览器|내장 브라우저|인앱 브라우저",
    re.IGNORECASE,
)
"""Words that name the embedded browser itself: Google's ``disallowed_useragent``, Facebook's "embedded browser"."""

INSECURE = re.compile(
    r"browser (?:or app )?may not be secure|browser (?:oder diese app )?(?:ist|sind) (?:unter umständen )?nicht sicher"
    r"|navigateur (?:ou cette application )?(?:ne sont peut-être|n['’]est) pas s[ée]curis|navegador não é segur"
    r"|navegador no es segur|browser non (?:[èe] )?sicur|安全でない可能性"
    r"|navegador o (?:la )?(?:app|aplicaci[óo]n)[^.]{0,20}segur|navegador ou app pode n[ãa]o ser segur"
    r"|browser o (?:questa )?app potrebbe[^.]{0,20}sicur|このブラウザまたはアプリは安全",
    re.IGNORECASE,
)
"""What Google says to embedded browsers, and to automated ones in the same words."""

BROWSER_REFUSED = re.compile(
    r"(?:browsers?|app)(?: versions?)? (?:is|are) (?:not|no longer) (?:fully |currently )?(?:supported|secure|allowed)"
    r"|browser not supported|unsupported (?:web ?)?browser"
    r"|browser(?: version)? (?:isn['’]t (?:fully |currently )?(?:supported|secure|allowed|compatible)|is unsupported)"
    r"|do(?:es)?(?: not|n['’]t) support (?:this|your) browser|use (?:a|an)(?:other| different| supported) browser"
    r"|browser (?:wird[^.]{0,30} )?nicht (?:mehr )?unterst[üu]tzt|nicht unterst[üu]tzte[rn]? browser"
    r"|unterst[üu]tz(?:t|en) (?:diesen|ihren|deinen) browser nicht"
    r"|navigateur n['’]est[^.]{0,30} (?:pas|plus)[^.]{0,30}(?:pris en charge|compatible|support[ée])"
    r"|navigateur non (?:pris en charge|compatible|support[ée])"
    r"|navegador (?:ya )?(?:no|n[ãa]o)\b[^.]{0,30}(?:compatible|compat[íi]vel|admitid|soportad|suportad)"
    r"|browser non[^.]{0,30}(?:supportat|compatibil)|browser wordt niet(?: meer)? ondersteund"
    r"|ブラウザ(?![^。]{0,20}(?:戻る|ボタン|script|cookie))[^。]{0,20}(?:サポートされていません|サポート対象外|ご利用いただけません|対応して(?:い|おり)ません)"
    r"|対応していないブラウザ|(?:浏览器|瀏覽器)[^。]{0,10}(?:不受支持|不支援|不被支持)"
    r"|不支持(?:您|此|该|当前)[^。]{0,6}浏览器|不支援[^。]{0,6}瀏覽器"
    r"|브라우저[^.]{0,10}지원(?:되지|하지) 않|지원(?:되지|하지) 않는 브라우저"
    r"|webbl[äa]sare[^.]{0,20}st[öo]ds inte|przegl[ąa]dark[^.]{0,30}nie jest obs[łl]ugiwan"
    r"|ब्राउज़र[^।]{0,20}समर्थित नहीं|المتصفح[^.]{0,20}غير مدعوم|متصفحك[^.]{0,20}غير مدعوم",
    re.IGNORECASE,
)
"""Words that turn a browser away without saying which one is meant."""

OUTDATED = re.compile(
    r"(?:update|upgrade) your (?:web ?)?browser|outdated (?:web ?)?browser|browser is (?:out of date|outdated|too old)"
    r"|browser ist veraltet|veralteter browser|navigateur est (?:obsol[èe]te|trop ancien)|browser [èe] obsoleto"
    r"|navegador est[áa] (?:desactualizado|desatualizado|obsoleto)|browser is verouderd",
    re.IGNORECASE,
)
"""What a page says in place of a login that it withholds; many say so in passing, and go on all the same."""

MAINTENANCE = re.compile(
    r"\A\W*(?:(?:site|server|system) )?maintenance\W*\Z"
    r"|\b(?:under|down for|scheduled|planned|ongoing|routine)(?: \w+)? maintenance\b|\bmaintenance mode\b"
    r"|\bwe(?:['’]ll| will) be (?:right )?back\b|\bwartungs(?:arbeiten|modus)\b|wegen wartung"
    r"|\ben maintenance\b|maintenance en cours|\b(?:en|por) mantenimiento\b|\bin manutenzione\b|manutenzione in corso"
    r"|\bem manutenção\b|\bin onderhoud\b|メンテナンス中|维护中|維護中|점검 ?중",
    re.IGNORECASE,
)
"""Words of a page that stands in for a server which is down for a while."""

FAILURE = re.compile(
    r"^\W*[45]\d\d\b|\b(?:http|status|code)\W{0,3}[45]\d\d\b|\berrors?\b|went wrong|not found|bad request|forbidden"
    r"|access denied|\bunauthori[sz]ed\b|unavailable|unexpected|\boops\b|has expired"
    r"|\binvalid[ _](?:request|link|state|session|token|client|scope|redirect(?:[ _]ur[il])?)\b"
    r"|\b(?:unauthorized_client|unsupported_response_type|redirect_(?:uri_)?mismatch|server_error)\b"
    r"|could not (?:be )?(?:complete|process|sign)|try again later|\bexception\b|does not (?:work|exist)"
    r"|trouble signing|\bsqlstate\b|\bblocked by (?:an |the )?admin|\b(?:invalid|expired) (?:log|sign)-?in request\b"
    r"|\bfehler\b|fehlgeschlagen|nicht gefunden|schiefgelaufen|schiefgegangen|ungültige|abgelaufen|zugriff verweigert"
    r"|nicht verfügbar|funktioniert nicht"
    r"|\berreur\b|introuvable|une erreur|mal passé|a expiré|accès refusé|indisponible|non valide"
    r"|no encontrad[ao]|algo sali[óo] mal|ha (?:caducado|expirado)|acceso denegado|no disponible|se ha producido un"
    r"|\berrore\b|non trovat[ao]|qualcosa è andato storto|è scadut[ao]|accesso negato|non disponibile"
    r"|\berro\b|não encontrad[ao]|algo deu errado|expirou|acesso negado|indisponível"
    r"|niet gevonden|er ging iets mis|\bfout\b|verlopen"
    r"|エラー|見つかりません|問題が発生|無効な|期限切れ|アクセスが拒否|利用できません"
    r"|错误|錯誤|找不到|出错|无法|오류|찾을 수 없|त्रुटि|خطأ",
    re.IGNORECASE,
)
"""Words of error pages that tell of no maintenance, which a page of a service may also announce, or offer."""

ERROR = re.compile(rf"{MAINTENANCE.pattern}|{FAILURE.pattern}", re.IGNORECASE)
"""Words of error pages; meant for titles, headings and the text of pages that offer nothing else."""

FORGED = re.compile(
    r"csrf|xsrf|cross[- ]site request forgery|(?:origin|referer) checking failed|anti-?forgery"
    r"|(?:invalid *)?authenticity ?token|the change you wanted was rejected"
    r"|correlation (?:failed|cookie)|(?:state|nonce) mismatch|mismatching_state|state does not match|invalid nonce"
    r"|unable to verify authorization request state|authorization_request_not_found|\bpage expired\b",
    re.IGNORECASE,
)
"""Words by which servers refuse a form that was sent without the cookie they compare it with."""

FOREIGN_ORIGIN = re.compile(
    r"\b(?:invalid origin|invalid cors request|missing or null origin|origin (?:is )?not (?:allowed|trusted))\b",
    re.IGNORECASE,
)
"""Words by which servers refuse a request for the site that it comes from."""

LOST_SESSION = re.compile(
    r"\b(?:session|cookie)s?(?: (?:id|cookie|data|token|was|were|is|are|has|could|have|been|be)){0,4}"
    r" (?:not (?:be )?found|missing|expired|timed out)\b|autenticazione superato\b|\bbrowser was in an unknown state"
    r"|\b(?:no (?:active|existing|valid)|not have an existing) session\b|\bmust authenticate (?:once )?again\b"
    r"|\b(?:log-?in|sign-?in) attempt (?:has )?timed out\b|\baction (?:has )?expired\b|\b(?:page|form) has expired\b"
    r"|\bcookies are (?:blocked|disabled|turned off|not enabled)\b|\btook too long to (?:log ?|sign )in\b"
    r"|\bmust enable cookies|enable cookies in your browser|exceeded authentication timeout|invalid (?:login )?session"
    r"|d['’]authentification (?:est )?dépassé|zeitlimit(?:s für die authentifizierung| für die anmeldung überschritten)"
    r"|\bsitzung (?:ist |wurde )?(?:abgelaufen|nicht gefunden)\b|\bsession (?:est |a )?expirée?\b"
    r"|\bsesión (?:ha )?(?:caducad[ao]|expirad[ao])\b|\bsessione (?:è )?scaduta\b|\bsessão expir(?:ada|ou)\b"
    r"|\bsessie (?:is )?verlopen\b|セッションの有効期限|セッションが(?:切れ|タイムアウト|見つかりません)"
    r"|(?:espera de autenticación|limite de autenticação) ex|会话(?:已)?过期|세션이 만료|сессия истекла|сеанс исте[кч]",
    re.IGNORECASE,
)
"""Words by which servers say that they do not find a session, or the cookie by which they know it."""

BLAMED_REDIRECT = re.compile(
    r"redirect[\s_-]*ur[il](?!=|%3D)|redirect[\s_-]*mismatch|callback\s+ur[il]|reply\s+(?:url|address)"
    r"|return[\s_-]*url",
    re.IGNORECASE,
)
"""Words for the redirect URI on an error page; its name in an address that is shown there says nothing."""

MISMATCH = re.compile(
    r"\b(?:mis|does not |doesn.t |not )match"
    r"|\bnot (?:registered|allowed|permitted|valid|authori[sz]ed|whitelisted|known)\b"
    r"|\b(?:invalid|unknown|illegal|unregistered|wrong|bad)\b|stimmt nicht|nicht (?:registriert|erlaubt|zulässig)",
    re.IGNORECASE,
)
"""Words by which an error page says that something given is not what it knows."""

REFUSED_REQUEST = re.compile(
    r"\b(?:invalid[ _](?:request|client|scope|redirect(?:[ _]uri)?)|unauthorized[ _]client)\b"
    r"|\bredirect_(?:uri_)?mismatch\b"
    r"|\bcode[ _]challenge(?:[ _]method)? (?:is )?(?:required|missing)\b|\bpkce is required\b",
    re.IGNORECASE,
)
"""All that some servers say of an authorization request they refuse; it does not tell what is wrong with it."""

UNKNOWN_CLIENT = re.compile(
    r"\b(?:AADSTS|AADB2C)\d{4,8}\b|\bclient[ _]id(?:entifier)?(?: \(client_id\))? (?:error|is (?:missing or )?invalid)"
    r"|\b(?:client|application)(?: id(?:entifier)?)?(?: with identifier)? ['\"“]?[^\s'\"”]{0,80}['\"”]?"
    r" (?:specified in the request )?(?:is|was) (?:not (?:registered|found|known)|unknown)"
    r"|\b(?:client|app(?:lication)?)[ _](?:(?:is|was|has been) )?(?:disabled|deactivated|not (?:active|enabled))\b",
    re.IGNORECASE,
)
"""How servers that have no word of the protocol for it say that they do not know the client; Entra's numbers, too."""

REFUSED_LATE = re.compile(
    r"\bredirect[ _]uri\b(?!=|%3D)|\b(?:invalid_scope|redirect_(?:uri_)?mismatch|unauthorized_client)\b"
    r"|\bscopes? (?:is|are) invalid\b|\b(?:no \w+|unknown|unsupported) scopes?\b"
    r"|\bdue to unknown client\b|\binvalid client_id\b(?!=|%3D)",
    re.IGNORECASE,
)
"""Words that mean the authorization request also where they come after a login, which can be invalid in many ways."""

CONSENT = re.compile(
    r"\b(?:allow|authori[sz]e|accept|agree|approve|confirm|continue|grant|connect|link|yes|ok|next|submit|verify|send)\b"
    r"|zulassen|erlauben|zustimmen|akzeptieren|best[äa]tigen|weiter\b|verbinden|verknüpfen|freigeben|einwilligen"
    r"|autoriser|accepter|continuer|confirmer|permitir|autorizar|aceptar|continuar|confirmar|aceitar|vincular"
    r"|consenti|autorizza|accett|continua|conferma|toestaan|doorgaan|akkoord"
    r"|許可|同意|承認|続行|続ける|次へ|連携|允许|同意|继续|授权|허용|동의|계속",
    re.IGNORECASE,
)
"""Labels of buttons by which a page still asks for something."""

CREDENTIALS = re.compile(
    r"password|pass ?code|credential|user ?name|log-?in name|e-?mail|\bPIN\b|account"
    r"|passwort|kennwort|zugangsdaten|anmeldedaten|benutzer|konto"
    r"|mot de passe|identifiant|compte|contraseña|usuario|cuenta|credenciales|senha|usuário|conta\b"
    r"|utente|credenziali|wachtwoord|gebruikers|パスワード|ユーザー|アカウント|メールアドレス|密码|帐号|비밀번호|계정",
    re.IGNORECASE,
)
"""Words of a page that complains of what was typed in."""

CHOOSING = re.compile(
    r"\b(?:choose|select|pick|which)\b|\bwho(?:['’]s| is) (?:using|watching|listening|playing)|(?:aus)?w[äa]hlen\b"
    r"|\bwähle?\b|\bwelche[snr]?\b|\bwer (?:nutzt|schaut|sieht|hört)\b|\bqui (?:regarde|écoute)\b|\bquién está viendo"
    r"|\bchois(?:ir|issez)\b|sélectionne[rz]\b|\bquel(?:le)?s?\b|\b(?:elige|elija|elegir)\b|seleccion[ae]r?\b|\bcuál"
    r"|\b(?:scegli|seleziona|quale)\b|\b(?:escolha|escolher|selecion[ea]r?|qual)\b|\b(?:kies|kiezen|selecteer|welke?)\b"
    r"|\b(?:välj|vælg|velg|valitse|wybierz|seçin)\b|選択|選んで|お選び|选择|選擇|선택",
    re.IGNORECASE,
)
"""Words of titles and headings of pages that have something to choose from."""

HOME = re.compile(
    r"\b(?:home|dashboard|profile|my account|account overview|welcome|overview|start ?page|settings)\b"
    r"|startseite|willkommen|mein konto|übersicht|profil\b|accueil|bienvenue|mon compte|tableau de bord"
    r"|inicio|bienvenid|mi cuenta|perfil|benvenut|il mio account|profilo|início|bem-vind|minha conta"
    r"|ホーム|ようこそ|マイページ|プロフィール|ダッシュボード|主页|首页|我的账户|홈|내 계정",
    re.IGNORECASE,
)
"""Words of a service's own start and profile pages."""

START = re.compile(r"(?:my[ _-]?)?home(?:[ _-]?page)?(?:\.\w{1,5})?|ホーム|홈", re.IGNORECASE)
"""The name of a start page where it is all that is said; smart homes, realms and products bear it, too."""

VERIFYING = re.compile(
    r"\b(?:verify|verification|activat(?:e|ion)|(?:confirm|check) your|bestätigen sie|aktivieren sie|vérifiez|activez"
    r"|confirmez|verifi(?:ca|que)|confirma|activ[ae] (?:tu|su)|attiva|ative|activeer)\b|確認|有効化|验证|激活|인증",
    re.IGNORECASE,
)
"""Words of titles and headings of pages that want something done about the account before it goes on."""

LEAVING = re.compile(
    r"(?:log|sign)[ -]?(?:out|off)\b|abmelden|ausloggen|d[ée]connexion|se d[ée]connecter|cerrar sesi[óo]n|salir\b"
    r"|\besci\b|disconnetti|\bsair\b|terminar sess|uitloggen|afmelden|ログアウト|サインアウト|退出登录|登出|로그아웃",
    re.IGNORECASE,
)
"""Labels of the link by which one signs out: the mark of a page behind the login."""

_READ = 20_000
"""Characters of each text that are read: five times what a page's digest holds at most, and not the ten million that a
file from elsewhere may hold."""


def first_match(words: re.Pattern[str], *texts: str) -> str | None:
    """The words found in the first of ``texts`` that holds any; each is read up to 20,000 characters."""
    return next((found[0] for text in texts if (found := words.search(text, 0, _READ))), None)
