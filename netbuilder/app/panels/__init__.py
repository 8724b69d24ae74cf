"""The panels around the canvas. They refresh from the document and write only through it."""
