"""Judgement: one file per audit, each a pure function of the evidence it names."""
