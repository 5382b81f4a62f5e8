"""Cheap, redundant, messy crowd answers in; data that people trust out."""

__version__ = "0.1.0"
