"""What goes back to the crowd: rework, missing answers, and how many answers are worth their money."""
