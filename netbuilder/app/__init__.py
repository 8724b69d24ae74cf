"""The window: the only part that knows Qt, and it never loads torch."""
