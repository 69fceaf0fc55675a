"""Accounts at the desk: signing in, one's own page, those of others, and the log, as browsers do it."""

from __future__ import annotations

import re
import urllib.parse
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.request import HTTPCookieProcessor

import pyotp
import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st

from tests.staff.desks import ACCOUNTS, HASHER, PASSPHRASE, Browser, Desks
from tests.storage.setup import ready
from yeollak.storage.staffing import ROLE_NAMES, Staffing

ready()

from yeollak.desk.staff import access  # noqa: E402 (Django is configured above)
from yeollak.desk.staff.pages import me  # noqa: E402 (as above)

DOCS = Path(__file__).parents[2] / "docs" / "desk" / "desk.md"
NEW = "five words that nobody joins"


@pytest.fixture(scope="module")
def desks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desks]:
    made = Desks.fresh(tmp_path_factory, "south")
    yield made
    made.close()


@pytest.fixture
def staff(desks: Desks) -> Iterator[Staffing]:
    """The accounts of the south, put back afterwards as they were."""
    staff = Staffing(desks.nodes["south"].alias, HASHER)
    yield staff
    for person in staff.people(disabled=True):
        now = desks.nodes["south"].clock.now()
        if person.name in ACCOUNTS:
            staff.enable(person.name, now)
            staff.give(person.name, now, role=person.name, settings={}, language="en")
            staff.reset_factor(person.name, now)
            staff.set_passphrase(person.name, PASSPHRASE, now)
        else:
            staff.disable(person.name, now)


def now_of(desks: Desks) -> datetime:
    return desks.nodes["south"].clock.now()


def jar(browser: Browser) -> CookieJar:
    handlers = browser._open.handlers  # type: ignore[attr-defined]  # urllib does not declare it
    return next(one.cookiejar for one in handlers if isinstance(one, HTTPCookieProcessor))


def device_of(desks: Desks, staff: Staffing, name: str = "duty") -> tuple[pyotp.TOTP, list[str]]:
    """Give an account a second factor half an hour ago, so that every code of now is unused."""
    before = now_of(desks) - timedelta(minutes=30)
    person = staff.sign_in(name, PASSPHRASE, before).person
    device = pyotp.TOTP(staff.begin_factor(person))
    return device, staff.take_factor(person, device.at(before), before)


# what is told and drawn


def test_the_roles_of_the_store_of_the_desk_and_of_the_handbook_are_the_same() -> None:
    assert list(access.ROLES) == list(ROLE_NAMES)
    assert sorted(access.KEEPERS) == ["co-head", "technical"]
    text = DOCS.read_text()
    head = next(line for line in text.splitlines() if line.startswith("| permission"))
    columns = [cell.strip() for cell in head.strip("|").split("|")][1:]
    assert columns == list(access.ROLES)
    rows = text[text.index(head) :].splitlines()[2:11]
    told = {
        permission: [cell.strip() == "yes" for cell in row.strip("|").split("|")][1:]
        for permission, row in zip(access.Permission, rows, strict=True)
    }
    assert told == {one: [one in has for has in access.ROLES.values()] for one in access.Permission}


@given(st.text(alphabet=st.characters(codec="ascii", categories=["L", "N"]), min_size=1, max_size=90))
def test_the_picture_has_every_module_of_the_code(text: str) -> None:
    drawn = me.picture(text)
    matrix = [list(row) for row in segno.make(text, error="q", micro=False).matrix]
    quiet = (drawn.size - len(matrix)) // 2
    assert quiet == 4
    dark = {
        (int(x) + step - quiet, int(y) - quiet)
        for x, y, wide in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", drawn.path)
        for step in range(int(wide))
    }
    assert dark == {(x, y) for y, row in enumerate(matrix) for x, module in enumerate(row) if module}


@pytest.mark.parametrize(
    ("post", "language", "settings"),
    [
        ({"language": "ko", "zone": "Asia/Seoul", "order": "charter"}, "ko", ("Asia/Seoul", "charter")),
        ({"language": "xx", "zone": "../etc/passwd", "order": "theirs"}, "en", ("", "")),
        ({}, "en", ("", "")),
    ],
)
def test_only_what_can_be_chosen_is_kept(
    post: dict[str, str], language: str, settings: tuple[str, str]
) -> None:
    assert me.choices_of(post) == (language, {"zone": settings[0], "order": settings[1]})


# signing in


