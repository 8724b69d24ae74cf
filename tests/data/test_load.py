"""What is loaded is what was declared, for every data set there is."""

from __future__ import annotations

import numpy as np
import pytest

from netbuilder.data import Fields, load, preview, split
from netbuilder.layers import REGISTRY, B, DataError, DataSet

#: Signs of a vocabulary that a field never holds: what is read has no beginning, what is told
#: before has no end, and a result no arithmetic.
UNSEEN = {
    ("symbol_sequences", "tokens"): ("<bos>", "<eos>"),
    ("symbol_sequences", "before"): ("<eos>",),
    ("symbol_sequences", "target"): ("<bos>",),
    ("addition", "tokens"): ("<bos>", "<eos>"),
    ("addition", "before"): ("<eos>", "+", "="),
    ("addition", "target"): ("<bos>", "+", "="),
}


def test_arrays_are_as_declared(data_set: DataSet) -> None:
    fields, declared = load(data_set), data_set.fields()
    assert tuple(fields.arrays) == tuple(declared) == data_set.output_ports()
    for name, spec in declared.items():
        array = np.asarray(fields[name])
        assert spec.shape[0] is B
        assert array.shape == (len(fields), *(int(n) for n in spec.shape[1:]))
        assert array.dtype.name == spec.dtype
        if spec.classes is not None:
            assert 0 <= array.min() <= array.max() < spec.classes
            seen, names = set(np.unique(array).tolist()), data_set.class_names(name)
            if name == "lengths":  # up to the longest, none of them of nothing
                assert seen == set(range(int(array.min()), spec.classes))
                assert array.min() > 0
                assert names == ()
            else:
                unseen = UNSEEN.get((data_set.kind, name), ())
                assert seen == {i for i in range(spec.classes) if names[i] not in unseen}
                assert len(names) == spec.classes
            assert fields.class_names.get(name, ()) == names
        elif name == "count":  # how often two words stand together
            assert 1 / 4 <= array.min() < array.max() < len(fields)
        else:
            assert np.abs(array).max() < 30
            assert array.std() > 0.1


def test_a_second_load_is_the_first(data_set: DataSet) -> None:
    assert load(data_set) is load(type(data_set).from_params(_set(data_set)))


def _set(data_set: DataSet) -> dict[str, object]:
    return {p.name: getattr(data_set, p.name) for p in data_set.params()}


def test_every_data_set_splits_and_previews(data_set: DataSet) -> None:
    fields = load(data_set)
    parts = split(fields, 0.2, 0.2, 0)
    assert list(parts) == ["train", "validation", "test"]
    assert all(len(rows) for rows in parts.values())
    seen = preview(fields, 5)
    assert seen.rows == len(fields)
    for name, array in fields.arrays.items():
        array, about = np.asarray(array), seen.fields[name]
        assert seen.samples[name].shape == (5, *array.shape[1:])
        np.testing.assert_array_equal(seen.samples[name], array[list(seen.indices)])
        assert about.minimum == array.min()
        assert about.maximum == array.max()
        assert about.mean == pytest.approx(array.mean(dtype=np.float64))
        if about.counts:
            assert sum(about.counts) == array.size
            assert about.class_names == data_set.class_names(name)
            assert len(about.class_names) == len(about.counts) or name == "lengths"


def test_summary_fits_on_the_node(data_set: DataSet) -> None:
    assert 0 < len(data_set.summary()) <= 19


def test_digits_are_ink_from_0_to_1() -> None:
    image = load(REGISTRY["digits"]())["image"]
    assert (image.min(), image.max()) == (0.0, 1.0)


@pytest.mark.parametrize("kind", ["iris", "breast_cancer"])
def test_class_names_are_those_of_scikit_learn(kind: str) -> None:
    from sklearn import datasets

    real = getattr(datasets, f"load_{kind}")()
    assert REGISTRY[kind]().class_names("label") == tuple(real.target_names)
    fields = load(REGISTRY[kind]())
    np.testing.assert_array_equal(fields["label"], real.target)
    scale = fields.scales["features"]
    raw = fields["features"] * scale.deviation + scale.mean
    np.testing.assert_allclose(raw, real.data, rtol=1e-4, atol=1e-4)
    assert len(fields.columns["features"]) == fields["features"].shape[1]


def test_columns_are_standardised() -> None:
    for kind in ("iris", "wine", "breast_cancer", "diabetes"):
        features = load(REGISTRY[kind]())["features"].astype(np.float64)
        np.testing.assert_allclose(features.mean(axis=0), 0, atol=1e-6)
        np.testing.assert_allclose(features.std(axis=0), 1, atol=1e-6)


def test_target_of_diabetes_may_stay_as_it_is() -> None:
    diabetes = REGISTRY["diabetes"]
    plain = load(diabetes(standardise=False))
    scaled = load(diabetes())
    assert (plain["target"].min(), plain["target"].max()) == (25.0, 346.0)
    scale = scaled.scales["target"]
    np.testing.assert_allclose(
        scaled["target"] * scale.deviation + scale.mean, plain["target"], rtol=1e-5
    )


def test_a_loader_outside_the_package_is_refused() -> None:
    class Elsewhere(DataSet, abstract=True):
        kind, title, loader = "elsewhere", "Elsewhere", "os:system"

    with pytest.raises(TypeError, match=r"a loader lies in netbuilder\.data"):
        load(Elsewhere())


def test_numbers_that_are_not_finite_are_named() -> None:
    table = np.ones((4, 2), np.float32)
    table[2, 1] = np.nan
    with pytest.raises(DataError, match=r"field features .* row 3, column weight"):
        Fields({"features": table}, columns={"features": ("age", "weight")})


def test_fields_have_one_length_and_a_row() -> None:
    with pytest.raises(DataError, match="a 2, b 3 rows"):
        Fields({"a": np.zeros(2), "b": np.zeros(3)})
    with pytest.raises(DataError, match="no rows"):
        Fields({"a": np.zeros(0)})


def test_large_finite_numbers_are_finite() -> None:
    assert len(Fields({"a": np.full(3, 1.7e308)})) == 3
