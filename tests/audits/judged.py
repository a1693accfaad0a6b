"""What tests of audits expect of an outcome."""

from __future__ import annotations


def only(outcome):
    """The one finding of an outcome that failed."""
    assert outcome.status == "failed", outcome
    (found,) = outcome.findings
    return found


def failures(outcomes):
    """(audit, finding) of everything that failed."""
    return [
        (audit, one) for audit, outcome in outcomes.items() if outcome.status == "failed" for one in outcome.findings
    ]
