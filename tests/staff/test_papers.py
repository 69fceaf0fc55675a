"""Papers: what a PDF says is what the record says, nothing of another side is ever markup, and a machine
without the fonts says so.
"""

from __future__ import annotations

import csv
import io
import re
import urllib.request
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from unicodedata import category

import pytest
from django.test import RequestFactory
from django.urls import set_urlconf
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.staff.business import HOSTILE, NOTICE, SUBJECT, Business, text_of
from tests.staff.desks import HASHER, Desks
from tests.staff.printed import bare, runs, said_in
from yeollak.desk.staff.gate import Desk
from yeollak.desk.staff.hands import hands
from yeollak.desk.staff.paperof import matter_paper
from yeollak.desk.staff.papers import Line, Paper, Sheet, Table, broken, letters
from yeollak.desk.staff.texts import joint_text, parallel
from yeollak.desk.staff.typesetting import MOST, faces, machine_families, pdf
from yeollak.errors import OurFault
from yeollak.node.acting import Text
from yeollak.office.texts import instrument
from yeollak.office.texts.names import Glossary
from yeollak.storage.staffing import Staffing
from yeollak.words import say

AT = datetime(2018, 10, 22, 9, 0, tzinfo=UTC)
LATIN = frozenset({"Libertinus Serif"})


def paper(lang: str = "en", *more: Line, **of: Any) -> Paper:
    """A small paper that says some lines."""
    words = {"en": "Minutes", "ko": "회의록", "ar": "المحضر"}
    line = Line(words[lang], lang)
    return Paper(lang, line, line, "{page}/{pages}", notes=tuple(more), **of)


def has_fonts() -> bool:
    try:
        faces(["한 ع"], machine_families())
    except OurFault:
        return False
    return True


MARKUP = ('#panic("1")', "$ x $", "#sys.inputs", "*b* <l> @r", "\\#[", "/* // ]")
needs_fonts = pytest.mark.skipif(not has_fonts(), reason="no fonts for Hangul and Arabic on this machine")


@given(st.text(max_size=300))
def test_breaking_giant_words_changes_no_letter(text: str) -> None:
    assert broken(text).replace("\u200b", "") == text.replace("\u200b", "")
    assert all(len(word) <= 21 for word in re.findall(r"[!-~]+", broken(text)))


@given(st.text(st.sampled_from("aé\u0301\u0336\u0489ع\u064b\u0651﷽댐 \u200d-"), max_size=200))
def test_a_word_of_any_script_breaks_before_it_is_too_long(text: str) -> None:
    said = broken(text)
    assert said.replace("\u200b", "") == text
    for word in re.split("[ \u200b댐]", said):
        bare = [letter for letter in word if category(letter)[0] not in "MC"]
        assert len(bare) + 9 * bare.count("﷽") <= 20
        assert len(word) <= 20 * 5 + 4
    # A letter keeps the marks that a language may write on it.
    assert "e\u0301\u0302" in broken("e\u0301\u0302" * 60)
    assert "\u200b\u0301" not in broken("e\u0301" * 60)


@settings(max_examples=40)
@given(
    said=st.text(max_size=200) | st.sampled_from(('#eval("1")', "$ x $", "#sys.inputs", "*b* <l> @r", "\\#["))
)
def test_whatever_it_says_is_text(said: str) -> None:
    """No text of another side stops a paper or is read as anything but text."""
    latin = "".join(letter for letter in said if letter < "\u0600")
    table = Table(Line(latin, "en"), (1,), (Line(latin, "en"),), (((Line(latin, "xx-hostile"),),),))
    made = pdf(
        paper("en", Line(latin, "en"), tables=(table,), facts=((Line("a", "en"), Line(latin, "en")),)), AT
    )
    assert made.startswith(b"%PDF-")


@pytest.mark.parametrize(
    "said", ['#panic("read")', '] #panic("read") [', '*/ #panic("read")', '"; panic("read"); "']
)
def test_nothing_that_is_said_is_read_as_markup(said: str) -> None:
    """Read as markup, each of these would stop the paper."""
    line = Line(said, "en")
    made = pdf(paper("en", line, titles=(line,), facts=((line, line),), running=(line,), foot=((line,),)), AT)
    assert b"StructTreeRoot" in _streams(made)


@needs_fonts
def test_the_same_paper_gives_the_same_bytes() -> None:
    text = joint_text(text_of(3))
    assert text is not None
    marks = [(None, "", "") for _ in text.languages]
    columns = parallel(text, "ab" * 32, marks, Glossary(()), "ar")
    one = paper("ar", texts=(Sheet(None, columns, digests=((Line("SHA-256", "en"), "ab" * 32),)),))
    assert pdf(one, AT) == pdf(one, AT)
    assert pdf(one, AT) != pdf(one, AT + timedelta(seconds=1))
    assert b"pdfaid" in _streams(pdf(one, AT))


