"""Why a model answers as it does: attributions, attention, activations, samples, text.

Every function takes a built model (an `nn.Module` whose `source` says what goes in and
comes out) and tensors, returns plain numpy values, and leaves the model as it was.
"""
