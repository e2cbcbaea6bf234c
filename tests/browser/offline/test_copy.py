"""What the worker keeps of the questionnaire, and what the page says of it."""

import pytest
from playwright.sync_api import Browser, Error, expect

from tests.browser.family import go_on, to_the_end
from tests.browser.offline.tools import (
    COPIES,
    Background,
    Family,
    Ground,
    broken_server,
    family,
    kept_by_worker,
    tap,
    wait_for_worker,
)
from tests.waiting import wait_until

pytestmark = pytest.mark.browser
slow = pytest.mark.slow


@pytest.mark.parametrize(
    ("phone", "said", "not_said"),
    [
        ("whole", ["innerhalb von 6 Tagen", "wenn diese Seite zu ist", "auch ohne Netz"], ["speichert nichts"]),
        ("no worker", ["innerhalb von 6 Tagen", "mit Netz"], ["auch ohne Netz", "zu ist", "speichert nichts"]),
        ("neither", ["speichert nichts", "lassen Sie die Seite offen"], ["6 Tagen", "auch ohne Netz", "zu ist"]),
    ],
)  # fmt: skip
def test_the_page_says_what_this_phone_can_do(
    browser: Browser, whole_ground: Ground, phone: str, said: list[str], not_said: list[str]
) -> None:
    with family(browser, whole_ground, phone) as home:
        home.send_at("after loading")
        note = home.page.locator("#err")
        for text in said:
            expect(note).to_contain_text(text)
        assert [text for text in not_said if text in note.inner_text()] == []


@slow
def test_what_the_page_says_of_the_worker_is_true(whole: Family) -> None:
    whole.send_at("after loading")
    expect(whole.page.locator("#err")).to_contain_text("auch ohne Netz wieder öffnen")
    assert kept_by_worker(whole.page) == 1
    whole.page.close()
    page = whole.come_back()
    expect(page.get_by_text("Kein Netz.", exact=False).last).to_be_visible()


@pytest.mark.slow
def test_deleting_on_the_device_deletes_the_workers_copy_too(whole: Family) -> None:
    whole.send_at("after loading")
    whole.page.get_by_role("button", name="Antworten auf diesem Gerät löschen").click()
    whole.has_nothing()
    whole.line.mend()
    Background(whole.context, whole.site.address).sync()
    whole.page.wait_for_timeout(500)
    assert whole.site.total() == 0


TEXT = """async () => { const [name] = await caches.keys(), cache = await caches.open(name), [key] = await cache.keys();
  return (await cache.match(key)).text(); }"""


def test_only_the_questionnaire_is_kept_and_no_key_of_the_server(whole: Family) -> None:
    whole.page.goto(whole.site.url(door="kita-sonne"))
    wait_for_worker(whole.page)
    others = "/b/familien/widerruf", "/", "/datenschutz?welle=familien", "/anmelden", "/ergebnisse"
    for path in (*others, "/b/familien?lang=ar"):
        whole.page.goto(whole.site.address + path)
    home = whole.site.address + "/b/familien"
    wait_until(lambda: len(whole.page.evaluate(COPIES)) == 2, "the second language")
    kept = sorted(url for _, url in whole.page.evaluate(COPIES))
    assert kept == [f"{home}?lang=ar&z=", f"{home}?lang=de&z=kita-sonne"]
    text = whole.page.evaluate(TEXT)
    assert "</script>" in text
    assert "_key" not in text.split("</script>")[-1]


@pytest.mark.slow
def test_until_the_worker_has_its_copy_the_line_carries_the_document_once(whole: Family) -> None:
    whole.open()
    wait_for_worker(whole.page)
    assert whole.line.carried("GET /b/familien/dienst.js") == 1
    assert whole.line.carried("GET /b/familien?") == 1


@slow
def test_reopened_offline_the_door_is_kept_and_the_language_is_explained(whole: Family) -> None:
    whole.page.goto(whole.site.url(door="kita-sonne"))
    wait_for_worker(whole.page)
    whole.line.cut()
    whole.page.goto(f"{whole.site.address}/b/familien?lang=uk")
    expect(whole.page.locator("main > p.w[lang=uk]")).to_contain_text("Без мережі")
    to_the_end(whole.page)
    go_on(whole.page)
    whole.wait_until_it_waits()
    tap(whole)
    [response] = whole.site.stored()
    assert (response.door, response.language) == ("kita-sonne", "de")


@slow
def test_a_slow_line_gives_way_to_the_copy_after_three_seconds(whole: Family) -> None:
    whole.open()
    wait_for_worker(whole.page)
    whole.line.hold()
    whole.page.goto(whole.site.url(), wait_until="commit", timeout=8000)
    expect(whole.page.locator("h1")).to_be_visible()
    whole.line.release()


def has_after_a_load(home: Family, text: str) -> bool:
    home.page.reload()
    return text in home.page.content()


@slow
def test_a_changed_form_comes_with_the_next_load_and_never_under_the_fingers(whole: Family) -> None:
    whole.open()
    wait_for_worker(whole.page)
    before = whole.page.locator("body").inner_text()
    whole.site.change("Ganz neu im Mai.")
    whole.page.wait_for_timeout(300)
    assert whole.page.locator("body").inner_text() == before
    assert "Ganz neu im Mai." not in whole.page.content()
    wait_until(lambda: has_after_a_load(whole, "Ganz neu im Mai."), "the new form")
    whole.line.cut()
    wait_until(lambda: "Ganz neu im Mai." in whole.page.evaluate(TEXT), "the new copy")
    whole.page.reload()
    assert "Ganz neu im Mai." in whole.page.content()


@slow
def test_a_server_in_trouble_gives_way_to_the_copy(whole: Family) -> None:
    whole.open()
    wait_for_worker(whole.page)
    with broken_server() as port:
        whole.line.cut()
        whole.line.lead_to(port)
        whole.line.mend()
        whole.page.reload()
        expect(whole.page.get_by_role("button", name="Los geht’s")).to_be_visible()


@slow
def test_a_wave_whose_name_begins_alike_is_left_alone(whole: Family) -> None:
    """A worker's scope is the beginning of an address, so the browser asks the worker of „familien“ here too."""
    whole.open()
    wait_for_worker(whole.page)
    answer = whole.page.goto(f"{whole.site.address}/b/familien-2")
    assert answer is not None
    assert answer.status == 404
    whole.line.cut()
    with pytest.raises(Error, match="ERR_"):
        whole.page.goto(f"{whole.site.address}/b/familien-2")


@slow
def test_a_page_for_asking_aloud_is_neither_kept_nor_replaced(whole: Family) -> None:
    whole.open()
    wait_for_worker(whole.page)
    whole.line.cut()
    with pytest.raises(Error, match="ERR_"):
        whole.page.goto(f"{whole.site.url()}&a=abc")
