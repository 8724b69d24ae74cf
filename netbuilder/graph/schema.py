"""What a project file may hold, strictly: nothing unknown, nothing of another type."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

Text = Annotated[str, Field(max_length=1_000_000)]
Name = Annotated[str, Field(min_length=1, max_length=200)]
_DEEPEST = 16


def _plain_value(value: Any) -> Any:
    """Only what a parameter may hold: see `netbuilder.graph.model.Value`."""
    level, depth = [value], 0
    while level:
        if depth > _DEEPEST:
            raise ValueError(f"lists may be nested {_DEEPEST} deep at most")
        for item in level:
            if not (item is None or isinstance(item, (bool, int, float, str, list))):
                raise ValueError("only numbers, texts, true, false, null and lists are allowed")
        level = [inner for item in level if isinstance(item, list) for inner in item]
        depth += 1
    return value


#: ``"conv2d_1.y -> add_1.x"``, or four texts where a port's name has odd characters.
EdgeEntry = Text | Annotated[list[Text], Field(min_length=4, max_length=4)]
ValueEntry = Annotated[Any, AfterValidator(_plain_value)]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


class NodeEntry(_Entry):
    kind: Name
    title: Text = ""
    params: dict[Name, ValueEntry] = {}
    position: Annotated[list[float], Field(min_length=2, max_length=2)] = [0.0, 0.0]
    share: Name | None = None
    muted: bool = False
    collapsed: bool = False


class FrameEntry(_Entry):
    title: Text = ""
    rect: Annotated[list[float], Field(min_length=4, max_length=4)] = [0.0, 0.0, 240.0, 160.0]
    colour: Annotated[str, Field(max_length=200)] = ""


class BendEntry(_Entry):
    edge: EdgeEntry
    points: list[Annotated[list[float], Field(min_length=2, max_length=2)]]


class GraphEntry(_Entry):
    nodes: dict[Name, NodeEntry] = {}
    edges: list[EdgeEntry] = []
    frames: dict[Name, FrameEntry] = {}
    bends: list[BendEntry] = []
    bookmarks: dict[
        Literal["1", "2", "3", "4", "5", "6", "7", "8", "9"],
        Annotated[list[float], Field(min_length=3, max_length=3)],
    ] = {}


class ParamEntry(_Entry):
    name: Name
    default: ValueEntry = 1
    help: Text = ""


class BlockEntry(_Entry):
    params: list[ParamEntry] = []
    graph: GraphEntry = GraphEntry()


class ScheduleEntry(_Entry):
    name: Name = "constant"
    settings: dict[Name, ValueEntry] = {}


class WeightGroupEntry(_Entry):
    nodes: list[Name]
    settings: dict[Name, ValueEntry] = {}


class OptimiserEntry(_Entry):
    name: Name = "main"
    algorithm: Name = "adam"
    settings: dict[Name, ValueEntry] = {"lr": 1e-3}
    losses: list[Name] | None = None
    updates: list[Name] | None = None
    every: int = 1
    steps: int = 1
    schedule: ScheduleEntry = ScheduleEntry()
    groups: list[WeightGroupEntry] = []


class TrainingEntry(_Entry):
    epochs: int = 10
    batch_size: int = 64
    seed: int = 0
    device: Name = "auto"
    validation: float = 0.2
    test: float = 0.2
    optimisers: list[OptimiserEntry] = [OptimiserEntry()]
    weights: Text = ""
    split: Literal["stratified", "random", "group", "time", "given"] = "stratified"
    split_by: Text = ""
    folds: int = 0
    fold: int = 0
    resample: int = 0
    settings: dict[Name, dict[Name, ValueEntry]] = {}


class RangeEntry(_Entry):
    low: float = 0
    high: float = 1
    log: bool = False
    step: float | None = None
    choices: list[ValueEntry] = []


class SearchEntry(_Entry):
    space: dict[Name, RangeEntry] = {}
    method: Name = "tpe"
    trials: int = 30
    metric: Text = ""
    direction: Name = "auto"
    pruning: Name = "none"


class ProjectEntry(_Entry):
    version: int
    name: Text = "untitled"
    notes: Text | list[Text] = ""
    graph: GraphEntry = GraphEntry()
    blocks: dict[Name, BlockEntry] = {}
    training: TrainingEntry = TrainingEntry()
    search: SearchEntry = SearchEntry()
