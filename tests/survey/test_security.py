"""Headers of every page, and where cookies are set."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from survey import create_app
from survey.settings import Settings
from tests.survey.cast import WAVE
from tests.survey.desk_tools import page

PUBLIC = ("/", "/datenschutz", "/impressum", "/barrierefreiheit", f"/datenschutz?welle={WAVE}", "/gibt-es-nicht")
STAFF = ("/wellen", f"/wellen/{WAVE}", "/wellen/neu", f"/wellen/{WAVE}/plakat")
STYLES = Path(__file__).parents[2] / "static" / "css" / "base.css"


@pytest.mark.parametrize("path", [*PUBLIC, "/anmelden"])
def test_a_page_may_load_from_here_only_and_run_only_own_scripts(client: FlaskClient, path: str) -> None:
    policy = client.get(path).headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self' 'sha256-")
    assert "unsafe" not in policy
    for rule in ("base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'", "connect-src 'self'"):
        assert rule in policy


def test_results_may_set_no_styles_on_elements_either(client: FlaskClient) -> None:
    assert "unsafe" not in client.get("/ergebnisse").headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", PUBLIC)
def test_other_headers_protect_every_answer(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]


@pytest.mark.parametrize("path", [*PUBLIC, f"/b/{WAVE}", "/healthz", "/static/css/base.css"])
def test_no_cookie_is_set_for_the_public(client: FlaskClient, path: str) -> None:
    assert "Set-Cookie" not in client.get(path, buffered=True).headers


@pytest.mark.parametrize("path", [*PUBLIC, f"/b/{WAVE}"])
def test_no_cookie_is_set_for_the_public_even_when_staff_look(
    log_in: Callable[[str], FlaskClient], path: str
) -> None:
    assert "Set-Cookie" not in log_in("coordinator").get(path).headers


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(client: FlaskClient) -> None:
    cookie = client.get("/anmelden").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie


def test_behind_https_the_cookie_is_secure_and_the_browser_remembers(client: FlaskClient) -> None:
    answer = client.get("/anmelden", base_url="https://kreis.example")
    assert "Secure" in answer.headers["Set-Cookie"]
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")
    assert "Strict-Transport-Security" not in client.get("/anmelden").headers


def test_the_cookie_stays_under_the_prefix(tmp_path: Path, app: Flask) -> None:
    url = app.extensions["familienstimme"].settings.database_url
    other = create_app(Settings(tmp_path, url, secret_key="s" * 40, url_prefix="/familien"))
    assert "Path=/familien" in other.test_client().get("/anmelden").headers["Set-Cookie"]
    other.extensions["familienstimme"].store.close()


@pytest.mark.parametrize("path", STAFF)
def test_staff_pages_stay_out_of_every_cache(staff_client: FlaskClient, path: str) -> None:
    answer = staff_client.get(path)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", [*STAFF, "/angaben", "/auftraege/1"])
def test_without_login_a_staff_page_leads_to_the_login(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/anmelden?weiter={path}")


@pytest.mark.parametrize(
    ("role", "path", "status"),
    [
        ("planner", "/wellen", 403), ("planner", "/angaben", 403), ("coordinator", "/angaben", 403),
        ("administrator", "/angaben", 200), ("administrator", "/wellen", 200), ("administrator", "/wellen/neu", 403),
    ],
)  # fmt: skip
def test_each_role_sees_its_own_pages(
    log_in: Callable[[str], FlaskClient], role: str, path: str, status: int
) -> None:
    assert log_in(role).get(path).status_code == status


def test_static_files_are_kept_for_a_year_under_the_hash_of_their_content(client: FlaskClient) -> None:
    address = page(client.get("/")).all("link", rel="stylesheet")[0]["href"]
    assert re.fullmatch(r"/static/css/base\.css\?v=[0-9a-f]{12}", address)
    assert "immutable" in client.get(address, buffered=True).headers["Cache-Control"]
    assert client.get("/static/css/base.css?v=alt", buffered=True).headers["Cache-Control"] == "no-cache"


# --- colours -----------------------------------------------------------------------------------------------

TEXT_PAIRS = [
    ("ink", "ground"), ("ink", "card"), ("ink", "tint"), ("ink", "amber-tint"), ("ink", "warning-tint"),
    ("muted", "ground"), ("muted", "card"), ("action", "ground"), ("action", "card"), ("on-action", "action"),
    ("on-action", "action-strong"), ("warning", "ground"), ("warning", "warning-tint"), ("on-warning", "warning"),
]  # fmt: skip
MARK_PAIRS = [("border", "ground"), ("border", "card"), ("focus", "ground"), ("focus", "card"), ("focus", "tint")]


def tokens(dark: bool) -> dict[str, str]:
    text = STYLES.read_text().split("@media print")[0]
    light, _, rest = text.partition("@media (prefers-color-scheme: dark)")
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", rest.partition("/* --- ground")[0] if dark else light))


def contrast(one: str, other: str) -> float:
    def luminance(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("dark", [False, True])
def test_texts_have_a_contrast_of_4_5_and_marks_of_3(dark: bool) -> None:
    colours = tokens(dark)
    weak = [p for p in TEXT_PAIRS if contrast(colours[p[0]], colours[p[1]]) < 4.5]
    weak += [p for p in MARK_PAIRS if contrast(colours[p[0]], colours[p[1]]) < 3]
    assert weak == []
