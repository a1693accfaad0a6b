"""Tests Alexa account linking end to end: gather evidence once, judge it for ever."""

__version__ = "0.1.0"
