"""How a stand-alone script computes a step, where a project says so: layout, precision, compile.

What is set to *auto* is found by trying when this program trains; a script then writes plain
PyTorch.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from netbuilder.compiler import Source
from netbuilder.graph import Training
from netbuilder.training.parts import part_values
from netbuilder.training.speed.twice import differentiates_twice


@dataclass(frozen=True)
class Speed:
    """Texts. functions: beside the loop; made: once, with the model; batch: of every batch."""

    functions: list[str] = field(default_factory=list)
    made: list[str] = field(default_factory=list)
    batch: list[str] = field(default_factory=list)


def speed(training: Training, source: Source) -> Speed:
    """What a script needs for the settings under Speed. Raises SettingError."""
    values, found = part_values(training, "speed"), Speed()
    methods = list(dict.fromkeys(o.method for o in source.objectives))
    if values["layout"] == "channels_last":
        found.functions.append(_LAID_OUT)
        found.made.append("model.to(memory_format=torch.channels_last)")
        found.batch.append("batch = laid_out(batch)")
    if values["compile"] == "on" and not differentiates_twice(source):
        found.functions.append(_COMPILED)
        found.made.extend(f"model.{name} = compiled(model.{name})" for name in methods)
    if values["precision"] == "bfloat16":
        found.functions.append(_LOWER)
        found.made.extend(f"model.{name} = lower(model.{name}, options.device)" for name in methods)
    return found


_LAID_OUT = '''def laid_out(batch):
    """The batch with the channels of its images last in memory."""
    return {
        name: values.contiguous(memory_format=torch.channels_last) if values.dim() == 4 else values
        for name, values in batch.items()
    }'''

_COMPILED = '''def compiled(method):
    """Compiled for the first size of batch; the odd last one runs as it is."""
    fast, sizes = torch.compile(method, dynamic=False), []

    def computed(**batch):
        rows = len(next(iter(batch.values())))
        if not sizes:
            sizes.append(rows)
        return (fast if rows == sizes[0] else method)(**batch)

    return computed'''

_LOWER = '''def lower(method, device):
    """Products in bfloat16; weights and the loss stay float32."""

    def computed(**batch):
        with torch.autocast(torch.device(device).type, torch.bfloat16):
            loss, parts = method(**batch)
        return loss.float(), parts

    return computed'''
