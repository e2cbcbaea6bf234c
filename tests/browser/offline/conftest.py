"""The site with a moving clock, and a family's phone on a line of its own."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.offline.tools import Family, Ground, family, ground


@pytest.fixture(scope="session")
def browser(whole_browser: Browser) -> Browser:
    """Only a whole one sends by itself when signal returns."""
    return whole_browser


@pytest.fixture(scope="session")
def whole_ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    with ground(tmp_path_factory.mktemp("ground")) as made:
        yield made


@pytest.fixture
def whole(browser: Browser, whole_ground: Ground) -> Iterator[Family]:
    with family(browser, whole_ground) as made:
        yield made
