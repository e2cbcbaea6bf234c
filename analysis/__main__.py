"""The command line of the analysis: everything can be done from an extract, without the web."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from analysis import __version__
from analysis.errors import AnalysisError, ExtractError

HELP = """\
Aus einem Auszug einen geschützten Ergebnisstand machen · make a protected release from an extract

  python -m analysis check AUSZUG              prüft einen Auszug · checks an extract
  python -m analysis release AUSZUG ORDNER     rechnet, schützt, schreibt · estimates, protects, writes
  python -m analysis audit ORDNER              greift einen Ergebnisstand an · attacks a release
  python -m analysis show ORDNER               fasst einen Ergebnisstand zusammen · summarises a release
  python -m analysis compare A B               was zwei Ergebnisstände trennt, und warum · how and why two differ

Der Auszug ist ein Ordner mit responses.csv, codebook.json und fieldwork.json (texts.csv darf fehlen). Ein Ergebnisstand
wird nie überschrieben und entsteht ganz oder gar nicht. Derselbe Auszug ergibt dieselben Bytes.
Mit „--since ORDNER“ sagt ein Ergebnisstand auch, was sich seit dem Ergebnisstand einer früheren Welle geändert hat.
The extract is a folder with responses.csv, codebook.json and fieldwork.json (texts.csv may be missing). A release is
never overwritten and appears whole or not at all. The same extract gives the same bytes.
With "--since FOLDER" a release also says what changed since the release of an earlier wave.
Mit „--published ORDNER“ (mehrmals) kennt der Angreifer auch frühere Ergebnisstände derselben Welle. „audit“ liest nur,
was veröffentlicht ist, auch von anderswo, und mit „--earlier ORDNER“ (mehrmals) frühere Ergebnisstände dazu.
With "--published FOLDER" (repeatable) the attacker knows earlier releases of the wave, too. "audit" reads only what is
published, also elsewhere, and with "--earlier FOLDER" (repeatable) earlier releases beside it.
"""
EXITS = """\
Rückgabewerte · exit codes:
  0  in Ordnung · fine
  1  zwei Ergebnisstände zeigen verschiedene Zahlen · two releases show different figures
     oder: der Angreifer kann etwas eingrenzen · or: the attacker can infer something
  2  falscher Aufruf · wrong usage
  3  der Auszug oder sein Plan hat Fehler · the extract or its plan has problems
  4  die Welle ist nicht anonymisiert · the wave is not anonymised
  5  den Zielordner gibt es schon · the target exists
  6  eine Tabelle lässt sich nicht schützen · a table cannot be protected
  7  der Ergebnisstand ist beschädigt · the release is damaged
  8  Lesen oder Schreiben ging nicht (Rechte, Speicherplatz) · reading or writing failed
  9  zwei Ergebnisstände lassen sich nicht vergleichen · two releases cannot be compared
 10  Ergebnisstände einer Welle zählen andere Bögen · releases of a wave count different responses
130  abgebrochen mit Strg-C, 143 von einem anderen Programm · cancelled with Ctrl-C, 143 by another program
"""
REMEDY = "Es wurde nichts geschrieben. Bitte die genannten Stellen berichtigen oder den Auszug neu erzeugen."
EXIT_DIFFERENT, EXIT_FOUND, EXIT_FILES = 1, 1, 8
_WISHES = (signal.SIGINT, signal.SIGTERM)


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    shape = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser("python -m analysis", description=HELP, epilog=EXITS, formatter_class=shape)
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="check | release | audit | show | compare")
    check = commands.add_parser("check", help="Auszug prüfen · check an extract")
    check.add_argument("extract", type=Path, metavar="AUSZUG", help="Ordner des Auszugs · folder of the extract")
    release = commands.add_parser("release", help="Ergebnisstand machen · make a release")
    release.add_argument("extract", type=Path, metavar="AUSZUG", help="Ordner des Auszugs · folder of the extract")
    release.add_argument("release", type=Path, metavar="ORDNER", help="neuer Ordner · a new folder")
    release.add_argument(
        "--progress", action="store_true",
        help="Fortschritt Zeile für Zeile: „progress 0.42 Schritt“ · progress line by line",
    )  # fmt: skip
    release.add_argument(
        "--since", type=Path, metavar="FRÜHER",
        help="Ergebnisstand einer früheren Welle · release of an earlier wave",
    )  # fmt: skip
    release.add_argument(
        "--published", type=Path, metavar="ORDNER", action="append", default=[],
        help="früherer Ergebnisstand derselben Welle, auch zurückgezogen · earlier release of the wave, also withdrawn",
    )  # fmt: skip
    audit = commands.add_parser("audit", help="Ergebnisstand angreifen · attack a release")
    audit.add_argument("release", type=Path, metavar="ORDNER", help="Ordner des Ergebnisstands · folder of the release")
    audit.add_argument(
        "--earlier", type=Path, metavar="FRÜHER", action="append", default=[],
        help="früherer Ergebnisstand, der auch bekannt ist · earlier release that is known, too",
    )  # fmt: skip
    compare = commands.add_parser("compare", help="zwei Ergebnisstände vergleichen · compare two releases")
    compare.add_argument("first", type=Path, metavar="A", help="Ordner des einen · folder of one")
    compare.add_argument("second", type=Path, metavar="B", help="Ordner des anderen · folder of the other")
    show = commands.add_parser("show", help="Ergebnisstand zusammenfassen · summarise a release")
    show.add_argument("release", type=Path, metavar="ORDNER", help="Ordner des Ergebnisstands · folder of the release")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code.

    Parameters
    ----------
    arguments : sequence of str or None
        None: those of the process

    Returns
    -------
    int
        0, or the code of what went wrong; the reason is on standard error, without a traceback
    """
    chosen = make_parser().parse_args(arguments)
    try:
        return _COMMANDS[chosen.command](chosen)
    except ExtractError as error:
        print(f"Der Auszug hat {len(error.problems)} Fehler:", file=sys.stderr)
        for problem in error.problems:
            where = f", Zeile {problem.line}" if problem.line else ""
            named = problem.place.startswith("plan.") and problem.place not in problem.message
            where = f", {problem.place}" if named else where
            print(f"  {problem.file}{where}: {problem.message}", file=sys.stderr)
        print(REMEDY, file=sys.stderr)
        return error.exit_code
    except AnalysisError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    except OSError as error:
        name = Path(error.filename).name if isinstance(error.filename, str) else ""
        print(f"Lesen oder Schreiben ging nicht ({error.strerror}): {name}", file=sys.stderr)
        return EXIT_FILES


