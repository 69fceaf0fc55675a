"""Accounts and the entrance on both databases: what an attacker tries, and what an officer must still do."""

from __future__ import annotations

import json
import threading
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pyotp
import pytest
from argon2 import PasswordHasher
from django.db import connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.storage.setup import migrated
from yeollak.errors import OurFault
from yeollak.storage import local, persons
from yeollak.storage.asking import WRONG
from yeollak.storage.databases import attach, postgresql, sqlite
from yeollak.storage.entrance import FRESH, IDLE, LASTS
from yeollak.storage.factors import STEP
from yeollak.storage.staffing import Entered, Person, Staffing, Who, fold
from yeollak.storage.throttle import LIMITS, LONGEST_LOCK, network

SECRET = "four words nobody joins"
OTHER = "five other words nobody joins"
NOW = datetime(2018, 9, 14, 1, 0, 3, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HERE, THERE = Who("192.0.2.1", "a browser"), Who("198.51.100.9", "another")


class Counting(PasswordHasher):
    """A cheap hasher that counts how often it was asked."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.asked = 0

    def verify(self, *given: Any, **named: Any) -> Any:
        self.asked += 1
        return super().verify(*given, **named)


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def alias(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database of these tests' own: accounts are counted and emptied here."""
    name = f"staffing_{request.param}"
    entry = sqlite(tmp_path_factory.mktemp("staffing") / "staffing.db")
    if request.param == "postgresql":
        entry = postgresql(request.getfixturevalue("postgresql"))
        attach("staffing_server", entry)
        with connections["staffing_server"].cursor() as cursor:
            cursor.execute(f"CREATE DATABASE yeollak_{name}")
        connections["staffing_server"].close()
        entry = {**entry, "NAME": f"yeollak_{name}"}
    attach(name, entry)
    migrated(name)
    return name


@pytest.fixture
def desk(alias: str) -> Iterator[Staffing]:
    for model in (local.Audit, local.DeskSession, local.DeskDevice, local.SignInCount, local.Account):
        model.objects.using(alias).all().delete()
    yield Staffing(alias, Counting())
    connections[alias].close()


def asked(desk: Staffing) -> int:
    assert isinstance(desk._hasher, Counting)
    return desk._hasher.asked


def refused(code: str, work: Callable[..., object], *given: Any, **named: Any) -> None:
    with pytest.raises(OurFault) as problem:
        work(*given, **named)
    assert problem.value.code == code


def said(desk: Staffing) -> list[str]:
    """The actions of the log, oldest first."""
    return [row.action for row in desk.audit()][::-1]


def with_factor(desk: Staffing, name: str = "duty", now: datetime = NOW) -> tuple[pyotp.TOTP, list[str]]:
    """An account with a second factor; its device and recovery codes. The code of `now` is used."""
    person = desk.make_account(name, "duty", SECRET, now)
    person = desk.sign_in(name, SECRET, now, HERE).person
    device = pyotp.TOTP(desk.begin_factor(person))
    return device, desk.take_factor(person, device.at(now), now)


def at_once(desk: Staffing, works: Sequence[Callable[[], object]]) -> list[str]:
    """Do all at once, each in a thread with a connection of its own; the codes of faults, or `done`."""
    begin, found = threading.Barrier(len(works)), []

    def one(work: Callable[[], object]) -> None:
        begin.wait()
        try:
            work()
            found.append("done")
        except OurFault as fault:
            found.append(fault.code)
        finally:
            connections[desk.alias].close()

    threads = [threading.Thread(target=one, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(found)


# names and passphrases


@given(st.text(max_size=80))
def test_a_folded_name_stays_as_it_is(name: str) -> None:
    folded = fold(name)
    assert fold(folded) == folded
    assert len(folded) <= persons.LONGEST_NAME
    assert not any(unicodedata.category(char)[0] == "C" for char in folded)
    for form in ("NFC", "NFD"):
        assert fold(unicodedata.normalize(form, name)) == folded


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Duty", "dUTY"),
        ("duty officer", "  duty\u00a0 officer "),
        ("\uff24\uff35\uff34\uff39", "duty"),
        ("Ren\u00e9", "Rene\u0301"),
        ("du\u200bty\u202e", "duty"),
        ("한밤", "\u1112\u1161\u11ab\u1107\u1161\u11b7"),
        ("STRASSE", "straße"),
    ],
)
def test_names_that_look_alike_are_one(one: str, other: str) -> None:
    assert fold(one) == fold(other) != ""


@pytest.mark.parametrize("name", ["", "   ", "\u200b", "dutу", "a" * 65, "a/b", "<b>", "-", "é\u0000\u0430"])
def test_names_that_cannot_be_read_in_a_log_are_refused(name: str) -> None:
    refused("account-name", persons.new_name, name)


@pytest.mark.parametrize("name", ["duty", "김철수", "金 대사", "فاطمة", "o'neill-2", "шура"])
def test_names_of_one_script_are_taken(name: str) -> None:
    assert persons.new_name(name)


def test_a_passphrase_is_read_alike_from_every_keyboard(desk: Staffing) -> None:
    desk.make_account("kim", "duty", "caf\u00e9 au\u3000lait du soir", NOW)
    assert desk.sign_in("kim", "cafe\u0301 au lait\u00a0du soir", NOW).token
    refused("sign-in-refused", desk.sign_in, "kim", "CAF\u00c9 au lait du soir", NOW)
    refused("passphrase-long", desk.set_passphrase, "kim", "ab cd ef " * 200, NOW)
    for weak in ("short", "aaaaaaaaaaaaaaaa", "yeollakYEOLLAK"):
        refused("passphrase-weak", desk.set_passphrase, "kim", weak, NOW)


# what an attacker tries


def test_every_failure_does_the_same_work_and_says_the_same(desk: Staffing) -> None:
    desk.make_account("duty", "duty", SECRET, NOW)
    desk.make_account("gone", "duty", SECRET, NOW)
    desk.disable("gone", NOW)
    for name, passphrase in (
        ("duty", OTHER),
        ("nobody", SECRET),
        ("gone", SECRET),
        ("", ""),
        ("x" * 999, "x"),
    ):
        before, lines = asked(desk), len(desk.audit())
        refused("sign-in-refused", desk.sign_in, name, passphrase, NOW, HERE)
        assert asked(desk) == before + 1
        assert len(desk.audit()) == lines + 1
        desk.unlock("duty", NOW)


def test_what_is_typed_where_the_name_belongs_is_not_kept(desk: Staffing) -> None:
    refused("sign-in-refused", desk.sign_in, SECRET, "duty", NOW, HERE)
    (line,) = desk.audit()
    assert (line.name, line.action, line.address) == ("", "sign-in-refused", HERE.address)
    keys = local.SignInCount.objects.using(desk.alias).values_list("key", flat=True)
    assert all(len(key.split("/")[1]) == 4 or key.startswith("address/") for key in keys)


def test_five_failures_lock_whoever_fails_and_not_the_officer(desk: Staffing) -> None:
    desk.make_account("duty", "duty", SECRET, NOW)
    known = Who(HERE.address, "", desk.sign_in("duty", SECRET, NOW, HERE).device)
    for _ in range(LIMITS["here"]):
        refused("sign-in-refused", desk.sign_in, "duty", OTHER, NOW, THERE)
    before = asked(desk)
    refused("sign-in-locked", desk.sign_in, "duty", SECRET, NOW, THERE)
    assert asked(desk) == before, "a locked attempt costs no hash"
    # The same name from another address, and the known browser from the very address of the attack.
    assert desk.sign_in("duty", SECRET, NOW, HERE).token
    assert desk.sign_in("duty", SECRET, NOW, Who(THERE.address, "", known.device)).token
    assert desk.sign_in("duty", SECRET, NOW + MINUTE, THERE).token


def test_a_name_that_is_guessed_from_everywhere_is_locked_but_for_browsers_that_it_knows(
    desk: Staffing,
) -> None:
    desk.make_account("duty", "duty", SECRET, NOW)
    device = desk.sign_in("duty", SECRET, NOW, HERE).device
    for number in range(LIMITS["name"]):
        refused("sign-in-refused", desk.sign_in, "duty", OTHER, NOW, Who(f"203.0.113.{number}"))
    refused("sign-in-locked", desk.sign_in, "duty", SECRET, NOW, Who("203.0.113.200"))
    assert desk.sign_in("duty", SECRET, NOW, Who("203.0.113.200", "", device)).token


def test_names_tried_from_one_address_lock_the_address_alike_for_names_that_exist(desk: Staffing) -> None:
    desk.make_account("duty", "duty", SECRET, NOW)
    for number in range(LIMITS["address"]):
        refused("sign-in-refused", desk.sign_in, f"name {number}", OTHER, NOW, Who(f"2001:db8::{number}"))
    refused("sign-in-locked", desk.sign_in, "duty", SECRET, NOW, Who("2001:db8::ffff"))
    refused("sign-in-locked", desk.sign_in, "never", SECRET, NOW, Who("2001:db8::ffff"))


def test_a_token_that_another_account_has_for_its_browser_is_known_for_nobody_else(desk: Staffing) -> None:
    desk.make_account("duty", "duty", SECRET, NOW)
    desk.make_account("insider", "archivist", SECRET, NOW)
    device = desk.sign_in("insider", SECRET, NOW, THERE).device
    for _ in range(LIMITS["here"]):
        refused("sign-in-refused", desk.sign_in, "duty", OTHER, NOW, Who(THERE.address, "", device))
    refused("sign-in-locked", desk.sign_in, "duty", SECRET, NOW, Who(THERE.address, "", device))
    planted = desk.sign_in("duty", SECRET, NOW, Who("192.0.2.77", "", "planted"))
    assert planted.device != "planted"


def test_a_flood_of_locked_attempts_is_one_line(desk: Staffing) -> None:
    desk.make_account("duty", "duty", SECRET, NOW)
    for _ in range(LIMITS["here"]):
        refused("sign-in-refused", desk.sign_in, "duty", OTHER, NOW, THERE)
    for _ in range(7):
        refused("sign-in-locked", desk.sign_in, "duty", OTHER, NOW, THERE)
    assert said(desk)[-2:] == ["sign-in-refused", "sign-in-locked"]
    assert desk.audit()[0].times == 7


def test_locks_double_to_the_longest_and_a_clock_that_was_ahead_holds_nobody(desk: Staffing) -> None:
    desk.make_account("duty", "duty", SECRET, NOW)
    ahead = NOW + timedelta(days=3650)
    for _ in range(LIMITS["here"]):
        refused("sign-in-refused", desk.sign_in, "duty", OTHER, ahead, THERE)
    refused("sign-in-locked", desk.sign_in, "duty", SECRET, ahead, THERE)
    assert desk.sign_in("duty", SECRET, NOW, THERE).token
    now, waits = NOW, []
    for _ in range(LIMITS["here"] + 8):
        refused("sign-in-refused", desk.sign_in, "duty", OTHER, now, THERE)
        until = local.SignInCount.objects.using(desk.alias).get(key__startswith="here/").until
        waits.append(until - now if until else timedelta())
        now = max(now, until or now)
    assert waits[:6] == [timedelta()] * 4 + [MINUTE, 2 * MINUTE]
    assert waits[-1] == max(waits) == LONGEST_LOCK


def test_many_guesses_at_once_are_no_more_than_one_after_another(desk: Staffing) -> None:
    desk.make_account("duty", "duty", SECRET, NOW)
    guesses = [lambda: desk.sign_in("duty", OTHER, NOW, THERE)] * 12
    found = at_once(desk, guesses)
    assert found == ["sign-in-locked"] * (12 - LIMITS["here"]) + ["sign-in-refused"] * LIMITS["here"]
    assert asked(desk) == LIMITS["here"]


def test_what_no_database_can_hold_is_no_error(desk: Staffing) -> None:
    hostile = Who("a\x00b\u202e" * 90, "\x00" * 900, "\x00\ud800")
    refused("sign-in-refused", desk.sign_in, "a\x00b", "\x00\ud800", NOW, hostile)
    desk.make_account("duty", "duty", SECRET, NOW)
    entered = desk.sign_in("du\x00ty", SECRET, NOW, hostile)
    assert desk.person(entered.token, NOW) is not None
    assert desk.person("\x00\ud800", NOW) is None
    refused("factor-wrong", desk.prove_factor, entered.person, "é\x00٣\ud800", NOW)


# the second factor


def test_the_first_step_opens_nothing(desk: Staffing) -> None:
    device, _ = with_factor(desk)
    later = NOW + MINUTE
    half = desk.sign_in("duty", SECRET, later, HERE)
    assert half.half
    assert not half.device
    assert desk.person(half.token, later) is None
    whole = desk.give_code(half.token, device.at(later), later, HERE)
    assert whole.token != half.token
    person = desk.person(whole.token, later)
    assert person is not None
    assert person.fresh
    assert desk.half_in(whole.token, later) is None
    refused("sign-in-over", desk.give_code, half.token, device.at(later + MINUTE), later + MINUTE)
    refused("sign-in-over", desk.give_code, whole.token, device.at(later + MINUTE), later + MINUTE)


def test_a_code_counts_once_on_one_line_and_on_many(desk: Staffing) -> None:
    device, _ = with_factor(desk)
    later = NOW + MINUTE
    halves = [desk.sign_in("duty", SECRET, later, HERE).token for _ in range(4)]
    code = device.at(later)
    works = [lambda token=token: desk.give_code(token, code, later, HERE) for token in halves]
    assert at_once(desk, works) == ["done", *["factor-wrong"] * 3]
    person = desk.sign_in("duty", SECRET, later, HERE).person
    refused("factor-wrong", desk.prove_factor, person, code, later)


@given(moves=st.lists(st.integers(-6, 6), max_size=12))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_however_the_clock_jumps_no_code_counts_twice_and_a_new_one_is_taken(
    moves: list[int],
) -> None:
    from yeollak.storage import factors

    row = local.Account(totp=factors.new_secret(), recovery="[]")
    device, now, used = pyotp.TOTP(row.totp), NOW, set()
    for move in moves:
        now += timedelta(seconds=STEP * move)
        step = int(now.timestamp()) // STEP
        assert bool(factors.take(row, device.at(now), now)) == (step not in used)
        used.add(step)
        assert not factors.take(row, device.at(now + timedelta(seconds=2 * STEP)), now)


def test_figures_are_read_in_whatever_script_they_are_typed(desk: Staffing) -> None:
    device, _ = with_factor(desk)
    later = NOW + MINUTE
    half = desk.sign_in("duty", SECRET, later, HERE)
    arabic = device.at(later).translate({48 + number: 0x660 + number for number in range(10)})
    assert desk.give_code(half.token, f" {arabic[:3]} {arabic[3:]} ", later).token


def test_recovery_codes_count_once_and_are_read_as_they_are_copied(desk: Staffing) -> None:
    _, codes = with_factor(desk)
    assert len(set(codes)) == 10
    sloppy = codes[0].upper().replace("-", " ").replace("1", "l").replace("0", "O")
    half = desk.sign_in("duty", SECRET, NOW, HERE)
    person = desk.give_code(half.token, sloppy, NOW).person
    assert person.codes == 9
    again = desk.sign_in("duty", SECRET, NOW, HERE)
    refused("factor-wrong", desk.give_code, again.token, codes[0], NOW)
    desk.new_codes(person, NOW)
    refused("factor-wrong", desk.give_code, again.token, codes[1], NOW)
    assert "recovery-used" in said(desk)


def test_whoever_knows_the_passphrase_guesses_no_code(desk: Staffing) -> None:
    device, _ = with_factor(desk)
    later = NOW + MINUTE
    for _ in range(LIMITS["code"]):
        half = desk.sign_in("duty", SECRET, later, THERE)
        refused("factor-wrong", desk.give_code, half.token, "000000", later, THERE)
    half = desk.sign_in("duty", SECRET, later, THERE)
    refused("sign-in-locked", desk.give_code, half.token, device.at(later), later, THERE)
    known = desk.sign_in("duty", SECRET, NOW, Who(HERE.address, "", _device_of(desk)))
    assert desk.give_code(known.token, device.at(later), later, Who("", "", _device_of(desk))).token


def _device_of(desk: Staffing) -> str:
    """A token by which the account's browser is known from now on."""
    from yeollak.storage.entrance import digest_of

    row = local.Account.objects.using(desk.alias).get(name="duty")
    local.DeskDevice.objects.using(desk.alias).get_or_create(
        digest=digest_of("known"), account=row, defaults={"used": NOW}
    )
    return "known"


def test_a_factor_counts_only_once_a_code_has_shown_it(desk: Staffing) -> None:
    desk.make_account("duty", "duty", SECRET, NOW)
    person = desk.sign_in("duty", SECRET, NOW, HERE).person
    secret = desk.begin_factor(person)
    assert desk.begin_factor(person) == secret
    refused("factor-wrong", desk.take_factor, person, "000000", NOW)
    assert not desk.sign_in("duty", SECRET, NOW, HERE).half
    elsewhere = desk.sign_in("duty", SECRET, NOW, THERE)
    desk.take_factor(person, pyotp.TOTP(secret).at(NOW), NOW)
    assert desk.sign_in("duty", SECRET, NOW, HERE).half
    assert desk.person(elsewhere.token, NOW) is None
    assert desk.begin_factor(person) != secret


# sessions


def entered(desk: Staffing, name: str = "duty", role: str = "duty", now: datetime = NOW) -> Entered:
    desk.make_account(name, role, SECRET, now)
    return desk.sign_in(name, SECRET, now, HERE)


def test_a_session_ends_by_age_by_idleness_and_by_a_clock_set_far_back(desk: Staffing) -> None:
    token = entered(desk).token
    assert desk.person(token, NOW + IDLE) is not None
    assert desk.person(token, NOW + 2 * IDLE) is not None
    assert desk.person(token, NOW + 3 * IDLE + MINUTE) is None
    now = NOW + 2 * IDLE
    while now < NOW + LASTS:
        assert desk.person(token, now) is not None
        now += IDLE / 2
    assert desk.person(token, NOW + LASTS + MINUTE) is None
    other = desk.sign_in("duty", SECRET, NOW, HERE).token
    assert desk.person(other, NOW - MINUTE / 2) is not None
    assert desk.person(other, NOW - timedelta(days=1)) is None


def test_a_page_that_asks_by_itself_keeps_no_session_alive(desk: Staffing) -> None:
    token = entered(desk).token
    assert desk.person(token, NOW + IDLE - MINUTE, touch=False) is not None
    assert desk.person(token, NOW + IDLE + MINUTE) is None


def test_a_passphrase_change_ends_the_other_sessions(desk: Staffing) -> None:
    mine = entered(desk)
    other = desk.sign_in("duty", SECRET, NOW, THERE)
    desk.set_passphrase("duty", OTHER, NOW, mine.person)
    assert desk.person(mine.token, NOW) is not None
    assert desk.person(other.token, NOW) is None
    refused("sign-in-refused", desk.sign_in, "duty", SECRET, NOW, HERE)
    keeper = entered(desk, "head", "co-head").person
    desk.set_passphrase("duty", SECRET, NOW, keeper)
    assert desk.person(mine.token, NOW) is None
    again = desk.sign_in("duty", SECRET, NOW, HERE).person
    assert again.given
    desk.set_passphrase("duty", OTHER, NOW, again)
    assert not desk.people()[0].given


def test_one_revokes_only_what_is_ones_own(desk: Staffing) -> None:
    mine, theirs = entered(desk), entered(desk, "other")
    desk.revoke(mine.person, theirs.person.session, NOW)
    assert desk.person(theirs.token, NOW) is not None
    second = desk.sign_in("duty", SECRET, NOW, THERE)
    assert [row.address for row in desk.sessions(mine.person, NOW)].count(THERE.address) == 1
    desk.revoke_others(mine.person, NOW)
    assert desk.person(second.token, NOW) is None
    assert desk.person(mine.token, NOW) is not None
    desk.end_all(NOW)
    assert desk.person(mine.token, NOW) is None
    assert desk.person(theirs.token, NOW) is None


def test_what_is_dangerous_asks_again_and_ends_the_session_of_whoever_guesses(desk: Staffing) -> None:
    mine = entered(desk)
    later = NOW + FRESH + MINUTE
    stale = desk.person(mine.token, later)
    assert stale is not None
    assert not stale.confirmed
    assert desk.confirm(stale, SECRET, "", later).confirmed
    fresh = desk.person(mine.token, later)
    assert fresh is not None
    assert fresh.confirmed
    assert desk.person(mine.token, later - FRESH) is None, "a clock set back makes nothing fresh"
    found = at_once(desk, [lambda: desk.confirm(stale, OTHER, "", later)] * 8)
    assert found == ["confirm-refused"] * 5 + ["sign-in-over"] * 3
    assert desk.person(mine.token, later) is None
    assert "session-guessed" in said(desk)


# accounts


def test_nobody_raises_himself_and_somebody_keeps_the_accounts(desk: Staffing) -> None:
    keepers = ("co-head", "technical")
    one, two = entered(desk, "one", "co-head").person, entered(desk, "two", "technical").person
    refused("account-own", desk.give, "one", NOW, one, role="duty", keepers=keepers)
    refused("account-own", desk.disable, "one", NOW, one, keepers=keepers)
    refused("role-unknown", desk.give, "two", NOW, one, role="king")
    works = [
        lambda: desk.disable("two", NOW, one, keepers=keepers),
        lambda: desk.give("one", NOW, two, role="reader", keepers=keepers),
    ]
    assert at_once(desk, works) == ["account-last", "done"]
    assert len([person for person in desk.people() if person.role in keepers]) == 1


def test_one_key_is_one_persons(desk: Staffing) -> None:
    desk.make_account("one", "duty", SECRET, NOW, officers={"office": "key"})
    refused("officer-taken", desk.make_account, "two", "duty", SECRET, NOW, officers={"office": "key"})
    desk.make_account("two", "duty", SECRET, NOW, officers={"another": "key"})
    desk.disable("one", NOW)
    desk.give("two", NOW, officers={"office": "key"})
    refused("officer-taken", desk.enable, "one", NOW)


def test_two_accounts_of_one_name_cannot_be_made_at_once(desk: Staffing) -> None:
    works = [lambda: desk.make_account("Duty", "duty", SECRET, NOW)] * 3
    found = at_once(desk, works)
    assert found.count("done") == 1
    assert set(found) <= {"done", "account-exists"}


def test_a_disabled_account_is_out_at_once(desk: Staffing) -> None:
    mine = entered(desk)
    desk.disable("duty", NOW)
    assert desk.person(mine.token, NOW) is None
    refused("sign-in-refused", desk.sign_in, "duty", SECRET, NOW, HERE)
    desk.enable("duty", NOW)
    assert desk.sign_in("duty", SECRET, NOW, HERE).token
    assert desk.person(mine.token, NOW) is None


def test_the_log_is_read_by_pages_by_person_and_by_deed(desk: Staffing) -> None:
    head = entered(desk, "head", "co-head").person
    for number in range(7):
        desk.make_account(f"duty {number}", "duty", SECRET, NOW, by=head)
    first = desk.audit(5)
    rest = desk.audit(50, first[-1].id)
    assert [row.id for row in first + rest] == sorted((row.id for row in first + rest), reverse=True)
    assert {row.action for row in desk.audit(name="DUTY 3")} == {"account-made"}
    assert [(row.name, row.about) for row in desk.audit(name="duty 3")] == [("head", "duty 3")]
    assert len(desk.audit(action="account-made", name="head")) == 8
    assert desk.audit(action="\x00") == desk.audit(name="\x00 nobody") == []
    assert [row.name for row in desk.audit(action="account-made")][-1] == "", "the first is the operator's"


def test_the_store_has_no_secret(desk: Staffing) -> None:
    device, codes = with_factor(desk)
    half = desk.sign_in("duty", SECRET, NOW + MINUTE, HERE)
    whole = desk.give_code(half.token, device.at(NOW + MINUTE), NOW + MINUTE, HERE)
    kept = json.dumps(
        [
            list(model.objects.using(desk.alias).values())
            for model in (local.Account, local.DeskSession, local.DeskDevice, local.SignInCount, local.Audit)
        ],
        default=str,
    )
    for secret in (SECRET, half.token, whole.token, whole.device, codes[0], codes[0].replace("-", "")):
        assert secret not in kept


@given(address=st.ip_addresses())
def test_one_host_is_one_network(address: Any) -> None:
    found = network(str(address))
    if address.version == 6 and address.ipv4_mapped is None:
        other = type(address)(int(address) ^ 1)
        assert network(str(other)) == found
    else:
        assert found == str(getattr(address, "ipv4_mapped", None) or address)
    assert len(found) <= 64


def test_every_person_keeps_what_he_was_given(desk: Staffing) -> None:
    made: Person = desk.make_account(
        "duty", "duty", SECRET, NOW, shown="  Duty\u202e officer  ", language="ko"
    )
    assert (made.shown, made.language) == ("Duty officer", "ko")
    desk.give("duty", NOW, settings={"zone": "Asia/Seoul"})
    assert desk.account(made.id) == desk.people()[0]
    assert desk.people()[0].settings == {"zone": "Asia/Seoul"}
    assert desk.account(0) is None
    refused("account-unknown", desk.give, "nobody", NOW)


def test_whoever_knows_one_passphrase_has_no_more_guesses_at_another(desk: Staffing) -> None:
    desk.make_account("duty", "duty", SECRET, NOW)
    person = desk.sign_in("duty", SECRET, NOW).person

    def guess(key: str, code: str = "wrong-passphrase") -> None:
        with desk.unlocking(person, key, NOW):
            if code:
                raise OurFault(code, what="the key", office="")

    for _ in range(WRONG - 1):
        refused("wrong-passphrase", guess, "operator")
        guess("his own", "")
        desk.confirm(person, SECRET, "", NOW)
        refused("no-such-office", guess, "operator", "no-such-office")  # that was no guess
    refused("wrong-passphrase", guess, "operator")
    refused("sign-in-over", guess, "operator", "")
    refused("sign-in-over", desk.confirm, person, SECRET, "", NOW)
    # Nor does a new session begin anew: the next guesses are slow.
    other = person = desk.sign_in("duty", SECRET, NOW).person
    for _ in range(LIMITS["key"] - WRONG):
        person = desk.sign_in("duty", SECRET, NOW).person
        refused("wrong-passphrase", guess, "operator")
    person = other
    refused("sign-in-locked", guess, "operator", "")
    guess("his own", "")
    guess("his own", "")
