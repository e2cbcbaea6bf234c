"""Possible counts of a topic, kept from its protection for the audit of what was written.

The audit takes none on trust: a table of counts counts only if it agrees with everything published. What they save is
looking for them again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from analysis.attack import Counts
from analysis.audit_frame import About
from analysis.exact_model import Facts
from analysis.groups import Frame, Key


@dataclass(frozen=True)
class Seeds:
    """Whole counts by answer and group, without the rows that follow from others."""

    answers: tuple[str, ...]
    keys: tuple[Key, ...]
    counts: Counts
    """(tables, answers and base and everybody, groups)"""


def seeds_of(about: About, frame: Frame, facts: Facts, witnesses: Sequence[Counts]) -> Seeds:
    """Keep witnesses of a search.

    Parameters
    ----------
    about : About
    frame : Frame
    facts : Facts
        of the search
    witnesses : sequence of (rows, groups) int arrays
    """
    rows = [*range(len(about.answers)), facts.system.base_row, facts.system.missing_row + 1]
    return Seeds(about.answers, frame.keys, np.stack([counts[rows] for counts in witnesses]).astype(np.int64))


def seeded(seeds: Seeds | None, about: About, frame: Frame, facts: Facts) -> Iterator[Counts]:
    """Yield counts for other facts of the same topic; none where these know groups or answers the seeds do not."""
    if seeds is None or seeds.answers != about.answers or not set(frame.keys) <= set(seeds.keys):
        return
    n_rows, base = facts.known.low.shape[0], facts.system.base_row
    m, columns = len(about.answers), [seeds.keys.index(key) for key in frame.keys]
    for counts in seeds.counts[:, :, columns]:
        found = np.zeros((n_rows, len(columns)), np.int64)
        found[:m], found[base:] = counts[:m], (counts[m], counts[-1] - counts[m], counts[-1])
        for relation in facts.system.row_relations:
            if m <= relation.total < base:
                found[relation.total] = found[list(relation.parts)].sum(0)
            elif relation.total == base and not about.one_of:
                found[relation.parts[1]] = found[base] - found[relation.parts[0]]
        yield found