def test_two_steps_let_in_and_the_first_alone_opens_nothing(desks: Desks, staff: Staffing) -> None:
    device, codes = device_of(desks, staff)
    browser = Browser(desks.address("south"))
    step = browser.post("/sign-in/", name=" DUTY ", passphrase=PASSPHRASE)
    assert step.url.endswith("/sign-in/code/")
    assert {one.name for one in jar(browser)} == {"yeollak-form", "yeollak-code"}
    assert "/sign-in/" in browser.get("/1/").url
    assert browser.post("/sign-in/code/", code="000000").status == 403
    assert 'href="/sign-in/?anew' in browser.get("/sign-in/code/").text
    code = device.at(now_of(desks))
    answer = browser.post("/sign-in/code/", code=code)
    assert answer.url.endswith("/1/")
    cookies = {one.name: one for one in jar(browser)}
    assert set(cookies) == {"yeollak-form", "yeollak-desk", "yeollak-device", "yeollak-language"}
    for one in cookies.values():
        assert one.has_nonstandard_attr("HttpOnly")
        assert one.get_nonstandard_attr("SameSite") == "Strict"
    # The browser is known now; the code is not good again, and a recovery code is, once.
    browser.post("/sign-out/", of="/1/")
    browser.post("/sign-in/", name="duty", passphrase=PASSPHRASE)
    assert browser.post("/sign-in/code/", code=code).status == 403
    assert 'inputmode="numeric"' not in browser.get("/sign-in/code/?recovery").text
    assert browser.post("/sign-in/code/?recovery", code=codes[3].upper()).url.endswith("/1/")


def test_whoever_guesses_waits_and_the_officer_in_his_browser_does_not(desks: Desks, staff: Staffing) -> None:
    mine = desks.browser("south", "liaison")
    mine.post("/sign-out/", of="/1/")
    other = Browser(desks.address("south"))
    for _ in range(5):
        assert other.post("/sign-in/", name="liaison", passphrase="wrong words").status == 403
    answer = other.post("/sign-in/", name="liaison", passphrase=PASSPHRASE)
    assert answer.status == 429
    assert "sign-in-locked" in answer.text
    assert mine.post("/sign-in/", name="liaison", passphrase=PASSPHRASE).url.endswith("/1/")
    staff.unlock("liaison", now_of(desks))
    assert other.post("/sign-in/", name="liaison", passphrase=PASSPHRASE).url.endswith("/1/")


@pytest.mark.parametrize(
    "where",
    ["//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:1", "me/", "\t//e.example"],
)
def test_nobody_is_sent_elsewhere(desks: Desks, where: str) -> None:
    browser = Browser(desks.address("south"))
    asked = urllib.parse.urlencode({"next": where})
    answer = browser.post(f"/sign-in/?{asked}", name="archivist", passphrase=PASSPHRASE)
    assert answer.url == f"{desks.address('south')}/1/"


def test_where_one_wanted_to_go_one_comes_through_both_steps(desks: Desks, staff: Staffing) -> None:
    device, _ = device_of(desks, staff)
    browser = Browser(desks.address("south"))
    step = browser.get("/1/accounts/?x=1")
    assert "/sign-in/?next=" in step.url
    path = step.url.removeprefix(desks.address("south"))
    step = browser.post(path, name="duty", passphrase=PASSPHRASE)
    path = step.url.removeprefix(desks.address("south"))
    assert browser.post(path, code=device.at(now_of(desks))).url.endswith("/1/accounts/?x=1")


def test_a_planted_session_is_not_taken_over_and_forms_need_their_token(desks: Desks) -> None:
    browser = desks.browser("south", "archivist")
    first = {one.name: one.value for one in jar(browser)}
    browser.post("/sign-in/", name="archivist", passphrase=PASSPHRASE)
    second = {one.name: one.value for one in jar(browser)}
    assert first["yeollak-desk"] != second["yeollak-desk"]
    assert first["yeollak-form"] != second["yeollak-form"]
    assert first["yeollak-device"] == second["yeollak-device"]
    answer = browser.post("/me/settings/", of="/static-nowhere/", language="ko")
    assert answer.status == 403


# one's own page


def confirmed(browser: Browser, passphrase: str = PASSPHRASE, code: str = "") -> None:
    assert browser.post("/me/confirm/", passphrase=passphrase, code=code).status == 200


def stale(desks: Desks, staff: Staffing, name: str) -> None:
    """Let the passphrase of every session be given a while ago."""
    from yeollak.storage.local import DeskSession

    rows = DeskSession.objects.using(desks.nodes["south"].alias).filter(account__name=name)
    rows.update(confirmed=now_of(desks) - timedelta(minutes=6))


