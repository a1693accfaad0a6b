"""Keeps a password from going out in clear: typed on a page without TLS, or in a form that is sent without it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from playwright.async_api import BrowserContext, Locator, Response

from e2e_linker.browser.addresses import Address, Overrides, canonical_host, is_loopback
from e2e_linker.browser.login.shown import describe
from e2e_linker.browser.pages.controls import Seen, View
from e2e_linker.browser.settings import DeviceSettings
from e2e_linker.evidence.models import Ending
from e2e_linker.model import Fault, host_of, origin_of

__all__ = ["FORM_GUARD", "InClear"]

FORM_GUARD = "form-action https: http://localhost:* http://127.0.0.1:* javascript: e2e-linker:"
"""A policy by which a browser sends no form of a document without TLS."""
_GUARDED = frozenset({"chromium", "firefox"})
"""Engines of which it was seen that they keep to it when it comes late."""
_HINT = (
    "serve the login over https alone, and let its form be sent there, by its `action` as by the `formaction` of its "
    "buttons; for a test system without TLS, use.ignoreHTTPSErrors lets the password be typed all the same"
)
_FORM_ADDRESS = re.compile(r"(?:^|\s)(http://\S+)$", re.IGNORECASE)
"""Where the text in which a form is named ends in an address without TLS: its action, or that of a button."""
_UPGRADES = "upgrade-insecure-requests"
_UPGRADING = f"meta[http-equiv='content-security-policy' i][content*='{_UPGRADES}' i]"
_ADDRESSES = f"""field => {{
  const attr = (el, name) => Element.prototype.getAttribute.call(el, name), rootOf = Node.prototype.getRootNode;
  let form = field.form;
  for (let root = rootOf.call(field); !form && root instanceof ShadowRoot; root = rootOf.call(root.host))
    form = Element.prototype.closest.call(root.host, 'form');
  const find = selector => Array.from(Document.prototype.querySelectorAll.call(document, selector));
  if (!(form instanceof HTMLFormElement) || find(`{_UPGRADING}`).length) return [location.href];
  const root = rootOf.call(form), named = '[formaction]';
  const buttons = root instanceof ShadowRoot ? Array.from(root.querySelectorAll(named)) : find(named);
  const written = [attr(form, 'action'), ...buttons.filter(el => el.form === form).map(el => attr(el, 'formaction'))];
  const base = Object.getOwnPropertyDescriptor(Node.prototype, 'baseURI').get;
  const whole = text => {{ try {{ return new URL(text, base.call(document)).href }} catch {{ return '' }} }};
  return [location.href, ...written.filter(Boolean).map(whole)];
}}"""
"""The address of the page of a field, and those that its form is sent to but for that; none where the page has browsers
ask over TLS only."""
_GUARD = """(field, policy) => {
  const head = Object.getOwnPropertyDescriptor(Document.prototype, 'head').get.call(document);
  const meta = Document.prototype.createElement.call(document, 'meta');
  meta.httpEquiv = 'Content-Security-Policy';
  meta.content = policy;
  if (head) Node.prototype.removeChild.call(head, Node.prototype.appendChild.call(head, meta));
  return Boolean(head);
}"""
"""Has the browser follow a policy in the document of a field for as long as it lives; false where it cannot be told."""
_PRELOADED = re.compile(
    r"\.(?:android|app|bank|boo|channel|chrome|dad|day|dev|eat|esq|fly|foo|gle|gmail|google|hangout|ing|insurance|meet"
    r"|meme|mov|new|nexus|page|phd|play|prof|rsvp|search|youtube|zip)$"
)
"""Ends of hosts that Chromium asks over TLS only without having been told to: its list for RFC 6797."""


class InClear:
    """Tells where a secret would go out in clear: anywhere but to this machine itself, by its name or by ``resolve``.

    ``allowed``: the tester does not mind. Browsers send no form without TLS where the page or its host forbids it,
    which is known of the answers that came since :meth:`listen`, and with ``preloads`` of Chromium's own list of hosts.
    ``guards``: a browser that can be told so by a policy of ours. An address in a form may be a leftover, and a script
    send it elsewhere: there it is typed into, and not sent.
    """

    def __init__(
        self,
        resolve: Mapping[str, str] | None = None,
        *,
        allowed: bool = False,
        preloads: bool = False,
        guards: bool = False,
    ) -> None:
        self._overrides = Overrides(resolve or {})
        self._allowed, self._preloads, self._guards = allowed, preloads, guards
        self._pages: set[str] = set()
        self._guarded: set[str] = set()
        self._hosts: dict[str, bool] = {}
        """Of hosts that are asked over TLS only (RFC 6797), whether their subdomains are, too."""

    @classmethod
    def on(cls, settings: DeviceSettings, resolve: Mapping[str, str]) -> InClear:
        """That of a device with ``settings``."""
        chromium, guards = settings.engine == "chromium", settings.engine in _GUARDED and not settings.bypass_csp
        return cls(resolve, allowed=settings.ignore_https_errors, preloads=chromium, guards=guards)

    def listen(self, context: BrowserContext) -> None:
        """Hear of every answer in ``context`` from now on."""
        context.on("response", self._response)

    def ending(self, view: View, field: Seen) -> Ending | None:
        """How the walk ends instead of typing a secret into ``field``; None where it does not go out in clear."""
        page = view.frame_of(field).url
        if self._guards and not self._is_open(page):
            return None
        address, why = self._exposed(page, (_address_of(view, field),))
        told = f"Nothing secret was typed: {why}, so that it would go out in clear; {describe(view)}."
        return _ending(told, address) if address else None

    def held(self, view: View, field: Seen) -> Ending | None:
        """How it ends where nothing came of sending the form of ``field``, and it was kept from going out in clear."""
        page = view.frame_of(field).url
        if page not in self._guarded:
            return None
        address, why = self._exposed(page, (_address_of(view, field),))
        told = (
            f"{why}, and no script was seen to send it another way: it was held back, so that nothing secret went out"
        )
        return _ending(f"{told[:1].upper()}{told[1:]} in clear; {describe(view)}.", address) if address else None

    async def refusal(self, field: Locator, timeout_ms: float) -> tuple[str, str, str] | None:
        """Why nothing secret is typed into ``field``, what to do, and where it would go out in clear; else None.

        Where that is in a form alone, and the browser can be told, it sends none of its page without TLS from now on.
        Raises Playwright's Error.
        """
        page, *actions = await field.evaluate(_ADDRESSES, timeout=timeout_ms)
        address, why = self._exposed(page, actions)
        if not address:
            return None
        if self._guards and address != page and await field.evaluate(_GUARD, FORM_GUARD, timeout=timeout_ms):
            self._guarded.add(page)
            return None
        return f"Nothing secret was typed: {why}, so that it would go out in clear", _HINT, address

    def _exposed(self, page: str, actions: Iterable[str]) -> tuple[str, str]:
        """The address at which something of ``page`` goes out in clear, and a clause on it; else empty."""
        if self._is_open(page):
            return page, f"the page at {_origin(page)} comes without TLS"
        for action in actions:
            if self._is_open(action) and page.partition("#")[0] not in self._pages and not self._is_kept(action):
                return action, f"the form of the page is sent to {_origin(action)}, without TLS"
        return "", ""

    def _is_open(self, url: str) -> bool:
        origin = origin_of(url)  # of no host where a page writes nonsense, which browsers ask for nothing
        if origin.scheme != "http" or self._allowed or not origin.host:
            return False
        asked = Address(canonical_host(origin.host), origin.port or 80)
        place = self._overrides.of(asked) or asked
        return not is_loopback(asked.host) and not is_loopback(place.host)

    def _is_kept(self, url: str) -> bool:
        host = canonical_host(host_of(url))
        if self._preloads and _PRELOADED.search(host):
            return True
        return any(host == name or (wide and host.endswith(f".{name}")) for name, wide in self._hosts.items())

    def _response(self, response: Response) -> None:
        if not response.url.startswith("https:"):
            return
        policy, lasting = (
            response.headers.get(name, "").lower() for name in ("content-security-policy", "strict-transport-security")
        )
        if _UPGRADES in policy:
            self._pages.add(response.url.partition("#")[0])
        if (age := re.search(r"max-age\s*=\s*\"?(\d+)", lasting)) and int(age[1][:12]):
            self._hosts[canonical_host(host_of(response.url))] = "includesubdomains" in lasting


def _address_of(view: View, field: Seen) -> str:
    """Where the form of ``field`` is sent without TLS; empty where it is not, or nothing says so."""
    named = "" if field.form is None else view.frame_of(field).forms[field.form]
    found = _FORM_ADDRESS.search(named)
    return found[1] if found else ""


def _ending(message: str, address: str) -> Ending:
    return Ending(kind="login_blocked", message=message, fault=Fault.IDENTITY_PROVIDER, hint=_HINT, exposed=address)


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
