"""A project's phase, its tables and folders, and all that can be done with it; nothing here knows Dagster.

The command line, Dagster's assets and sensors, and whatever else starts something are shells over this room.
"""
