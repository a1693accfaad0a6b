"""The customer's part: what a login's pages ask for, what is done about it, and what came of it."""
