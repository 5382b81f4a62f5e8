"""Cheap, redundant, messy crowd answers in; data that people trust out."""
