"""Running for years: who is elected for what, what needs a person, backups."""
