"""One run: what is planned, gathered, and judged."""