def test_the_passphrase_is_changed_after_it_was_given_again(desks: Desks, staff: Staffing) -> None:
    mine, other = desks.browser("south"), desks.browser("south")
    stale(desks, staff, "duty")
    answer = mine.post("/me/passphrase/", of="/me/", passphrase=NEW, again=NEW)
    assert "/me/confirm/?next=%2Fme%2Fpassphrase%2F" in answer.url
    assert mine.post("/me/confirm/", passphrase=NEW).status == 403
    confirmed(mine)
    assert (
        "passphrase-twice" in mine.post("/me/passphrase/", of="/me/", passphrase=NEW, again=PASSPHRASE).text
    )
    assert "passphrase-weak" in mine.post("/me/passphrase/", of="/me/", passphrase="ab", again="ab").text
    assert mine.post("/me/passphrase/", of="/me/", passphrase=NEW, again=NEW).url.endswith("saved=passphrase")
    assert mine.get("/me/").url.endswith("/me/")
    assert "/sign-in/" in other.get("/me/").url


def test_a_device_is_set_up_and_its_codes_are_shown_once(desks: Desks, staff: Staffing) -> None:
    browser = desks.browser("south")
    page = browser.get("/me/factor/").text
    secret = re.search(r'class="secret"[^>]*>([A-Z2-7 ]+)<', page)
    assert secret is not None
    assert "style=" not in page
    assert browser.post("/me/factor/", code="12345").status == 403
    device = pyotp.TOTP(secret[1].replace(" ", ""))
    shown = browser.post("/me/factor/", code=device.at(now_of(desks))).text
    codes = re.findall(r"<li>((?:[0-9a-z]{4}-){3}[0-9a-z]{4})</li>", shown)
    assert len(set(codes)) == 10
    page = browser.get("/me/").text
    assert not any(code in page for code in codes)
    assert "10 recovery codes" in page
    assert secret[1] not in browser.get("/me/factor/").text
    again = re.findall(
        r"<li>((?:[0-9a-z]{4}-){3}[0-9a-z]{4})</li>", browser.post("/me/codes/", of="/me/").text
    )
    assert set(again).isdisjoint(codes)
    assert "set up" in page
    assert browser.post("/me/no-factor/", of="/me/").url.endswith("?saved=factor")
    # Where there is none, nothing is done and nothing is said to be.
    assert browser.post("/me/no-factor/", of="/me/").url.endswith("/me/")
    assert not next(one for one in staff.people() if one.name == "duty").has_factor


def test_sessions_are_listed_and_ended(desks: Desks, staff: Staffing) -> None:
    mine, other, third = (desks.browser("south") for _ in range(3))
    digests = re.findall(r'name="session" value="([0-9a-f]{64})"', mine.get("/me/").text)
    assert digests
    theirs = desks.browser("south", "liaison")
    theirs.post("/me/sessions/", of="/me/", session=digests[0])
    assert len(re.findall(r'value="[0-9a-f]{64}"', mine.get("/me/").text)) == len(digests)
    mine.post("/me/sessions/", of="/me/", session="others")
    assert "/sign-in/" in other.get("/me/").url
    assert "/sign-in/" in third.get("/me/").url
    assert mine.get("/me/").url.endswith("/me/")
    assert theirs.get("/me/").url.endswith("/me/")


def test_language_zone_and_order_are_ones_own(desks: Desks, staff: Staffing) -> None:
    browser = desks.browser("south")
    here = re.search(r'datetime="([^"]+)"', browser.get("/me/").text)
    assert here is not None
    at = datetime.fromisoformat(here[1]).astimezone(UTC)
    browser.post("/me/settings/", of="/me/", language="ar", zone="Asia/Kathmandu", order="charter")
    page = browser.get("/me/").text
    assert '<html lang="ar" dir="rtl">' in page
    assert f'<bdi dir="ltr">{at + timedelta(hours=5, minutes=45):%H:%M}</bdi>' in page
    assert f"{at:%H:%M} UTC" in page
    person = next(one for one in staff.people() if one.name == "duty")
    assert person.settings == {"zone": "Asia/Kathmandu", "order": "charter"}
    assert browser.post("/me/settings/", of="/me/", language="en").url.endswith("saved=settings")


# those of others


def test_everybody_sees_the_roles_and_only_keepers_the_accounts(desks: Desks, staff: Staffing) -> None:
    duty, head = desks.browser("south"), desks.browser("south", "co-head")
    page = duty.get("/1/accounts/").text
    assert page.count("<tr>") == 1 + len(access.Permission)
    assert "archivist" in page
    assert 'href="/1/accounts/new/"' not in page
    for path in ("/1/accounts/new/", "/1/accounts/audit/", "/1/accounts/1/"):
        answer = duty.get(path)
        assert answer.status == 403
        assert "permission-missing" in answer.text
    assert 'href="/1/accounts/new/"' in head.get("/1/accounts/").text
    assert head.get("/1/accounts/999999/").status == 404


