"""Workers across projects: what they did, what a person says of them, and how they are forgotten.

The store is a folder in the installation's home (`memory_folder.py`). Each project's phases and each imported batch
contribute a row per worker (`contributions.py`, `archive.py`); from these one row per worker is derived
(`memory.py`). Trust reads the contributions as a snapshot, never as something upstream of it.

In all of it, as in the projects' tables, workers stand by surrogate (`surrogates.py`). The platform's ids are replaced
when result files are taken in (`id_replacement.py`); one private table leads back (`identities.py`).
"""
