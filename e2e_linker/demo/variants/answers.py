"""Healthy shapes of the redirect back to Alexa."""

from __future__ import annotations

import secrets
from dataclasses import replace

from e2e_linker.demo.behaviour import Behaviour
from e2e_linker.demo.catalogue import variant
from e2e_linker.demo.names import LOGIN


@variant()
def named_issuer(b: Behaviour) -> Behaviour:
    """The redirect also carries iss, as RFC 9207 advises, and a short session_state."""
    earlier = b.answer.parameters
    extras = (("session_state", secrets.token_hex(16)), ("iss", f"https://{LOGIN}"))
    return replace(b, answer=replace(b.answer, parameters=lambda parameters: (*earlier(parameters), *extras)))