def test_an_account_is_made_given_a_key_and_disabled(desks: Desks, staff: Staffing) -> None:
    head = desks.browser("south", "co-head")
    form = {"name": "Kim", "shown": "<b>Kim\u202e", "role": "duty", "language": "ko", "passphrase": NEW}
    assert "officer-not-posted" in head.post("/1/accounts/new/", **form, officer="f" * 16).text
    assert "account-name" in head.post("/1/accounts/new/", **{**form, "name": "dutу"}).text
    assert head.post("/1/accounts/new/", **form).url.endswith("/1/accounts/")
    page = head.get("/1/accounts/").text
    assert "&lt;b&gt;Kim" in page
    assert "<b>Kim" not in page
    assert "\u202e" not in page
    assert "account-exists" in head.post("/1/accounts/new/", **form).text
    kim = next(one for one in staff.people() if one.name == "kim")
    browser = Browser(desks.address("south"))
    # Led to where he chooses a passphrase of his own.
    assert browser.post("/sign-in/", name="kim", passphrase=NEW).url.endswith("/me/")
    browser.post("/me/passphrase/", of="/me/", passphrase=PASSPHRASE, again=PASSPHRASE)
    assert not next(one for one in staff.people() if one.name == "kim").given
    held = next(one for one in staff.people() if one.name == "duty").officers[desks.office]
    path = f"/1/accounts/{kim.id}/"
    change = {"deed": "change", "shown": "Kim", "role": "interpreter"}
    assert "officer-taken" in head.post(path, **change, officer=held).text
    assert head.post(path, **change, officer="").status == 200
    assert next(one for one in staff.people() if one.name == "kim").role == "interpreter"
    head.post(path, deed="disable")
    assert "/sign-in/" in browser.get("/me/").url
    assert browser.post("/sign-in/", name="kim", passphrase=PASSPHRASE).status == 403
    head.post(path, deed="enable")
    head.post(path, deed="passphrase", passphrase=NEW)
    assert browser.post("/sign-in/", name="kim", passphrase=NEW).url.endswith("/me/")


def test_nobody_changes_what_he_himself_may_do(desks: Desks, staff: Staffing) -> None:
    head = desks.browser("south", "co-head")
    own = next(one for one in staff.people() if one.name == "co-head")
    path = f"/1/accounts/{own.id}/"
    held = own.officers[desks.office]
    told = head.post(path, deed="change", shown="Head", role="technical", officer=held)
    assert "account-own" in told.text
    assert "account-own" in head.post(path, deed="disable").text
    assert head.post(path, deed="change", shown="Head", role="co-head", officer=held).status == 200
    staff.give("co-head", now_of(desks), shown="co-head")


def test_deeds_on_accounts_ask_for_the_passphrase_again(desks: Desks, staff: Staffing) -> None:
    head = desks.browser("south", "co-head")
    duty = next(one for one in staff.people() if one.name == "duty")
    stale(desks, staff, "co-head")
    assert "/me/confirm/" in head.get(f"/1/accounts/{duty.id}/").url
    answer = head.post(f"/1/accounts/{duty.id}/", of="/me/", deed="disable")
    assert "/me/confirm/" in answer.url
    assert not next(one for one in staff.people(disabled=True) if one.name == "duty").disabled
    for _ in range(5):
        assert head.post("/me/confirm/", passphrase="wrong words").status == 403
    assert "/sign-in/" in head.post("/me/confirm/", passphrase=PASSPHRASE).url


# the log


def test_the_log_is_paged_filtered_and_harmless(desks: Desks, staff: Staffing) -> None:
    from yeollak.desk.staff.pages.accounts import MOST

    person = next(one for one in staff.people() if one.name == "archivist")
    for number in range(MOST + 3):
        staff.note(now_of(desks), person, "<script>" if number % 2 else "confirmed")
    head = desks.browser("south", "co-head")
    page = head.get("/1/accounts/audit/?name=archivist").text
    assert page.count("<tr>") == 1 + MOST
    assert "&lt;script&gt;" in page
    assert "<script>" not in page
    older = re.search(r'href="\?([^"]*before=\d+)"', page)
    assert older is not None
    page = head.get("/1/accounts/audit/?" + older[1].replace("&amp;", "&")).text
    assert 1 < page.count("<tr>") <= 1 + MOST
    assert "co-head</bdi></td><td>signed in" not in page
    assert head.get("/1/accounts/audit/?action=account-made&name=archivist").text.count("<tr>") == 2
    for odd in ("before=x", "before=-1", "before=" + "9" * 40, "name=%00", "action=%00%ff", "before=%C2%B2"):
        assert head.get(f"/1/accounts/audit/?{odd}").status == 200, odd
