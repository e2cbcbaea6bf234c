"""The last step before a release exists: the attacker reads what was written, exactly as anybody else could.

While tables are protected one after the other, each is attacked with what is conceded of the rest. Here the folder
itself is read back, with all its tables, coverage, funnels and texts, and with the earlier releases of the wave.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from analysis.audit import audit, read_source, same_wave
from analysis.audit_files import loose_numbers
from analysis.audit_rules import broken_rules
from analysis.errors import ReleaseUnsafe
from analysis.exact import Tally
from analysis.seeds import Seeds


def check_written(folder: Path, published: Sequence[Path], seeds: Mapping[str, Seeds] | None = None) -> Tally:
    """Attack a release that is about to take its name.

    Parameters
    ----------
    folder : Path
        as written
    published : sequence of Path
        releases anybody could have seen; those of other waves are passed over
    seeds : mapping or None
        possible counts found before

    Returns
    -------
    Tally

    Raises
    ------
    ReleaseUnsafe
        with everything that was found, never a number
    """
    source = read_source(folder)
    report = audit(source, same_wave(source, map(read_source, published)), seeds)
    said = [*map(str, report.inferred), *broken_rules(folder, source), *loose_numbers(folder, source)]
    said += [f"{table}: Die Zahlen dieser Tabelle können nicht alle stimmen." for table in report.contradictions]
    if said:
        raise ReleaseUnsafe(said, report.told if report.inferred else None)
    return report.tally
