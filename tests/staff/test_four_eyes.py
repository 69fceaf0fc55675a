"""Whose draft it is, who has written it and who may sign it: what one person alone must not be able to do."""

from __future__ import annotations

import json
import re
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from tests.node.offices import SECRET
from tests.staff.composing import draft_path, hidden, write
from tests.staff.desks import HASHER, PASSPHRASE, Answer, Browser, Desks
from yeollak.desk.csp import DOWNLOAD_POLICY
from yeollak.desk.staff.agenda import agenda
from yeollak.desk.staff.pages import calendar
from yeollak.office.office import Office
from yeollak.record.document import Act, act_id
from yeollak.storage import reading
from yeollak.storage.asking import WRONG
from yeollak.storage.desk_drafts import DeskDrafts, DraftRow
from yeollak.storage.feeds import Feeds
from yeollak.storage.reading import OfficeView
from yeollak.storage.staffing import Person, Staffing, Who

NOTE = "/1/compose/note.tender/"
SUBJECT = {"f.subject.en": "Dam discharge", "f.subject.ko": "댐 방류"}
FLOOD = {"f.class": "flood", "text.en": "Two of us", **SUBJECT}


@pytest.fixture(scope="module")
def desks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desks]:
    made = Desks.fresh(tmp_path_factory, "north", "south")
    yield made
    made.close()


