"""What an empty canvas offers."""

from netbuilder.app.start.page import StartPage

__all__ = ["StartPage"]
