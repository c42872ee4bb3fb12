"""Generators of genotypes fitted on one part of the individuals and measured on the other, with a report."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.base import clone

from seqaug_sklearn.datasets import GenotypeSet, write_vcf
from seqaug_sklearn.evaluation._genotypes._copying import find_copying
from seqaug_sklearn.evaluation._genotypes._fidelity import GenotypeFidelity, genotype_fidelity
from seqaug_sklearn.evaluation._genotypes._report import (
    NOT_WRITTEN,
    PEOPLE_FOLDER,
    WRITTEN,
    file_stem,
    sections,
    verdict,
    warning_of,
)
from seqaug_sklearn.evaluation._genotypes._share_judged import READING, share_judged
from seqaug_sklearn.exceptions import DataFormatError, InvalidParameterError
from seqaug_sklearn.reporting import Result, Section, write_report
from seqaug_sklearn.utils import (
    Message,
    Parameter,
    Ways,
    check_generator,
    check_output_folder,
    draw_seed,
    invalid_parameter,
)
from seqaug_sklearn.utils import progress as show_progress

__all__ = ["GenotypeComparison", "compare_genotype_generators"]

_SMALLEST = 6
"""Individuals that a population needs: four to train on and two held out."""


@dataclass(frozen=True, eq=False, repr=False)
class GenotypeComparison(Result):
    """Result of :func:`compare_genotype_generators`.

    Attributes
    ----------
    train, test : GenotypeSet
        Real individuals: those the generators were fitted on, and held-out ones.
    generators : dict of str to estimator
        Fitted.
    measured : dict of str to GenotypeSet
        Synthetic individuals that the figures are about: those asked for, and behind them as many more as it takes to
        have as many as training individuals, because the figures of few individuals are noise.
    n_samples : int
        Number asked for.
    fidelity : GenotypeFidelity
        How real and how private they are.
    settings : dict
        What was run, for the report.
    """

    _title = "Synthetic genotypes: how real, how private?"

    train: GenotypeSet
    test: GenotypeSet
    generators: Mapping[str, Any]
    measured: Mapping[str, GenotypeSet]
    n_samples: int
    fidelity: GenotypeFidelity
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def synthetic(self) -> dict[str, GenotypeSet]:
        """The synthetic individuals asked for, by name of the generator."""
        return {name: people.take(np.arange(self.n_samples)) for name, people in self.measured.items()}

    @property
    def copying(self) -> dict[str, str]:
        """Generators whose individuals must not be shared, with the reasons.

        A generator is here where the fault ``"copies"`` was found in its individuals, or where it breaks the rule that
        sets :class:`~seqaug_sklearn.augmentation.HaplotypeMosaic`: the upper end of the 95 % interval
        of the membership attack's AUC is above .56, in one population the whole interval is, or copies of training
        haplotypes are more frequent than among held-out individuals. The mosaic measures that itself, on training
        individuals that it holds out in turn; others are measured on the held-out individuals.
        """
        return find_copying(self.fidelity, self.generators, self.train, self.test)

    @property
    def judged(self) -> str:
        """Which share of the file's variants and individuals the figures are about; empty where there was no file."""
        return share_judged(self.train.counts, self.train.n_variants, len(self.train) + len(self.test))

    def verdict(self) -> list[str]:
        """Say in sentences what is wrong, and what the figures do not prove; the first one is the answer."""
        return verdict(self)

    def to_frame(self):
        """Return the figures of every generator and population, as :meth:`GenotypeFidelity.to_frame`."""
        return self.fidelity.to_frame()

    def sections(self) -> list[Section]:
        """Return the parts of the report; its figures are made anew."""
        return sections(self)

    def to_html(
        self,
        folder: str | Path,
        *,
        title: str | None = None,
        settings: Mapping[str, Any] | None = None,
        force: bool = False,
    ) -> Path:
        """Write the report and the synthetic individuals, unless they are copies of the training individuals.

        Parameters
        ----------
        folder : path
            As in :func:`write_report`.
        title : str, default=None
            Heading.
        settings : dict, default=None
            Further entries for the table of settings, for example the input file.
        force : bool, default=False
            Write the individuals of the generators in ``copying`` too. The page and the VCF files then say what they
            are.

        Returns
        -------
        pathlib.Path
            ``report.html``. Beside it ``people``, with a VCF file and a table of labels (``sample``, ``population``) of
            each generator that is not in ``copying``, which :func:`~seqaug_sklearn.datasets.read_genotypes` reads again
            (no such folder where there is none); ``tables`` and ``figures``.

        Raises
        ------
        OutputFolderError
            If the folder cannot be written.

        Notes
        -----
        The page shows real individuals' genotypes: keep it as confidential as the input. Without ``force``, the files
        in ``people`` hold synthetic individuals only.
        """
        folder = check_output_folder(folder)
        facts = {**(settings or {}), **self.settings}
        return write_report(
            folder,
            title=title or self._title,
            verdict=self._told(force),
            sections=self.sections(),
            settings=facts,
            more=lambda new: self._write_people(new / PEOPLE_FOLDER, force),
        )

    def _write_people(self, folder, force):
        copying = self.copying
        for name, people in self.synthetic.items():
            if name in copying and not force:
                continue
            folder.mkdir(exist_ok=True)
            notes = [warning_of(name, copying[name])] if name in copying else []
            write_vcf(folder / f"{file_stem(name)}.vcf.gz", people, notes=notes)
            people.people().to_csv(folder / f"{file_stem(name)}.tsv", sep="\t", index=False)

    def _told(self, force):
        """The verdict; right behind each warning not to share individuals stands what became of them."""
        sentences, names = self.verdict(), " and ".join(self.copying)
        if names:
            became = WRITTEN if force else NOT_WRITTEN
            sentences.insert(len(self.copying), became.format(names=names))
        return sentences


