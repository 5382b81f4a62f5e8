"""How each table of a phase is made, one file a stage; an asset of Dagster runs it, and says what came of it."""
