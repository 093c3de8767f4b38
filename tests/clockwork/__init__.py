"""The clock: reminders, digests, what is written ahead; on both databases."""