def compare_genotype_generators(
    people: GenotypeSet,
    generators: Mapping[str, Any] | None = None,
    *,
    test_size: float = 0.3,
    n_samples: int | None = None,
    random_state=None,
    progress: bool = False,
) -> GenotypeComparison:
    """Fit generators on part of the individuals, and measure what they make on the individuals that they did not see.

    Individuals are split within each population. The split knows nothing of families: leave relatives out beforehand,
    or the held-out individuals are not independent and copying looks harmless.

    Parameters
    ----------
    people : GenotypeSet
        Real individuals with populations, phased (``"phased"`` or ``"haplotype"``), nothing missing, at least six of
        each population.
    generators : dict of str to estimator, default=None
        Unfitted generators by name, with the encoding of ``people``. None: a
        :class:`~seqaug_sklearn.augmentation.HaplotypeMosaic`.
    test_size : float, default=0.3
        Share of each population that is held out; at least two individuals, and four are left for training.
    n_samples : int, default=None
        Synthetic individuals wanted of each generator, shared out among populations as the training individuals are.
        None: as many as training individuals.
    random_state : int, RandomState, Generator or None, default=None
        For the split, the controls and the default generator.
    progress : bool, default=False
        Whether progress is shown.

    Returns
    -------
    GenotypeComparison

    Raises
    ------
    DataFormatError
        If individuals have no populations, miss calls, have a population of fewer than six, or another encoding than a
        generator.
    ValueError
        If a parameter is out of range.

    See Also
    --------
    genotype_fidelity : The measurement alone.
    seqaug_sklearn.plotting.PopulationPCADisplay : One of the figures.

    Examples
    --------
    >>> from seqaug_sklearn.datasets import make_genotypes
    >>> from seqaug_sklearn.evaluation import compare_genotype_generators
    >>> individuals = make_genotypes(100, n_variants=40, n_populations=2, random_state=0)
    >>> comparison = compare_genotype_generators(individuals, n_samples=10, random_state=0)
    >>> len(comparison.train), len(comparison.test), len(comparison.synthetic["HaplotypeMosaic"])
    (140, 60, 10)
    """
    _check(people, test_size, n_samples)
    rng = check_generator(random_state)
    seed = draw_seed(rng)
    if generators is None:
        from seqaug_sklearn.augmentation import HaplotypeMosaic

        generators = {"HaplotypeMosaic": HaplotypeMosaic(encoding=people.encoding, random_state=seed)}
    _check_names(generators)
    held_out = _hold_out(people.populations, test_size, rng)
    train, test = people.take(~held_out), people.take(held_out)
    n_samples = len(train) if n_samples is None else n_samples
    fitted, measured = {}, {}
    with show_progress(total=len(generators) + 1, description="genotypes", enabled=progress, unit="step") as bar:
        for name, generator in generators.items():
            bar.set_postfix_str(name)
            fitted[name] = clone(generator).fit(train)
            measured[name] = _named(train, name, *_sample(fitted[name], n_samples, len(train), seed))
            bar.update()
        bar.set_postfix_str("measuring")
        fidelity = genotype_fidelity(train, test, measured, encoding=people.encoding, random_state=seed)
        bar.update()
    settings = _settings(people, train, test, n_samples, fitted)
    return GenotypeComparison(train, test, fitted, measured, n_samples, fidelity, settings)


