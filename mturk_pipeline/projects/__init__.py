"""Phases of projects, their tables and folders, and every use case; nothing here knows Dagster.

The command line, Dagster's assets and sensors, and whatever else starts something are shells over this room.
"""
