"""One run trained by several processes at once, on one machine or on many."""
