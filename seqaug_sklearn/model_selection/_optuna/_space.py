"""What a search may draw, and how a draw becomes parameters of the estimator."""

import copy
import difflib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.base import clone

from seqaug_sklearn.exceptions import InvalidParameterError
from seqaug_sklearn.utils import Message, Parameter, import_optional, invalid_parameter

__all__ = ["SearchSpace"]

_SCALARS = (str, int, float, bool, type(None))


@dataclass(frozen=True)
class SearchSpace:
    """A search space for Optuna.

    ``choices`` holds the lists of which Optuna sees the index only: it stores plain scalars, and gives others back as
    something else (tuples as lists).
    """

    estimator: Any
    function: Callable[..., Any] | None
    distributions: dict
    choices: dict[str, Any]

    @classmethod
    def read(cls, space, estimator):
        """Read the parameter ``space`` and hold it against the estimator."""
        if not isinstance(space, dict):
            return cls(estimator, space, {}, {})
        if not space:
            raise invalid_parameter("space", "is empty: name at least one parameter of the estimator to search over")
        _check_names(space, estimator)
        distributions, choices = {}, {}
        # one order whatever the order in the dict, because samplers draw in it
        for name in sorted(space):
            distributions[name], listed = _read_one(name, space[name])
            if listed is not None:
                choices[name] = listed
        return cls(estimator, None, distributions, choices)

    def ask(self, study):
        """Draw; return the trial and its parameters."""
        if self.function is None:
            trial = study.ask(fixed_distributions=self.distributions)
            return trial, self._decode(trial.params)
        trial = study.ask()
        return trial, self._call(self.function, trial)

    def replay(self, trial):
        """Parameters of a finished trial."""
        if self.function is None:
            return self._decode(trial.params)
        before = dict(trial.distributions)
        # a function suggests again on a copy; a finished trial answers with what it drew
        again = copy.deepcopy(trial)
        try:
            params = self._call(self.function, again)
        except (KeyError, ValueError) as error:
            raise invalid_parameter(
                "space", f"now asks for something else than in the stored trial {trial.number}"
            ) from error
        if again.distributions != before:
            changed = sorted(name for name in before if again.distributions[name] != before[name])
            raise invalid_parameter(
                "space",
                f"now draws {', '.join(changed)} from something else than in the stored trial {trial.number}; "
                f"give the search another study_name",
            )
        return params

    def check_storable(self, trial):
        """Refuse what a storage would change; ``trial`` is a drawn trial."""
        for name, distribution in trial.distributions.items():
            listed = getattr(distribution, "choices", ())
            bad = next((choice for choice in listed if not isinstance(choice, _SCALARS)), None)
            if bad is not None:
                raise invalid_parameter(
                    "space",
                    f"suggests {name} from choices such as {bad!r}, which no storage gives back as it was; "
                    f"suggest an index into your list instead, or pass space as a dict of lists",
                )

    def configured(self, params):
        """A clone of the estimator with these parameters."""
        # parameters may be estimators themselves
        return clone(self.estimator).set_params(**clone(params, safe=False))

    def describe(self):
        """Name -> what is drawn, in a form that ``describe`` of the storage reads."""
        if self.function is not None:
            return {"": self.function}
        return {name: self.choices.get(name, drawn) for name, drawn in self.distributions.items()}

    def _decode(self, drawn):
        return {
            name: self.choices[name][drawn[name]] if name in self.choices else drawn[name] for name in sorted(drawn)
        }

    def _call(self, function, trial):
        params = function(trial)
        if not isinstance(params, dict) or not params:
            raise TypeError(f"space(trial) must return a dict of parameters of the estimator, got {params!r}")
        _check_names(params, self.estimator)
        return params


def _read_one(name, values):
    """Return the distribution of one parameter, and the list behind it if Optuna is to see indexes."""
    distributions = import_optional("optuna", extra="tune", purpose="OptunaSearch").distributions
    if isinstance(values, distributions.CategoricalDistribution):
        values = list(values.choices)
    if isinstance(values, distributions.BaseDistribution):
        return values, None
    if isinstance(values, (np.ndarray, range)) and np.ndim(values) == 1:
        values = values.tolist() if isinstance(values, np.ndarray) else list(values)
    if not isinstance(values, list) or not values:
        raise InvalidParameterError(_explain(name, values))
    # type, not isinstance: a storage gives back a NumPy scalar as a plain number. 1 and True, which are equal, go by
    # index too
    if all(type(value) in _SCALARS for value in values) and len(set(values)) == len(values):
        return distributions.CategoricalDistribution(values), None
    return distributions.CategoricalDistribution(range(len(values))), values


def _explain(name, values):
    way_out = f"; for choices write {list(values)!r}, for a range a distribution" if isinstance(values, tuple) else ""
    return Message(
        Parameter("space"),
        f"[{name!r}] must be a list of choices or an Optuna distribution such as "
        f"optuna.distributions.FloatDistribution(1e-5, 1e-1, log=True), got {values!r}{way_out}",
    )


def _check_names(names, estimator):
    known = estimator.get_params(deep=True)
    for name in names:
        parts = name.split("__") if isinstance(name, str) else [name]
        owners = {"__".join(parts[:end]) for end in range(1, len(parts))}
        # what belongs to a part that the search itself replaces is seen only then
        if name not in known and not owners & set(names):
            close = difflib.get_close_matches(str(name), known, n=3) or sorted(known)[:10]
            raise InvalidParameterError(
                Message(
                    Parameter("space"),
                    f": {name!r} is not a parameter of {type(estimator).__name__}; did you mean {', '.join(close)}? "
                    f"estimator.get_params() lists them all",
                )
            )
