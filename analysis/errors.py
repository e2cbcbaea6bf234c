"""What can go wrong, as facts. The command line gives each class its exit code and says it in German."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from questionnaires.problems import Problem


class AnalysisError(Exception):
    """Base of all errors of this package; `str()` is a German text for people, without any answer."""

    exit_code = 1


class ExtractError(AnalysisError):
    """The extract does not keep its contract; carries every problem found."""

    exit_code = 3

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class NotAnonymised(AnalysisError):
    """The wave still has technical links; a release would shrink or grow with every withdrawal."""

    exit_code = 4

    def __init__(self, wave: str) -> None:
        self.wave = wave
        super().__init__(
            f"Die Welle „{wave}“ ist noch nicht anonymisiert. Ein Ergebnisstand entsteht erst, wenn alle "
            "Bögen erfasst sind und die Welle anonymisiert ist. Es wurde nichts geschrieben."
        )


class ReleaseExists(AnalysisError):
    """A release is never overwritten."""

    exit_code = 5

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        super().__init__(
            f"Den Ordner „{folder.name}“ gibt es schon. Ein Ergebnisstand wird nie überschrieben: "
            "Bitte einen neuen Ordner angeben."
        )


class ProtectionFailed(AnalysisError):
    """No way of hiding figures makes a table safe."""

    exit_code = 6

    def __init__(self, table: str, earlier: Sequence[str] = ()) -> None:
        self.table, self.earlier = table, tuple(earlier)
        names = ", ".join(f"„{name}“" for name in self.earlier)
        blocked = (
            f"Die Tabelle „{table}“ lässt sich neben dem, was schon bekannt ist, nicht schützen: Frühere "
            f"Ergebnisstände dieser Welle ({names}) zeigen dieselbe Tabelle, und was einmal zu sehen war, zählt immer "
            "mit, auch nach dem Zurückziehen. Bitte den Veröffentlichungsplan des früheren Ergebnisstands verwenden, "
            "zum Beispiel dieselben Filter und zusammengefassten Antworten, oder bei dem früheren Ergebnisstand "
            "bleiben. Es wurde nichts geschrieben."
        )
        alone = (
            f"Die Tabelle „{table}“ lässt sich mit diesem Veröffentlichungsplan nicht schützen. "
            "Bitte im Plan Antworten zusammenfassen oder Filter weglassen. Es wurde nichts geschrieben."
        )
        super().__init__(blocked if self.earlier else alone)


class OtherResponses(AnalysisError):
    """Two releases of a wave count different responses: what they differ by would be a few people."""

    exit_code = 10

    def __init__(self, wave: str) -> None:
        self.wave = wave
        super().__init__(
            f"Ein früherer Ergebnisstand der Welle „{wave}“ zählt andere Bögen. Aus beiden zusammen ließe sich auf "
            "einzelne Familien schließen. Bitte im Plan dieselbe Regel verwenden, welche Bögen ausgelassen werden."
        )


class ReleaseDamaged(AnalysisError):
    """A release folder is not what its manifest says."""

    exit_code = 7

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


class ReleasesNotComparable(AnalysisError):
    """A release cannot be compared with another; carries the reason in German."""

    exit_code = 9

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"{reason} Es wurde nichts geschrieben.")
