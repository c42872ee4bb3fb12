"""How real and how private synthetic individuals are."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from seqaug_sklearn.evaluation._genotypes._controls import bootstrap_copies, independent_variants
from seqaug_sklearn.evaluation._genotypes._faults import AVERAGE, CONTROLS, REAL, describe, find_faults
from seqaug_sklearn.evaluation._genotypes._judge import Judge
from seqaug_sklearn.evaluation._genotypes._real_and_synthetic import check_positions, read_real_and_synthetic
from seqaug_sklearn.reporting import Result
from seqaug_sklearn.utils import check_generator, draw_seed, invalid_parameter

__all__ = ["GenotypeFidelity", "genotype_fidelity"]

_INDEX = ["generator", "population"]
COLUMNS = [
    "n",
    "af_r2",
    "af_mae",
    "ld_correlation",
    "ld_decay_error",
    "pca_distance",
    "aa_real",
    "aa_synthetic",
    "aa",
    "privacy_loss",
    "membership_auc",
    "membership_se",
    "exact_copies",
    "near_copies",
    "diversity",
    "inbreeding",
    "train_on_synthetic",
]


@dataclass(frozen=True, repr=False)
class GenotypeFidelity(Result):
    """What :func:`genotype_fidelity` found.

    Attributes
    ----------
    table : DataFrame
        Metrics (columns) by generator and population (index); the population ``"average"`` is their mean. Rows
        ``"real"`` (the real training individuals, the ceiling), the generators, and the controls ``"independent SNPs"``
        and ``"bootstrap copies"``. Columns:

        - ``n``: individuals;
        - ``af_r2``, ``af_mae``: squared correlation and mean absolute difference of the allele frequencies to those of
          the held-out individuals;
        - ``ld_correlation``: correlation of r² over all pairs of variants that are common (minor-allele frequency at
          least 5 %) in the held-out individuals; ``ld_decay_error``: mean absolute difference of the mean r² in 20 bins
          of distance, equally wide in its logarithm, from 1/500 of the region to the whole. The correlation alone
          ignores the level;
        - ``pca_distance``: mean one-dimensional Wasserstein distance to the held-out individuals on the first 10
          principal components of the training individuals' allele counts, as a multiple of the real training
          individuals';
        - ``aa_real``, ``aa_synthetic``, ``aa``: nearest-neighbour adversarial accuracy against held-out individuals,
          its halves and their mean: the share of real (synthetic) ones whose nearest neighbour is of their own kind. .5
          is best, but .5 as the mean of halves near 0 and 1 is collapse;
        - ``privacy_loss``: ``aa`` minus the same against training individuals; above 0, the generator is nearer to
          them;
        - ``membership_auc``: of separating training from held-out individuals by their difference to the nearest
          synthetic one; ``membership_se``: its standard error (DeLong et al. [1]_, the two haplotypes of an individual
          taken together);
        - ``exact_copies``, ``near_copies``: share that equals a training haplotype, or differs from one in at most 1 %
          of the alleles. The row ``"real"`` has the base rate, of held-out individuals;
        - ``diversity``: mean difference of two individuals, as a multiple of the held-out individuals';
        - ``inbreeding``: Wright's F, 0 in Hardy-Weinberg proportions;
        - ``train_on_synthetic``: recall of real held-out individuals by a classifier trained on the synthetic ones
          (logistic regression on 20 principal components); the average is the balanced accuracy.

        In the row ``"real"``, privacy and membership compare one half of the training individuals with the other.
    ld_decay : DataFrame
        ``generator`` (``"held-out"`` too), ``population``, ``distance``, ``r2``.
    unit : {"haplotype", "person"}
        What differences, copies and membership are about; individuals where phase is unknown.
    n_imputed : dict of str to int
        Missing values filled per group.
    faults : dict of str to dict of str to str
        Generator -> fault -> sentence. Averages are judged unless said otherwise; ``allowance`` is one over the square
        root of the number of held-out units.

        - ``"frequencies"``: ``af_mae`` above 1.5 × real + .01;
        - ``"linkage"``: ``ld_correlation`` below real − .1, or ``ld_decay_error`` above real + .05;
        - ``"structure"``: ``pca_distance`` above 2, or ``train_on_synthetic`` below real − .05 − allowance;
        - ``"collapse"``: in any population ``diversity`` below .8 × real (1 at most) − the population's allowance, or
          ``aa_synthetic`` more than .5 + the population's allowance above ``aa_real`` (and above what it is in the real
          row); or ``diversity`` below .9 × real − allowance; ``"scatter"``: ``diversity`` above 1.1;
        - ``"hardy-weinberg"``: ``inbreeding`` more than .05 + allowance from real, or .1 + the population's allowance
          in any population; ``"substructure"``, where it is nearer to 0 than in real individuals: groups within a
          population were mixed;
        - ``"told apart"``: ``aa`` above .8, or ``aa_real`` more than .5 above ``aa_synthetic``: real individuals have
          no synthetic ones near them;
        - ``"copies"``: ``privacy_loss`` above .03, ``membership_auc`` above .53, ``exact_copies`` above the base rate +
          .05, or ``near_copies`` above the base rate + .1, each plus allowance. Also where ``privacy_loss`` or
          ``membership_auc`` is more than the allowance above 0 or .5 and more than a third of the way from there to the
          row ``"bootstrap copies"``: in a short region even copies score low.

    References
    ----------
    .. [1] DeLong, E. R., DeLong, D. M. and Clarke-Pearson, D. L., Comparing the areas under two or more correlated
       receiver operating characteristic curves: a nonparametric approach, Biometrics 44 (1988), 837-845,
       doi 10.2307/2531595.
    """

    _title = "How real, how private?"

    table: pd.DataFrame
    ld_decay: pd.DataFrame
    unit: str
    n_imputed: dict[str, int]
    faults: dict[str, dict[str, str]]

    @property
    def averages(self) -> pd.DataFrame:
        """Means over populations, one row per generator."""
        return self.table.xs(AVERAGE, level="population")

    def to_frame(self) -> pd.DataFrame:
        """Return the table with ``generator`` and ``population`` as columns."""
        return self.table.reset_index()

    def verdict(self) -> list[str]:
        """Say what is wrong with each generator, and whether the controls were detected; one text each."""
        imputed = [f"{count} missing values filled in {name}" for name, count in self.n_imputed.items() if count]
        return [*describe(self.table, self.faults), *imputed]

    def summary(self) -> str:
        """Return the verdict as one text, a line or more for each generator."""
        return "\n".join(self.verdict())


def genotype_fidelity(
    real_train,
    real_test,
    synthetic,
    populations=None,
    *,
    encoding: str = "phased",
    positions=None,
    missing: str = "error",
    random_state=None,
) -> GenotypeFidelity:
    """Measure how real and how private synthetic individuals are, with a ceiling and two controls beside them.

    The training individuals must be those that the generator saw, the held-out individuals must be others, unseen and
    unrelated: a figure says nothing without the real row (what new real individuals would score) and the controls (what
    a useless and what a copying generator scores).

    Parameters
    ----------
    real_train, real_test : array-like of shape (n_samples, n_variants) or GenotypeSet
        Real individuals: those the generators were fitted on, and held-out ones.
    synthetic : dict of str to (X, y), or (X, y), or GenotypeSet
        Synthetic individuals and their populations by name of the generator; without a name, ``"synthetic"``. ``y`` has
        one label per row, as ``sample`` of the generators gives it.
    populations : (array-like, array-like) or None, default=None
        Populations of the rows of ``real_train`` and ``real_test``. None takes those of the GenotypeSets.
    encoding : {"phased", "haplotype", "dosage"}, default="phased"
        Of all groups. Without phase (``"dosage"``), LD is the correlation of allele counts, and differences, copies and
        membership are about individuals instead of haplotypes.
    positions : array-like of shape (n_variants,) or None, default=None
        Positions of the variants in base pairs, on one chromosome, for LD decay. None takes those of the GenotypeSet
        where it has one chromosome, otherwise the variants' order.
    missing : {"error", "impute"}, default="error"
        Missing values (-1) are an error, or are filled with the most common value of the population and counted.
    random_state : int, RandomState, Generator or None, default=None
        For the controls, the halves and the draws of equal size.

    Returns
    -------
    GenotypeFidelity

    Raises
    ------
    DataFormatError
        If genotypes are not in ``encoding``, or miss values while ``missing="error"``.
    ValueError
        If labels are absent or of another length, the groups have other variants or other populations, a population has
        fewer than four training, two held-out or two synthetic individuals, or individuals are in both real_train and
        real_test.

    Warns
    -----
    SeqAugWarning
        If arrays under the default encoding look like allele counts or haplotypes.

    Notes
    -----
    Distances are matrix products of float32; LD takes blocks of variants. 1,750 training and 750 held-out individuals,
    742 variants and three generators take some seconds on one core.

    References
    ----------
    Yale et al. (2020), Generation and evaluation of privacy preserving synthetic health data, Neurocomputing 416,
    244-255, doi 10.1016/j.neucom.2019.12.136, for adversarial accuracy and privacy loss.

    Yelmen et al. (2021), Creating artificial human genomes using generative neural networks, PLOS Genetics 17,
    e1009303, doi 10.1371/journal.pgen.1009303, for their use on genotypes.

    Examples
    --------
    >>> import numpy as np
    >>> from seqaug_sklearn.augmentation import HaplotypeMosaic
    >>> from seqaug_sklearn.evaluation import genotype_fidelity
    >>> rng = np.random.default_rng(0)
    >>> y = np.repeat(["north", "south"], 80)
    >>> X = 3 * rng.integers(0, 2, (160, 1)).repeat(30, axis=1) ^ (rng.random((160, 30)) < 0.1)
    >>> train, test = np.arange(160) % 2 == 0, np.arange(160) % 2 == 1
    >>> individuals = HaplotypeMosaic(match_length=5, random_state=0).fit(X[train], y[train]).sample(40)
    >>> fidelity = genotype_fidelity(
    ...     X[train], X[test], {"mosaic": individuals}, (y[train], y[test]), random_state=0
    ... )
    >>> fidelity.averages.index.tolist()
    ['real', 'mosaic', 'independent SNPs', 'bootstrap copies']
    """
    if missing not in ("error", "impute"):
        raise invalid_parameter("missing", f"must be 'error' or 'impute', got {missing!r}")
    train, test, groups, n_imputed = read_real_and_synthetic(
        real_train, real_test, synthetic, populations, encoding, impute=missing == "impute"
    )
    seed = draw_seed(check_generator(random_state))
    rng = np.random.default_rng(seed)
    judge = Judge(train, test, check_positions(positions, train), seed)
    made = [make(train, rng) for make in (independent_variants, bootstrap_copies)]
    scores = {name: judge.synthetic(people) for name, people in [*groups.items(), *zip(CONTROLS, made, strict=True)]}
    scores = {REAL: judge.real()} | scores
    decays = {"held-out": judge.held_out_decay()} | {name: decay for name, (_, decay) in scores.items()}
    table = pd.concat({name: _with_average(frame) for name, (frame, _) in scores.items()}, names=_INDEX)
    return GenotypeFidelity(
        table=table,
        ld_decay=pd.concat(decays, names=_INDEX[:1]).reset_index(level=0).reset_index(drop=True),
        unit="person" if train.haplotypes is None else "haplotype",
        n_imputed=n_imputed,
        faults=find_faults(table, len(test.units)),
    )


def _with_average(frame):
    average = frame.mean().to_frame(AVERAGE).T
    average["n"] = frame["n"].sum()
    average["membership_se"] = np.sqrt(np.sum(frame["membership_se"] ** 2)) / len(frame)
    return pd.concat([frame, average])[COLUMNS].astype({"n": int})
