"""Composing over HTTP, without a script: drafts, what does not fit, two people, two factors, one act."""

from __future__ import annotations

import re
import unicodedata
import urllib.parse
import urllib.request
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.request import HTTPCookieProcessor

import pyotp
import pytest

from tests.node.offices import SECRET
from tests.staff.composing import ANSWERS, FORM, adopt, at, draft_path, hidden, sign, write
from tests.staff.desks import HASHER, PASSPHRASE, Answer, Browser, Desks
from yeollak.record.document import Act, act_id
from yeollak.storage import reading
from yeollak.storage.desk_drafts import DeskDrafts
from yeollak.storage.staffing import Staffing
from yeollak.words import LANGUAGES

NOTE = "/1/compose/note.tender/"
SUBJECT = {"f.subject.en": "Dam discharge", "f.subject.ko": "댐 방류"}


@pytest.fixture(scope="module")
def desks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desks]:
    made = Desks.fresh(tmp_path_factory, "north", "south")
    adopt(made)
    yield made
    made.close()


def drafts(desks: Desks) -> DeskDrafts:
    return DeskDrafts(desks.nodes["south"].alias)


def held(desks: Desks, answer: Answer) -> Any:
    number = int(draft_path(answer).split("/")[3])
    return drafts(desks).draft(desks.office, number)


def document(desks: Desks, act: str) -> Act:
    data = reading.document(desks.view("south"), act)
    assert data is not None
    return Act.parse(data)


def act_of(answer: Answer) -> str:
    found = re.search(r"/1/sent/([0-9a-f]{64})/", answer.url)
    assert found is not None, (answer.status, answer.url, answer.text[-3000:])
    return found[1]


def token_of(browser: Browser) -> str:
    """The token of a browser's session."""
    handlers = browser._open.handlers  # type: ignore[attr-defined]  # typeshed leaves it out
    jar = next(one.cookiejar for one in handlers if isinstance(one, HTTPCookieProcessor))
    return next(str(cookie.value) for cookie in jar if cookie.name.endswith("yeollak-desk"))


def upload(browser: Browser, path: str, do: str, name: str, content: bytes, **fields: str) -> Answer:
    """Send a page with a file, as a browser does."""
    page = browser.get(path)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
    assert token is not None
    sent = {"csrfmiddlewaretoken": token[1], **hidden(page), **fields, "do": do}
    parts = [
        f'--B\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'
        for key, value in sent.items()
    ]
    head = f'--B\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n\r\n'
    body = "".join(parts).encode() + head.encode() + content + b"\r\n--B--\r\n"
    request = urllib.request.Request(
        browser.base + path, body, {"Content-Type": "multipart/form-data; boundary=B"}
    )
    return browser._ask(request)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_is_to_be_done_is_listed_in_words_and_searched(desks: Desks, lang: str) -> None:
    browser = desks.browser("south", lang=lang)
    whole = browser.get("/1/compose/").text
    assert whole.count("data-choice") > 30
    assert 'href="/1/compose/note.tender/"' in whole
    some = browser.get("/1/compose/?q=note.tender").text
    assert some.count("data-choice") == 1
    assert browser.get("/1/compose/?q=zzzz").text.count("data-choice") == 0


def test_every_kind_that_is_listed_has_a_page(desks: Desks) -> None:
    browser = desks.browser("south", "co-head")
    for path in sorted(
        set(re.findall(r'href="(/1/compose/[a-z.-]+/[^"]*)"', browser.get("/1/compose/").text))
    ):
        assert browser.get(path.replace("&amp;", "&")).status == 200, path


def test_a_reader_of_the_archive_does_not_draft(desks: Desks) -> None:
    browser = desks.browser("south", "archivist")
    assert browser.get("/1/compose/").status == 403
    assert browser.get("/1/drafts/").status == 403


