"""From tidy answers to a consensus that says how far it can be trusted, and to what is known of each worker."""