_wished: list[int] = []


def _end(number: int, _frame: object) -> None:
    """Leave through the ordinary way out, which removes what is half written: Ctrl-C, and how the web cancels."""
    for wish in _WISHES:
        signal.signal(wish, signal.SIG_IGN)  # a second one would disturb the tidying up
    _wished.append(number)
    os.write(sys.stderr.fileno(), b"Abgebrochen. Ein Ergebnisstand entsteht ganz oder gar nicht.\n")
    raise SystemExit(128 + number)


def _leave_if_wished() -> None:
    """Leave now: what a signal raises is lost where Python calls back by itself, as while a process is copied."""
    if _wished:
        raise SystemExit(128 + _wished[0])


def _check(chosen: argparse.Namespace) -> int:
    from analysis.extract import read_extract
    from analysis.plan_check import check_plan
    from analysis.weighting import prepare

    extract = read_extract(chosen.extract)
    if problems := check_plan(extract.fieldwork.plan, extract.codebook):
        raise ExtractError(problems)
    plan = extract.fieldwork.plan
    weights = "mit Gewichten" if prepare(extract, plan).extract.weight is not None else "ohne Gewichte"
    sheets = "1 Bogen" if extract.n == 1 else f"{extract.n} Bögen"
    print(f"Der Auszug ist in Ordnung: {sheets}, {len(extract.columns)} Spalten, {weights}.")
    if not extract.fieldwork.anonymised:
        print("Die Welle ist noch nicht anonymisiert; ein Ergebnisstand ist noch nicht möglich.")
    return 0


def _release(chosen: argparse.Namespace) -> int:
    from analysis.release import make_release
    from analysis.side_by_side import processors

    def report(done: float, step: str) -> None:
        """Print how far it is, if that was asked for."""
        _leave_if_wished()
        if chosen.progress:
            print(f"progress {done:.2f} {step}", flush=True)

    more = {"since": chosen.since, "published": chosen.published, "processes": processors()}
    manifest = make_release(chosen.extract, chosen.release, report, **more)
    print(f"Ergebnisstand „{chosen.release.name}“: {len(manifest.tables)} Tabellen, {len(manifest.files)} Dateien.")
    return 0


def _audit(chosen: argparse.Namespace) -> int:
    from analysis.audit import audit
    from analysis.audit_files import loose_numbers
    from analysis.audit_rules import broken_rules
    from analysis.published import read_source, same_wave
    from analysis.release import read_release

    source = read_source(chosen.release)
    earlier = same_wave(source, map(read_source, chosen.earlier))
    report = audit(source, earlier)
    said = [*map(str, report.inferred), *broken_rules(chosen.release, source)]
    said += loose_numbers(chosen.release, source)
    said += [f"{table}: Die Zahlen dieser Tabelle können nicht alle stimmen." for table in report.contradictions]
    for line in said:
        print(line)
    if not said:
        read_release(chosen.release)
        print(
            f"Der Angreifer hat nichts gefunden: {len(source.tables)} Tabellen, {report.tally.cells} Felder angesehen, "
            f"{len(earlier)} frühere Ergebnisstände einbezogen."
        )
    return EXIT_FOUND if said else 0


def _compare(chosen: argparse.Namespace) -> int:
    from analysis.compare import compare_releases
    from analysis.release import read_release

    first, second = (read_release(folder) for folder in (chosen.first, chosen.second))
    found = compare_releases(chosen.first, first, chosen.second, second)
    if found.same_files:
        print("Beide Ergebnisstände sind gleich, Byte für Byte.")
        return 0
    print("\n".join(found.lines))
    return 0 if found.same_figures else EXIT_DIFFERENT


def _show(chosen: argparse.Namespace) -> int:
    from analysis.release import read_release

    manifest = read_release(chosen.release)
    simulated = " · simulierte Daten" if manifest.simulated else ""
    print(f"{manifest.wave_title} · {manifest.district}{simulated}")
    print(f"{manifest.n_responses} Bögen, {manifest.opens_on:%d.%m.%Y} bis {manifest.closes_on:%d.%m.%Y}")
    p = manifest.protection
    states = f"{p.n_number} Zahlen, {p.n_uncertain} unsicher, {p.n_words} in Worten, {p.n_hidden} geschützt"
    print(f"{p.n_cells} Felder: {states}")
    for table in manifest.tables:
        print(f"  {table.id}: {table.title}")
    print("Regeln:")
    for rule in manifest.rules:
        print(f"  – {rule}")
    return 0


_COMMANDS = {"check": _check, "release": _release, "audit": _audit, "show": _show, "compare": _compare}


if __name__ == "__main__":
    for one in _WISHES:
        if signal.getsignal(one) is not signal.SIG_IGN:  # as where a shell starts us in the background
            signal.signal(one, _end)
    sys.exit(main())
