"""What can be added here, how well it answers a query, and what would fit a wire. No Qt."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from netbuilder.app.canvas.fits import Fitting, shape_error
from netbuilder.app.canvas.likely import commonness, likelihoods, neighbours
from netbuilder.app.canvas.ports import PortRef
from netbuilder.app.my_blocks import FAMILY as MY_BLOCKS
from netbuilder.app.my_blocks import MINE
from netbuilder.graph import BLOCK_PREFIX, Node, Project
from netbuilder.layers import (
    FAMILIES,
    REGISTRY,
    B,
    BlockInstance,
    Flow,
    Layer,
    ParamError,
    TensorSpec,
    UnknownKind,
    declare,
)

#: Data of each kind, as an example.
SAMPLES: Mapping[Flow, TensorSpec] = {
    "image": TensorSpec((B, 8, 32, 32)),
    "sequence": TensorSpec((B, 32, 16)),
    "vector": TensorSpec((B, 64)),
    "label": TensorSpec((B,), "int64", 10),
    "loss": TensorSpec(()),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing to add: a kind or a block, with what flows in and out of it."""

    kind: str
    title: str
    family: str
    help: str
    takes: Flow | None
    gives: Flow | None
    also: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """An entry as listed: matched letters of its title, a note, how it would be wired.

    between: kind of the node that has to stand between it and the wire, or "".
    """

    entry: Entry
    letters: tuple[int, ...] = ()
    note: str = ""
    port: str = ""
    between: str = ""


def entries(
    project: Project, place: tuple[str, ...], mine: Iterable[str] = ()
) -> tuple[Entry, ...]:
    """Every kind and block that may stand at this place, in the order of the palette.

    mine: names of the person's own blocks, which come last.
    """
    order = {family: i for i, family in enumerate(FAMILIES)}
    kinds = [c for c in REGISTRY.values() if c.role != "input" or place]
    kinds.sort(key=lambda c: order.get(c.family, len(order)))
    found = [_entry(c.kind) for c in kinds]
    for name in project.blocks:
        inside = {name} | project.blocks_inside(name)
        if not place or place[-1] not in inside:
            words = f"A block of this project: {name}."
            found.append(Entry(BLOCK_PREFIX + name, name, "Blocks", words, "any", "any"))
    for name in mine:
        words = f"One of your own blocks: {name}."
        found.append(Entry(MINE + name, name, MY_BLOCKS, words, "any", "any"))
    return tuple(found)


@lru_cache(maxsize=1024)
def _entry(kind: str) -> Entry:
    layer = REGISTRY[kind]()
    takes, gives = typical(layer)
    return Entry(
        kind, layer.title, layer.family, layer.help().split("\n")[0], takes, gives, layer.also
    )


def typical(layer: Layer) -> tuple[Flow | None, Flow | None]:
    """What usually flows in and out of a layer: the first kind of data that its rule accepts."""
    ports = layer.input_ports()
    if not ports:
        return None, _gives(layer, {})
    many = ports[0].many
    for flow, spec in SAMPLES.items():
        if ports[0].takes and flow not in ports[0].takes:
            continue
        arriving: dict[str, tuple[TensorSpec, ...]] = {}
        for port in ports:
            wanted = port.takes[0] if port.takes else flow
            arriving[port.name] = (SAMPLES.get(wanted, spec),)
        arriving[ports[0].name] = (spec, spec) if many else (spec,)
        if shape_error(layer, arriving) is None:
            return flow, _gives(layer, arriving)
    return (ports[0].takes or ("any",))[0], "any" if layer.output_ports() else None


def _gives(layer: Layer, arriving: Mapping[str, tuple[TensorSpec, ...]]) -> Flow | None:
    if not layer.output_ports():
        return None
    spec = output_spec(layer, arriving)
    return spec.flow if spec is not None else "any"