def test_what_is_signed_is_byte_for_byte_what_was_shown_and_once(desks: Desks) -> None:
    browser = desks.browser("south", lang="ko")
    shown = write(
        browser,
        NOTE,
        "preview",
        form=FORM,
        precedence="immediate",
        **{"form-lang": "ko", "text.ko": "본문"},
        **SUBJECT,
        **ANSWERS,
    )
    assert shown.url.endswith("/preview/"), shown.text[-3000:]
    row = held(desks, shown)
    prepared = row.data["prepared"]["document"].encode()
    groups = re.findall(r"<span>([0-9a-f]{8})</span>", shown.text)
    assert "".join(groups) == act_id(prepared)
    # As each reader will see it: labels and closed answers in all three languages.
    for words in ("최대 방류량", "Highest rate of discharge", "أقصى معدل للتصريف", "500.5"):
        assert words in shown.text
    wrong = sign(browser, shown, "not the passphrase")
    assert wrong.status == 409
    assert "wrong-passphrase" in wrong.text
    before = desks.sizes("south")
    act = act_of(sign(browser, shown, SECRET))
    again = sign(browser, shown, SECRET)
    assert act_of(again) == act
    assert reading.document(desks.view("south"), act) == prepared
    signed = document(desks, act)
    assert (signed.precedence, signed.facts["class"], signed.facts["form"]) == ("immediate", "flood", FORM)
    assert [item.release for item in signed.enclosures] == ["consent", "consent"]
    assert desks.sizes("south")[0] == before[0] + 1
    assert held(desks, shown).act == act
    assert drafts(desks).content(row.id) == {}
    desks.until(lambda: reading.receipted(desks.view("south"), "north") == desks.sizes("south")[0])
    desks.until(lambda: "by their clock" in desks.browser("south").get(f"/1/sent/{act}/now/").text)
    assert browser.get(f"/1/sent/{'0' * 64}/").status == 404
    audit = [line.action for line in Staffing(desks.nodes["south"].alias).audit()]
    assert audit.count("act-signed") >= 1
    assert "signature-refused" in audit


def test_hangul_in_parts_is_signed_composed(desks: Desks) -> None:
    """Some keyboards and clipboards give Hangul in parts (NFD), which no act may hold."""
    parts = unicodedata.normalize("NFD", "댐 방류")
    browser = desks.browser("south", lang="ko")
    shown = write(browser, NOTE, "preview", **{"f.subject.ko": parts, "text.ko": parts})
    assert shown.url.endswith("/preview/"), shown.text[-3000:]
    act = act_of(sign(browser, shown, SECRET))
    assert document(desks, act).facts["subject"] == {"ko": "댐 방류"}


def test_another_process_signs_what_was_prepared(desks: Desks) -> None:
    """What was prepared is in the store alone: hands that never prepared it sign it."""
    from yeollak.desk.staff.hands import hands, install
    from yeollak.node.hands import NodeHands
    from yeollak.node.open import open_node

    browser = desks.browser("south")
    shown = write(browser, NOTE, "preview", **{"text.en": "A text"}, **SUBJECT)
    wanted = held(desks, shown).data["prepared"]["document"].encode()
    mine = hands()
    install(NodeHands(open_node(desks.nodes["south"].config.folder, "another_process")))
    try:
        act = act_of(sign(browser, shown, SECRET))
    finally:
        install(mine)
    assert reading.document(desks.view("south"), act) == wanted


def test_what_does_not_fit_is_named_and_every_field_is_refilled(desks: Desks) -> None:
    browser = desks.browser("south")
    fields = {
        "form-lang": "ko",
        "text.ar": "نص",
        "due.d": "2001-01-01",
        "due.t": "10:00",
        **ANSWERS,
        "a.rate": "five",
        "a.begins.t": "",
    }
    answer = write(browser, NOTE, "preview", form=FORM, **fields)
    assert answer.status == 422
    wanted = {"f-subject-en", "a-rate", "a-begins-d", "due-d"}
    assert wanted <= set(re.findall(r'<li><a href="#([^"]+)">', answer.text))
    for id_ in wanted:
        assert f'id="{id_}' in answer.text, id_
    for value in ("five", "نص", "군남댐 하류", "2001-01-01"):
        assert value in answer.text
    assert held(desks, browser.get(draft_of(answer))).data["typed"]["a.rate"] == ["five"]


