"""Keeping secrets out of everything that is recorded.

A value is registered before it is typed, sent or recorded. From then on it is replaced by a label such as ``<code#1>``
wherever it stands, in the encodings in common use; the same value always has the same label, so that a reader still
sees that two places held the same thing. Inside a URL the label itself is percent-encoded, because a bare ``#`` would
begin the fragment: parsing the query yields ``<code#1>``, and :func:`readable` shows it so.

What is done with values that ordinary text may hold by chance:

- under four characters: refused with an error where a person chose the value (a password), because it could only be
  hidden by mangling everything; left alone where a server made it up, because such a value protects nothing;
- four to seven characters: hidden where no letter or digit touches them;
- a short number or a plain word (``123456``, ``password``): hidden where it stands for itself, not in a host, an
  identifier or a field of fixed vocabulary; it is no ground for refusing a file, since its presence proves nothing;
- one-time codes: hidden also where a page takes them to pieces, in groups or a character for each field;
- cookie values that are no secret by their looks (``en``, ``accepted``): hidden in cookies only.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from threading import RLock
from typing import TypeVar

from pydantic import SecretStr

from e2e_linker.alexa.authorization import AuthorizationRequest
from e2e_linker.errors import SecretError
from e2e_linker.evidence.cookie_headers import cookies_hidden, cookies_in
from e2e_linker.evidence.handed_over import BESIDE_STATE, handed_over
from e2e_linker.evidence.header_tokens import tokens_in_challenge
from e2e_linker.evidence.labels import LABEL, behind, readable
from e2e_linker.evidence.named_in_text import secrets_in_texts
from e2e_linker.evidence.needles import Hit, Index, Strength, views_of
from e2e_linker.evidence.pieces import Pieces
from e2e_linker.evidence.record_texts import Texts, rewritten
from e2e_linker.evidence.redact_numbers import quoted_in_json
from e2e_linker.evidence.redact_values import beside_state, secret_part
from e2e_linker.evidence.secret_places import (
    SecretValue,
    bears_secrets,
    secrets_in_fields,
    secrets_in_header,
    secrets_in_url,
)
from e2e_linker.evidence.spans import merged, replaced, without
from e2e_linker.evidence.spelt_code import SpeltCodes
from e2e_linker.evidence.typed_fields import TypedFields
from e2e_linker.evidence.writings import also_written, strength_as, taken_apart
from e2e_linker.model import Record

__all__ = ["SHORTEST", "SecretRegistry", "readable"]

M = TypeVar("M", bound=Record)

SHORTEST = 4
"""Characters a value needs to be hidden by value."""
_PUBLIC_LENGTH = 8
_ANSWERS = frozenset({"code", "access_token", "id_token", "refresh_token"})
_SEPARATOR = b"\xff"
"""Never part of UTF-8, so it joins texts that can be split again."""
_KIND = re.compile(r"[a-z][a-z0-9_]*")
_LABEL_BYTES = re.compile(LABEL.pattern.encode())


class SecretRegistry:
    """The secrets of one run. Every method may be called from any thread or task."""

    def __init__(self) -> None:
        self._lock = RLock()
        self._labels: dict[str, str] = {}
        self._known: set[bytes] = set()
        self._searched: set[str] = set()
        self._numbers: Counter[str] = Counter()
        # Made anew by who adds to it, so that it can be gone through while another thread does.
        self._public: frozenset[str] = frozenset()
        self._headers_seen: set[tuple[str, str]] = set()
        self._secrets = Index()
        self._protected = Index()
        self._spelt = SpeltCodes()
        self.typed = TypedFields()
        self._pieces = Pieces()
        # A short value may stand free only once its neighbour has been replaced.
        self._passes = 1

    def __repr__(self) -> str:
        return f"<SecretRegistry of {len(self._known)} values>"

    @property
    def learnt(self) -> int:
        """How many values are searched for by now; it only grows."""
        return len(self._searched)

    def register(self, value: str | SecretStr, kind: str) -> str:
        """Hide ``value`` from now on; returns its label, which a value registered before keeps.

        ``kind`` is a lower-case word such as ``code``. Raises :class:`~e2e_linker.errors.SecretError` for a value of
        fewer than :data:`SHORTEST` characters.
        """
        text = value.get_secret_value() if isinstance(value, SecretStr) else value
        if len(text) < SHORTEST:
            raise SecretError(
                f"the {kind.replace('_', ' ')} is {'empty' if not text else 'too short to be kept out of the records'}",
                hint=f"use a test account whose secrets have {SHORTEST} characters or more",
            )
        with self._lock:
            label = self._label(text, kind)
            for written in (text, *also_written(text, kind, self._public)):
                if written not in self._searched and len(written) >= SHORTEST:
                    self._searched.add(written)
                    strength, key = strength_as(written, kind, self._public), self._labels.setdefault(written, label)
                    self._secrets.add(written, key, strength, caseless=kind == "username")
                    self._passes = self._passes if strength is Strength.UNIQUE else 3
                    self._pieces.add(written, key, kind)
                    for apart in taken_apart(written, kind):
                        self._secrets.add(apart, key, Strength.UNIQUE, wrapped=False, encoded=False)
            self._spelt.add(text, label, kind, self._secrets)
            return label

    def reveal(self, label: str) -> SecretStr:
        """The secret that was redacted to ``label``; a text without a label of this registry is given back as it is."""
        with self._lock:
            values = {known: value for value, known in reversed(self._labels.items())}
        return SecretStr(behind(label, values, self.redact))

    def public(self, value: str) -> None:
        """Never hide exactly this value (the OAuth state), even where a secret equals it or holds it."""
        with self._lock:
            if value and value not in self._public:
                self._public |= {value}
                if len(value) >= _PUBLIC_LENGTH:
                    self._protected.add(value, "", Strength.UNIQUE, wrapped=False)

    def publish(self, *values: str) -> None:
        """Take ``values`` for public, as the skill's own addresses and its client id are, wherever a server puts them.

        What holds a registered secret is left alone, such as a client secret that equals the client id.
        """
        for value in values:
            if value not in self._labels and self.find(value) is None:
                self.public(value)

    def publish_request(self, request: AuthorizationRequest) -> None:
        """Take what Alexa asks for as public: the state, and the client id, addresses and scopes of the skill."""
        self.public(request.state)
        self.publish(request.client_id, request.endpoint, request.redirect_uri, *request.scopes)

    def register_answer(self, params: Iterable[tuple[str, str]]) -> None:
        """Register what an answer to Alexa hands over: here a code that is a plain word is a secret without a doubt."""
        for name, value in (given := list(params)):
            if name in _ANSWERS and len(secret := secret_part(value, self._public)) >= SHORTEST:
                self.register(secret, name)
        self.register_all(handed_over(given))

    def register_all(self, found: Iterable[SecretValue]) -> None:
        """Register values with their kinds, all but those that are public, too short to be hidden, or hold labels."""
        for whole, kind in found:
            joined = kind == BESIDE_STATE
            value = beside_state(whole, self._public) if joined else secret_part(whole, self._public)
            if len(value) >= SHORTEST and value not in self._public and not LABEL.search(value):
                self.register(value, "secret" if joined else kind)

    def register_url(self, url: str) -> None:
        """Register what is secret in a URL by the names of its parameters, also in URLs within it."""
        self.register_all(secrets_in_url(url))

    def register_fields(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Register what is secret among form fields or the members of a JSON object, by their names."""
        self.register_all(secrets_in_fields(pairs))

    def register_headers(self, headers: Iterable[tuple[str, str]]) -> None:
        """Register credentials, unguessable cookie values, secrets in URLs and tokens in challenges."""
        for header in headers:
            if bears_secrets(*header) and header not in self._headers_seen:
                self._headers_seen.add(header)
                self.register_all((*secrets_in_header(*header), *tokens_in_challenge(*header)))

    def redact(self, text: str) -> str:
        """``text`` with every registered secret, in whatever encoding, replaced by its label."""
        return self.redact_many([text])[0]

    def redact_many(self, texts: Sequence[str], *, ordinary: bool = True) -> list[str]:
        """Each of ``texts`` redacted, in one pass. Without ``ordinary``, plain words and short numbers stay."""
        result = list(texts)
        pending: Sequence[int] = range(len(result))
        for _ in range(self._passes):
            data = _SEPARATOR.join(result[n].encode("utf-8", "surrogatepass") for n in pending)
            spans = self._spans(data, ordinary=ordinary, broken=True)
            if not spans:
                break
            parts = replaced(data, quoted_in_json(data, spans, _SEPARATOR)).split(_SEPARATOR)
            news = [(n, part.decode("utf-8", "surrogatepass")) for n, part in zip(pending, parts, strict=True)]
            changed = {n: new for n, new in news if new != result[n]}
            result = [changed.get(n, same) for n, same in enumerate(result)]
            pending = list(changed)
        return result

    def spelt_in(self, fields: Sequence[tuple[str, str]]) -> dict[int, str]:
        """The label by the place of each of ``fields``, names and values, of which several spell a one-time code."""
        return self._spelt.labels(fields)

    def redact_record(self, model: M) -> M:
        """``model`` with the texts in it redacted: same type, same keys; numbers, names of headers and enums untouched.

        Secrets in its headers and texts are registered first. Cookie values are all hidden, registered or not.
        """
        texts = Texts(model)
        free, naming = list(texts.free), list(texts.naming)
        self.register_headers(texts.headers)
        self.register_all(secrets_in_texts(free))
        changed = dict(zip(free, self.redact_many(free), strict=True))
        named = dict(zip(naming, self.redact_many(naming, ordinary=False), strict=True))
        cookies = {value: self._cookie(value) for value in texts.cookies}
        headers = {header: cookies_hidden(*header, self._cookie) for header in texts.headers if cookies_in(*header)}
        return rewritten(model, changed, named, cookies, headers, self._spelt.hidden)

    def find(self, data: str | bytes) -> str | None:
        """The label of a registered secret in ``data``, or None. Plain words and short numbers do not count."""
        data = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
        return next((span.key for span in self._spans(data, ordinary=False)), None)

    def _label(self, text: str, kind: str) -> str:
        if text not in self._labels:
            kind = kind if _KIND.fullmatch(kind) else "secret"
            self._numbers[kind] += 1
            label = f"<{kind}#{self._numbers[kind]}>"
            self._labels[text] = label
            self._known.add(label.encode())
        return self._labels[text]

    def _cookie(self, value: str) -> str:
        bare = value.strip('"')
        with self._lock:
            kept = not bare or bare in self._public or LABEL.fullmatch(bare)
            return value if kept else self._label(bare, "cookie")

    def _spans(self, data: bytes, *, ordinary: bool, broken: bool = False) -> list[Hit]:
        muted, views = {label for value in self._public if (label := self._labels.get(value))}, views_of(data)
        known = self._spelt.settled(data, self._secrets.hits(views, ordinary=ordinary))
        others = (*(self._spelt.hits(views) if ordinary else ()), *(self._pieces.hits(views) if broken else ()))
        found = [hit for hit in (*known, *others) if hit.key not in muted]
        if not found:
            return []
        kept = {(hit.start, hit.end) for hit in self._protected.hits(views)}
        for view in views:
            labels = (match for match in _LABEL_BYTES.finditer(view.data) if match.group() in self._known)
            kept.update(view.source(*match.span()) for match in labels)
        return without(merged(data, found), kept)
