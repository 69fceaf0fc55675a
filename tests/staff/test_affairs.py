"""Calendar, people and agreements over HTTP and in a real browser: what stands there, what hostile words do,
and whom a feed lets in.
"""

from __future__ import annotations

import csv
import html
import io
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import icalendar
import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import expect

from tests.staff.affairs import NOTE, TERMS, Affairs
from tests.staff.desks import HASHER, Desks
from tests.staff.looking import launched, look, window
from yeollak.desk.staff.agenda import SORTS, agenda
from yeollak.desk.staff.clocks import clocks
from yeollak.desk.staff.sheets import cell, sheet
from yeollak.office.duties import Held
from yeollak.office.zones import later
from yeollak.storage.staffing import Staffing
from yeollak.words import LANGUAGES

TOPIC = "Working talks on communications"


@pytest.fixture(scope="module")
def affairs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Affairs]:
    desks = Desks.fresh(tmp_path_factory, "north", "south", terms=TERMS)
    made = Affairs(desks).all()
    yield made
    desks.close()


def month_of(affairs: Affairs, name: str) -> str:
    """The address of the month in which a day of the business lies."""
    return f"/1/calendar/?month={affairs.days[name]:%Y-%m}"


def fetched(address: str) -> tuple[int, str, bytes]:
    """What somebody gets at an address who has no session."""
    try:
        with urllib.request.urlopen(address, timeout=20) as answer:
            return answer.status, answer.headers["Content-Type"], answer.read()
    except urllib.error.HTTPError as problem:
        return problem.code, problem.headers["Content-Type"], problem.read()


# calendar


def test_the_month_has_everything_of_its_days_and_nothing_runs(affairs: Affairs) -> None:
    browser = affairs.desks.browser("south")
    text = "".join(browser.get(month_of(affairs, name)).text for name in ("today", "talks", "holiday"))
    for words in (
        TOPIC,
        "Weekly meeting of the liaison officers",
        "통신선 점검 차량 통행",
        "Levels of the week",
    ):
        assert words in text, words
    assert "<script>alert" not in text
    assert "\u202e" not in text
    assert ">holiday<" not in text
    assert re.search(r'class="side them">North</span> holiday', text)


def test_what_no_calendar_has_breaks_nothing(affairs: Affairs) -> None:
    browser = affairs.desks.browser("south")
    for query in (
        "month=9999-99",
        "week=9999-12-31",
        "week=0001-01-01",
        "month=1900-01",
        "week=2199-12-31",
        "hide=nonsense,call,%00",
        "month=&week=&hide=,",
        "week=" + "9" * 4000,
    ):
        assert browser.get(f"/1/calendar/?{query}").status == 200, query


def test_a_sort_that_is_hidden_is_not_there(affairs: Affairs) -> None:
    browser, week = affairs.desks.browser("south"), f"week={affairs.days['talks'].isoformat()}"
    whole = browser.get(f"/1/calendar/?{week}").text
    assert TOPIC in whole
    assert "Closing call" in whole
    less = browser.get(f"/1/calendar/?hide=call,meeting&{week}").text
    assert TOPIC not in less
    assert "Closing call" not in less
    assert "Weekly meeting of the liaison officers" in less


