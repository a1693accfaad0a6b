"""Sentences and names of errors, which servers put where a password or a code would stand: what is not made up."""

from __future__ import annotations

import re
from itertools import pairwise

from e2e_linker.evidence.token_looks import is_wording

__all__ = ["is_sentence", "names_error"]

_LONGEST = 300
_WORDS_OF_FAULT = """
incorrect invalid wrong required missing blank empty expired failed mismatch unknown must please cannot
falsch ungültig ungültiges ungültige erforderlich fehlt leer abgelaufen fehlgeschlagen muss bitte darf
incorrecte invalide erroné requis obligatoire manquant vide expiré doit veuillez
incorrecta incorrecto inválida inválido incorreta incorreto obligatorio obligatoria obligatório obligatória
requerida requerido obrigatória obrigatório debe deve vacío vazio errata errato errada errado
valida valido obbligatorio obbligatoria scaduto scaduta richiesta richiesto
onjuist ongeldig verplicht ontbreekt verlopen moet leeg
"""
_OTHER_WORDS = """
password passwords passphrase passcode code codes token field value username name email e-mail account user login
client pin otp totp mfa sms id jwt is are was be been has have had been will can may not no a an the this that it its
your you we our and or but at least most characters letters too short long does do did match again enter try of to in
on by if so as for from with one new old
passwort kennwort feld benutzername konto der die das den dem des ein eine einen sie ihr ihre ihren es nicht werden
wurde sein geben eingeben zu im in am um an ist und oder mit von mindestens zeichen
mot passe champ compte identifiant le la les un une du de des est ce cette votre vos pas être et ou en au avec
contraseña campo cuenta usuario el los las su sus es no en o y con por al menos tener caracteres
senha palavra-passe conta utilizador é o os as um uma sua seu são do da não questo
utente il lo gli non di della con e è
wachtwoord veld gebruikersnaam het een dit uw je geen niet en of te op
"""
_FAULTS = frozenset(_WORDS_OF_FAULT.split())
_OTHERS = frozenset(_OTHER_WORDS.split())
_SPACELESS = re.compile(r"パスワード|入力|正しく|必須|密码|密碼|错误|不正确|비밀번호|입력")
_SPACELESS_FEWEST = 6
_LETTERS_BEYOND_ASCII = re.compile(r"(?:(?!\d)[^\x00-\x7f]|[ .,!?])+")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*|\d{1,2}")
_AROUND = ".,;:!?'\"“”‘’«»()¡¿…"
_OF_A_LANGUAGE = re.compile(r"(?!.*[bcdfghjklmnpqrstvwxz]{5})[^\W\d_][^\WA-Z\d_]{2,23}(?:['’-]\w+)*", re.DOTALL)
"""A word that need not be known: written as words are, and such that it can be spoken."""
_ERROR_NAMES = """
invalid incorrect wrong error err denied expired missing required failed failure forbidden unauthorized
unauthenticated unsupported unknown mismatch locked disabled exceeded blocked exception rejected unavailable
found exist exists allowed bad not too refused malformed illegal timeout cannot unable
"""
_ERROR_WORDS = frozenset(_ERROR_NAMES.split())
_PART = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_ERROR_NAME = re.compile(r"(?!.*[bcdfghjklmnpqrstvwxzBCDFGHJKLMNPQRSTVWXZ]{5})[A-Za-z]+(?:[._:/-][A-Za-z]+)*")
_NUMBERED_ERROR = re.compile(r"(?:AADSTS|AADB2C)\d{4,7}|(?:ERR|ERROR)[_-]?\d{1,6}")


def is_sentence(text: str) -> bool:
    """Whether ``text`` tells people what is wrong, in words of a language only: ``Password is incorrect``.

    Several words alone are no sentence, because people choose such passwords, and a sentence may quote a secret: one
    must say that something is wrong, half of them must be words that such sentences have, and no number may be longer
    than two digits or be split by blanks.
    """
    if len(text) > _LONGEST:
        return False
    if len(text) >= _SPACELESS_FEWEST and _LETTERS_BEYOND_ASCII.fullmatch(text) and _SPACELESS.search(text):
        return True
    words = [word for given in text.split() if (word := given.strip(_AROUND))]
    unknown = [word for word in words if (folded := word.casefold()) not in _FAULTS and folded not in _OTHERS]
    if len(unknown) * 2 > len(words) or not all(_is_plain(word) for word in unknown):
        return False
    if any(one.isdigit() and other.isdigit() for one, other in pairwise(words)):
        return False
    known = {word.casefold() for word in words}
    return not _FAULTS.isdisjoint(known) and not _OTHERS.isdisjoint(known)


def _is_plain(word: str) -> bool:
    return bool(_WORD.fullmatch(word)) and (word.isdigit() or bool(_OF_A_LANGUAGE.fullmatch(word)))


def names_error(value: str) -> bool:
    """Whether ``value`` is the name of an error, such as ``oidc.invalid_redirect_uri`` or ``AADSTS50126``.

    Only where nobody could take it for something made up by a machine: words without numbers, one of which says that
    something is wrong, or the numbers that are known to be of errors.
    """
    if _NUMBERED_ERROR.fullmatch(value):
        return True
    if not is_wording(value) or not _ERROR_NAME.fullmatch(value):
        return False
    words = [word.lower() for word in _PART.findall(value)]
    return len(words) > 1 and min(map(len, words)) > 1 and not _ERROR_WORDS.isdisjoint(words)