def test_a_machine_without_fonts_says_which_are_missing() -> None:
    for lang, script in (("ko", "Hangul"), ("ar", "Arabic")):
        with pytest.raises(OurFault) as caught:
            pdf(paper(lang), AT, families=LATIN)
        assert caught.value.code == "paper-fonts-missing"
        assert caught.value.data["scripts"] == script
    with pytest.raises(OurFault, match="Hangul, Arabic"):
        faces({"deep": [{"text": "한국"}, "عربية"]}, LATIN)
    assert pdf(paper("en"), AT, families=LATIN).startswith(b"%PDF-")


def test_a_paper_that_is_too_large_is_refused() -> None:
    many = tuple(Line("word " * 3_000, "en") for _ in range(MOST // 15_000 + 1))
    with pytest.raises(OurFault, match="paper-too-large"):
        pdf(paper("en", *many), AT)


@pytest.mark.parametrize(
    ("tag", "lang"), [("ko-kp", "ko"), ("ar", "ar"), ("zh-Hant-TW", "zh"), ("x", "und"), ("english", "und")]
)
def test_a_tag_is_shaped_by_its_language(tag: str, lang: str) -> None:
    line = Line("Roster", tag)
    assert line.plain()["lang"] == lang
    assert pdf(Paper(tag, line, line, "{page}"), AT).startswith(b"%PDF-")


def test_letters_are_all_found() -> None:
    assert list(letters({"a": ["b", {"c": "d"}], "e": 1, "f": None})) == ["b", "d"]


# over HTTP


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Business]:
    desks = Desks.fresh(tmp_path_factory, "north", "south")
    try:
        yield _made(Business(desks))
    finally:
        desks.close()


def _made(business: Business) -> Business:
    later = business.desks.nodes["south"].clock.now() + timedelta(hours=50)
    facts: dict[str, Any] = {"subject": {"en": "Release of water", "ko": "물 방류", "ar": "تصريف المياه"}}
    first = Text(text_of(3), instrument.MEDIA_TYPE, None, "arrangement.json")
    draft = business.do("south", "agreement.draft", first, head=True, facts=facts, due=later)
    business.matters["agreement"] = draft
    agreed = str(business.desks.view("south").office.state(draft).state.slots["text"])
    business.do("south", "agreement.sign", head=True, matter=draft, facts={"text": agreed}, re=(draft,))
    notices = [
        Text(words.encode(), "text/plain", lang, f"{lang}.txt", "consent") for lang, words in NOTICE.items()
    ]
    business.matters["note"] = business.do(
        "south", "note.tender", *notices, facts={"subject": SUBJECT}, due=later
    )
    held = {"level": "working", "topic": SUBJECT, "when": "2018-10-22"}
    met = business.do("south", "meeting.held", head=True, facts=held)
    business.matters["minutes"] = met
    text = Text(text_of(6), instrument.MEDIA_TYPE, None, "minutes.json")
    drafted = business.do("south", "meeting.minutes", text, head=True, matter=met, due=later, re=(met,))
    digest = str(business.desks.view("south").office.state(met).state.slots["text"])
    for side in ("south", "north"):
        business.do(side, "meeting.sign", head=True, matter=met, facts={"text": digest}, re=(drafted,))
    facts = {"when": "2022-06-28", "source": "own", "subject": {"en": f"=cmd|' /C calc'!A0 {HOSTILE[:200]}"}}
    business.matters["hostile"] = business.do("north", "account.enter", facts=facts)
    return business


def fetched(business: Business, path: str, lang: str = "en", name: str = "co-head") -> tuple[bytes, Any]:
    """A file of the desk with its headers."""
    browser = business.desks.browser("south", name, lang)
    with browser._open.open(urllib.request.Request(browser.base + path), timeout=30) as answer:
        return answer.read(), answer.headers


@needs_fonts
@pytest.mark.parametrize("lang", ["en", "ko", "ar"])
def test_matters_and_the_roster_are_papers(done: Business, lang: str) -> None:
    for path in (*(f"/1/papers/{matter}.pdf" for matter in done.matters.values()), "/1/papers/roster.pdf"):
        made, headers = fetched(done, path, lang)
        assert made.startswith(b"%PDF-"), path
        assert headers["Content-Type"] == "application/pdf"
        assert headers["Content-Disposition"].startswith("attachment")
        assert headers["Cache-Control"] == "no-store"
        assert f"/Lang({lang})".encode() in made.replace(b"/Lang (", b"/Lang(")


@pytest.fixture
def addresses() -> Iterator[None]:
    """Addresses of pages as a request to the desk has them."""
    set_urlconf("yeollak.node.staff_urls")
    yield
    set_urlconf(None)


@pytest.mark.usefixtures("addresses")
def test_a_paper_names_digest_and_signatures(done: Business) -> None:
    """On every page the digest of the text that stands, and of every side whether it has signed that."""
    agreement, view = done.matters["agreement"], done.desks.view("south")
    text = str(view.office.state(agreement).state.slots["text"])
    made = matter_paper(desk_of(done), agreement)
    assert [line.text for line in made.foot[0]] == ["SHA-256", text]
    south, north = (line.text for line in made.foot[1])
    assert south.startswith("South: signed ")
    assert north == "North: not signed"
    (sheet,) = made.texts
    assert [digest for _, digest in sheet.digests] == [text]
    assert sheet.parallel is not None
    assert {column.lang for column in sheet.parallel.columns} == {"en", "ko", "ar"}
    blocks = {one.name.text: [line.text for line in one.lines] for one in made.signatures}
    signed = next(
        act for act in view.ledger.matter(agreement) if act.move and act.move.kind.endswith(".sign")
    )
    assert signed.id in blocks["South"]
    assert any("Co-head" in line and str(signed.index) in line for line in blocks["South"])
    assert blocks["North"] == ["Has not signed."]
    (acts,) = made.tables
    assert len(acts.rows) == 2
    note = matter_paper(desk_of(done), done.matters["note"])
    assert not note.signatures
    assert "Sealed until it is taken up. It is ours, so we may read it." in [
        line.text for line in note.texts[0].lines
    ]


@pytest.mark.usefixtures("addresses")
def test_minutes_that_both_have_signed_say_so_on_every_page(done: Business) -> None:
    matter = done.matters["minutes"]
    made = matter_paper(desk_of(done), matter)
    text = str(done.desks.view("south").office.state(matter).state.slots["text"])
    assert made.foot[0][1].text == text
    assert [line.text.partition(",")[0].partition(" 2")[0] for line in made.foot[1]] == [
        "South: signed",
        "North: signed",
    ]
    assert all(len(one.lines) == 4 for one in made.signatures)
    (sheet,) = made.texts
    assert sheet.parallel is not None
    said = {"".join(run.text for run in cell.runs) for row in sheet.parallel.rows for cell in row.cells}
    assert {"Notice is given 6 days ahead.", "통지는 6일 전에 한다.", "يكون الإشعار قبل 6 أيام."} <= said


@needs_fonts
@pytest.mark.parametrize("lang", ["en", "ko", "ar"])
def test_the_words_of_signed_minutes_are_those_of_the_record_and_of_their_reader(
    done: Business, lang: str
) -> None:
    """Taken out of the PDF itself: every article in each of its languages, whoever reads it; the digest on
    every page; and what the paper says of itself in the language of its reader.
    """
    matter = done.matters["minutes"]
    made, _ = fetched(done, f"/1/papers/{matter}.pdf", lang)
    for tag, words in (
        ("en", "Notice is given 6 days ahead."),
        ("ko", "통지는 6일 전에 한다."),
        ("ar", "يكون الإشعار قبل 6 أيام."),
    ):
        assert bare(words) in said_in(made, tag)
    text = str(done.desks.view("south").office.state(matter).state.slots["text"])
    pages: dict[int, str] = {}
    for run in runs(made):
        pages[run.page] = pages.get(run.page, "") + run.text
    assert pages
    assert all(text in "".join(drawn.split()) for drawn in pages.values())
    assert not any(re.search("[\u202a-\u202e\u2066-\u2069]", drawn) for drawn in pages.values())
    own = said_in(made, lang)
    for message in ("Joint text", "State"):
        assert bare(say(lang, message)) in own, message


def desk_of(business: Business, lang: str = "en") -> Desk:
    """The desk of the South as a page has it."""
    node = business.desks.nodes["south"]
    person = next(one for one in Staffing(node.alias, HASHER).people() if one.name == "co-head")
    request = RequestFactory().get("/")
    return Desk(person, hands(), business.desks.view("south"), 1, lang, node.clock.now(), request)


def test_the_list_of_matters_is_a_sheet_that_runs_nowhere(done: Business) -> None:
    content, headers = fetched(done, "/1/matters.csv?procedure=account", name="archivist")
    assert headers["Content-Type"].startswith("text/csv")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert [row[0] for row in rows[1:]] == [done.matters["hostile"]]
    title = rows[1][rows[0].index("title")]
    assert title.startswith("'=cmd")
    whole, _ = fetched(done, "/1/matters.csv?daily=yes")
    found = {row[0] for row in csv.reader(io.StringIO(whole.decode("utf-8-sig")))}
    assert set(done.matters.values()) <= found
    listed = done.desks.browser("south").get("/1/matters/?procedure=account").text
    assert "/1/matters.csv?procedure=account" in listed


def test_an_unknown_matter_has_no_paper(done: Business) -> None:
    answer = done.desks.browser("south").get(f"/1/papers/{'0' * 64}.pdf")
    assert answer.status == 404
    assert "no-such-matter" in answer.text


def _streams(made: bytes) -> bytes:
    """The document with its compressed streams laid open."""
    found = [made]
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", made, re.DOTALL):
        try:
            found.append(zlib.decompress(stream))
        except zlib.error:
            continue
    return b"".join(found)