def draft_of(answer: Answer) -> str:
    found = re.search(r'action="(/1/drafts/\d+/)"', answer.text)
    assert found is not None
    return found[1]


def test_a_tender_of_nothing_and_a_due_beyond_the_charter_are_refused(desks: Desks) -> None:
    browser = desks.browser("south")
    answer = write(browser, NOTE, "preview", **{"due.d": "2999-01-01", "due.t": "10:00"}, **SUBJECT)
    assert answer.status == 422
    assert '<a href="#text">' in answer.text
    assert '<a href="#due-d">' in answer.text


def test_two_windows_on_one_draft_see_both_versions(desks: Desks) -> None:
    browser = desks.browser("south")
    path = draft_path(write(browser, NOTE, "save", **{"text.en": "first"}))
    stale = hidden(browser.get(path))
    assert write(browser, path, "save", **{"text.en": "second"}).status == 200
    answer = browser.post(path, of=path, **{**stale, "text.en": "third", "do": "save"})
    assert answer.status == 409
    assert "draft-moved" in answer.text
    assert '<bdi dir="auto">second</bdi>' in answer.text
    assert '<bdi dir="auto">third</bdi>' in answer.text
    assert held(desks, browser.get(path)).data["typed"]["text.en"] == ["second"]
    fields = dict(re.findall(r'<input type="hidden" name="((?!csrf)[^"]+)" value="([^"]*)"', answer.text))
    assert browser.post(path, of=path, **{**fields, "do": "save"}).status == 200
    assert held(desks, browser.get(path)).data["typed"]["text.en"] == ["third"]


def test_a_session_that_ends_in_mid_draft_loses_no_word(desks: Desks) -> None:
    browser = desks.browser("south")
    path = draft_path(write(browser, NOTE, "save", **{"text.en": "before"}))
    page = hidden(browser.get(path))
    browser.post("/sign-out/", of=path)
    lost = browser.post(
        path, of="/sign-in/", **{**page, "text.en": "after", "passphrase": "never kept", "do": "save"}
    )
    assert lost.status == 401
    assert "never kept" not in lost.text
    browser.post("/sign-in/", name="duty", passphrase=PASSPHRASE, code="")
    # The form of before has a token of before: it comes back once more, and goes on by its own button.
    again = send_shown(browser, path, lost)
    assert (again.status, "csrfmiddlewaretoken" in again.text) == (401, True)
    assert send_shown(browser, path, again).status == 200
    assert held(desks, browser.get(path)).data["typed"]["text.en"] == ["after"]


def send_shown(browser: Browser, path: str, shown: Answer) -> Answer:
    """Press the button of a page that carries all its fields hidden."""
    fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', shown.text)
    data = urllib.parse.urlencode(fields).encode()
    return browser._ask(urllib.request.Request(browser.base + path, data))


def test_another_site_gets_nothing_back(desks: Desks) -> None:
    browser = Browser(desks.address("south"))
    headers = {"Sec-Fetch-Site": "cross-site"}
    data = urllib.parse.urlencode({"text.en": "planted"}).encode()
    answer = browser._ask(urllib.request.Request(browser.base + NOTE, data, headers))
    assert answer.status == 403
    assert "planted" not in answer.text


def test_a_second_press_begins_no_second_draft(desks: Desks) -> None:
    browser = desks.browser("south")
    page = hidden(browser.get(NOTE))
    many = len(drafts(desks).listed(desks.office))
    urls = {browser.post(NOTE, of=NOTE, **{**page, "text.en": "once", "do": "save"}).url for _ in range(2)}
    assert len(urls) == 1
    assert len(drafts(desks).listed(desks.office)) == many + 1


def test_a_draft_is_handed_over_taken_back_and_discarded(desks: Desks) -> None:
    duty, head = desks.browser("south"), desks.browser("south", "co-head")
    path = draft_path(write(duty, NOTE, "save", **{"text.en": "For you"}))
    version = hidden(duty.get(path))["version"]
    assert duty.post(path, of=path, do="hand", to="co-head", version=version).url.endswith("?done=handed")
    refused = write(duty, path, "save", **{"text.en": "Not mine any more"})
    assert "draft-of-another" in refused.text
    assert head.get(path).status == 200
    assert path in head.get("/1/drafts/").text
    version = hidden(head.get(path))["version"]
    assert head.post(path, of=path, do="discard", version="1").status == 409
    assert head.post(path, of=path, do="discard", version=version).url.endswith("?done=discarded")
    assert duty.get(path).status == 404


