"""What a text is, whatever it answers: its plain form, and what spreadsheets make of texts."""
