"""GFF3 and GTF files, as NCBI, Ensembl, Phytozome, Bakta, Prokka and gene finders write them."""

from collections.abc import Iterator

from seqaug_sklearn.datasets._genomes._placed import Lost, Placed
from seqaug_sklearn.exceptions import DataFormatError
from seqaug_sklearn.utils import import_optional

__all__ = ["is_gff", "read_gff"]

_GENES = ("gene", "pseudogene", "ncRNA_gene", "protein_coding_gene", "transposable_element_gene")
_RNAS = ("tRNA", "rRNA", "ncRNA", "tmRNA", "misc_RNA", "snRNA", "snoRNA", "miRNA", "lnc_RNA", "SRP_RNA", "RNase_P_RNA")
_WHOLE = ("region", "chromosome", "contig", "supercontig", "scaffold", "plasmid")
_TRANSCRIPTS = ("mRNA", "transcript", "primary_transcript", "pseudogenic_transcript", *_RNAS)
_KEPT = {*_GENES, *_TRANSCRIPTS, *_WHOLE, "CDS"}
"""Exons, UTRs, repeats and hits are most of a large file and are not read; exons of a GTF stand for genes."""
_COPIED = ("product", "protein_id", "transl_table", "pseudo", "pseudogene")


def is_gff(lines: list[str]) -> bool:
    """Whether the first lines are those of a GFF or GTF file: nine fields between tabs, whole numbers in two."""
    for line in lines:
        if line.startswith("##gff-version"):
            return True
        if line.strip() and not line.startswith("#"):
            fields = line.rstrip("\n").split("\t")
            return len(fields) in (8, 9) and fields[3].isdecimal() and fields[4].isdecimal()
    return False


def read_gff(lines, source: str) -> tuple[list[Placed], list[Lost], set[str], str]:
    """Read genes, coding sequences and RNAs.

    Parameters
    ----------
    lines : iterable of str
        Those of the file.
    source : str
        Name of the file, for messages.

    Returns
    -------
    features : list of Placed
        In the order of the file; coding sequences of one transcript are one feature.
    lost : list of (str, str, str)
        Kind, name and reason of features whose place is not one.
    circular : set of str
        Sequences that the file calls circular.
    fasta : str
        The sequences that some programs write below the features; empty where there are none.

    Raises
    ------
    DataFormatError
        If a line has not nine fields between tabs.
    MissingDependencyError
        If gffutils is not installed.
    """
    kept, lost, fasta = _relevant(lines, source)
    entries = list(_parsed(kept, source))
    gene_names = {
        entry.attributes["gene_id"][0]: entry.attributes["gene_name"][0]
        for entry in entries
        if entry.attributes.get("gene_id") and entry.attributes.get("gene_name")
    }
    parents = {entry.attributes["ID"][0]: entry for entry in entries if entry.attributes.get("ID")}
    circular = {
        entry.seqid for entry in entries if entry.attributes.get("Is_circular", [""])[:1] in (["true"], ["True"])
    }
    features: dict[tuple, Placed] = {}
    for number, entry in enumerate(entries):
        kind = "gene" if entry.featuretype in _GENES else entry.featuretype
        if kind != "gene" and kind != "CDS" and kind not in _RNAS:
            continue
        key = _key(entry, number) if kind == "CDS" else (number,)
        part = (entry.start - 1, entry.end)
        if key in features:
            features[key].parts.append(part)
        else:
            features[key] = _placed(entry, kind, part, parents, gene_names)
        _set_frame(features[key], entry)
    found = list(features.values())
    if not any(feature.kind == "gene" for feature in found):
        found = _genes_of_gtf(entries) + found
    return found, lost, circular, fasta


def _relevant(lines, source):
    """Return the lines to parse with their numbers, features without a place, and the sequences below ##FASTA."""
    kept: list[tuple[int, str]] = []
    lost: list[Lost] = []
    lines = iter(enumerate(lines, start=1))
    for number, line in lines:
        if line.startswith(("##FASTA", ">")):
            rest = [] if line.startswith("##") else [line]
            return kept, lost, "".join([*rest, *(text for _, text in lines)])
        if not line.strip() or line.startswith("#"):
            continue
        fields = line.rstrip("\r\n").split("\t")
        if len(fields) < 8 or len(fields) > 9:
            raise DataFormatError(f"{source}: line {number} has {len(fields)} fields between tabs; GFF and GTF have 9")
        if fields[2] not in _KEPT and fields[2] != "exon":
            continue
        if not (fields[3].isdecimal() and fields[4].isdecimal()) or not 1 <= int(fields[3]) <= int(fields[4]):
            kind = "gene" if fields[2] in _GENES else fields[2]
            lost.append((kind, f"of line {number}", f"its place {fields[3]}..{fields[4]} is none"))
            continue
        kept.append((number, line))
    return kept, lost, ""


