"""Training as a library: a generator of typed events, control from other threads, runs.

Only `events` and `settings` load without torch; everything else is imported where used.
"""
