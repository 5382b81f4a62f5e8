"""The crowd's side of the work: what it costs, what is owed to whom, and what is handed to its platform."""
