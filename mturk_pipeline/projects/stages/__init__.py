"""Stages: how each table of a phase is made, one file each; an asset of Dagster runs it and reports."""
