"""Writes down what torch offers by name: ``python -m netbuilder.compiler.torch_names``.

The declarations load without torch, so what its modules and functions are called and what
they take stands in a table beside them, made by this script.
"""

from __future__ import annotations

import ast
import inspect
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

TABLE = Path(__file__).parents[1] / "layers" / "torch_names.json"
#: Containers, abstract classes, those made for one purpose inside torch, and those whose
#: result is not one tensor or not of a size known before.
_LEFT_OUT = re.compile(
    r"Module(Dict|List)?|Parameter(Dict|List)|Sequential|Container|DataParallel|.*Base|.*Cell|"
    r"Lazy.*|NLLLoss2d|SyncBatchNorm|LinearCrossEntropyLoss|Adaptive.*Loss|KLDivLoss|kl_div|RNN|LSTM|GRU|"
    r"Transformer.*|MultiheadAttention|TripletMarginWithDistanceLoss|CTCLoss|"
    r"UninitializedParameter|CrossMapLRN2d|EmbeddingBag|"
    r"linear_cross_entropy|multi_head_attention_forward|.*_with_indices|.*_with_distance_loss|"
    r"handle_.*|has_torch.*|assert_.*|boolean_.*|native_.*|scaled_(grouped_)?mm|grouped_mm|"
    r"upsample.*|ctc_loss|gumbel_softmax|embedding_bag|sigmoid|tanh|one_hot|conv_tbc"
)
_UNFIT = {"training", "weight", "running_mean"}
_TENSOR = re.compile(r"input\d?|x\d|target|tensor|query|key|value|anchor|positive|negative|theta")


def main() -> None:
    """Write the table beside the declarations."""
    table = {f"nn.{name}": entry for name, entry in _modules()}
    table |= {f"F.{name}": entry for name, entry in _functions()}
    text = json.dumps(table, indent=1, sort_keys=True, ensure_ascii=False)
    TABLE.write_text(text + "\n", encoding="utf-8")
    sys.stdout.write(f"{len(table)} names of torch {torch.__version__} in {TABLE.name}\n")


def _modules() -> Iterator[tuple[str, dict[str, Any]]]:
    for name, found in sorted(vars(nn).items()):
        if not (inspect.isclass(found) and issubclass(found, nn.Module)):
            continue
        if _LEFT_OUT.fullmatch(name):
            continue
        taken = inspect.signature(found.forward).parameters
        # What defines no constructor takes nothing, whatever the base class says.
        plain = found.__init__ is nn.Module.__init__
        made = {} if plain else inspect.signature(found).parameters
        if any(p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD) for p in made.values()):
            continue
        inputs = [n for n, p in taken.items() if n != "self" and p.default is p.empty]
        yield name, _entry(inputs, list(made.values()))


def _functions() -> Iterator[tuple[str, dict[str, Any]]]:
    for name, found in sorted(vars(nn.functional).items()):
        if name.startswith("_") or name.endswith("_") or _LEFT_OUT.fullmatch(name):
            continue
        if inspect.isclass(found) or not callable(found) or inspect.ismodule(found):
            continue
        made = _signature(name, found)
        # Those that must be told their weights, or whether they train, are modules as well.
        if made is None or _UNFIT & {
            p.name for p in made if p.name == "training" or p.default is p.empty
        }:
            continue
        inputs = [
            p.name
            for p in made
            if p.default is p.empty and (p.annotation is Tensor or _TENSOR.fullmatch(p.name))
        ]
        if inputs:
            yield name, _entry(inputs, [p for p in made if p.name not in inputs])


def _signature(name: str, found: Any) -> list[inspect.Parameter] | None:
    """Parameters of a function; of one written in C, as the first line of its help has them."""
    try:
        taken = list(inspect.signature(found).parameters.values())
    except ValueError:
        taken = []
    if taken and all(p.kind is p.POSITIONAL_OR_KEYWORD for p in taken):
        return taken
    told = re.match(rf"\s*{name}\(([^)]*)\)", found.__doc__ or "")
    if told is None:
        return None
    made = []
    for part in told[1].replace("*", "").split(","):
        label, _, default = part.partition("=")
        if not label.strip().isidentifier():
            return None
        value = _literal(default.strip()) if default else inspect.Parameter.empty
        kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
        made.append(inspect.Parameter(label.strip(), kind, default=value))
    return made


def _literal(text: str) -> Any:
    return ast.literal_eval(text)


_NOT_ASKED = {"device", "dtype", "inplace", "size_average", "reduce", "_stacklevel", "out",
              "_random_samples", "return_indices"}  # fmt: skip


def _entry(inputs: list[str], made: list[inspect.Parameter]) -> dict[str, Any]:
    told = [p for p in made if p.name not in _NOT_ASKED and p.annotation is not Tensor]
    # An axis that is guessed is one that torch warns of.
    needed = [p.name for p in told if p.default is p.empty or (p.name, p.default) == ("dim", None)]
    defaults = {
        p.name: p.default
        for p in told
        if p.name not in needed and _plain(p.default) and "Tensor" not in str(p.annotation)
    }
    return {"inputs": inputs, "needs": needed, "takes": defaults}


def _plain(value: Any) -> bool:
    if isinstance(value, tuple):
        return all(map(_plain, value))
    return value is None or isinstance(value, bool | int | float | str)


if __name__ == "__main__":
    main()
