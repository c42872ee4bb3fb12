"""Which fits a budget of time pays for: a plan that is made once, stored, and followed whatever the clock says then."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import pandas as pd

from seqaug_sklearn.evaluation._verdict import WARNING
from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.reporting import Result
from seqaug_sklearn.utils import counted, invalid_parameter, parse_time, replaced_file, tell_time

__all__ = ["FitPlan", "check_budget", "choose_repeats", "read_plan"]


@dataclass(frozen=True, repr=False)
class FitPlan(Result):
    """The fits that a budget of time pays for.

    The same plan and seed give the same results on any machine of equal versions, however fast it is.

    Attributes
    ----------
    budget : float
        Seconds.
    repeats : dict of str to int
        Repeats of each model that is fitted.
    seconds : dict of str to float
        What a fit of each model takes, those that are left out included.
    probed : list of str
        Models of which a fit was timed; what the others take was estimated from their size.
    left_out : list of str
        Models for which there is no time.
    is_too_small : bool
        Whether the budget does not even pay for the one model that is fitted.
    """

    _title = "Plan of fits"

    budget: float
    repeats: dict[str, int]
    seconds: dict[str, float]
    probed: list[str]
    left_out: list[str]
    is_too_small: bool = False

    def to_frame(self) -> pd.DataFrame:
        """Return the repeats of each model, and the seconds that a fit takes."""
        frame = pd.DataFrame(
            {
                "repeats": [self.repeats.get(name, 0) for name in self.seconds],
                "seconds of a fit": list(self.seconds.values()),
                "told by": ["a timed fit" if name in self.probed else "its size" for name in self.seconds],
            },
            index=pd.Index(self.seconds, name="model"),
        )
        return frame

    def verdict(self) -> list[str]:
        """Say what was left out for lack of time."""
        time = tell_time(self.budget)
        if self.is_too_small:
            return [
                f"{WARNING}the budget of {time} is too small for a comparison: only the cheapest was fitted "
                f"({'; '.join(self.repeats)}), once, and {counted(len(self.left_out), 'model')} left out."
            ]
        if not self.left_out:
            # how many there are of each, because the number is what was cut
            fewest, most = min(self.repeats.values()), max(self.repeats.values())
            told = counted(most, "repeat") if fewest == most else f"{fewest} to {most} repeats"
            return [f"The budget of {time} pays for all models, with {told} of each."]
        told = "; ".join(self.left_out)
        return [f"Left out, because the budget of {time} does not pay for them: {told}."]

    def summary(self) -> str:
        """Say which fits there are."""
        by_number: dict[int, list[str]] = {}
        for name, number in self.repeats.items():
            by_number.setdefault(number, []).append(name)
        told = [f"{counted(n, 'repeat')} of {'; '.join(names)}" for n, names in sorted(by_number.items(), reverse=True)]
        return "\n".join(["Plan of fits:", *(f"- {line}" for line in told), *self.verdict()])

    def save(self, path: Path) -> None:
        """Write it as JSON."""
        with replaced_file(path, text=True) as file:
            json.dump(asdict(self), file, indent=1)


def read_plan(path: str | Path) -> FitPlan:
    """Read a plan that was saved.

    Raises
    ------
    DataFormatError
        If the file is no such plan.
    """
    try:
        plan = FitPlan(**json.loads(Path(path).read_text(encoding="utf-8")))
        numbers = [plan.budget, *plan.repeats.values(), *plan.seconds.values()]
        is_plan = all(isinstance(number, (int, float)) and number >= 0 for number in numbers) and len(plan.repeats) > 0
    except (OSError, UnicodeDecodeError, ValueError, TypeError, AttributeError) as error:
        raise DataFormatError(f"{path} is no plan of fits (plan.json in the folder of a report): {error}") from error
    if not is_plan:
        raise DataFormatError(f"{path} is no plan of fits: its numbers must be positive")
    return plan


def check_budget(budget: float | str | Path | FitPlan | None) -> float | FitPlan | None:
    """Return seconds, or a plan that was made before; None where time does not matter.

    Parameters
    ----------
    budget : number, str, path, FitPlan or None
        Minutes, a time such as "10m", "1h30m" or "90s", a plan, or the file of one.
    """
    if budget is None or isinstance(budget, FitPlan):
        return budget
    seconds = parse_time(str(budget))
    if seconds is None:
        if Path(str(budget)).is_file():
            return read_plan(str(budget))
        raise invalid_parameter(
            "budget",
            "must be a time such as '10m', '1h30m' or '90s' (a number alone means minutes), or the plan.json of "
            f"an earlier report; got {budget!r}",
        )
    if seconds <= 0:
        raise invalid_parameter("budget", f"must be more than no time, got {budget!r}")
    return seconds


def choose_repeats(
    first: Mapping[str, float],
    further: Mapping[str, float],
    partners: Mapping[str, str],
    seconds: float,
    most: int,
    baselines: Sequence[str] = (),
) -> tuple[dict[str, int], bool]:
    """Choose what a time pays for: one repeat of as many models as it can, the cheapest first, then further ones.

    A model comes with the one it is compared with, or not at all.

    Parameters
    ----------
    first, further : dict of str to float
        Seconds of the first repeat of each model, and of a further one, which takes no less: so what there was no time
        for once gets no further repeat, either.
    partners : dict of str to str
        What augmented models are compared with.
    seconds : float
        Time there is.
    most : int
        Most repeats of a model.
    baselines : list of str, default=()
        Models that do not learn: they are no answer by themselves.

    Returns
    -------
    repeats : dict of str to int
        Of the models that are fitted, in the order of ``first``; the cheapest one in any case.
    is_too_small : bool
        Whether the time does not pay for that one.
    """
    repeats: dict[str, int] = {}
    for number in range(1, most + 1):
        price = first if number == 1 else further
        for name in sorted(first, key=lambda name: further[name]):
            together = [one for one in (name, partners.get(name)) if one is not None and repeats.get(one, 0) < number]
            if sum(price[one] for one in together) <= seconds:
                seconds -= sum(price[one] for one in together)
                repeats |= dict.fromkeys(together, number)
    if not set(repeats) - set(baselines):
        learning = [name for name in first if name not in baselines and name not in partners] or list(first)
        cheapest = min(learning, key=lambda name: further[name])
        return {name: 1 for name in first if name in repeats or name == cheapest}, True
    return {name: repeats[name] for name in first if name in repeats}, False
