"""Which weight is meant where the blocks around its node are others."""

from __future__ import annotations

import pytest

from netbuilder.training.repathing import repathed

W = (8, 4)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("conv.weight", "unit_1.conv.weight"),
        ("unit_1.conv.weight", "conv.weight"),
        ("unit_1.conv.weight", "stage_1.unit_1.conv.weight"),
        ("stage_1.conv.weight", "stage_1.unit_1.conv.weight"),
        ("stage_1.0.conv.weight", "stage_1.0.unit_1.conv.weight"),
        ("attention.out_proj.weight", "unit_1.attention.out_proj.weight"),
    ],
)
def test_an_id_more_or_fewer_in_the_path_is_the_same_weight(before: str, after: str) -> None:
    assert repathed({after: W}, {before: W}) == {after: before}


@pytest.mark.parametrize(
    ("own", "given"),
    [
        ({"unit_1.conv.weight": W}, {"conv.weight": (9, 4)}),
        ({"unit_1.conv.weight": W}, {"other.weight": W}),
        ({"unit_1.conv.weight": W}, {"conv.bias": W}),
        ({"unit_1.conv.weight": W}, {"unit_2.conv.weight": W}),
        ({"conv.norm.weight": W}, {"conv.weight": W}),
        ({"a.b.conv.weight": W}, {"b.a.conv.weight": W}),
    ],
)
def test_another_shape_node_or_name_is_another_weight(
    own: dict[str, tuple[int, ...]], given: dict[str, tuple[int, ...]]
) -> None:
    assert repathed(own, given) == {}


def test_the_same_path_goes_before_any_other_and_each_is_used_once() -> None:
    own = {"conv.weight": W, "unit_1.conv.weight": W}
    assert repathed(own, {"conv.weight": W}) == {"conv.weight": "conv.weight"}
    copies = {"unit_1.conv.weight": W, "unit_2.conv.weight": W}
    assert repathed(copies, {"conv.weight": W}) == {"unit_1.conv.weight": "conv.weight"}


def test_of_several_the_nearest_is_meant() -> None:
    own = {"stage_1.unit_1.conv.weight": W, "unit_2.conv.weight": W}
    assert repathed(own, {"conv.weight": W}) == {"unit_2.conv.weight": "conv.weight"}
    given = {"conv.weight": W, "unit_1.conv.weight": W}
    assert repathed({"stage_1.unit_1.conv.weight": W}, given) == {
        "stage_1.unit_1.conv.weight": "unit_1.conv.weight"
    }
