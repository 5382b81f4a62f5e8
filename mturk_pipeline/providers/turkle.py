"""Turkle, the open-source server that anybody can host: it numbers its workers 1, 2, 3 …, and pays nobody."""

from mturk_pipeline.providers.provider import Provider

PROVIDER = Provider("turkle", "Turkle", user_name="Turkle.Username")
