"""What a command calls the parameters of the library: ``window=40`` is ``--window 40`` to type."""

import inspect
from collections.abc import Callable
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

if TYPE_CHECKING:  # the library is loaded when a command runs, not for its help
    from seqaug_sklearn.utils import Parameter

__all__ = ["Options"]

_ARGUMENT_OF = {
    "candidates": "model",
    "canonical": "both_strands",
    "kind": "features",
    "length": "upstream",
    "max_epochs": "epochs",
    "n_clusters": "clusters",
    "n_jobs": "jobs",
    "n_neighbors": "neighbors",
    "n_repeats": "repeats",
    "n_seeds": "repeats",
    "n_shuffles": "shuffles",
    "n_splits": "folds",
    "n_trials": "trials",
    "pattern": "label_pattern",
    "protocols": "protocol",
    "random_state": "seed",
    "sequences": "reference",
    "stratify": "no_stratify",
    "test_size": "test",
    "truncate": "cut_orthologs",
}
"""Parameter of the library -> argument of a command, where they are called differently."""


_FLAG_OF = {
    ("mask_low_complexity", False): "keep_low_complexity",
    ("mask_tags", False): "keep_tags",
    ("on_mismatch", "skip"): "skip_mismatches",
    ("y", None): "no_stratify",
}
"""Setting of the library -> flag that makes it."""

_NO_OPTIONS = {"X": "the data", "y": "the labels"}
"""What is not typed behind a name."""


class Options:
    """The options of a command that runs, and what was given for them.

    Parameters
    ----------
    command : callable
        Function of the command, whose annotations hold Typer's options.
    given : dict of str to object
        Its arguments.
    """

    def __init__(self, command: Callable, given: dict[str, Any]):
        self._given = given
        self._annotations = {name: p.annotation for name, p in inspect.signature(command).parameters.items()}

    def say(self, parameter: "Parameter") -> str | None:
        """Return what to type for a parameter, or None where the command has no such option or choice."""
        if parameter.name in _NO_OPTIONS and not parameter.is_set:
            return _NO_OPTIONS[parameter.name]
        if parameter.is_set and (flag := self._flag(parameter)):
            return self._typed(flag)
        # an option of the same name comes first: --length of one command is --upstream of another
        names = (parameter.name, _ARGUMENT_OF.get(parameter.name, parameter.name))
        name = next((name for name in names if self._typed(name)), names[1])
        option = self._typed(name)
        if option is None or not parameter.is_set:
            return option
        return self._set(option, name, parameter.value)

    @staticmethod
    def _flag(parameter):
        known = (flag for (name, value), flag in _FLAG_OF.items() if (name, value) == (parameter.name, parameter.value))
        return next(known, None)

    def _set(self, option, name, value):
        choices = [choice.value for choice in _choices(self._annotations[name])]
        if isinstance(value, bool):
            return option if value else None
        if choices and value not in choices:
            return None
        if isinstance(value, (list, tuple)):
            return f'{option} "{",".join(map(str, value))}"'
        return f"{option} {value}"

    def of_path(self, path: Any) -> str | None:
        """Return the option for which a path was given; None for arguments, and for paths that were not given."""
        for name, given in self._given.items():
            paths = [path for path in (given if isinstance(given, list) else [given]) if isinstance(path, Path)]
            if any(Path(path) in (one, one.expanduser().absolute()) for one in paths):
                return self._typed(name)
        return None

    def _typed(self, name):
        """Return the option with its dashes, None where there is none."""
        for part in get_args(self._annotations.get(name))[1:]:
            written = getattr(part, "param_decls", None)
            # arguments have no dashes: files are named by themselves
            if type(part).__name__ == "OptionInfo":
                return str(written[0]).partition("/")[0] if written else f"--{name.replace('_', '-')}"
        return None


def _choices(annotation):
    kinds = [annotation, *(kind for part in get_args(annotation)[:1] for kind in (part, *get_args(part)))]
    return [choice for kind in kinds if isinstance(kind, type) and issubclass(kind, Enum) for choice in kind]
