"""Workers across projects: what they did, what a person says of them, and how they are forgotten.

The store is a folder in the installation's home (`store.py`). Each project's phases and each imported batch
contribute a row per worker (`contributions.py`, `archive.py`); from these one row per worker is derived
(`memory.py`). Trust reads the contributions as a snapshot, never as something upstream of it.

With `MTURK_HASH_WORKERS=1` in the environment the store and the files beside the projects hold salted hashes in
place of ids (`salted.py`); the projects' own tables and files keep the ids, which paying and excluding need.
"""
