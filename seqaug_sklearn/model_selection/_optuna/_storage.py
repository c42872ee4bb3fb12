"""Finished trials in an Optuna storage, and the identity of the search that they belong to."""

import os
import re
import time
from pathlib import Path

import numpy as np

from seqaug_sklearn.utils import Parameter, data_digest, import_optional, invalid_parameter

__all__ = ["StudyStore", "data_digest", "describe", "fixed_parameters", "trial_seed"]

_ATTRIBUTE = "seqaug_sklearn"
_LONGEST = 200
_RACES = ("already exists", "UNIQUE constraint", "database is locked")
_NO_EFFECT = ("verbose", "n_jobs", "memory")


def trial_seed(seed, number):
    """Seed of the sampler for the trial that follows ``number`` finished ones."""
    # trial n has a seed of its own, so that a resumed search draws as an uninterrupted one
    return int(np.random.SeedSequence([seed, number]).generate_state(1)[0])


class StudyStore:
    """A study in a storage that receives whole, finished trials only.

    The search works on a copy in memory, so one that is killed leaves no half trial behind: the next one finds what an
    uninterrupted search had at that point.
    """

    def __init__(self, storage, name):
        optuna = import_optional("optuna", extra="tune", purpose="OptunaSearch")
        self._owned = None
        if isinstance(storage, (str, os.PathLike)):
            storage = self._owned = _open_database(optuna, _url(storage))
        self.name = name
        self._study = optuna.create_study(storage=storage, study_name=name, direction="maximize", load_if_exists=True)

    def __enter__(self):
        return self

    def __exit__(self, *exc_info):
        if self._owned is not None:
            self._owned.remove_session()
            self._owned.engine.dispose()

    def claim(self, identity, seed, seed_is_free):
        """Take over the study for a search, or refuse another search's; return the seed.

        Parameters
        ----------
        identity : dict of str to str
            What the search is, by aspect.
        seed : int
            Seed of a new study.
        seed_is_free : bool
            Whether the seed of the study counts where there is one.
        """
        known = self._study.user_attrs.get(_ATTRIBUTE)
        if known is None:
            if self._study.get_trials(deepcopy=False):
                raise invalid_parameter(
                    Parameter("study_name", self.name), f"in the storage was not made by OptunaSearch; {_WAY_OUT}"
                )
            self._study.set_user_attr(_ATTRIBUTE, {"seed": seed, "search": identity})
            return seed
        then, now = dict(known["search"]), dict(identity)
        if not seed_is_free:
            then["random_state"], now["random_state"] = f"seed {known['seed']}", f"seed {seed}"
        _check_same(self.name, then, now)
        return known["seed"]

    def finished(self):
        """All finished trials in their order."""
        return [trial for trial in self._study.get_trials() if trial.state.is_finished()]

    def add(self, trial, n_before):
        """Store a finished trial; ``n_before`` are stored already."""
        n_stored = len(self.finished())
        if n_stored != n_before:
            raise RuntimeError(
                f"study {self.name!r} got {n_stored - n_before} trials from elsewhere during trial {n_before}: only "
                f"one search at a time can work on a study; start this one again when the other has ended, and use "
                f"n_jobs to fit folds in parallel"
            )
        self._study.add_trial(trial)


_WAY_OUT = "give this search another study_name (or none) or another storage"


def _url(storage):
    if isinstance(storage, str) and "://" in storage:
        return storage
    path = Path(storage)
    if not path.absolute().parent.is_dir():
        raise FileNotFoundError(f"storage: the folder of {str(path)!r} does not exist; make it first")
    return f"sqlite:///{path}"


def _open_database(optuna, url):
    """Open a database, or make it; several outer folds may do so at once, and Optuna's tables are not made as one."""
    waits = {"connect_args": {"timeout": 60}} if url.startswith("sqlite") else None
    for attempt in range(20):
        try:
            return optuna.storages.RDBStorage(url, engine_kwargs=waits)
        except Exception as error:
            if attempt == 19 or not any(text in str(error) for text in _RACES):
                reason = str(error).partition("\n")[0].partition("(Background on")[0].strip()
                raise invalid_parameter(
                    Parameter("storage", url),
                    f"cannot be opened ({reason}); pass a file such as 'search.db' in a folder that exists, or the "
                    "URL of a database",
                ) from error
        # processes that wait different times do not meet again
        time.sleep(0.1 + os.getpid() % 17 / 100)


def _check_same(name, then, now):
    changed = [key for key in {**then, **now} if then.get(key) != now.get(key)]
    if not changed:
        return
    shown = [f"{key} ({_short(then.get(key))} there, {_short(now.get(key))} here)" for key in changed[:4]]
    more = f" and {len(changed) - 4} more" if len(changed) > 4 else ""
    hint = ""
    if "folds" in changed and "cv" not in changed and "data" not in " ".join(changed):
        hint = "; the same cv gave other folds: fix its random_state"
    raise invalid_parameter(
        Parameter("study_name", name),
        f"in the storage belongs to another search, which differs in {', '.join(shown)}{more}{hint}; {_WAY_OUT}",
    )


def _short(text):
    if text is None:
        return "nothing"
    return text if len(text) <= 80 else f"{text[:76]} ..."


def fixed_parameters(estimator, searched):
    """Name -> description of the parameters that the search leaves alone."""
    params = estimator.get_params(deep=True)
    # parts of a pipeline are described by their own parameters, so their owner names their class only
    listed = {id(value) for value in params.values()}
    return {
        name: describe(value, listed)
        for name, value in params.items()
        if name not in searched and name.split("__")[-1] not in _NO_EFFECT
    }


def describe(value, listed=frozenset()):
    """Text that is equal in another process for an equal value.

    Estimators whose id is in ``listed`` are named only, because their parameters are described on their own.
    Functions are distinguished by their name.
    """
    text = _describe(value, listed)
    return text if len(text) <= _LONGEST else f"{text[:60]}... {data_digest(text)}"


def _describe(value, listed):
    if isinstance(value, (list, tuple)):
        inner = ", ".join(_describe(item, listed) for item in value)
        return f"[{inner}]" if isinstance(value, list) else f"({inner})"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key!r}: {_describe(item, listed)}" for key, item in value.items()) + "}"
    if isinstance(value, np.ndarray) or hasattr(value, "iloc"):
        return f"{type(value).__name__} {value.shape} {data_digest(value)}"
    if callable(value) and hasattr(value, "__qualname__"):
        return f"{value.__module__}.{value.__qualname__}"
    cls = type(value)
    if hasattr(value, "get_params"):
        return cls.__qualname__ if id(value) in listed else _call(cls, value.get_params(deep=False), listed)
    if cls.__repr__ is object.__repr__:
        return _call(cls, getattr(value, "__dict__", {}), listed)
    # addresses differ from process to process
    return re.sub(r" at 0x[0-9a-fA-F]+", "", repr(value))


def _call(cls, attributes, listed):
    inner = ", ".join(f"{name}={_describe(value, listed)}" for name, value in attributes.items())
    return f"{cls.__qualname__}({inner})"