def test_files_go_along_under_plain_names_and_open_as_downloads_alone(desks: Desks) -> None:
    browser = desks.browser("south")
    path = draft_path(write(browser, NOTE, "save", **SUBJECT))
    answer = upload(browser, path, "attach", "..\\evil\u202egnp.html", b"<script>alert(1)</script>")
    assert answer.status == 200, answer.text[-1500:]
    row = held(desks, answer)
    (file,) = row.files
    assert "\u202e" not in file.name
    assert "/" not in file.name
    with browser._open.open(f"{browser.base}{path}files/{file.number}/") as found:
        assert found.headers["Content-Type"] == "application/octet-stream"
        assert found.headers["Content-Disposition"].startswith("attachment")
    shown = write(browser, path, "preview", **SUBJECT)
    act = act_of(sign(browser, shown, SECRET))
    (item,) = document(desks, act).enclosures
    blob = reading.blob(desks.view("south"), item.digest)
    assert blob is not None
    assert blob.endswith(b"<script>alert(1)</script>")


def test_what_moved_since_is_told_and_prepared_anew(desks: Desks) -> None:
    browser = desks.browser("south")
    shown = write(browser, NOTE, "preview", **{"text.en": "Please"}, **SUBJECT)
    act = act_of(sign(browser, shown, SECRET))
    withdraw = f"/1/compose/note.withdraw/?matter={act}"
    waiting = write(browser, withdraw, "preview")
    assert waiting.url.endswith("/preview/"), waiting.text[-2000:]
    other = write(browser, withdraw, "preview")
    act_of(sign(browser, other, SECRET))
    late = sign(browser, waiting, SECRET)
    assert "not-offered" in late.text or "act-void" in late.text
    stranded = browser.get(draft_path(waiting))
    assert stranded.status == 409
    assert "not-offered" in stranded.text


def test_a_joint_act_asks_for_a_fresh_code_of_a_second_factor(desks: Desks) -> None:
    staff = Staffing(desks.nodes["south"].alias, HASHER)
    browser = desks.browser("south", "liaison")
    fields = {"f.level": "working", "f.topic.en": "Talks"}
    shown = write(browser, "/1/compose/meeting.propose/", "preview", **fields)
    assert shown.url.endswith("/preview/"), shown.text[-2000:]
    refused = sign(browser, shown)
    assert (refused.status, "factor-needed" in refused.text) == (403, True)
    now = desks.nodes["south"].clock.now()
    person = staff.person(token_of(browser), now)
    assert person is not None
    device, before = pyotp.TOTP(staff.begin_factor(person)), now - timedelta(minutes=30)
    staff.take_factor(person, device.at(before), before)
    wrong = sign(browser, shown, code="000000")
    assert "factor-wrong" in wrong.text
    code = device.at(desks.nodes["south"].clock.now())
    # The page that asks again names the same bytes.
    assert document(desks, act_of(sign(browser, shown, code=code))).kind == "meeting.propose"


