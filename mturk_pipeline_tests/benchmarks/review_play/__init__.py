"""A simulated person, who knows the truth, works through review: what it catches, and whether the audit holds."""
