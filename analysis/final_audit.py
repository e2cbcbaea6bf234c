"""The last step before a release exists: the attacker reads what was written, exactly as anybody else could.

While tables are protected one after the other, each is attacked with what is conceded of the rest. Here the folder
itself is read back, with all its tables, coverage, funnels and texts, and with the earlier releases of the wave.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from analysis.audit import audit
from analysis.audit_files import loose_numbers
from analysis.audit_frame import Told
from analysis.audit_rules import broken_rules
from analysis.errors import AnalysisError
from analysis.exact import Tally
from analysis.published import read_source, same_wave
from analysis.seeds import Seeds


class ReleaseUnsafe(AnalysisError):
    """What was about to be written tells too much, or holds a number that follows from nothing published."""

    exit_code = 6

    def __init__(self, found: Sequence[str], told: Told | None = None) -> None:
        self.found, self.told = tuple(found), told
        """`told`: what the attacker knew of groups, where hiding more may help"""
        first = "".join(f"\n  – {line}" for line in self.found[:5])
        more = f"\n  – und {len(self.found) - 5} weitere" if len(self.found) > 5 else ""
        super().__init__(
            f"Die letzte Prüfung hat etwas gefunden, deshalb wurde nichts geschrieben:{first}{more}\nBitte im "
            "Veröffentlichungsplan Antworten zusammenfassen oder einen Filter weglassen."
        )


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
