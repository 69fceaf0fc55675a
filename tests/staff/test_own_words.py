"""Own words: two desks call sides, office, places and titles what they will, over the same signed bytes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser as Chromium

from tests.node.offices import SIDES
from tests.staff.desks import Desks
from tests.staff.looking import apart, launched, look, window
from tests.storage.setup import ready
from yeollak.errors import OurFault
from yeollak.node.config import FILE, NodeConfig
from yeollak.node.speaking import speak
from yeollak.storage import reading
from yeollak.words import LANGUAGES, term
from yeollak.words import called as naming
from yeollak.words.own import NONE, OwnWords, SideWords, own, reading_as, speak_own

ready()

OURS = OwnWords(
    office={"en": "Joint Bureau of Both", "ko": "북남공동사무소", "ar": "المكتب المشترك"},
    seat={"en": "Kaesong City"},
    sides={
        "north": SideWords({"en": "Our Republic", "ko": "공화국", "ar": "جمهوريتنا"}, {"en": "Republic"}),
        "south": SideWords({"en": "Southern Part", "ko": "남조선측", "ar": "القسم الجنوبي"}),
    },
    titles={
        "co-head": {"en": "Director", "ko": "대표", "ar": "المدير"},
        "Deputy Minister": {"en": "Vice-Minister"},
    },
    places={"Seoul": {"en": "Southern capital"}, "House of Peace": {"en": "Southern house"}},
    order=("north", "south"),
    zone="Asia/Kolkata",
    side="south",
)


@contextmanager
def speaking(words: OwnWords) -> Iterator[None]:
    """The words of the whole process, as a node's start sets them."""
    before = own()
    speak_own(words)
    try:
        yield
    finally:
        speak_own(before)


def settings(folder: Path, table: str) -> NodeConfig:
    """The settings of a node with a table [words]."""
    NodeConfig(folder, "north", ("127.0.0.1", 1), ("127.0.0.1", 2)).save()
    path = folder / FILE
    path.write_text(f"{path.read_text()}\n{table}\n", encoding="utf-8")
    return NodeConfig.load(folder)


def test_the_settings_are_read_and_written_whole(tmp_path: Path) -> None:
    kept = NodeConfig(
        tmp_path, "north", ("127.0.0.1", 1), ("127.0.0.1", 2), korean="ko-kp", own=replace(OURS, side="")
    )
    kept.save()
    assert NodeConfig.load(tmp_path) == kept
    for order in ("ours", "charter", ""):
        changed = replace(kept, own=OwnWords(order=order, titles={'a "b" \\ 😀': {"en": "c"}}), korean="ko")
        changed.save()
        assert NodeConfig.load(tmp_path) == changed


@pytest.mark.parametrize(
    ("table", "code"),
    [
        ("[words]\nsite = 1", "words-unknown"),
        ('[words]\ncorean = "ko-kp"', "words-unknown"),
        ("[words.sides.north]\nlong = 1", "words-unknown"),
        ('[words.sides."North Side".name]\nen = "x"', "words-unknown"),
        ('[words.office]\nfr = "Bureau"', "words-unknown"),
        ('[words]\noffice = "Bureau"', "words-unknown"),
        ('[words.office]\nen = ""', "words-text"),
        ("[words.office]\nen = 7", "words-text"),
        ('[words.office]\nen = "a\\u202eb"', "words-text"),
        ('[words.office]\nen = "two\\nlines"', "words-text"),
        (f'[words.sides.north.short]\nen = "{"x" * 61}"', "words-text"),
        ('[words.titles.""]\nen = "x"', "words-text"),
        ('[words]\norder = "theirs"', "words-order"),
        ('[words]\norder = ["north", "north"]', "words-order"),
        ("[words]\norder = []", "words-order"),
        ('[words]\nzone = "Asia/Pyeongyang"', "words-zone"),
        ('[words]\nzone = "../etc/passwd"', "words-zone"),
    ],
)
def test_what_cannot_be_shown_is_refused_at_the_start(tmp_path: Path, table: str, code: str) -> None:
    with pytest.raises(OurFault) as raised:
        settings(tmp_path, table)
    assert raised.value.code == code


def test_a_name_of_ours_counts_by_language_and_the_charter_for_the_others() -> None:
    charter = {"en": "South", "fr": "Sud"}
    words = OwnWords(sides={"south": SideWords({"en": "Our side"}, {"ko": "남"})})
    assert words.full("south", charter) == {"en": "Our side", "fr": "Sud"}
    assert words.short("south", {"en": "S"}, charter) == {"en": "Our side", "ko": "남"}
    assert words.full("north", charter) == charter
    assert NONE.short("south", {}, charter) == charter


