"""Charge, hydrophobicity, weight and aromaticity of proteins, by Biopython's ProtParam."""

import numpy as np

__all__ = ["protein_traits"]

_STANDARD = "ACDEFGHIKLMNPQRSTVWY"


def protein_traits(texts) -> dict[str, np.ndarray]:
    """Return properties of each protein, of its 20 standard residues; zeros where it has none.

    Parameters
    ----------
    texts : list of str
        Proteins, in upper case.
    """
    from Bio.SeqUtils.ProtParam import ProteinAnalysis

    others = str.maketrans("", "", "".join({*"".join(texts)} - {*_STANDARD}))
    rows = []
    for text in texts:
        known = text.translate(others)
        if not known:
            rows.append((0.0,) * 4)
            continue
        protein = ProteinAnalysis(known)
        # per residue: the length is a trait of its own
        per_residue = (protein.charge_at_pH(7.0) / len(known), protein.gravy())
        rows.append((*per_residue, protein.molecular_weight() / len(known), protein.aromaticity()))
    columns = np.array(rows).T
    names = ("charge at pH 7 per residue", "hydrophobicity (GRAVY)", "weight per residue", "aromaticity")
    return dict(zip(names, columns, strict=True))
