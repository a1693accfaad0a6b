"""Keeps a password from going out in clear: typed on a page without TLS, or in a form that is sent without it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from playwright.async_api import BrowserContext, Locator, Response

from e2e_linker.browser.addresses import Address, Overrides, canonical_host, is_loopback
from e2e_linker.browser.login.shown import describe
from e2e_linker.browser.pages.controls import Seen, View
from e2e_linker.evidence.models import Ending
from e2e_linker.model import Fault, host_of, origin_of

__all__ = ["InClear"]

_HINT = (
    "serve the login over https alone, and let its form be sent there; for a test system without TLS, "
    "use.ignoreHTTPSErrors lets the password be typed all the same"
)
_FORM_ADDRESS = re.compile(r"(?:^|\s)(http://\S+)$", re.IGNORECASE)
"""Where the text in which a form is named ends in an address without TLS: its action."""
_UPGRADES = "upgrade-insecure-requests"
_UPGRADING = f"meta[http-equiv='content-security-policy' i][content*='{_UPGRADES}' i]"
_ACTION = f"""field => !field.form || Document.prototype.querySelector.call(document, `{_UPGRADING}`) ? ''
    : Element.prototype.getAttribute.call(field.form, 'action') || ''"""
"""The address that the form of a field is sent to, empty where the page has browsers ask over TLS only."""
_PRELOADED = re.compile(
    r"\.(?:android|app|bank|boo|channel|chrome|dad|day|dev|eat|esq|fly|foo|gle|gmail|google|hangout|ing|insurance|meet"
    r"|meme|mov|new|nexus|page|phd|play|prof|rsvp|search|youtube|zip)$"
)
"""Ends of hosts that Chromium asks over TLS only without having been told to: its list for RFC 6797."""


class InClear:
    """Tells where a secret would go out in clear: anywhere but to this machine itself, by its name or by ``resolve``.

    ``allowed``: the tester does not mind. Browsers send no form without TLS where the page or its host forbids it,
    which is known of the answers that came since :meth:`listen`, and with ``preloads`` of Chromium's own list of hosts.
    """

    def __init__(
        self, resolve: Mapping[str, str] | None = None, *, allowed: bool = False, preloads: bool = False
    ) -> None:
        self._overrides = Overrides(resolve or {})
        self._allowed, self._preloads = allowed, preloads
        self._pages: set[str] = set()
        self._hosts: dict[str, bool] = {}
        """Of hosts that are asked over TLS only (RFC 6797), whether their subdomains are, too."""

    def listen(self, context: BrowserContext) -> None:
        """Hear of every answer in ``context`` from now on."""
        context.on("response", self._response)

    def ending(self, view: View, field: Seen) -> Ending | None:
        """How the walk ends instead of typing a secret into ``field``; None where it does not go out in clear."""
        form = "" if field.form is None else view.frame_of(field).forms[field.form]
        action = _FORM_ADDRESS.search(form)
        address, why = self._exposed(view.frame_of(field).url, action[1] if action else "")
        if not address:
            return None
        return Ending(
            kind="login_blocked",
            message=f"Nothing secret was typed: {why}, so that it would go out in clear; {describe(view)}.",
            fault=Fault.IDENTITY_PROVIDER,
            hint=_HINT,
            exposed=address,
        )

    async def refusal(self, field: Locator) -> tuple[str, str, str] | None:
        """Why nothing secret is typed into ``field``, what to do, and where it would go out in clear; else None."""
        element = await field.element_handle()
        frame = await element.owner_frame()
        address, why = self._exposed(frame.url if frame else "", str(await element.evaluate(_ACTION)).strip())
        return (
            (f"Nothing secret was typed: {why}, so that it would go out in clear", _HINT, address) if address else None
        )

    def _exposed(self, page: str, action: str) -> tuple[str, str]:
        """The address at which something of ``page`` goes out in clear, and a clause on it; else empty."""
        if self._is_open(page):
            return page, f"the page at {_origin(page)} comes without TLS"
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


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
