"""Wall times, time zones, recurrence and calendar files: pure rules, no I/O."""