@pytest.fixture
def listed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The charter wants two people for whatever is about a flood."""
    terms = Office.terms
    more: dict[str, Any] = {"four_eyes": ["flood"]}
    monkeypatch.setattr(Office, "terms", lambda self, *of: {**terms(self, *of), **more})


def drafts(desks: Desks) -> DeskDrafts:
    return DeskDrafts(desks.nodes["south"].alias)


def held(desks: Desks, answer: Answer) -> DraftRow:
    return drafts(desks).draft(desks.office, int(draft_path(answer).split("/")[3]))


@pytest.mark.usefixtures("listed")
def test_whoever_takes_a_file_off_has_written_what_is_left(desks: Desks) -> None:
    duty, head = desks.browser("south"), desks.browser("south", "co-head")
    path = draft_path(write(duty, NOTE, "save", **FLOOD))
    row = held(desks, duty.get(path))
    staff = _people(desks)
    now = desks.nodes["south"].clock.now()
    row = drafts(desks).attach(row, staff["duty"], [("a.txt", "text/plain", "", b"a")], now)
    duty.post(path, of=path, do="hand", to="co-head", version=str(row.version))
    assert held(desks, head.get(path)).data["written_by"] == staff["duty"].id
    # Nothing was there to take off: nobody has written anything.
    page = hidden(head.get(path))
    head.post(path, of=path, **{**page, **FLOOD, "do": "detach:77"})
    assert held(desks, head.get(path)).data["written_by"] == staff["duty"].id
    page = hidden(head.get(path))
    head.post(path, of=path, **{**page, **FLOOD, "do": f"detach:{row.files[0].number}"})
    row = held(desks, head.get(path))
    assert (row.files, row.data["written_by"]) == ((), staff["co-head"].id)
    shown = write(head, path, "preview", **FLOOD)
    refused = _signed(desks, head, shown)
    assert (refused.status, "four-eyes" in refused.text) == (409, True)


@pytest.mark.usefixtures("listed")
def test_whoever_has_written_any_part_does_not_release(desks: Desks) -> None:
    liaison, head = desks.browser("south", "liaison"), desks.browser("south", "co-head")
    path = draft_path(write(liaison, NOTE, "save", **FLOOD))

    def hand(giver: Browser, to: str) -> None:
        giver.post(path, of=path, do="hand", to=to, version=str(held(desks, giver.get(path)).version))

    hand(liaison, "co-head")
    shown = write(head, path, "preview", **{**FLOOD, "text.en": "Two of us, and I"})
    assert "four-eyes" in _signed(desks, head, shown).text
    hand(head, "liaison")
    # He did not write last, and yet he has written.
    shown = write(liaison, path, "preview", **{**FLOOD, "text.en": "Two of us, and I"})
    staff = _people(desks)
    row = held(desks, shown)
    assert (row.data["written_by"], row.data["writers"]) == (
        staff["co-head"].id,
        sorted([staff["liaison"].id, staff["co-head"].id]),
    )
    for name in ("liaison", "co-head"):
        assert f"<bdi>{staff[name].shown}</bdi>" in shown.text
    refused = _signed(desks, liaison, shown)
    assert (refused.status, "four-eyes" in refused.text) == (409, True)


def test_nobody_prepares_what_another_has_in_hand(desks: Desks) -> None:
    duty, head = desks.browser("south"), desks.browser("south", "co-head")
    shown = write(duty, NOTE, "preview", **{"text.en": "Mine"}, **SUBJECT)
    path, before = draft_path(shown), held(desks, shown)
    page = head.get(path + "preview/")
    assert 'value="anew"' not in page.text
    assert 'value="take"' in page.text
    refused = head.post(path + "preview/", do="anew", version=str(before.version))
    assert (refused.status, "draft-of-another" in refused.text) == (403, True)
    stale = duty.post(path + "preview/", do="anew", version=str(before.version - 1))
    assert (stale.status, "draft-moved" in stale.text) == (409, True)
    assert held(desks, shown) == before
    assert duty.post(path + "preview/", do="anew", version=str(before.version)).status == 200
    assert held(desks, shown).version == before.version + 1


@pytest.mark.usefixtures("listed")
def test_a_matter_of_a_class_keeps_its_four_eyes_where_an_act_states_none(desks: Desks) -> None:
    duty, head = desks.browser("south"), desks.browser("south", "co-head")
    path = draft_path(write(duty, NOTE, "preview", **FLOOD))
    row = held(desks, duty.get(path))
    duty.post(path, of=path, do="hand", to="co-head", version=str(row.version))
    sent = _signed(desks, head, write(head, path, "preview", **FLOOD))
    note = re.search(r"/1/sent/([0-9a-f]{64})/", sent.url)
    assert note is not None, sent.text[-2000:]
    shown = write(duty, f"/1/compose/note.withdraw/?matter={note[1]}", "preview")
    assert shown.url.endswith("/preview/"), shown.text[-2000:]
    assert "class" not in Act.parse(held(desks, shown).data["prepared"]["document"].encode()).facts
    assert 'id="sign"' not in shown.text
    refused = _signed(desks, duty, shown, SECRET)
    assert (refused.status, "four-eyes" in refused.text) == (409, True)


def test_a_draft_is_handed_to_nobody_who_may_not_draft(desks: Desks) -> None:
    duty = desks.browser("south")
    path = draft_path(write(duty, NOTE, "save", **SUBJECT))
    before = held(desks, duty.get(path))
    refused = duty.post(path, of=path, do="hand", to="archivist", version=str(before.version))
    assert (refused.status, "draft-not-theirs" in refused.text) == (403, True)
    assert held(desks, duty.get(path)) == before


def test_whoever_guesses_the_passphrase_of_a_key_loses_his_session(desks: Desks) -> None:
    browser = desks.browser("south")
    shown = write(browser, NOTE, "preview", **{"text.en": "Mine"}, **SUBJECT)
    for _ in range(WRONG - 1):
        assert "wrong-passphrase" in _signed(desks, browser, shown, "no passphrase of mine").text
    assert "/sent/" in _signed(desks, browser, shown, SECRET).url
    # What was right ends the row.
    shown = write(browser, NOTE, "preview", **{"text.en": "Mine"}, **SUBJECT)
    for _ in range(WRONG):
        assert "wrong-passphrase" in _signed(desks, browser, shown, "no passphrase of mine").text
    over = _signed(desks, browser, shown, SECRET)
    assert "/sign-in/" in over.url
    assert held(desks, shown).act == ""
    assert "/sign-in/" in browser.get("/1/drafts/").url
    actions = [line.action for line in Staffing(desks.nodes["south"].alias).audit(20)]
    assert "session-guessed" in actions
    assert actions.count("key-refused") >= WRONG


def test_a_file_of_a_draft_opens_nothing_in_a_browser(desks: Desks) -> None:
    browser = desks.browser("south")
    path = draft_path(write(browser, NOTE, "save", **SUBJECT))
    person, now = _people(desks)["duty"], desks.nodes["south"].clock.now()
    files = [("a.html", "text/html", "", b"<script>alert(1)</script>")]
    row = drafts(desks).attach(held(desks, browser.get(path)), person, files, now)
    with browser._open.open(f"{browser.base}{path}files/{row.files[0].number}/") as found:
        assert found.headers["Content-Security-Policy"] == DOWNLOAD_POLICY
        assert "default-src 'none'" in DOWNLOAD_POLICY
        assert "sandbox" in DOWNLOAD_POLICY


def test_what_is_done_and_what_is_refused_stands_in_the_log_with_its_address(desks: Desks) -> None:
    desks.browser("south", "archivist").get("/1/drafts/")
    duty = desks.browser("south")
    path = draft_path(write(duty, NOTE, "save", **SUBJECT))
    duty.post(path, of=path, do="hand", to="co-head", version=str(held(desks, duty.get(path)).version))
    lines = Staffing(desks.nodes["south"].alias).audit(50)
    refused = next(line for line in lines if line.action == "permission-missing")
    assert (refused.name, refused.office, refused.address) == ("archivist", desks.office, "127.0.0.1")
    assert json.loads(refused.detail) == {"page": "/1/drafts/", "permission": "draft"}
    handed = next(line for line in lines if line.action == "draft-handed")
    assert (handed.name, handed.address) == ("duty", "127.0.0.1")
    shown = desks.browser("south", "co-head").get("/1/accounts/audit/?action=permission-missing").text
    assert "archivist" in shown
    assert ">permission-missing<" not in shown


def test_a_guarantors_reader_sees_nothing_that_this_side_keeps_to_itself(desks: Desks) -> None:
    node = desks.nodes["south"]
    people, now = Staffing(node.alias, HASHER), node.clock.now()
    people.make_account("guarantor", "reader", PASSPHRASE, now, offices=[desks.office])
    duty, reader = desks.browser("south"), desks.browser("south", "guarantor")
    secret = "Kingfisher"
    shown = write(duty, NOTE, "preview", **{"f.subject.en": "Dam", "text.en": f"{secret} opens at nine"})
    note = re.search(r"/1/sent/([0-9a-f]{64})/", _signed(desks, duty, shown, SECRET).url)
    assert note is not None
    (item,) = Act.parse(reading.document(desks.view("south"), note[1]) or b"").enclosures
    assert item.release == "consent"
    download = f"/1/enclosures/{item.digest}/"
    for path in (f"/1/matters/{note[1]}/", download):
        assert secret in duty.get(path).text, path
    assert note[1] in duty.get(f"/1/find/?q={secret}").text
    assert (duty.get(download).status, reader.get(download).status) == (200, 404)
    for path in ("/1/", "/1/line/", f"/1/matters/{note[1]}/", f"/1/acts/{note[1]}/", "/1/record/"):
        page = reader.get(path)
        assert (page.status, secret in page.text) == (200, False), path
    for path in ("/1/find/", "/1/matters/", "/1/line/"):
        page = reader.get(f"{path}?q={secret}")
        assert (page.status, "opens at nine" in page.text, note[1] in page.text) == (200, False, False), path
    assert reader.get("/1/accounts/").status == 403
    assert 'href="/1/accounts/"' not in reader.get("/me/").text


def test_a_calendar_program_reads_with_the_eyes_of_its_account(
    desks: Desks, monkeypatch: pytest.MonkeyPatch
) -> None:
    node = desks.nodes["south"]
    staff, now = Staffing(node.alias, HASHER), node.clock.now()
    people = {
        role: staff.make_account(f"calendar {role}", role, PASSPHRASE, now, offices=[desks.office])
        for role in ("reader", "archivist")
    }
    looked: list[bool] = []

    def look(view: OfficeView, *of: Any) -> Any:
        looked.append(view.sealed)
        return agenda(view, *of)

    monkeypatch.setattr(calendar, "agenda", look)
    for role, sealed in (("reader", False), ("archivist", True)):
        _, token = Feeds(node.alias).make(
            people[role], desks.office, role, ["crossing"], now, Who(), subjects=True
        )
        with urllib.request.urlopen(f"{desks.address('south')}/feeds/{token}/calendar.ics") as found:
            assert found.status == 200
        assert set(looked) == {sealed}
        looked.clear()


def _signed(desks: Desks, browser: Browser, shown: Answer, passphrase: str = PASSPHRASE) -> Answer:
    """Send what the button would send, whether it stands there or not."""
    row = held(desks, shown)
    act = act_id(row.data["prepared"]["document"].encode())
    path = draft_path(shown) + "preview/"
    return browser.post(path, do="sign", act=act, version=str(row.version), passphrase=passphrase)


def _people(desks: Desks) -> dict[str, Person]:
    return {one.name: one for one in Staffing(desks.nodes["south"].alias).people()}
