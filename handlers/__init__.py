"""What the assistant does, one journey of a person a file; no platform and no SQL in here."""