def test_entries_do_not_depend_on_how_days_are_cut(affairs: Affairs) -> None:
    """What stands between two dates is what stands in each part of them, in every sort."""
    view = affairs.desks.view("south")
    calendar, now = clocks(view)[0], affairs.desks.nodes["south"].clock.now()
    today = affairs.days["today"]
    first, last = later(today, -40), later(today, 60)
    whole = agenda(view, calendar, first, last, now)
    assert not whole.cut
    assert {one.sort for one in whole.items} == set(SORTS)
    cuts = [first, later(today, -7), today, affairs.days["talks"], later(today, 30), later(last, 1)]
    parts = [
        one
        for begin, end in pairwise(cuts)
        for one in agenda(view, calendar, begin, later(end, -1), now).items
    ]
    assert parts == list(whole.items)
    for sort in SORTS:
        only = agenda(view, calendar, first, last, now, [sort]).items
        assert list(only) == [one for one in whole.items if one.sort == sort]
    found = {(one.sort, one.matter) for one in whole.items}
    for sort, name in (
        ("meeting", "talks"),
        ("meeting", "proposed"),
        ("series", "series"),
        ("crossing", "crossing"),
        ("due", "incident"),
        ("due", "amendment"),
        ("lapse", "lapsed"),
    ):
        assert (sort, affairs.matters[name]) in found, name
    ways = [one.key for one in whole.items if one.sort == "crossing"]
    assert sorted(ways) == ["goes", "returns"]
    talks = next(one for one in whole.items if one.matter == affairs.matters["talks"])
    assert talks.day == affairs.days["talks"]
    assert talks.until is not None
    assert talks.at is not None
    assert talks.until - talks.at == timedelta(hours=3)
    assert all(
        one.day.weekday() == affairs.days["talks"].weekday() for one in whole.items if one.sort == "series"
    )
    weekly = [one for one in whole.items if one.duty and one.duty.obligation == affairs.matters["weekly"]]
    assert [one.phase for one in weekly][:3] == [Held.DONE, Held.MISSED, Held.NOT_IN_FORCE]
    soon = [one for one in whole.items if one.duty and one.duty.obligation == affairs.matters["soon"]]
    assert [(one.phase, one.at is not None) for one in soon] == [(Held.SILENT, True)]
    excused = {one.day for one in whole.items if one.sort == "call" and one.phase == "excused"}
    holiday = affairs.days["holiday"]
    assert excused == ({holiday} if calendar.expected(holiday, "opening") else set())


# the feed


def test_a_feed_opens_for_its_address_alone_until_it_is_ended(affairs: Affairs) -> None:
    desks = affairs.desks
    browser = desks.browser("south", "liaison", "en")
    sorts = {"name": "phone <b>", "sort": "meeting"}
    answer = browser.post("/1/calendar/feed/", **sorts)
    assert answer.status == 200
    address = re.search(r">(http://[^<]+/feeds/[^<]+/calendar\.ics)<", answer.text)
    assert address is not None
    token = address[1].split("/")[-2]
    assert len(token) >= 43, "256 bits"
    assert token not in browser.get("/1/calendar/").text
    status, kind, body = fetched(address[1])
    assert (status, kind) == (200, "text/calendar; charset=utf-8")
    read = icalendar.Calendar.from_ical(body)
    events = read.walk("VEVENT")
    assert {str(event["summary"]) for event in events} == {"Meeting: Meeting"}
    assert TOPIC.encode() not in body
    assert {str(event["status"]) for event in events} == {"CONFIRMED", "TENTATIVE"}
    assert all(str(event["url"]).startswith(f"{desks.address('south')}/1/matters/") for event in events)
    again = icalendar.Calendar.from_ical(fetched(address[1])[2]).walk("VEVENT")
    assert [str(event["uid"]) for event in again] == [str(event["uid"]) for event in events]
    for wrong in (token[:-1], token + "x", "x", token.swapcase()):
        assert fetched(address[1].replace(token, wrong))[::2] == (404, b"")
    page = browser.get("/1/calendar/").text
    assert "phone &lt;b&gt;" in page
    number = re.search(r'name="feed" value="(\d+)"', page)
    assert number is not None
    # Another person cannot end it.
    desks.browser("south", "duty").post("/1/calendar/feed/end/", of="/1/calendar/feed/", feed=number[1])
    assert fetched(address[1])[0] == 200
    browser.post("/1/calendar/feed/end/", of="/1/calendar/", feed=number[1])
    assert fetched(address[1])[::2] == (404, b"")
    log = desks.browser("south", "co-head", "en").get("/1/accounts/audit/").text
    for words in (
        "made an address for a calendar program",
        "ended the address of a calendar program",
        "had the calendar fetched by a program",
        "asked for a calendar under an address that opens none",
    ):
        assert words in log, words
    assert token not in log


