"""The application as a whole: small, and every page of one kind."""

import gzip
import subprocess
import sys
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

ROOT = Path(__file__).parents[2]
#: What the web process must never load: a third of its memory, and nothing it needs.
HEAVY = {"pandas", "numpy", "plotly", "scipy", "ruamel", "analysis"}


def test_the_web_process_loads_no_library_of_the_analysis(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from survey import create_app; import survey.serve\n"
        "from survey.settings import Settings\n"
        "create_app(Settings(Path(sys.argv[1]), f'sqlite:///{sys.argv[1]}/x'))\n"
        "print(*{name.partition('.')[0] for name in sys.modules})"
    )
    loaded = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True)
    assert HEAVY & set(loaded.stdout.split()) == set()


def test_templates_and_static_files_are_found_in_the_checkout(app: Flask) -> None:
    assert Path(app.template_folder or "") == ROOT / "templates"
    assert Path(app.static_folder or "") == ROOT / "static"


def test_every_address_that_changes_something_is_a_post_with_a_token(app: Flask) -> None:
    """Respondents and who comments or tries a draft by its link have no session, hence no token; all others do."""
    csrf = app.extensions["csrf"]
    assert {blueprint.name for blueprint in csrf._exempt_blueprints} == {"respond"}
    assert csrf._exempt_views == {
        "survey.design.comments.say", "survey.design.trial.take", "survey.design.trial.remark",
    }  # fmt: skip


def test_addresses_are_german_and_lower_case(app: Flask) -> None:
    ours = [str(rule) for rule in app.url_map.iter_rules() if rule.endpoint != "static"]
    assert all(rule == rule.lower() for rule in ours)
    assert {"/wellen", "/anmelden", "/abmelden", "/datenschutz", "/impressum", "/barrierefreiheit"} <= set(ours)


def test_static_files_are_sent_compressed_and_are_the_same_inside(client: FlaskClient) -> None:
    address = "/static/vendor/plotly-basic.min.js"
    plain = client.get(address, headers={"Accept-Encoding": "identity"})
    zipped = client.get(address, headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in plain.headers
    assert zipped.headers["Content-Encoding"] == "gzip"
    assert len(zipped.data) < 0.4 * len(plain.data)
    assert gzip.decompress(zipped.data) == plain.data
    plain.close()
