"""A simulated person, who knows the truth, works through review: what the queue catches, and whether the audit holds."""
