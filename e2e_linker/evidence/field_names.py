"""What the names of fields say of what is typed into them."""

from __future__ import annotations

import re
import unicodedata

__all__ = ["OPTIONAL_WORD", "kind_in", "kind_named", "kind_typed", "names_user", "plain_name"]

_LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ı": "i", "ß": "ss", "æ": "ae"})
"""Letters of Latin that are more than one with an accent."""


def plain_name(name: str) -> str:
    """``name`` in small letters of any script and digits only, without accents."""
    plain = unicodedata.normalize("NFKD", name).lower().translate(_LETTERS)
    return "".join(sign for sign in plain if sign.isalnum())


_ABROAD = (
    "пароль парола лозинка құпиясөз 密码 密碼 口令 パスワード 비밀번호 패스워드 암호 κωδικός κωδικόςπρόσβασης "
    "σύνθημα סיסמה סיסמא كلمةالمرور كلمةالسر رمزالعبور گذرواژه पासवर्ड รหัสผ่าน გასაღებისიტყვა mậtkhẩu şifre "
    "parool geslo slaptažodis palavra-passe parola katasandi lykilorð"
)
"""Words for a password in other languages; a few of them mean something else as well."""
_FOREIGN = "|".join(map(plain_name, _ABROAD.split()))
_END = r"(?:confirmation|confirm|repeat|again|field|input|value|text)?\d*$"
_TYPED = (
    (
        re.compile(
            r"(?:password|passwd|passwort|passphrase|kennwort|contrasena|motdepasse|senha|pwd|pswd|wachtwoord|heslo|haslo"
            rf"|passord|losenord|adgangskode|salasana|jelszo|lozinka|^(?:u|user|login|log|new|old|my)?(?:pass|psw|pw)|^mdp"
            rf"|{_FOREIGN}|^(?:user|login|txt)?(?:parol|clave|mima|kodeord)|^idtoken(?=2$)"
            rf"|(?:security|secret|challenge)answer|memorable(?:word|name|place|date)){_END}"
        ),
        "password",
    ),
    (
        re.compile(
            r"(?:totp|otp|passcode|(?:otp|onetime|mfa|2fa|tfa|twofactor|twostep|sms|verification|security|authenticator|access)code"
            rf"|(?:otp|mfa|2fa|twofactor)token|^(?:user|login|m)?pin(?:code)?){_END}"
        ),
        "otp",
    ),
)
"""By a plain name, the kind of secret that is typed under it."""
OPTIONAL_WORD = re.compile(r"[A-Za-z]{1,15}|\d{1,5}|[a-z]+([_-][A-Za-z]+)+")
"""What may be no secret though it stands under the name of one, because names mean several things."""

_CHOICES = frozenset(
    {"show", "hide", "forgot", "forget", "lost", "reset", "change", "use", "with", "has", "have", "save", "remember"}
    | {"toggle", "is", "no", "need", "set", "send", "resend", "by"}
)
"""Words before a secret's name that make a choice or a button of it (``show_password``, ``usePassword``)."""
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_NUMBERED = re.compile(
    r"(?:^|[^a-z])(?:tan|2fa|mfa|tfa|sms|token|verification|twofactor|challengeanswer|authenticator|confirmation)$"
    r"|(?:verification|2fa|mfa|twofactor|code)$"
)
_OTHER_CODES = re.compile(
    r"(?:zip|post|postal|area|country|region|dial|dialing|calling|phone|language|currency|promo|coupon|voucher|product"
    r"|error|status|response|result|return|reason|exit|http|event|version|build)code$"
)
"""Names of numbers that nobody is sent to log in with."""
_NUMBER = re.compile(r"\d[\d -]{2,8}\d")
_USER = re.compile(
    r"(?:user(?:name|id|login|email)|login(?:name|id|email|fmt)|e?mail(?:address)?|usernameoremail|emailorusername"
    r"|benutzername|usuario|utilisateur|identifiant|gebruikersnaam|nomeutente|namecallback|^(?:user|usr|uname))\d*$"
)
_PERHAPS_USER = re.compile(
    r"(?:login|account|identifier|user|phone(?:number)?|mobile|msisdn|customer(?:number|id)|^tel)$"
)
_STEP = re.compile(r"(?:callback|factor)$")
"""What some servers put behind the name of what they ask for."""
_SPOKEN_OF = {"credential": "password", "credentials": "password", "onetime": "otp"}
"""What says the kind where it is told beside a value, and too little as the name of a field."""


def kind_named(plain: str) -> str | None:
    """The kind of secret that is typed under ``plain``, a name in small letters and digits."""
    return _named(plain)[0]


def kind_typed(name: str, value: str) -> str | None:
    """The kind of secret that ``value``, sent as ``name``, was typed as; None where the name does not say so."""
    plain = plain_name(name)
    kind, place = _named(plain)
    if kind is not None:
        return None if OPTIONAL_WORD.fullmatch(value) and _is_choice(name, plain[:place]) else kind
    numbered = _NUMBERED.search(plain) and not _OTHER_CODES.search(plain)
    return "otp" if numbered and _NUMBER.fullmatch(value) else None


def kind_in(text: str) -> str | None:
    """The kind of secret that ``text``, a name or a type, speaks of."""
    plain = _STEP.sub("", plain_name(text))
    return kind_named(plain) or _SPOKEN_OF.get(plain)


def names_user(name: str) -> bool | None:
    """Whether under ``name`` stands who logs in; False where it may be something else, None where it says neither."""
    plain = plain_name(name)
    return True if _USER.search(plain) else False if _PERHAPS_USER.search(plain) else None


def _named(plain: str) -> tuple[str | None, int]:
    """The kind of secret that is typed under ``plain``, and where in it the word for it begins."""
    return next(((kind, said.start()) for pattern, kind in _TYPED if (said := pattern.search(plain))), (None, 0))


def _is_choice(name: str, before: str) -> bool:
    return before in _CHOICES or any(word.lower() in _CHOICES for word in _WORDS.findall(name.translate(_LETTERS)))
