"""Crowds, scores and peers for the programs that measure trust."""