def output_spec(layer: Layer, arriving: Mapping[str, tuple[TensorSpec, ...]]) -> TensorSpec | None:
    """What leaves the first output of a layer, if its own rule can tell."""
    if isinstance(layer, BlockInstance):
        return None
    specs: list[object] = []
    for port in layer.input_ports():
        there = arriving.get(port.name, ())
        if not there and not port.optional:
            return None
        specs.append(there if port.many else there[0] if there else None)
    try:
        out = layer.infer(*specs)
    except (ValueError, IndexError, TypeError):  # also a data set without its file
        return None
    return out if isinstance(out, TensorSpec) else next(iter(out.values()), None)


# --- by words -----------------------------------------------------------------------------


#: What a likely kind has ahead, at most: less than a word that begins the title.
LIKELY = 5.0
#: What the most common kind has ahead of one that is never seen, among equal answers.
COMMON = 1.0


def search(entries: tuple[Entry, ...], query: str, likely: Sequence[str] = ()) -> list[Found]:
    """Entries that answer a query, best first; all of them for an empty one.

    likely: kinds that go before others that answer nearly as well, the first of them first.
    """
    words = query.lower().split()
    scored: list[tuple[float, int, Found]] = []
    for i, entry in enumerate(entries):
        total, letters = 0.0, set[int]()
        for word in words:
            title = match(word, entry.title)
            kind = match(word, entry.kind.rpartition(":")[2].replace("_", " "))
            run_together = entry.kind.replace("_", "")
            if run_together.startswith(word):
                kind = match(word, run_together)  # "maxpool" is no more than max_pool2d
            family = within(word, entry.family.lower())
            also = within(word, entry.also.lower())
            ranked = [
                (title[0] + 1.0, title[1]) if title else None,
                (kind[0], ()) if kind else None,
                (also - 4.0, ()) if also >= 18 else None,  # begins a word of it
                (family - 8.0, ()) if family else None,
            ]
            best = max((r for r in ranked if r is not None), key=lambda r: r[0], default=None)
            if best is None:
                break
            total += best[0]
            letters |= set(title[1] if title else ())
        else:
            if words:
                total += COMMON * commonness().get(entry.kind, 0.0)
            if words and entry.kind in likely:
                total += LIKELY * (1 - likely.index(entry.kind) / len(likely))
            scored.append((-total, i, Found(entry, tuple(sorted(letters)))))
    return [found for _, _, found in sorted(scored, key=lambda s: s[:2])]


def within(word: str, low: str) -> float:
    """How well `word` stands in a text of small letters as a part of it; 0 if it does not."""
    at = low.find(word)
    if at < 0:
        return 0.0
    starts = at == 0 or not low[at - 1].isalnum()
    return (20.0 if starts else 12.0) + 6.0 * len(word) / len(low) - 0.05 * at


# Each key pressed asks of every layer typed so far whether it is any kind there is.
@lru_cache(maxsize=1 << 15)
def match(word: str, text: str) -> tuple[float, tuple[int, ...]] | None:
    """How well `word` stands in `text`: as a part, or letter by letter; None if it does not.

    >>> match("conv", "Convolution")[1]
    (0, 1, 2, 3)
    """
    low = text.lower()
    if score := within(word, low):
        at = low.find(word)
        return score, tuple(range(at, at + len(word)))
    letters, place, score = [], -1, 0.0
    for letter in word:
        following = low.find(letter, place + 1)
        heads = (i for i in range(place + 1, len(low)) if i == 0 or not low[i - 1].isalnum())
        initial = next((i for i in heads if low[i] == letter), -1)
        if following < 0:
            return None
        best = initial if initial >= 0 and following != place + 1 else following
        score += 2.0 if best == place + 1 or best == initial else 0.5
        place = best
        letters.append(best)
    # Letters strewn over a long title are no answer.
    return (score, tuple(letters)) if score >= 1.2 * len(word) else None


# --- by what a wire carries ----------------------------------------------------------------

#: As many as are listed as usually next.
NEXT = 5


