"""Texts of any kind: their plain form, and what spreadsheets do to them."""
