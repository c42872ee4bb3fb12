"""LOCUS lines of GenBank files as programs write them, and as the standard has them."""

import re
from dataclasses import dataclass

__all__ = ["Locus", "locus_of", "with_standard_lines"]

_TOPOLOGIES = ("circular", "linear")
# columns or single blanks, as NCBI and Biopython write them
_STANDARD = re.compile(
    r"LOCUS {7}\S+ +\d+ (?:bp|aa|rc)(?: +\S+)? +(?:linear|circular) +[A-Z]{3} +\d{1,2}-[A-Z]{3}-\d{4}\s*"
)
_LENGTH = re.compile(r"(\d+)\s*(bp|aa|rc)\b", re.IGNORECASE)
_DATE = re.compile(r"\d{1,2}-[A-Za-z]{3}-\d{4}")
_DIVISION = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True)
class Locus:
    """What a LOCUS line says.

    Attributes
    ----------
    name : str
        Without blanks, which become underscores.
    length : int
        Residues that it announces.
    unit : {"bp", "aa"}
        What they are.
    molecule : str
        "DNA", "ds-DNA", "mRNA", ...; "DNA" where it is not said, empty of a protein.
    topology : {"circular", "linear"} or None
        None where it is not said.
    division, date : str
        As the standard has them, "UNK" and "01-JAN-1980" where they are not said.
    """

    name: str
    length: int
    unit: str
    molecule: str
    topology: str | None
    division: str
    date: str

    def __str__(self):
        """The line, one blank between its fields, which has no limit on their width."""
        topology = self.topology or "linear"
        molecule = self.molecule or "PRT"
        return f"LOCUS       {self.name} {self.length} {self.unit} {molecule} {topology} {self.division} {self.date}"


def locus_of(line: str, n_residues: int) -> Locus | None:
    """Read a LOCUS line by the words that it holds, wherever they stand; None where it gives no length.

    Parameters
    ----------
    line : str
        The line.
    n_residues : int
        Residues of the sequence below it. Assemblers' names run into the length (``NODE_1_cov_12.5120 bp``), and this
        tells where it begins.
    """
    text = line.removeprefix("LOCUS").strip()
    found = list(_LENGTH.finditer(text))
    if not found:
        return None
    # a name may hold "500 bp" itself: the last one is the length
    match = found[-1]
    name, digits, rest = text[: match.start()], match[1], text[match.end() :].split()
    known = str(n_residues)
    if digits != known and digits.endswith(known) and name == name.rstrip():
        name, digits = name + digits.removesuffix(known), known
    lower = [word.lower() for word in rest]
    topology = next((word for word in lower if word in _TOPOLOGIES), None)
    molecule = next((word for word in rest if re.search("DNA|RNA", word, re.IGNORECASE)), None)
    others = [word for word in rest if word.lower() not in _TOPOLOGIES and word != molecule]
    unit = match[2].lower()
    return Locus(
        "_".join(name.split()) or "unnamed",
        int(digits),
        "aa" if unit == "aa" else "bp",
        (molecule or "DNA") if unit != "aa" else "",
        topology,
        next((word for word in others if _DIVISION.fullmatch(word)), "UNK"),
        next((word.upper() for word in others if _DATE.fullmatch(word)), "01-JAN-1980"),
    )


def with_standard_lines(text: str, topology: str | None = None) -> tuple[str, list[Locus]]:
    """Return the text with LOCUS lines that any parser reads, and what they say.

    Parameters
    ----------
    text : str
        Records, each from a line that begins with LOCUS on.
    topology : {"circular", "linear"}, default=None
        What all records are, whatever their lines say.

    Returns
    -------
    text : str
        Lines of the standard are left alone.
    lines : list of Locus
        One per record; records without a length in their line are missing.
    """
    pieces = re.split(r"^(?=LOCUS\b)", text, flags=re.MULTILINE)
    found, written = [], []
    for piece in pieces:
        line, end, body = piece.partition("\n")
        locus = locus_of(line, _count_residues(body)) if line.startswith("LOCUS") else None
        if locus is None:
            written.append(piece)
            continue
        if topology is not None:
            locus = Locus(**(vars(locus) | {"topology": topology}))
        found.append(locus)
        as_it_is = _STANDARD.fullmatch(line.rstrip()) and (topology is None or f" {topology} " in line)
        written.append(piece if as_it_is else f"{locus}{end}{body}")
    return "".join(written), found


def _count_residues(body):
    """Letters of the sequence, between ORIGIN and the end of the record."""
    start = re.search(r"^ORIGIN.*$", body, re.MULTILINE)
    if start is None:
        return 0
    stop = body.find("\n//", start.end())
    sequence = body[start.end() : stop if stop >= 0 else len(body)]
    # what is no letter is a number or a blank: as fast as it gets for a whole chromosome
    return len(sequence.translate(_NO_LETTERS))


_NO_LETTERS = {code: None for code in range(128) if not chr(code).isalpha()}
