"""The test harness itself: it sees what it must see, and leaves nothing running."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import Browser, Page

from tests.conftest import is_foreign, watched_page
from tests.waiting import wait_until

ROOT = Path(__file__).parent.parent


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split(") ")[1][0] != "Z"
    except FileNotFoundError:
        return False


def _run_pytest(folder: Path, body: str, **environment: str) -> subprocess.CompletedProcess[str]:
    (folder / "test_inner.py").write_text("import pytest\n" + body)
    env = os.environ | environment
    return subprocess.run(_command(folder), cwd=ROOT, env=env, capture_output=True, text=True, check=False)


def _command(folder: Path) -> list[str]:
    options = ["-c", ROOT / "pyproject.toml", "-p", "no:cacheprovider", "-p", "tests.conftest"]
    return [str(part) for part in (sys.executable, "-m", "pytest", "-q", *options, folder / "test_inner.py")]


SKIPPING = "def test_skipped():\n    pytest.skip('there is no such thing')\n"
BROWSING = "def test_browser(phone):\n    pass\n"
LONG = "@pytest.mark.slow\ndef test_long(count):\n    count('cases', 1234)\n"
NO_BROWSER = {"PATH": "/nowhere", "CHROMIUM": ""}


def test_at_a_desk_skips_and_a_missing_browser_are_visible_and_long_proofs_are_left_out(tmp_path: Path) -> None:
    desk = _run_pytest(tmp_path, SKIPPING + BROWSING + LONG, CI="", FAMILIENSTIMME_PROOF="", **NO_BROWSER)
    assert desk.returncode == 0, desk.stdout
    assert "2 skipped, 1 deselected" in desk.stdout
    assert "there is no such thing" in desk.stdout


def test_in_ci_a_skip_and_a_missing_browser_are_failures(tmp_path: Path) -> None:
    ci = _run_pytest(tmp_path, SKIPPING + BROWSING, CI="true", **NO_BROWSER)
    assert "1 failed, 1 error" in ci.stdout
    assert "there is no such thing" in ci.stdout


def test_counts_appear_in_the_proof_run(tmp_path: Path) -> None:
    assert "1,234  cases" in _run_pytest(tmp_path, LONG, FAMILIENSTIMME_PROOF="1", CI="").stdout


@pytest.fixture
def short_folder() -> Iterator[Path]:
    """Open to all and with a short name: sockets lie in it, and PostgreSQL runs as an ordinary user."""
    with tempfile.TemporaryDirectory(prefix="h-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.mark.parametrize(
    "needs",
    [
        pytest.param("browser", marks=pytest.mark.browser),
        pytest.param("new_postgres_database", marks=pytest.mark.postgres),
    ],
)
def test_a_killed_run_leaves_no_process_and_no_folder(
    needs: str, short_folder: Path, request: pytest.FixtureRequest
) -> None:
    request.getfixturevalue(needs)  # skips here, visibly, where it would skip there
    body = f"import time\ndef test_x({needs}):\n    print('ready', flush=True)\n    time.sleep(60)\n"
    (short_folder / "test_inner.py").write_text(body)
    marker = f"HARNESS_{os.getpid()}_{needs}"
    environment = os.environ | {"TMPDIR": str(short_folder), marker: "1"}
    command = [*_command(short_folder), "-s"]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        seen = []
        assert any(seen.append(line) or "ready" in line for line in run.stdout), seen
        assert len(_carrying(marker)) > 1
        run.kill()
    wait_until(lambda: not _carrying(marker), "every process to end")
    wait_until(lambda: _names(short_folder) == {"test_inner.py"}, "every file to be gone")


def _names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} - {"__pycache__"}


def _carrying(marker: str) -> list[str]:
    """Living processes that inherited this environment variable."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if marker.encode() in (entry / "environ").read_bytes() and _alive(int(entry.name)):
                found.append((entry / "cmdline").read_text().replace("\0", " ")[:100])
        except OSError:
            continue
    return found


@pytest.mark.browser
@pytest.mark.parametrize(
    "asking",
    [
        "new Image().src = 'https://foreign.example/pixel.png'",
        "void new WebSocket('wss://foreign.example/')",
        "void window.open('https://foreign.example/')",
    ],
)
def test_a_request_to_a_foreign_host_fails_the_test(asking: str, browser: Browser) -> None:
    with pytest.raises(AssertionError, match=r"foreign\.example"), watched_page(browser) as page:
        page.evaluate(asking)
        page.wait_for_timeout(300)


def test_addresses_of_this_machine_are_not_foreign() -> None:
    assert [is_foreign(url) for url in ("http://127.0.0.1:5/", "data:,x", "blob:null/1")] == [False] * 3


@pytest.mark.browser
def test_the_phone_is_a_phone_and_the_desk_a_desk(phone: Page, desk: Page) -> None:
    measure = "[innerWidth, innerHeight, devicePixelRatio, navigator.maxTouchPoints > 0]"
    page = "<!doctype html><meta name=viewport content='width=device-width'>"
    phone.set_content(page)
    desk.set_content(page)
    assert phone.evaluate(measure) == [360, 740, 2, True]
    assert desk.evaluate(measure) == [1280, 900, 1, False]


@pytest.mark.browser
def test_axe_sees_a_missing_label_and_a_missing_landmark_under_a_strict_policy(
    desk: Page, axe: Callable[[Page], list[str]]
) -> None:
    policy = "<meta http-equiv=Content-Security-Policy content=\"default-src 'none'\">"
    head = f"<!doctype html><html lang=de><head>{policy}<title>x</title></head>"
    bad = head + "<body><h1>x</h1><input></body></html>"
    desk.set_content(bad)
    rules = {line.split(" ")[0] for line in axe(desk)}
    assert {"label", "region"} <= rules
    desk.set_content(bad.replace("<h1>", "<main><h1>").replace("<input>", "<label>y <input></label></main>"))
    assert axe(desk) == []


@pytest.mark.postgres
def test_every_test_gets_an_empty_database_of_its_own(new_postgres_database: Callable[[], str]) -> None:
    first, second = new_postgres_database(), new_postgres_database()
    for url in (first, second):
        with psycopg.connect(url.replace("+psycopg", "")) as connection:
            connection.execute("CREATE TABLE mark (n int)")
