"""The guide as Markdown pages, and what writes those parts of it that would go stale.

``python -m netbuilder.help`` writes the table of keys, the catalogue of layers and the page of
the curriculum anew; tests fail while they differ from the program.
"""
