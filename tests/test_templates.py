"""Templates: around every data set that fits they are sound, and they learn."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from netbuilder import api
from netbuilder.compiler import check, generate
from netbuilder.layers import REGISTRY
from netbuilder.layers.roles import DataError
from netbuilder.templates import TEMPLATES, fields_of, started
from netbuilder.training.events import EpochDone, Finished

#: Made for networks of their own, of which there are examples: pairs of words, letters to letters.
ALONE = {
    "addition", "cbow", "cooccurrence", "sequence_classes", "skip_gram", "symbol_sequences",
}  # fmt: skip
FROM_FILES = {"csv", "image_folder", "numpy_file"}
KINDS = sorted(k for k, c in REGISTRY.items() if c.role == "data" and k not in ALONE | FROM_FILES)
BY_NAME = {template.name: template for template in TEMPLATES}


@pytest.mark.parametrize("kind", KINDS)
def test_whatever_fits_compiles_without_a_word_of_complaint(kind: str) -> None:
    fitting = [t for t in TEMPLATES if t.fits(fields_of(kind))]
    assert fitting
    for template in fitting:
        project = started(template, kind)
        assert check(project).problems == ()
        assert generate(project).outputs


@pytest.mark.parametrize("kind", sorted(ALONE))
def test_what_needs_a_network_of_its_own_is_offered_no_template(kind: str) -> None:
    assert [t.name for t in TEMPLATES if t.fits(fields_of(kind))] == []


def test_what_does_not_fit_is_said() -> None:
    with pytest.raises(DataError, match="Language model needs other fields than Iris has"):
        started(BY_NAME["language_model"], "iris")


@pytest.mark.parametrize(("rows", "name"), [("1,2,a\n2,1,b\n", "classification"),
                                            ("1,2,0.5\n2,1,0.25\n", "regression")])  # fmt: skip
def test_a_table_of_ones_own_finds_its_template(tmp_path: Path, rows: str, name: str) -> None:
    path = tmp_path / "own.csv"
    path.write_text("first,second,result\n" + 3 * rows)
    params = {"path": str(path)}
    assert [t.name for t in TEMPLATES if t.fits(fields_of("csv", params))] == [name]
    assert check(started(BY_NAME[name], "csv", params)).errors == ()


@pytest.mark.parametrize("kind", ["image_folder", "numpy_file"])
def test_pictures_of_ones_own_find_their_templates(tmp_path: Path, kind: str) -> None:
    pixels = np.random.default_rng(0).integers(0, 255, (6, 8, 8), dtype=np.uint8)
    for i, picture in enumerate(pixels):
        folder = tmp_path / "pictures" / f"class_{i % 2}"
        folder.mkdir(parents=True, exist_ok=True)
        Image.fromarray(picture).save(folder / f"{i}.png")
    np.savez(tmp_path / "rows.npz", x=pixels, y=np.arange(6) % 2)
    params: dict[str, Any] = {"path": str(tmp_path / "rows.npz")}
    if kind == "image_folder":
        params = {"path": str(tmp_path / "pictures"), "height": 8, "width": 8}
    fitting = {t.name for t in TEMPLATES if t.fits(fields_of(kind, params))}
    assert fitting == {t.name for t in TEMPLATES if t.fits(fields_of("digits"))}
    for name in fitting:
        assert check(started(BY_NAME[name], kind, params)).problems == ()


@pytest.mark.slow
@pytest.mark.parametrize("name", BY_NAME)
def test_it_learns_as_it_stands(name: str, tmp_path: Path) -> None:
    template = BY_NAME[name]
    params = {}
    if name == "language_model":
        (tmp_path / "song.txt").write_text("all work and no play makes jack a dull boy. " * 200)
        params = {"path": str(tmp_path / "song.txt")}
    project = started(template, template.data, params)
    training = replace(project.training, epochs=6, batch_size=16, device="cpu")
    events = list(api.train(replace(project, training=training), folder=tmp_path / "run"))
    losses = [event.train["main"] for event in events if isinstance(event, EpochDone)]
    assert isinstance(events[-1], Finished)
    assert len(losses) == 6
    assert losses[-1] < 0.9 * losses[0]