def test_a_whole_feed_has_subjects_days_off_and_ends_with_its_account(affairs: Affairs) -> None:
    desks = affairs.desks
    node = desks.nodes["south"]
    browser = desks.browser("south", "archivist")
    page = browser.get("/1/calendar/feed/").text
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert token is not None
    fields = [("csrfmiddlewaretoken", token[1]), ("name", "wall"), ("subjects", "yes")]
    fields += [("sort", one) for one in ("day", *SORTS, "nonsense")]
    request = urllib.request.Request(
        f"{browser.base}/1/calendar/feed/", urllib.parse.urlencode(fields).encode()
    )
    text = browser._ask(request).text
    address = re.search(r">(http://[^<]+/calendar\.ics)<", text)
    assert address is not None
    status, _, body = fetched(address[1])
    assert status == 200
    events = icalendar.Calendar.from_ical(body).walk("VEVENT")
    summaries = [str(event["summary"]) for event in events]
    assert f"Meeting: {TOPIC}" in summaries
    assert "Holiday of North" in summaries
    assert "Opening call" in summaries
    assert not any("\u202e" in one or "\n" in one for one in summaries)
    ids = [str(event["uid"]) for event in events]
    assert len(ids) == len(set(ids))
    holiday = next(event for event in events if str(event["summary"]) == "Holiday of North")
    assert holiday.decoded("dtstart") == affairs.days["holiday"]
    people = Staffing(node.alias, HASHER)
    people.disable("archivist", node.clock.now())
    assert fetched(address[1])[::2] == (404, b"")
    people.enable("archivist", node.clock.now())
    assert fetched(address[1])[0] == 200


# people


def test_people_are_told_as_each_side_has_them(affairs: Affairs) -> None:
    desks = affairs.desks
    text = desks.browser("south").get("/1/people/").text
    kids = {side: desks.keys[side].kid for side in ("south", "north")}
    assert all(kid in text for kid in kids.values())
    assert "North has named nobody for the watch." in text
    assert all(line in text for line in "\n".join(NOTE.values()).splitlines())
    assert "<script>alert" not in text
    assert "\u202e" not in text
    assert re.search(r"North</span> <a href=[^>]+>Deputy head</a>", text)
    assert "South</span> consents" in text
    assert "posting.handover" in text
    row = re.search(r"Duty officer<span class=\"vh\">.*?</tr>", text, re.S)
    assert row is not None
    said = re.findall(r'<i class="pr (\w*)" aria', row[0])
    today = affairs.days["today"].day
    wanted = {0: "present", 1: "present", 2: "leave", 3: "absent"}
    assert all(said[today - 1 - back] == state for back, state in wanted.items() if today - back >= 1)
    assert "1 officer who was recalled" in text
    assert text.count(affairs.recalled) == 1
    assert re.search(r"South</span> <span class=\"fn\">Technical officer</span>", text), (
        "no deed for who is gone"
    )
    assert "posting.handover" not in desks.browser("south", "archivist").get("/1/people/").text
    for query in ("month=2026-13", "month=9999-12", "month=" + "x" * 2000, "month=1900-01"):
        assert desks.browser("south").get(f"/1/people/?{query}").status == 200, query


