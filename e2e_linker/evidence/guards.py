"""Signs of guards that answer in a server's place whoever they take for a robot. Each is proof by itself."""

from __future__ import annotations

import re
from collections.abc import Iterable

__all__ = ["asks_for_human", "challenge_in"]

_ASKS = re.compile(r"challenge|captcha", re.IGNORECASE)
_HEADERS = {
    "cf-mitigated": (_ASKS, "Cloudflare"),
    "x-amzn-waf-action": (_ASKS, "AWS WAF"),
    "x-dd-b": (re.compile(r"\d"), "DataDome"),
    "x-vercel-mitigated": (_ASKS, "Vercel"),
}
"""Headers that come with a challenge only, what they say then, and whose they are."""

_LONGEST_SIGN = 60
"""Characters of a header that are quoted."""
_LONGEST = 300
"""Characters of a line that is read: a demand, and no text about demands."""
_HUMAN = re.compile(
    r"^\W*(?:please |let['’]s |press (?:&|and) hold to )?(?:verify(?:ing)?|confirm|prove|checking)(?: that| if)? "
    r"(?:you are|you['’]re) (?:a )?(?:human\b|not a (?:ro)?bot\b)"
    r"|^\W*(?:bestätigen sie, dass sie|überprüf\w+(?: sie)?, (?:ob|dass) sie) ein mensch sind"
    r"|^\W*(?:veuillez )?(?:vérifi\w+|confirmez) que vous êtes (?:un )?(?:être )?humain"
    r"|^\W*(?:verifi\w+|confirme) que (?:usted )?(?:es|eres) (?:un )?(?:ser )?humano"
    r"|^\W*(?:verifica|conferma) (?:che sei|di essere) (?:un )?(?:essere )?umano"
    r"|^\W*(?:verifi\w+|confirme) (?:se|que) você é (?:um )?(?:ser )?humano"
    r"|^\W*(?:verifieer|bevestig|controle\w+)(?: of| dat)? (?:u|je) (?:een )?mens bent"
    r"|^(?!.*(?:保護|ため|サイトは|ページは)).*人間であることを(?:確認|証明)(?!しました|でき|済|され)"
    r"|^\W*(?:请|請|正在|需要|完成以下操作，)*(?:验证|驗證|確認|确认)您(?:是否)?是(?:真人|人类|人類)"
    r"|^\W*사람인지 확인(?!되었|됐|했|하였)",
    re.IGNORECASE,
)


def challenge_in(headers: Iterable[tuple[str, str]]) -> tuple[str, str] | None:
    """Whose challenge an answer with these ``headers`` is, and the header that tells; None for all other answers."""
    for name, value in headers:
        pattern, guard = _HEADERS.get(name.lower(), (None, ""))
        if pattern is not None and pattern.search(value):
            return guard, f"{name.lower()}: {' '.join(value.split())[:_LONGEST_SIGN]}"
    return None


def asks_for_human(line: str) -> bool:
    """Whether ``line`` demands a proof of humanity, and does not only speak of one."""
    return len(line) <= _LONGEST and _HUMAN.search(line) is not None
