"""What a page shows: its controls and texts, as data to decide on, and a picture of it without what was typed."""
