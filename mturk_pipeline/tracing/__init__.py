"""Following a lead back: to every answer, file, row, worker, rule and edit, phase by phase to the first list."""
