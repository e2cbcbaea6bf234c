"""What a wave allows, by its state. The table is the rule: change it here first."""

import pytest

from survey.waves import ACTIONS, STATES, allowed

TABLE = """
state      | submit submit_late withdraw enter_paper close_now end_entry anonymise extract release archive
planned    | ·      ·           ·        ·           ·         ·         ·         ·       ·       ·
open       | yes    ·           yes      yes         yes       ·         ·         ·       ·       ·
closing    | ·      yes         yes      yes         ·         yes       ·         ·       ·       ·
entry      | ·      ·           yes      yes         ·         yes       yes       ·       ·       ·
anonymised | ·      ·           ·        ·           ·         ·         ·         yes     yes     yes
archived   | ·      ·           ·        ·           ·         ·         ·         ·       ·       ·
"""

HEAD, *LINES = [line.replace("|", " ").split() for line in TABLE.strip().splitlines()]


def test_the_table_names_every_state_and_every_action() -> None:
    assert tuple(HEAD[1:]) == ACTIONS
    assert tuple(line[0] for line in LINES) == STATES


@pytest.mark.parametrize("line", LINES, ids=lambda line: line[0])
def test_a_state_allows_what_its_line_says_and_nothing_else(line: list[str]) -> None:
    state, *marks = line
    assert [allowed(state, action) for action in ACTIONS] == [mark == "yes" for mark in marks]  # type: ignore[arg-type]
