"""The process that computes, and the client that talks to it.

`client` and `messages` load without torch, so a window can use them; everything else
lives in the engine's own process.
"""
