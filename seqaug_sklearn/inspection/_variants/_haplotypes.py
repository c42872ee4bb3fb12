"""The text that a model reads, without a variant and with it."""

__all__ = ["centred_windows", "whole_sequences"]


def whole_sequences(text, allele):
    """A sequence, and the sequence with the allele.

    An insertion loses residues at the end that is further from it (the right one of two as far), so that the length
    stays. A deletion leaves the sequence shorter, as there is nothing to fill it up with.
    """
    left, right = allele.position, len(text) - allele.position - len(allele.ref)
    grown = len(allele.alt) - len(allele.ref)
    start = grown if grown > 0 and left > right else 0
    return text, _cut(text, allele, start, start + min(len(text), len(text) + grown))


def centred_windows(text, allele, length):
    """Windows of ``length`` residues: of the reference, and of the haplotype with the allele.

    The middle of the allele stands in the middle of each; at the ends of the sequence windows are shifted inwards. So
    what an insertion pushes out, or a deletion draws in, is shared between both sides.
    """
    start = _start(allele.position + len(allele.ref) // 2, length, len(text))
    changed = len(text) - len(allele.ref) + len(allele.alt)
    begin = _start(allele.position + len(allele.alt) // 2, length, changed)
    return text[start : start + length], _cut(text, allele, begin, begin + length)


def _start(middle, length, total):
    return min(max(middle - length // 2, 0), total - length)


def _cut(text, allele, start, stop):
    """Residues ``start`` to ``stop`` of the haplotype, of which nothing else is built: contigs are long."""
    position, after = allele.position, allele.position + len(allele.alt)
    # from the haplotype's places behind the allele to those of the text
    shift = len(allele.ref) - len(allele.alt)
    # a model of text may read lower case differently
    masked = text[position].islower()
    alt = allele.alt.lower() if masked else allele.alt
    before = text[start : min(stop, position)] if start < position else ""
    inside = alt[max(start - position, 0) : max(stop - position, 0)]
    behind = text[max(start, after) + shift : max(stop, after) + shift]
    return before + inside + behind