def _check(people, test_size, n_samples):
    if not isinstance(people, GenotypeSet):
        raise DataFormatError(f"people must be a GenotypeSet, as read_genotypes gives it, got {type(people).__name__}")
    if people.populations is None:
        raise DataFormatError(Message("people have no populations; read them with ", Parameter("labels", ...)))
    if people.encoding == "dosage":
        counts, phased = Parameter("encoding", "dosage"), Parameter("encoding", "phased")
        raise DataFormatError(
            Message("people hold allele counts (", counts, "), but generators need phase: read them with ", phased)
        )
    if people.variants is None:
        raise DataFormatError("people have no table of variants, which the report and the written files need")
    if not 0 < test_size < 1:
        raise InvalidParameterError(Message(Parameter("test_size"), f" must be between 0 and 1, got {test_size!r}"))
    if n_samples is not None and n_samples < 1:
        raise InvalidParameterError(Message(Parameter("n_samples"), f" must be at least 1, got {n_samples!r}"))
    missing = int((people.genotypes < 0).sum())
    if missing:
        drop = Message("read the file with ", Parameter("missing", "drop"))
        raise DataFormatError(
            Message(f"{missing} calls are missing; ", Ways(drop, Message(Parameter("missing", "impute"))))
        )
    names, sizes = np.unique(people.populations, return_counts=True)
    small = [f"{name} ({size})" for name, size in zip(names, sizes, strict=True) if size < _SMALLEST]
    if small:
        ways = Ways(
            "merge them with others in the table of labels",
            Message("empty their labels and use ", Parameter("unlabelled", "drop")),
        )
        found = (
            f"populations with fewer than {_SMALLEST} individuals cannot be trained on and held out: {', '.join(small)}"
        )
        raise DataFormatError(Message(found, "; ", ways))


def _check_names(generators):
    """The files of each generator need names of their own."""
    names = list(generators)
    stems = [file_stem(name) for name in names]
    again = [name for i, name in enumerate(names) if stems[i] in stems[:i]]
    if not names or again:
        got = f"{again[0]!r} too much like another" if again else "none"
        raise invalid_parameter(
            "generators", f"must be at least one, with names that differ in letters or digits; got {got}"
        )


def _hold_out(populations, test_size, rng):
    """Draw the held-out individuals of each population: bool (n_individuals,)."""
    held_out = np.zeros(len(populations), bool)
    for population in np.unique(populations):
        members = rng.permutation(np.flatnonzero(populations == population))
        held_out[members[: np.clip(round(test_size * len(members)), 2, len(members) - 4)]] = True
    return held_out


def _sample(generator, n_samples, n_measured, seed):
    """Make the individuals asked for, and behind them those that are missing to ``n_measured``."""
    X, y = generator.sample(n_samples)
    if n_samples >= n_measured:
        return X, y
    more, labels = generator.sample(n_measured - n_samples, random_state=seed)
    return np.concatenate([X, more]), np.concatenate([y, labels])


def _named(train, name, X, y):
    """Return synthetic individuals of the training variants; their names cannot be mistaken for real ones."""
    labels = y[::2] if train.encoding == "haplotype" else y
    samples = np.array([f"synthetic_{file_stem(name)}_{number}" for number in range(1, len(labels) + 1)])
    made = GenotypeSet(X, train.encoding, samples=samples, variants=train.variants, populations=labels)
    return made.take(np.arange(len(made)))  # minor-allele frequencies are counted anew


def _settings(people, train, test, n_samples, generators):
    names, sizes = np.unique(people.populations, return_counts=True)
    return {
        "variants": f"{len(people.variants):,}",
        "place": _place(people.variants),
        "people": f"{len(people):,}",
        "populations": ", ".join(f"{name} {size:,}" for name, size in zip(names, sizes, strict=True)),
        "trained on, held out": f"{len(train):,}, {len(test):,}",
        "synthetic individuals asked for": f"{n_samples:,} per generator",
        **{name: " ".join(repr(generator).split()) for name, generator in generators.items()},
        **{READING.get(name, name): f"{count:,}" for name, count in people.counts.items() if count},
    }


def _place(variants):
    ends = variants.groupby("chrom", sort=False)["pos"].agg(["min", "max"])
    return ", ".join(f"{chromosome}:{low:,}-{high:,}" for chromosome, low, high in ends.head(5).itertuples()) + (
        f" and {len(ends) - 5} more chromosomes" if len(ends) > 5 else ""
    )