def test_the_order_is_whole_whatever_is_set() -> None:
    sides = ("south", "north", "east")
    for order in ("", "ours", "charter", ("north",), ("east", "north", "south"), ("nobody", "east")):
        words = OwnWords(order=order)
        assert sorted(words.ordered(sides, "north")) == sorted(sides)
    assert OwnWords().ordered(sides, "north") == ["north", "south", "east"]
    assert OwnWords().ordered(sides, "north", neutral=True) == list(sides)
    assert OwnWords(order=("north",)).ordered(sides, "south") == ["north", "south", "east"]


def test_places_and_titles_are_met_in_any_language_and_case() -> None:
    assert OURS.placed({"ko": "평화의 집", "en": "HOUSE  OF PEACE"})["en"] == "Southern house"
    assert OURS.placed({"en": "House of Peace, second floor"}) == {"en": "House of Peace, second floor"}
    assert OURS.titled({"en": "Deputy Minister"}) == {"en": "Vice-Minister"}
    assert OURS.post("Asia/Seoul", "en") == "Southern capital"
    assert OURS.post("Asia/Seoul", "ko") == "Seoul"


def test_words_for_one_page_do_not_reach_another() -> None:
    with speaking(OURS):
        assert term("co-head", "en") == "Director"
        with reading_as(NONE):
            assert term("co-head", "en") == "co-head"
        assert term("co-head", "ko") == "대표"
    assert term("co-head", "en") == "co-head"


@pytest.fixture(scope="module")
def desks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desks]:
    made = Desks.fresh(tmp_path_factory, "south")
    yield made
    speak_own(NONE)
    made.close()


PAGES = (
    "", "line/", "line/?table=1", "calls/", "matters/", "calendar/", "people/", "people/roster/",
    "statistics/", "record/", "alarms/", "compose/", "compose/note.tender/", "find/",
)  # fmt: skip


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_page_calls_a_side_what_the_charter_does(desks: Desks, lang: str) -> None:
    view = reading.office_view(desks.nodes["south"].alias, desks.office)
    theirs = {naming.side_name(view.charter, side, lang) for side in SIDES}
    browser = desks.browser("south", "co-head", lang)
    before = {page: browser.get(f"/1/{page}") for page in PAGES}
    assert any(name in before[""].text for name in theirs), "without words of ours the charter's stand there"
    with speaking(OURS):
        ours = {naming.side_name(view.charter, side, lang) for side in SIDES}
        assert not ours & theirs
        for page in PAGES:
            answer = browser.get(f"/1/{page}")
            assert answer.status == before[page].status == 200, page
            seen = re.sub(r"<(script|style)\b.*?</\1>", " ", answer.text, flags=re.DOTALL)
            words = re.sub(r"<[^>]*>", "\n", seen)
            for name in theirs:
                # The time zones' own names are no names of sides.
                assert not re.search(rf"(?<![\w/]){re.escape(name)}(?!\w)", words), (page, name)
            assert OURS.office[lang] in answer.text, page


def test_the_order_of_sides_is_that_of_the_settings_and_of_the_person(desks: Desks) -> None:
    browser = desks.browser("south", "co-head")

    def first() -> list[str]:
        page = browser.get("/1/").text
        return re.findall(r'<div class="post (us|them)', page)

    assert first() == ["us", "them"]
    with speaking(OURS):
        assert first() == ["them", "us"], "the north stands first, as our side has set"
        lanes = browser.get("/1/line/").text
        assert lanes.index("Republic") < lanes.index("Southern Part, ours")
        browser.post("/me/settings/", of="/me/", language="en", zone="", order="ours")
        assert first() == ["us", "them"], "a person may choose otherwise"
        browser.post("/me/settings/", of="/me/", language="en", zone="", order="")
        assert first() == ["them", "us"]


def test_hours_are_shown_by_the_clock_of_the_settings(desks: Desks) -> None:
    browser = desks.browser("south", "co-head")
    assert "UTC+5:30" not in browser.get("/1/").text
    with speaking(OURS):
        page = browser.get("/1/").text
    assert "UTC+5:30" in page
    assert "Kolkata" in page