def _parsed(kept, source) -> Iterator:
    gffutils = import_optional("gffutils", extra="annotation", purpose="reading GFF and GTF files")
    if not kept:
        return
    # exons are needed of a GTF without genes only
    if any(line.split("\t", 3)[2] != "exon" for _, line in kept):
        kept = [(number, line) for number, line in kept if line.split("\t", 3)[2] != "exon"]
    from gffutils.iterators import DataIterator

    text = "".join(line if line.endswith("\n") else f"{line}\n" for _, line in kept)
    try:
        entries = list(DataIterator(text, from_string=True))
    except (ValueError, KeyError, IndexError, gffutils.exceptions.AttributeStringError) as error:
        raise DataFormatError(f"{source} is not a valid GFF or GTF file: {error}") from error
    if len(entries) != len(kept):
        raise DataFormatError(f"{source}: {len(kept)} lines of features, but {len(entries)} can be read")
    yield from entries


def _key(entry, number):
    """What parts of one coding sequence have in common."""
    for name in ("ID", "Parent", "transcript_id", "protein_id"):
        if entry.attributes.get(name):
            return ("CDS", entry.seqid, name, entry.attributes[name][0])
    return (number,)


def _placed(entry, kind, part, parents, gene_names):
    attributes = entry.attributes
    gene = _gene_of(entry, parents)
    names = {
        "gene": _first(attributes, "gene", "gene_name")
        or _first(gene, "gene", "gene_name", "Name")
        or gene_names.get(_first(attributes, "gene_id"), ""),
        "locus_tag": _first(attributes, "locus_tag") or _first(gene, "locus_tag", "gene_id") or _identifier(gene),
    }
    if kind == "gene":
        names["gene"] = names["gene"] or _first(attributes, "Name")
    qualifiers = {name: [value] for name, value in names.items() if value}
    for name in _COPIED:
        if attributes.get(name):
            qualifiers[name] = [attributes[name][0]]
    if "pseudo" in entry.featuretype.lower() or "pseudogene" in "".join(attributes.get("gene_biotype", [])):
        qualifiers["pseudo"] = [""]
    # NCBI says of a partial feature at which end it goes on: "start_range=.,101"
    return Placed(
        entry.seqid,
        kind,
        [part],
        {"+": 1, "-": -1}.get(entry.strand, 0),
        qualifiers,
        attributes.get("start_range", [""])[0] == ".",
        attributes.get("end_range", ["", ""])[-1] == ".",
    )


def _gene_of(entry, parents):
    """Attributes of the topmost parent."""
    seen = set()
    while entry.attributes.get("Parent") and entry.attributes["Parent"][0] in parents:
        name = entry.attributes["Parent"][0]
        if name in seen:
            break
        seen.add(name)
        entry = parents[name]
    return entry.attributes


def _first(attributes, *names):
    for name in names:
        if attributes.get(name) and attributes[name][0].strip():
            return attributes[name][0].strip()
    return ""


def _identifier(attributes):
    """The ID without what Ensembl and NCBI write in front of it ("gene:AT1G01010", "gene-rpl2")."""
    text = _first(attributes, "ID")
    for prefix in ("gene:", "gene-", "cds-", "CDS:"):
        text = text.removeprefix(prefix)
    return text


def _set_frame(feature, entry):
    """Keep the phase of the part that is read first, as GenBank's /codon_start."""
    if feature.kind != "CDS" or entry.frame not in ("0", "1", "2"):
        return
    own = (entry.start - 1, entry.end)
    first = max(feature.parts) if feature.strand == -1 else min(feature.parts)
    if own == first:
        feature.qualifiers["codon_start"] = [str(int(entry.frame) + 1)]


def _genes_of_gtf(entries):
    """Genes of a file that has none: from the first to the last residue of what carries one gene_id."""
    spans: dict[tuple, list] = {}
    for entry in entries:
        name = _first(entry.attributes, "gene_id")
        if name:
            spans.setdefault((entry.seqid, name, entry.strand), []).append(entry)
    genes = []
    for (record, name, strand), parts in spans.items():
        span = (min(part.start for part in parts) - 1, max(part.end for part in parts))
        gene = _first(parts[0].attributes, "gene_name") or name
        qualifiers = {"gene": [gene], "locus_tag": [name]}
        genes.append(Placed(record, "gene", [span], {"+": 1, "-": -1}.get(strand, 0), qualifiers))
    return genes
