"""The batches of a project: its data sets, split, on the device, by the names it reads."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

import torch
from torch import Tensor

from netbuilder.compiler import Source
from netbuilder.data import Fields, divided_all, load
from netbuilder.data.batching import Batching
from netbuilder.data.device import OnDevice
from netbuilder.data.fields import Array
from netbuilder.data.lazy import Bad, Lazy
from netbuilder.data.streaming import Streamed
from netbuilder.graph import Project, Training
from netbuilder.layers import DataSet, declare
from netbuilder.training.devices import free_bytes
from netbuilder.training.failure import TrainingError
from netbuilder.training.parts import part_values

#: Rows of the batch, and its tensors by the names the generated methods take.
Batch = tuple[int, dict[str, Tensor]]


def sources_of(
    project: Project, source: Source, given: Mapping[str, Fields] | None = None
) -> dict[str, Fields]:
    """Data sets by data node, those the project reads, `given` ones in place of loaded.

    Raises netbuilder.layers.DataError or ParamError with one sentence.
    """
    found: dict[str, Fields] = {}
    for node_id in dict.fromkeys(field.node for field in source.fields):
        if given is not None and node_id in given:
            found[node_id] = given[node_id]
            continue
        layer = declare(project.graph[node_id], project.blocks)
        if isinstance(layer, DataSet):
            found[node_id] = load(layer, anew=True)
    return found


class Feed:
    """Batches of each split; the order of an epoch follows from seed and epoch alone.

    without: by data node, what a run that goes on left out when it began.
    """

    def __init__(
        self,
        project: Project,
        source: Source,
        device: torch.device,
        given: Mapping[str, Fields] | None = None,
        without: Mapping[str, Collection[str]] | None = None,
    ) -> None:
        training = project.training
        sources = sources_of(project, source, given)
        for node, names in (without or {}).items():
            if node in sources and (as_begun := sources[node].without) is not None:
                sources[node] = as_begun(frozenset(names))
        if not sources:
            raise TrainingError("No loss reads any data; wire a data set to the network.")
        self._batch_size, self._seed = training.batch_size, training.seed
        self._parts = divided_all(sources, training)
        names = {field.name: (field.node, field.port) for field in source.fields}
        wanted = {end: sources[end[0]][end[1]] for end in names.values()}
        #: Whether rows are read while they are trained on.
        self.streams = _streams(training, list(wanted.values()), device)
        self._data: Batching = (Streamed if self.streams else OnDevice)(sources, names, device)
        self._unread = {bad.name: bad for fields in sources.values() for bad in fields.bad}
        #: By node whose rows can be read or not: names of what was left out when the run began.
        self.without = {
            node: sorted(without[node] if without and node in without else (b.name for b in f.bad))
            for node, f in sources.items()
            if f.without is not None
        }
        self._first = self._data.nodes[0]
        self.steps_per_epoch = self._data.steps_per_epoch(self._parts["train"], self._batch_size)

    @property
    def rows(self) -> dict[str, int]:
        """Rows of each split, of the data set that sets the length of an epoch."""
        return {
            part: len(self._parts[part][self._first]) if part in self._parts else 0
            for part in ("train", "validation", "test")
        }

    @property
    def skipped(self) -> dict[str, Bad]:
        """What could not be read so far, by name of the file or row."""
        return self._unread | self._data.skipped

    def close(self) -> None:
        """End what reads ahead."""
        self._data.close()

    def epoch(self, number: int, start: int = 0) -> Iterator[dict[str, Tensor]]:
        """Shuffled training batches of one epoch from its `start`-th on."""
        return self._data.batches(self._parts["train"], self._batch_size, self._seed, number, start)

    def measured(self, part: str) -> Iterator[Batch]:
        """All rows of a split once, in order. Empty if there is no such split.

        Batches are as large as in training, so losses that compare the samples of a batch
        mean the same there.
        """
        if part in self._parts:
            for batch in self._data.ordered(self._parts[part], self._batch_size):
                yield len(next(iter(batch.values()))), batch


#: A data set that takes more than this share of the free memory is streamed.
SHARE = 0.4


def _streams(training: Training, arrays: Sequence[Array], device: torch.device) -> bool:
    """Whether rows are to be read ahead instead of being on the device."""
    values = part_values(training, "data")
    if values["streaming"] != "auto":
        return bool(values["streaming"] == "on")
    # What lies in memory already takes no more of it on the CPU.
    moved = arrays if device.type != "cpu" else [a for a in arrays if isinstance(a, Lazy)]
    needed = sum(a.nbytes for a in moved)
    limit = values["limit_mb"] * 1e6
    return needed > (limit or SHARE * free_bytes(device))
