"""What a search says when it cannot be."""


class TuningError(ValueError):
    """A search that cannot be begun, found or read, as one plain sentence."""
