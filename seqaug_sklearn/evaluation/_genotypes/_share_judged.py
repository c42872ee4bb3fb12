"""How much of a file of genotypes a verdict is about."""

__all__ = ["READING", "share_judged"]

READING = {
    "variants_read": "rows of the file",
    "multi_allelic": "dropped: several alternative alleles",
    "no_alternative": "dropped: no alternative allele",
    "not_snp": "dropped: no SNP",
    "without_gt": "dropped: no genotypes",
    "above_max_missing": "dropped: more missing calls than allowed",
    "below_min_maf": "dropped: too rare",
    "haploid": "dropped: calls of one allele",
    "with_missing": "dropped: missing calls",
    "missing_calls": "missing calls in what was kept",
    "placeholder_calls": "calls of a placeholder allele, taken for missing",
    "imputed_calls": "missing calls drawn from the population's frequencies",
    "cleaned": "rows with blanks taken out of their words",
    "people_read": "individuals of the file",
    "people_unlabelled": "individuals without a label, left out",
    "people_above_max_missing": "individuals with more missing calls than allowed, left out",
}
"""Counts of reading, in words."""

_UNWANTED = ("multi_allelic", "no_alternative", "not_snp", "below_min_maf")
"""What was not asked for; the other reasons take what a user wanted."""
_LITTLE = 0.5


def share_judged(counts, n_variants, n_individuals) -> str:
    """Say which share of a file's variants and individuals was kept, why the others were not, and what was drawn.

    Parameters
    ----------
    counts : dict of str to int
        Of a GenotypeSet.
    n_variants, n_individuals : int
        Kept.

    Returns
    -------
    str
        Empty for individuals who come from no file.
    """
    if not counts.get("variants_read"):
        return ""
    read = counts["variants_read"]
    dropped = {name: count for name in READING if (count := counts.get(name)) and READING[name].startswith("dropped")}
    wanted = read - sum(dropped.get(name, 0) for name in _UNWANTED)
    few = n_variants < _LITTLE * wanted
    reasons = [f"{count:,} {READING[name].removeprefix('dropped: ')}" for name, count in dropped.items()]
    why = f", left out: {'; '.join(reasons)}" if reasons else ""
    of_file = counts.get("people_read", n_individuals)
    sentence = (
        f"{'Warning: only ' if few else 'Judged: '}{n_variants:,} of {read:,} variants of the file "
        f"({n_variants / read:.1%}{why}) and {n_individuals:,} of {of_file:,} individuals"
    )
    sentence += " were judged; the answer is about these alone." if few else "."
    drawn = counts.get("imputed_calls", 0)
    if drawn:
        share = drawn / (n_variants * n_individuals)
        sentence += f" {drawn:,} missing calls ({share:.1%}) were drawn from the frequencies, which weakens linkage."
    return sentence