def suggestions(fitting: Fitting, origin: PortRef) -> list[Found]:
    """What could be added at the free end of a wire, most likely first.

    Kinds that need one node between stand last, with its kind in `between`.
    """
    likely = likelihoods(fitting, origin)
    here = neighbours(fitting, fitting.graph[origin.node], origin.output)
    ranked: list[tuple[bool, float, int, Found]] = []
    for i, entry in enumerate(entries(fitting.project, fitting.place)):
        found = (
            _forward(fitting, origin, entry) if origin.output else _backward(fitting, origin, entry)
        )
        if found is not None:
            if here[entry.kind] > 1:
                found = replace(found, note=f"{here[entry.kind]} here")
            ranked.append((bool(found.between), -likely.get(entry.kind, 0.0), i, found))
    return [found for *_, found in sorted(ranked, key=lambda r: r[:3])]


def usually_next(fitting: Fitting, node_id: str, most: int = NEXT) -> list[Found]:
    """What usually follows a node and fits it as it is; none for one that gives nothing."""
    layer = fitting.layer(fitting.graph[node_id])
    if layer is None or not layer.output_ports():
        return []
    origin = PortRef(node_id, layer.output_ports()[0], True)
    likely = likelihoods(fitting, origin)
    found: list[Found] = []
    for kind in sorted(likely, key=lambda k: -likely[k]):
        if kind in REGISTRY and kind not in (f.entry.kind for f in found):
            one = _forward(fitting, origin, _entry(kind))
            if one is not None and not one.between:
                found.append(one)
        if len(found) == most:
            break
    return found


def _default(fitting: Fitting, kind: str) -> Layer | None:
    try:
        return declare(Node("new", kind), fitting.project.blocks)
    except (ParamError, UnknownKind):
        return None


def _forward(fitting: Fitting, origin: PortRef, entry: Entry) -> Found | None:
    layer = _default(fitting, entry.kind)
    if layer is None or not layer.input_ports():
        return None
    spec = fitting.spec(origin.node, origin.port)
    if spec is None:
        return Found(entry, port=layer.input_ports()[0].name)
    remedy: str | None = None
    for port in layer.input_ports():
        if port.takes and spec.flow not in port.takes:
            continue
        error = shape_error(layer, {port.name: (spec,)})
        if error is None:
            out = output_spec(layer, {port.name: (spec,)})
            gives = out.flow if out is not None else entry.gives
            return Found(replace(entry, takes=spec.flow, gives=gives), port=port.name)
        remedy = remedy or error.remedy
    return _with_step(entry, layer, spec, remedy)


def _with_step(entry: Entry, layer: Layer, spec: TensorSpec, remedy: str | None) -> Found | None:
    """The same with the node that its rule names in between, if that helps."""
    if remedy not in REGISTRY or remedy == entry.kind:
        return None
    step = REGISTRY[remedy]()
    after = output_spec(step, {step.input_ports()[0].name: (spec,)})
    port = layer.input_ports()[0]
    if after is None or (port.takes and after.flow not in port.takes):
        return None
    if shape_error(layer, {port.name: (after,)}) is not None:
        return None
    return Found(entry, (), f"+ {step.title}", port.name, remedy)


def _backward(fitting: Fitting, origin: PortRef, entry: Entry) -> Found | None:
    """What could feed an input port: whose usual output it takes."""
    layer = _default(fitting, entry.kind)
    if layer is None or not layer.output_ports():
        return None
    port = fitting.port(origin.node, origin.port)
    target = fitting.layer(fitting.graph[origin.node])
    for name in layer.output_ports():
        spec = output_spec(layer, {}) if len(layer.output_ports()) == 1 else _field(layer, name)
        if spec is None:
            gives = entry.gives
            if gives in (None, "any") or port is None or not port.takes or gives in port.takes:
                return Found(entry, port=name)
            continue
        if port is not None and port.takes and spec.flow not in port.takes:
            continue
        if target is None or port is None or shape_error(target, {port.name: (spec,)}) is None:
            return Found(entry, port=name)
    return None


def _field(layer: Layer, name: str) -> TensorSpec | None:
    if layer.input_ports():
        return None
    try:
        out = layer.infer()
    except (ValueError, TypeError):
        return None
    return None if isinstance(out, TensorSpec) else out.get(name)