def test_lists_of_people_are_sheets(affairs: Affairs) -> None:
    desks = affairs.desks
    browser = desks.browser("south")
    rows = list(csv.DictReader(io.StringIO(browser.get("/1/people/posts.csv").text.lstrip("\ufeff"))))
    by_key = {row["key_id"]: row for row in rows}
    duty = by_key[desks.keys["south"].kid]
    assert (duty["side"], duty["function"], duty["on_watch"]) == ("south", "duty", "yes")
    assert by_key[desks.keys["north"].kid]["on_watch"] == "no"
    assert {row["side"] for row in rows} == {"south", "north"}
    month = f"{affairs.days['today']:%Y-%m}"
    told = browser.get(f"/1/people/presence.csv?month={month}").text.lstrip("\ufeff")
    days = {(row["day"], row["key_id"]): row["state"] for row in csv.DictReader(io.StringIO(told))}
    assert days[affairs.days["today"].isoformat(), desks.keys["south"].kid] == "present"


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        " =1",
        "\uff1d1",
        "=cmd|' /C calc'!A0",
        "\n\n@x",
        "a\r\n=b",
    ],
)
def test_no_cell_of_a_sheet_is_a_formula(text: str) -> None:
    assert cell(text)[0] not in "=+-@\t\r\n\uff1d"
    read = list(csv.reader(io.StringIO(sheet(("head",), [(text,)]).decode("utf-8-sig"))))
    assert len(read) == 2
    assert len(read[1]) == 1
    assert read[1][0][0] not in "=+-@\t\r\n\uff1d"
    assert cell("Deputy head, 부소장") == "Deputy head, 부소장"


# agreements


def test_agreements_stand_by_state_and_say_what_was_kept(affairs: Affairs) -> None:
    desks, matters = affairs.desks, affairs.matters
    browser = desks.browser("south")
    text = browser.get("/1/agreements/").text
    assert "1 agreement is in force." in text
    assert "1 waits to be signed." in text
    assert text.index("g-in-force") < text.index("g-drafted")
    assert text.count(f"/1/agreements/{matters['agreement']}/") >= 1
    assert "Passed in silence" in text
    one = browser.get(f"/1/agreements/{matters['agreement']}/").text
    for words in (
        "Release of water",
        "Clause 2.2",
        "Clause 1.1",
        "Water was released without notice",
        "breach",
    ):
        assert words in one, words
    assert "통지는 3일 전에 한다." in one
    assert f"/1/agreements/{matters['amendment']}/" in one
    assert one.index("Clause 1.1") < one.index("Clause 2.2") < one.index("Clause 10.1")
    assert f"f.parent={matters['weekly']}" in one
    other = browser.get(f"/1/agreements/{matters['amendment']}/").text
    assert f"/1/agreements/{matters['agreement']}/" in other
    assert "Without it nobody is bound." in other
    reader = desks.browser("south", "archivist").get(f"/1/agreements/{matters['agreement']}/").text
    assert "f.parent" not in reader
    assert browser.get(f"/1/agreements/{matters['talks']}/").status == 404
    assert browser.get(f"/1/agreements/{'0' * 64}/").status == 404
    assert browser.get(f"/1/agreements/{matters['agreement']}/?from=9999-12-31").status == 200
    assert "No agreement is in this state." in browser.get("/1/agreements/?phase=denounced").text
    assert browser.get("/1/agreements/?phase=nonsense&after=x.x").status == 200


def test_today_lists_the_duties_of_the_days_around_it(affairs: Affairs) -> None:
    matters = affairs.matters
    for lang, clause in (("en", "Word that the text has come"), ("ko", "접수 확인")):
        name = {"en": "duty", "ko": "liaison"}[lang]
        text = affairs.desks.browser("south", name, lang).get("/1/").text
        duties = text.split('id="duties-h"')[1].split("</section>")[0]
        # What falls due within a week and what has passed in silence, of both sides; nothing that was stated.
        assert clause in duties
        assert f"/1/agreements/{matters['agreement']}/" in duties
        assert duties.count("<li>") <= 8
    assert "Names of the contacts" in affairs.desks.browser("south").get("/1/").text
    assert "Entered as done" not in duties


def test_a_duty_leads_from_the_calendar_to_its_clause(affairs: Affairs) -> None:
    browser = affairs.desks.browser("south")
    week = browser.get(f"/1/calendar/?week={affairs.days['today'].isoformat()}").text
    found = re.search(
        rf'href="(/1/agreements/{affairs.matters["agreement"]}/\?from=[^"#]+)#(o[0-9a-f]+)"', week
    )
    assert found is not None
    assert f'id="{found[2]}"' in browser.get(found[1]).text


