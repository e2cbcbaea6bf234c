"""A weak line and a slow phone: the first question can be answered at once, and every tap within a frame.

Measured against the clock, hence only in the long proof; `make bench` shows the figures.
"""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser

from tests.bench_stage import set_stage, shipped_questionnaires
from tests.bench_taps import FRAME, measure_taps
from tests.bench_weight import LANGUAGES, SOON, requests_until_answerable, seconds_until_answerable
from tests.running import Running, running_product, sqlite_url

pytestmark = [pytest.mark.browser, pytest.mark.slow]
Count = Callable[[str, int], None]
SHIPPED = tuple(shipped_questionnaires())


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    data = tmp_path_factory.mktemp("speed")
    set_stage(sqlite_url(data))
    with running_product(data, sqlite_url(data)) as running:
        yield running


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("wave", SHIPPED)
def test_on_a_weak_line_the_first_question_can_be_answered_within_nine_tenths_of_a_second(
    server: Running, browser: Browser, count: Count, wave: str, language: str
) -> None:
    seconds = seconds_until_answerable(browser, server.port, wave, language, 8)
    assert seconds <= SOON
    count(f"ms until {wave} in {language} can be answered on a weak line", round(1000 * seconds))


@pytest.mark.parametrize("wave", SHIPPED)
def test_until_then_nothing_else_is_asked_for(server: Running, browser: Browser, wave: str) -> None:
    assert requests_until_answerable(browser, server.port, wave) == [f"/b/{wave}"]


def test_a_tap_is_answered_within_a_frame_on_a_slow_phone(browser: Browser, count: Count) -> None:
    """Turning a page draws a whole new one, which is close to a frame: on a busy machine some take a second one."""
    taps = measure_taps(browser, 8)
    assert taps.median <= FRAME / 2
    assert taps.within_a_frame >= 0.95
    count("taps of 100 questions with 20 conditions on a slow phone", len(taps.page))
    count("… answered within a frame", sum(time <= FRAME for time in taps.page))
    count("… the slowest after so many ms", round(taps.worst))
