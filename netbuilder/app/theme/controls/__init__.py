"""How each control is drawn; the style only decides which of these to call."""
