"""Definitions: the shipped workflow, the user's own workflows, projects, resources."""
