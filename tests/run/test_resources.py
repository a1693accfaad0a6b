"""What all cases of a run share."""

from __future__ import annotations

from unittest.mock import Mock

import pytest

from e2e_linker.run.resources import Resources


@pytest.mark.parametrize(
    ("host", "refused"),
    [
        ("pitangui.amazon.com", True),
        ("x.pitangui.amazon.com", True),
        ("alexa.amazon.com.sg", True),
        ("pitangui.amazon.com.evil.example", True),
        ("www.amazon.com", False),
        ("login.example.com", False),
    ],
)
def test_no_code_gets_to_a_host_of_alexa(host: str, refused: bool) -> None:
    shared = Mock(spec=Resources, refused=frozenset({"pitangui.amazon.com.evil.example"}))
    assert Resources.refuse(shared, host, 443) is refused
