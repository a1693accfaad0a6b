"""Healthy certificates that are worth a word."""

from __future__ import annotations

from dataclasses import replace

from e2e_linker.demo.behaviour import Behaviour
from e2e_linker.demo.catalogue import variant
from e2e_linker.demo.names import LOGIN, OAUTH
from e2e_linker.demo.serving import Serving


@variant()
def lets_encrypt(b: Behaviour) -> Behaviour:
    """The certificates of the login and the token host come from an authority called Let's Encrypt."""
    return replace(b, tls={**b.tls, **dict.fromkeys((LOGIN, OAUTH), Serving("by Let's Encrypt"))})
