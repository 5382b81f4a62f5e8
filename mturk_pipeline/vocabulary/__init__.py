"""The words that stand in tables, each once: what a table's column may say, in one order, and what it means."""
