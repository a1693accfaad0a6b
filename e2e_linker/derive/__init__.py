"""Facts computed from evidence: pure, cached, one noun per module."""
