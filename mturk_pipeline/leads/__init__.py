"""The last phase's reviewed rows as leads: exploded, without duplicates, ready for a CRM."""
