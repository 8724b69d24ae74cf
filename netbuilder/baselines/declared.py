"""The models of scikit-learn that a network is compared with, each declared once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from netbuilder.layers.spec import Param, ParamError


class BaselineError(ValueError):
    """A comparison that cannot be made, as one plain sentence."""


@dataclass(frozen=True)
class Baseline:
    """One model: which class of scikit-learn it is, and what can be set.

    classifier, regressor: ``module:Class`` below ``sklearn``; "" where there is none.
    fixed: arguments that are always given, where the class takes them. scaled: whether
    the inputs are standardised first, by the training rows. cites: paper or course week.
    """

    name: str
    title: str
    help: str
    cites: str
    classifier: str
    regressor: str = ""
    settings: tuple[Param, ...] = ()
    fixed: Mapping[str, Any] = field(default_factory=dict)
    scaled: bool = True

    def target(self, classes: bool) -> str:
        """The class for a task; "" if this model cannot do it."""
        return self.classifier if classes else self.regressor

    def checked(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """All settings. Raises BaselineError with one sentence."""
        declared = {p.name: p for p in self.settings}
        values = {name: p.default for name, p in declared.items()}
        for name, value in given.items():
            if name not in declared:
                known = ", ".join(declared) or "none"
                raise BaselineError(f"{self.title} has no setting {name}; it has {known}.")
            try:
                values[name] = declared[name].checked(value)
            except ParamError as error:
                raise BaselineError(f"{self.title}: {error}") from None
        return values


def _c(help: str) -> Param:
    return Param("C", "float", 1.0, "C", help, 1e-6, 1e6)


_C = "The larger, the more a mistake costs beside the size of the weights."
_ALL = (
    Baseline(
        "majority", "Majority or mean",
        "Says the most frequent class, or the mean: what anything must beat.",
        "DLM, machine learning basics", "dummy:DummyClassifier", "dummy:DummyRegressor",
        scaled=False,
    ),
    Baseline(
        "logistic", "Logistic regression",
        "A linear score for each class, or least squares for a number.",
        "DLS, linear models", "linear_model:LogisticRegression", "linear_model:LinearRegression",
        fixed={"max_iter": 2000},
    ),
    Baseline(
        "knn", "k nearest neighbours",
        "Lets the k nearest training rows vote.",
        "DLM, machine learning basics", "neighbors:KNeighborsClassifier",
        "neighbors:KNeighborsRegressor",
        (
            Param("n_neighbors", "int", 5, "Neighbours", "How many vote.", 1, 1000),
            Param("p", "int", 2, "Distance", "1: sum of differences (L1); 2: Euclid (L2).", 1, 2),
        ),
    ),
    Baseline(
        "linear_svm", "Linear SVM",
        "A line with the widest margin between classes.",
        "DLS, linear models", "svm:LinearSVC", "svm:LinearSVR", (_c(_C),),
        {"max_iter": 5000, "random_state": 0},
    ),
    Baseline(
        "svm", "SVM with RBF kernel",
        "A margin in a space of similarities to training rows.",
        "DLM, machine learning basics", "svm:SVC", "svm:SVR",
        (_c(_C), Param("gamma", "choice", "scale", "Width", "How far a row reaches.",
                       choices=("scale", "auto"))),
    ),
    Baseline(
        "naive_bayes", "Naive Bayes",
        "Each number is Gaussian given the class, and independent of the others.",
        "DLM, machine learning basics", "naive_bayes:GaussianNB",
    ),
    Baseline(
        "tree", "Decision tree",
        "Asks one number at a time.",
        "DLM, machine learning basics", "tree:DecisionTreeClassifier", "tree:DecisionTreeRegressor",
        (Param("max_depth", "int", None, "Depth", "Questions at most; empty: no limit.", 1, 1000,
               optional=True),),
        {"random_state": 0}, False,
    ),
    Baseline(
        "forest", "Random forest",
        "Many trees on resampled rows vote.",
        "DLM, machine learning basics; Breiman 2001", "ensemble:RandomForestClassifier",
        "ensemble:RandomForestRegressor",
        (Param("n_estimators", "int", 100, "Trees", "How many vote.", 1, 10_000),),
        {"random_state": 0}, False,
    ),
    Baseline(
        "adaboost", "AdaBoost",
        "Small trees in turn, each for what the ones before got wrong.",
        "DLM, machine learning basics; Freund and Schapire 1997", "ensemble:AdaBoostClassifier",
        "ensemble:AdaBoostRegressor",
        (Param("n_estimators", "int", 50, "Rounds", "How many trees.", 1, 10_000),),
        {"random_state": 0}, False,
    ),
)  # fmt: skip

#: Every baseline by the name that the command line uses.
BASELINES: Mapping[str, Baseline] = {b.name: b for b in _ALL}


def choose(names: Iterable[str] | None) -> tuple[Baseline, ...]:
    """Those of these names, or all. Raises BaselineError."""
    if names is None:
        return _ALL
    for name in names:
        if name not in BASELINES:
            raise BaselineError(f"There is no baseline {name}; choose {', '.join(BASELINES)}.")
    return tuple(BASELINES[name] for name in dict.fromkeys(names))