def test_four_eyes_release_what_the_charter_lists(desks: Desks, monkeypatch: pytest.MonkeyPatch) -> None:
    from yeollak.office.office import Office

    terms = Office.terms
    listed = {"four_eyes": ["flood"]}
    monkeypatch.setattr(Office, "terms", lambda self, *of: {**terms(self, *of), **listed})
    duty = desks.browser("south")
    fields = {"f.class": "flood", "text.en": "Two of us", **SUBJECT}
    shown = write(duty, NOTE, "preview", **fields)
    assert 'id="sign"' not in shown.text
    row = held(desks, shown)
    act = act_id(row.data["prepared"]["document"].encode())
    path = draft_path(shown)
    refused = duty.post(path + "preview/", do="sign", act=act, version=str(row.version), passphrase=SECRET)
    assert (refused.status, "four-eyes" in refused.text) == (409, True)
    duty.post(path, of=path, do="hand", to="co-head", version=str(row.version))
    head = desks.browser("south", "co-head")
    assert held(desks, head.get(path)).data.get("prepared") is None
    shown = write(head, path, "preview", **fields)
    made = document(desks, act_of(sign(head, shown)))
    assert made.officer != desks.keys["south"].kid
    # Whoever changes the words is the one who wrote them, whoever began.
    shown = write(duty, NOTE, "preview", **fields)
    row, path = held(desks, shown), draft_path(shown)
    duty.post(path, of=path, do="hand", to="co-head", version=str(row.version))
    changed = write(head, path, "preview", **{**fields, "text.en": "My own words"})
    assert 'id="sign"' not in changed.text


def test_the_term_four_eyes_is_a_list_of_names(desks: Desks) -> None:
    charter = desks.view("south").charter
    assert charter.amended({"four_eyes": ["note.send", "flood"]}, charter.terms)["four_eyes"]
    for wrong in ("flood", [1], {"flood": True}):
        with pytest.raises(ValueError, match="four_eyes"):
            charter.amended({"four_eyes": wrong}, charter.terms)


def test_a_joint_text_stands_above_the_place_where_it_is_signed(desks: Desks) -> None:
    browser = desks.browser("south", "co-head")
    words = {
        "f.subject.en": "Order of reading",
        "j.en.title": "A",
        "j.0.en.text": "Read before it is signed.",
    }
    shown = write(browser, "/1/compose/agreement.draft/", "preview", **words)
    assert "/preview/" in shown.url, shown.text
    text, button = shown.text.index("Read before it is signed."), shown.text.index('name="do" value="anew"')
    assert text < shown.text.index('id="h-exact"') < button
    if 'id="sign"' in shown.text:
        assert text < shown.text.index('id="sign"')


def test_a_joint_text_is_compared_and_redrafted(desks: Desks) -> None:
    browser = desks.browser("south")
    text = {
        "f.subject.en": "Trial",
        "j.en.title": "Agreement",
        "j.ko.title": "합의서",
        "j.0.en.text": "The sides meet on 3 May 2030.",
        "j.0.ko.text": "쌍방은 2030년 5월 4일 만난다.",
    }
    checked = write(browser, "/1/compose/agreement.draft/", "check", **text)
    assert 'class="w-grave"' in checked.text
    right = {**text, "j.0.ko.text": "쌍방은 2030년 5월 3일 만난다."}
    path = draft_path(checked)
    shown = write(browser, path, "preview", **right)
    assert 'class="w-grave"' not in shown.text
    assert 'dir="ltr"><span class="art">1</span>' in shown.text
    act = act_of(sign(browser, shown, SECRET))
    (item,) = document(desks, act).enclosures
    assert document(desks, act).facts["text"] == item.digest
    again = f"/1/compose/agreement.redraft/?matter={act}"
    page = browser.get(again).text
    assert "쌍방은 2030년 5월 3일 만난다." in page
    changed = write(browser, again, "check", **{**right, "j.en.title": "Arrangement"})
    assert "<ins>" in changed.text
    assert "<del>" in changed.text
    for button, articles in (("article", 2), ("unarticle:1", 1)):
        answer = write(browser, draft_path(changed), button, **right)
        assert answer.text.count("artno") == articles


def test_a_dead_line_is_told_and_the_act_leaves_once_it_is_back(desks: Desks) -> None:
    browser = desks.browser("south")
    desks.stop("north")
    act = act_of(sign(browser, write(browser, NOTE, "preview", **{"text.en": "By night"}, **SUBJECT), SECRET))
    now = f"/1/sent/{act}/now/"
    desks.until(lambda: "Do not send it a second time" in browser.get(now).text)
    assert 'class="todo"' in browser.get(now).text
    desks.open("north")
    desks.serve("north")
    at(desks, "south")
    desks.until(lambda: 'class="todo"' not in browser.get(now).text)
    assert "Do not send it a second time" not in browser.get(now).text
