"""What a Chromium browser says of itself in ``Sec-CH-UA*``, and what a user agent claims to run on.

Sources: W3C community draft "User-Agent Client Hints"; the brand list follows Chromium's ``user_agent_utils.cc``, which
puts a meaningless brand among the real ones, another with every release, so that servers do not depend on the list.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Literal

from e2e_linker.model import Surface

__all__ = ["Brand", "ClientHints", "Family", "client_hints", "family_of"]

Family = Literal["ios", "ipados", "android", "silk", "macos", "windows", "linux", "unknown"]
"""What a user agent claims to run on. ``silk`` is Amazon's browser on Fire tablets and Echo Show."""

Brand = tuple[str, str]
"""A client-hints brand and its major version."""


@dataclass(frozen=True, slots=True)
class ClientHints:
    """What a Chromium on the device says in ``Sec-CH-UA*`` and in ``navigator.userAgentData``."""

    brands: tuple[Brand, ...]
    full_version: str
    mobile: bool
    platform: str
    platform_version: str
    model: str
    architecture: str

    def metadata(self) -> dict[str, Any]:
        """The ``UserAgentMetadata`` object of the DevTools protocol."""
        listed = [{"brand": brand, "version": version} for brand, version in self.brands]
        return {
            "brands": listed,
            "fullVersionList": [
                entry | {"version": f"{entry['version']}.0.0.0" if _is_grease(entry["brand"]) else self.full_version}
                for entry in listed
            ],
            "platform": self.platform,
            "platformVersion": self.platform_version,
            "architecture": self.architecture,
            "model": self.model,
            "mobile": self.mobile,
        }


def family_of(user_agent: str | None) -> Family:
    """What ``user_agent`` claims to run on."""
    if not user_agent:
        return "unknown"
    marks: tuple[tuple[str, Family], ...] = (
        ("Silk/", "silk"),
        ("iPhone", "ios"),
        ("iPad", "ipados"),
        ("Android", "android"),
        ("Macintosh", "macos"),
        ("Windows", "windows"),
        ("Linux", "linux"),
    )
    return next((family for mark, family in marks if mark in user_agent), "unknown")


def client_hints(surface: Surface, user_agent: str | None, family: Family, *, mobile: bool) -> ClientHints | None:
    """The hints of a Chromium browser, None for Safari, Firefox and a device that is not described."""
    version = re.search(r"Chrome/((\d+)[\d.]*)", user_agent or "")
    if user_agent is None or version is None:
        return None
    android = re.search(r"Android ([\d.]+); ([^;)]+?)(?: Build/[^;)]*)?[;)]", user_agent)
    own = {"silk": "Amazon Silk", "android": "Android WebView" if surface is Surface.WEBVIEW else "Google Chrome"}
    brand = "Microsoft Edge" if " Edg/" in user_agent else own.get(family, "Google Chrome")
    platform = {"windows": "Windows", "macos": "macOS", "linux": "Linux"}.get(family, "Android")
    return ClientHints(
        brands=_brands(int(version[2]), brand),
        full_version=version[1],
        # Chrome on an Android tablet has no "Mobile" in its user agent and says ?0.
        mobile=mobile and " Mobile " in user_agent,
        platform=platform,
        platform_version=android[1] if android else "",
        model=android[2] if android else "",
        architecture="" if platform == "Android" else "x86",
    )


_GREASE_MARKS = " (:-./);=?_"
_GREASE_ORDERS = ((0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0))


def _is_grease(brand: str) -> bool:
    return re.fullmatch(r"Not.A.Brand", brand) is not None


def _brands(major: int, brand: str) -> tuple[Brand, ...]:
    """The brand list of Chromium ``major``: the meaningless brand and the order change with every release."""
    grease = f"Not{_GREASE_MARKS[major % 11]}A{_GREASE_MARKS[(major + 1) % 11]}Brand"
    listed = ((grease, ("8", "99", "24")[major % 3]), ("Chromium", str(major)), (brand, str(major)))
    places = dict(zip(_GREASE_ORDERS[major % 6], listed, strict=True))
    return tuple(places[place] for place in range(3))
