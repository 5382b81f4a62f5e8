"""Rules of problems that keep a person's whole file from being used."""

UNREADABLE_FILE = "unreadable_file"
NO_TABLE = "no_table"  # it can be read, and no table in it is what is looked for there

OF_WHOLE_FILES = frozenset({UNREADABLE_FILE, NO_TABLE})
