"""Data sets that travel with scikit-learn: small, real, there without a network.

Sources of points are in ``data_points``, pictures of shapes in ``data_shapes``, sounds in
``data_sounds``, chance in ``data_random``, sequences made up by a rule in ``data_sequences``,
words and their neighbours in ``data_words``, a person's own files in ``data_files``, arrays in
``data_arrays``, folders of images in ``data_images``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from netbuilder.layers import (  # noqa: F401  (registers their kinds)
    data_arrays,
    data_files,
    data_images,
    data_points,
    data_random,
    data_sequences,
    data_shapes,
    data_sounds,
    data_words,
)
from netbuilder.layers.roles import DataSet
from netbuilder.layers.shape import B, TensorSpec
from netbuilder.layers.spec import param


class Digits(DataSet):
    """Handwritten digits, 1,797 grey pictures of 8×8 pixels.

    image (B, 1, 8, 8): ink from 0 (none) to 1; label (B,): the digit, 0 to 9.
    The pictures were counted down from 32×32 black and white ones of 43 writers.
    """

    kind, title = "digits", "Digits"
    use = "A first network for images: it trains in seconds on any machine."
    mistakes = ("It is small and clean; what works here may fail on larger pictures.",)
    cites = "Alpaydin and Kaynak, UCI Machine Learning Repository, 1998"
    loader = "netbuilder.data.digits:digits"

    def fields(self) -> Mapping[str, TensorSpec]:
        return {
            "image": TensorSpec((B, 1, 8, 8)),
            "label": TensorSpec((B,), "int64", 10),
        }

    def summary(self) -> str:
        return "1797 · 8×8"


class Table(DataSet, abstract=True):
    """A table of numbers with one class a row; every column has mean 0 and deviation 1."""

    loader = "netbuilder.data.tables:table"
    rows: ClassVar[int]
    columns: ClassVar[int]
    names: ClassVar[tuple[str, ...]]

    def fields(self) -> Mapping[str, TensorSpec]:
        return {
            "features": TensorSpec((B, self.columns)),
            "label": TensorSpec((B,), "int64", len(self.names)),
        }

    def class_names(self, field: str) -> tuple[str, ...]:
        return self.names if field == "label" else ()

    def summary(self) -> str:
        return f"{self.rows} × {self.columns}"


class Iris(Table):
    """Three kinds of iris, told apart by the size of their leaves; 150 flowers.

    features (B, 4): length and width of sepal and petal, each column standardised to mean 0
    and deviation 1 over all rows; label (B,): the species.
    """

    kind, title = "iris", "Iris"
    use = "A first classifier on a table."
    mistakes = ("Thirty flowers in a test set: one flower more or less is three percent.",)
    cites = "Fisher, The use of multiple measurements in taxonomic problems, 1936"
    rows, columns = 150, 4
    names = ("setosa", "versicolor", "virginica")


class Wine(Table):
    """Three grape varieties, told apart by chemistry; 178 Italian wines.

    features (B, 13): measurements such as alcohol, colour and proline, each column
    standardised to mean 0 and deviation 1 over all rows; label (B,): the variety.
    """

    kind, title = "wine", "Wine"
    use = "A table whose columns differ much in size, to see what standardising does."
    mistakes = ("Without a norm or standardised columns the largest column decides alone.",)
    cites = "Forina et al., UCI Machine Learning Repository, 1991"
    rows, columns = 178, 13
    names = ("cultivar 1", "cultivar 2", "cultivar 3")


class BreastCancer(Table):
    """Malignant or benign, from the shape of cell nuclei; 569 patients.

    features (B, 30): mean, error and worst value of ten measures of the nuclei, each column
    standardised to mean 0 and deviation 1 over all rows; label (B,): the diagnosis.
    """

    kind, title = "breast_cancer", "Breast cancer"
    use = "Yes or no from a table, where the two mistakes do not weigh the same."
    mistakes = ("Accuracy hides how many of the ill were missed: look at the confusion matrix.",)
    cites = "Street, Wolberg and Mangasarian, Nuclear feature extraction, 1993"
    rows, columns = 569, 30
    names = ("malignant", "benign")


class Diabetes(DataSet):
    """How a disease went on within a year, a number to predict; 442 patients.

    features (B, 10): age, sex, body mass index, blood pressure and six blood values, each
    column standardised to mean 0 and deviation 1 over all rows; target (B, 1): progression.
    """

    kind, title = "diabetes", "Diabetes"
    use = "A number to predict from a table: regression."
    mistakes = (
        "Numbers of the target are around 150: without standardising, the first losses are huge.",
    )
    cites = "Efron et al., Least angle regression, Annals of Statistics, 2004"
    loader = "netbuilder.data.tables:diabetes"

    standardise: bool = param(
        True,
        label="Standardise target",
        help="Bring the target to mean 0 and deviation 1, at which a network learns well.",
    )

    def fields(self) -> Mapping[str, TensorSpec]:
        return {"features": TensorSpec((B, 10)), "target": TensorSpec((B, 1))}

    def summary(self) -> str:
        return "442 × 10"