def act_of(desks: Desks) -> tuple[str, bytes]:
    """An act of the north that states a function: the appointment of its co-head."""
    view = reading.office_view(desks.nodes["south"].alias, desks.office)
    place = view.charter.places["north"]
    for index in range(view.ledger.counted(place)):
        act = view.ledger.finding(place, index)
        if act.move is not None and act.move.facts.get("function") == "co-head":
            return act.id, view.ledger.entry(place, index).document
    raise AssertionError("no such act")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_both_versions_stand_over_the_same_bytes(desks: Desks, lang: str) -> None:
    act, document = act_of(desks)
    browser = desks.browser("south", "co-head", lang)
    pages = {}
    for other in LANGUAGES:
        with speaking(OURS):
            answer = browser.get(f"/1/acts/{act}/versions/?in={other}")
        assert answer.status == 200
        table = re.search(r'<table class="log stack versions.*?</table>', answer.text, re.DOTALL)
        assert table is not None
        pages[other] = table[0]
        assert OURS.office[lang] in table[0]
        assert OURS.titles["co-head"][lang] in table[0]
        assert OURS.sides["north"].name[lang] in table[0]
        charter = reading.office_view(desks.nodes["south"].alias, desks.office).charter
        assert charter.about["name"].get(other, charter.about["name"]["en"]) in table[0]
        assert term("co-head", other).casefold() in table[0].casefold()
        assert f'dir="{"rtl" if other == "ar" else "ltr"}"' in table[0]
        assert "UTC+5:30" in table[0]
        assert "UTC+9" in table[0]
        bytes_shown = re.search(r'<pre class="bytes doc".*?</pre>', answer.text, re.DOTALL)
        assert bytes_shown is not None
        assert OURS.office[lang] not in bytes_shown[0]
        marked = [row for row in table[0].split("<tr")[2:] if 'class="differs"' in row]
        assert len(marked) == 5, "office, side, order, hour and function, and no other language alone"
    assert len(set(pages.values())) == len(LANGUAGES)
    view = reading.office_view(desks.nodes["north"].alias, desks.office)
    place = view.charter.places["north"]
    held = {view.ledger.finding(place, at).id: at for at in range(view.ledger.counted(place))}
    assert view.ledger.entry(place, held[act]).document == document, "both nodes hold the same bytes"


def test_words_about_a_side_that_no_office_has_are_refused(desks: Desks) -> None:
    node = desks.nodes["south"]
    strange = replace(node, config=replace(node.config, own=OwnWords(sides={"west": SideWords({"en": "W"})})))
    with pytest.raises(OurFault, match="words-side"):
        speak(strange)
    ordered = replace(node, config=replace(node.config, own=OwnWords(order=("south", "west"))))
    with pytest.raises(OurFault, match="words-side"):
        speak(ordered)
    speak(replace(node, config=replace(node.config, own=replace(OURS, side=""))))
    assert own() == OURS
    speak_own(NONE)


def test_papers_and_lists_have_our_words_too(desks: Desks) -> None:
    browser = desks.browser("south", "co-head")
    with speaking(OURS):
        listed = browser.get("/1/people/posts.csv").text
        public = desks.nodes["south"].config.public
    assert "Southern Part" in listed
    assert "Republic" in listed
    assert public


def test_the_public_page_has_our_words_and_forgets_them_with_the_settings(desks: Desks) -> None:
    import urllib.request

    host, port = desks.nodes["south"].config.public
    address = f"http://{host}:{port}/en/"

    def page() -> tuple[str, str]:
        with urllib.request.urlopen(address, timeout=20) as answer:
            return answer.read().decode(), str(answer.headers["ETag"])

    plain, tag = page()
    with speaking(OURS):
        ours, other = page()
    assert "Our Republic" in ours
    assert "Joint Bureau of Both" in ours
    assert "Our Republic" not in plain
    assert tag != other
    assert page() == (plain, tag)


@pytest.fixture(scope="module")
def chrome(desks: Desks, chromium: Path) -> Iterator[Chromium]:
    with launched(chromium) as browser:
        yield browser


@pytest.mark.browser
@pytest.mark.parametrize("lang", LANGUAGES)
def test_both_versions_and_the_authority_key_read_in_a_browser(
    chrome: Chromium, desks: Desks, lang: str
) -> None:
    act, _ = apart(lambda: act_of(desks))
    other = {"en": "ar", "ko": "en", "ar": "ko"}[lang]
    with speaking(OURS), window(chrome, desks, lang, name="co-head") as page:
        for path in (f"/1/acts/{act}/versions/?in={other}", "/1/authority/", "/1/line/", "/1/"):
            page.goto(path)
            look(page, path)
