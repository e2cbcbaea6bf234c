"""Test runs and corrections are kept the same on both databases."""

from datetime import timedelta

from questionnaires.differences import Revision, correction
from questionnaires.model import Questionnaire
from questionnaires.write import data_of
from survey.records import DraftLink, Trial
from survey.store import Store, comments, drafts, revisions, trials, waves
from survey.waves import local_day
from tests.survey import cast
from tests.survey.cast import DURING, WAVE


def test_runs_of_a_draft_are_kept_once_and_go_with_their_links(store: Store) -> None:
    drafts.create_draft(store, "abc", {"id": "x"}, "ada", DURING)
    today, digest = local_day(DURING), trials.keep_version(store, "abc", cast.questionnaire())
    link = DraftLink(comments.hash_token("t"), "abc", "Elterncafé", today, digest)
    comments.add_link(store, link)
    comments.add_comment(store, link, "ort", "", "Welcher Ort?", DURING)
    trial = Trial(digest, "de", {"ort": "answered"}, {"eins": 9})
    assert [trials.add_trial(store, "abc", "k", trial) for _ in range(2)] == [True, True]
    assert trials.list_trials(store, "abc") == (trial,)
    assert trials.forget_ended(store, today + trials.KEPT_AFTER) == 0
    assert trials.forget_ended(store, today + trials.KEPT_AFTER + timedelta(days=1)) == 1
    left = trials.list_trials(store, "abc"), comments.list_comments(store, "abc"), comments.list_links(store, "abc")
    assert left == ((), (), ())


def test_a_correction_is_logged_with_its_switch_and_only_from_the_version_asked(store: Store) -> None:
    before = cast.questionnaire()
    after = Questionnaire.model_validate(data_of(before) | {"title": {"de": "Berichtigt"}})
    changes = correction(before, after).changes
    log = Revision(at=DURING, by="ada", why="Tippfehler", before=before.hash, after=after.hash, changes=changes)
    assert revisions.revise(store, WAVE, after, log, DURING)
    assert not revisions.revise(store, WAVE, after, log, DURING)
    assert revisions.list_revisions(store, WAVE) == (log,)
    assert waves.versions_of(store, WAVE) == {before.hash, after.hash}