def test_every_link_leads_somewhere_and_deeds_know_what_is_known(affairs: Affairs) -> None:
    desks, matters = affairs.desks, affairs.matters
    browser = desks.browser("south", "co-head", "en")
    pages = (
        "/1/calendar/",
        f"/1/calendar/?week={affairs.days['talks'].isoformat()}",
        "/1/people/",
        "/1/people/roster/",
        "/1/agreements/",
        f"/1/agreements/{matters['agreement']}/",
    )
    found = dict[str, None]()
    for page in pages:
        text = browser.get(page).text
        main = text[text.index("<main") : text.index("</main>")]
        for href in re.findall(r'href="([^"]+)"', main):
            whole = html.unescape(href)
            target = whole.partition("#")[0]
            if "#" in whole and not target:
                assert f'id="{whole[1:]}"' in text, (page, whole)
            elif target:
                found.setdefault(f"{page.partition('?')[0]}{target}" if target.startswith("?") else target)
    deeds = [one for one in found if "/compose/" in one]
    kinds = {one.split("/compose/")[1].partition("/")[0] for one in deeds}
    assert kinds >= {
        "agreement.draft",
        "duty.done",
        "duty.missed",
        "duty.waive",
        "incident.report",
        "obligation.propose",
        "posting.appoint",
        "posting.handover",
        "posting.nominate",
        "posting.presence",
        "posting.watch",
    }
    # Of each kind one is enough: they differ in what is filled in.
    asked = {one.split("/compose/")[1].partition("/")[0]: one for one in deeds}
    for target in (*(one for one in found if "/compose/" not in one), *asked.values()):
        answer = browser.get(target)
        assert answer.status == 200, target
    for kind, words in (
        ("duty.waive", matters["weekly"]),
        ("posting.watch", browser_officer(desks)),
        ("incident.report", matters["agreement"]),
        ("obligation.propose", matters["agreement"]),
    ):
        assert words in browser.get(asked[kind]).text, kind


def browser_officer(desks: Desks) -> str:
    """The key of our co-head."""
    view = desks.view("south")
    return next(kid for kid, one in view.office.officers(view.place).items() if one.function == "co-head")


# in a browser


@pytest.fixture(scope="module")
def chrome(affairs: Affairs, chromium: Path) -> Iterator[Chromium]:
    with launched(chromium) as found:
        yield found


@pytest.mark.browser
@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_page_reads_in_a_browser(chrome: Chromium, affairs: Affairs, lang: str) -> None:
    with window(chrome, affairs.desks, lang) as page:
        for path in (
            "/1/calendar/",
            f"/1/calendar/?week={affairs.days['talks'].isoformat()}",
            "/1/calendar/feed/",
            "/1/people/",
            "/1/people/roster/",
            "/1/agreements/",
            f"/1/agreements/{affairs.matters['agreement']}/",
        ):
            page.goto(path)
            assert page.evaluate("document.documentElement.lang") == lang
            look(page, path)


@pytest.mark.browser
def test_the_roster_is_a_sheet_on_paper(chrome: Chromium, affairs: Affairs) -> None:
    with window(chrome, affairs.desks) as page:
        page.goto("/1/people/roster/")
        page.emulate_media(media="print")
        for hidden in (".mast", ".nav", ".bridge", ".foot", ".crumb"):
            expect(page.locator(hidden).first).to_be_hidden()
        expect(page.locator(".roster h1")).to_be_visible()
        expect(page.locator(".roster table")).to_have_count(2)


def test_the_days_of_a_month_are_the_months(affairs: Affairs) -> None:
    from yeollak.desk.staff.presenceof import month_of as days

    for first in (date(2024, 2, 1), date(2023, 2, 1), date(9999, 12, 1), affairs.days["today"]):
        found = days(first)
        assert found[0].day == 1
        assert {one.month for one in found} == {first.month}
        assert later(found[-1], 1).month != first.month or found[-1] == date.max
