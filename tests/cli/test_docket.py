"""The docket, the calendar and deposits on the command line, between two nodes on one clock."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tests.cli.handbook import SECRET, Business
from tests.storage.setup import ready
from yeollak.cli.main import main
from yeollak.node import docket as reads
from yeollak.record import keyfile
from yeollak.record.canon import parse_instant
from yeollak.record.keyfile import Cost
from yeollak.record.keys import SealKey, SigningKey
from yeollak.words import LANGUAGES

ready()
SEED = hashlib.sha256(b"guarantor").digest()
TERMS: dict[str, object] = {
    "calendar": {"zone": "Asia/Seoul", "lines": ["east"]},
    "deadlines": {"note.tender": {"working_days": 2}},
    "escrow": "third",
    "guarantors": {"third": {"keys": {"seal": SealKey(SEED).public.hex()}, "names": {"en": "Third"}}},
    "holidays": {"south": ["2018-09-24"]},
    "notice": {"staff": {"days": 7}, "holidays": {"working_days": 10}},
}
#: A Friday, 10:00 at the office.
BEGINS = datetime(2018, 9, 14, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def business(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Business]:
    made = Business(tmp_path_factory.mktemp("docket"), TERMS, BEGINS).make()
    patch = pytest.MonkeyPatch()
    patch.setattr("yeollak.node.open.open_node", made.named)
    patch.setenv("YEOLLAK_PASSPHRASE", SECRET)
    patch.setenv("YEOLLAK_OFFICER_PASSPHRASE", SECRET)
    patch.chdir(made.folder)
    yield made
    patch.undo()
    made.close()


def run(*words: str) -> Result:
    return CliRunner().invoke(main, list(words))


def good(*words: str) -> dict[str, Any]:
    done = run(*words, "--json")
    assert done.exit_code == 0, done.output
    value: dict[str, Any] = json.loads(done.stdout)
    return value


def do(business: Business, side: str, kind: str, *words: str) -> dict[str, Any]:
    made = good("act", kind, "--node", side, *words)
    business.until(business.carried)
    return made


def waits(side: str, matter: str, *words: str) -> list[dict[str, Any]]:
    return [one for one in good("docket", "--node", side, *words)["waiting"] if one["matter"] == matter]


def code(done: Result) -> tuple[int, str]:
    return done.exit_code, json.loads(done.stdout)["error"]["code"]


def test_a_tender_waits_goes_unanswered_and_lapses(business: Business) -> None:
    business.clock.set(BEGINS)
    tender = ("--fact", "subject.en=Water", "--text", "en=The river rises.", "--precedence", "immediate")
    matter = do(business, "south", "note.tender", *tender)["matter"]
    (item,) = waits("north", matter, "--side", "ours")
    assert waits("north", matter, "--side", "theirs") == []
    assert waits("south", matter, "--side", "ours") == []
    # Two working days after Friday: Tuesday, when the office closes at 17:00 in Seoul.
    assert (item["word"], item["until"]) == ("waiting", "2018-09-18T08:00:00Z")
    assert item["until_local"] == "2018-09-18T17:00:00+09:00"
    assert (item["awaited"], item["waiting"], item["precedence"]) == ("north", ["south"], "immediate")
    assert item["lapse"] == {
        "by": ["south"],
        "kind": "note.lapse",
        "re": item["opened"],
        "start": item["until"],
    }
    assert "note.take" in item["answers"]
    assert code(run("act", "note.lapse", "--node", "south", "--matter", matter, "--json"))[1] == "act-void"
    business.clock.set(BEGINS + timedelta(days=5))
    for side in ("south", "north"):
        (item,) = waits(side, matter)
        assert (item["word"], item["reasons"][0]["code"]) == ("unanswered", "nothing-since")
    lapse = do(business, "south", "note.lapse", "--matter", matter)["act"]
    business.rest()
    assert waits("south", matter) == []
    (silence,) = good("docket", "--matter", matter, "--node", "south")["silences"]
    assert (silence["act"], silence["mark"], silence["awaited"]) == (lapse, "receipted", ["north"])
    assert [one["cosigner"] for one in silence["proof"]] == ["north"]
    for lang in LANGUAGES:
        done = run("docket", "--matter", matter, "--node", "north", "--lang", lang)
        assert done.exit_code == 0
        assert lapse in done.output


def test_a_receipt_from_before_the_due_shows_a_false_clock(business: Business) -> None:
    business.clock.set(BEGINS + timedelta(days=6))
    ahead = ("--fact", "subject.en=Trees", "--text", "en=Felled.", "--due", "+2h")
    matter = do(business, "south", "note.tender", *ahead)["matter"]
    business.rest()
    # South signs by a clock that is a day ahead; North's receipt says when that was.
    now = business.clock.now()
    business.stop("north")
    business.clock.set(now + timedelta(days=1))
    good("act", "note.lapse", "--node", "south", "--matter", matter)
    business.clock.set(now + timedelta(minutes=1))
    business.serve("north")
    business.rest()
    (silence,) = good("docket", "--matter", matter, "--node", "south")["silences"]
    assert silence["mark"] == "false-on-its-face"
    assert "False on its face" in run("docket", "--matter", matter, "--node", "south").output


def test_calls_that_nobody_entered_are_listed_from_the_founding_on(business: Business) -> None:
    business.clock.set(BEGINS + timedelta(days=10, hours=3))  # Monday, a holiday of the South
    calls = good("docket", "--node", "north", "--since", "2018-01-01")["calls"]
    assert {call["slot"] for call in calls} == {"opening", "closing"}
    assert min(call["date"] for call in calls) == "2018-09-14"
    assert not {call["date"] for call in calls} & {"2018-09-15", "2018-09-16"}
    holiday = {call["word"] for call in calls if call["date"] == "2018-09-24"}
    assert holiday == {"excused"}
    ours = good("docket", "--node", "north", "--side", "ours", "--since", "2018-01-01")["calls"]
    assert ours
    assert {call["awaited"] for call in ours} == {"north"}
    day = ("--fact", "date=2018-09-14", "--fact", "slot=opening")
    do(business, "south", "checkin.observe", *day, "--fact", "view=unanswered")
    left = good("docket", "--node", "north", "--since", "2018-01-01")["calls"]
    first = [call for call in left if (call["date"], call["slot"]) == ("2018-09-14", "opening")]
    assert [(call["awaited"], call["word"]) for call in first] == [("north", "unanswered")]


def test_what_was_told_later_than_the_charter_asks_is_named(business: Business) -> None:
    business.clock.set(BEGINS + timedelta(days=11))
    for number, day in enumerate(("2018-09-27", "2018-12-01")):
        key = SigningKey(hashlib.sha256(f"officer {number}".encode()).digest()).public.hex()
        facts = ("--fact", f"key={key}", "--fact", "function=technical", "--fact", f"from={day}")
        do(business, "south", "posting.appoint", *facts)
    do(business, "south", "standing.open")
    days = ("--fact", 'dates=["2018-10-03","2018-12-25"]', "--fact", "state=holiday")
    do(business, "south", "standing.days", *days)
    told = good("docket", "--node", "north")["notices"]
    assert [(one["what"], one["day"], one["side"]) for one in told] == [
        ("staff", "2018-09-27", "south"),
        ("holidays", "2018-10-03", "south"),
    ]
    assert "2018-09-27" in run("docket", "--node", "north").output


def test_the_calendar_says_what_is_worked_and_what_is_told_in_time(business: Business) -> None:
    business.clock.set(BEGINS + timedelta(days=12))
    told = good("calendar", "--node", "south", "--from", "2018-09-21", "--to", "2018-09-25")
    assert [(one["date"], one["working"], one["holiday"]) for one in told["days"]] == [
        ("2018-09-21", True, []),
        ("2018-09-22", False, []),
        ("2018-09-23", False, []),
        ("2018-09-24", False, ["south"]),
        ("2018-09-25", True, []),
    ]
    assert told["days"][0]["open"] == ["2018-09-21T09:00:00+09:00", "2018-09-21T17:00:00+09:00"]
    assert [call["slot"] for call in told["days"][0]["calls"]] == ["opening", "closing"]
    kept = {one["notice"]: one["kept_from"] for one in told["notices"]}
    assert kept["staff"] == "2018-10-03"
    for lang in LANGUAGES:
        assert run("calendar", "--node", "south", "--lang", lang).exit_code == 0
    assert run("calendar", "--node", "south", "--from", "2018-09-21", "--to", "2018-09-20").exit_code == 2


@pytest.mark.parametrize(
    ("words", "status", "name"),
    [
        (("docket", "--matter", "0" * 64), 3, "no-such-matter"),
        (("docket", "--matter", "0" * 64, "--side", "ours"), 2, "usage"),
        (("docket", "--since", "yesterday"), 2, "usage"),
        (("docket", "--office", "0" * 64), 3, "no-such-office"),
        (("calendar", "--from", "0001-01-01", "--to", "9999-12-31"), 2, "usage"),
        (("deposit", "give", "--matter", "0" * 64, "--of", "north", "-o", "x"), 3, "no-such-matter"),
        (("deposit", "take", "clock", "--matter", "0" * 64, "--of", "west"), 4, "no-such-side"),
    ],
)
def test_bad_input_has_a_code(business: Business, words: tuple[str, ...], status: int, name: str) -> None:
    assert code(run(*words, "--node", "south", "--json")) == (status, name)


def test_the_docket_is_read_again_for_what_is_new_alone(business: Business) -> None:
    view = business.view("south")
    first = reads.kept(view)
    assert reads.kept(business.view("south"))[1] is first[1]
    days = ("--fact", 'dates=["2019-12-25"]', "--fact", "state=holiday")
    do(business, "south", "standing.days", *days)
    calendar, outages = reads.kept(business.view("south"))
    assert outages is not first[1]
    assert calendar.excused(datetime(2019, 12, 25, tzinfo=UTC).date(), "south")


def test_a_text_that_is_kept_back_comes_from_the_guarantor(business: Business, tmp_path: Path) -> None:
    for side in ("south", "north"):
        commit = ("--fact", "round=lists", "--fact", "subject.en=Lists", "--text", f"en=From {side}")
        matter = do(business, side, "exchange.commit", *commit)["matter"]
    business.rest()
    given = good(
        "deposit", "give", "--matter", matter, "--of", "north", "-o", str(tmp_path / "g"), "--node", "south"
    )
    (sealed,), (digest,) = given["files"], given["digests"]
    keys = {kind: tmp_path / kind for kind in ("seal", "receipt")}
    for kind, path in keys.items():
        path.write_bytes(keyfile.seal(SEED, SECRET, kind, Cost(64, 1, 1)))
    about = ("--office", given["office"], "--of", "north")
    target, content = str(tmp_path / "text"), str(tmp_path / "content")

    def opened(file: str, key: str, digest: str, *words: str) -> Result:
        asked = ("--key", str(keys[key]), *about, "--digest", digest, "-o", target, *words)
        return run("deposit", "open", file, *asked, "--json")

    assert code(opened(sealed, "receipt", digest)) == (3, "key-otherwise")
    assert code(opened(sealed, "seal", "0" * 64)) == (1, "digest-mismatch")
    assert code(opened(str(keys["seal"]), "seal", digest)) == (1, "sealed-otherwise")
    assert code(opened(sealed, "seal", "nothing")) == (1, "malformed")
    assert not Path(target).exists()
    assert opened(sealed, "seal", digest, "--content", content).exit_code == 0
    assert Path(content).read_text() == "From north"
    assert code(opened(sealed, "seal", digest)) == (3, "file-exists")

    take = ("--matter", matter, "--of", "north", "--node", "south")
    before = business.sizes("south")
    assert code(run("deposit", "take", sealed, *take, "--json")) == (1, "digest-mismatch")
    assert business.sizes("south") == before
    first = good("deposit", "take", target, *take)
    assert good("deposit", "take", target, *take) == first
    assert business.sizes("south")[0] == before[0] + 1
    business.until(business.carried)
    shown = good("matter", "show", matter, "--node", "north")
    assert [act["kind"] for act in shown["acts"]].count("exchange.received") == 1


def test_an_incident_waits_for_a_reply_until_its_time(business: Business) -> None:
    business.clock.set(datetime(2018, 9, 27, 1, tzinfo=UTC))
    note = do(business, "north", "note.tender", "--fact", "subject.en=Flight", "--text", "en=At ten.")[
        "matter"
    ]
    touching = ("--fact", f"touches={note}", "--fact", "relation=breach")
    case = do(business, "south", "incident.report", "--fact", "subject.en=Overflight", *touching)["matter"]
    (item,) = waits("north", case, "--side", "ours")
    assert (item["awaited"], item["word"], item["lapse"]["by"]) == ("north", "waiting", ["south"])
    assert {"incident.reply"} <= set(item["answers"])
    held = good("matter", "show", case, "--node", "north")["slots"]
    assert (held["touches"], held["relation"], held["due"]) == ([note], "breach", item["until"])
    early = run("act", "incident.lapse", "--node", "south", "--matter", case, "--json")
    assert code(early)[1] == "act-void"
    business.clock.set(parse_instant(item["until"]))
    assert only_word("north", case) == "unanswered"
    do(business, "south", "incident.lapse", "--matter", case)
    assert waits("north", case) == []
    do(business, "north", "incident.reply", "--matter", case, "--fact", "stance=explains")
    assert good("matter", "show", case, "--node", "south")["phase"] == "replied"


def only_word(side: str, matter: str) -> str:
    (item,) = waits(side, matter)
    return str(item["word"])


def test_duties_that_fall_due_or_have_passed_in_silence_are_on_both_dockets(business: Business) -> None:
    # A Monday; North has declared the 23rd its holiday.
    business.clock.set(datetime(2018, 10, 15, 1, tzinfo=UTC))
    do(business, "north", "standing.open")
    do(business, "north", "standing.days", "--fact", 'dates=["2018-10-23"]', "--fact", "state=holiday")
    text = "text=" + "ab" * 32
    pact = do(business, "south", "agreement.draft", "--fact", "subject.en=Calls", "--fact", text)["matter"]
    for side in ("south", "north"):
        do(business, side, "agreement.sign", "--matter", pact)
    terms = ["shape=recurring", "every=working-day", "hour=12:00", "first=2018-10-15", "clause=1.2"]
    terms += ['bearers=["north"]', "subject.en=Report", "subject.ko=\ubcf4\uace0", f"parent={pact}"]
    words = [word for term in terms for word in ("--fact", term)]
    duty = do(business, "south", "obligation.propose", *words)["matter"]
    do(business, "north", "obligation.agree", "--matter", duty)
    names = ["--fact", f"parent={duty}", "--fact"]
    do(business, "north", "duty.done", *names, "occurrence=2018-10-16")
    do(business, "south", "duty.waive", *names, "occurrence=2018-10-24")
    business.clock.set(datetime(2018, 10, 18, 1, tzinfo=UTC))

    def owed(side: str, *more: str) -> list[tuple[str, str]]:
        found = [one for one in good("docket", "--node", side, *more)["duties"] if one["obligation"] == duty]
        assert all(one["bearers"] == ["north"] and one["clause"] == "1.2" for one in found)
        assert all(one["ours"] == (side == "north") and one["agreement"] == pact for one in found)
        return [(one["occurrence"], one["held"]) for one in found]

    silent = [("2018-10-15", "passed-in-silence"), ("2018-10-17", "passed-in-silence")]
    waits = [(f"2018-10-{day}", "waiting") for day in ("18", "19", "22", "24")]
    assert owed("south") == owed("north") == [*silent, *waits]
    assert owed("south", "--since", "2018-10-17") == [silent[1], *waits]
    assert owed("south", "--side", "theirs") == owed("north", "--side", "ours") == [*silent, *waits]
    assert owed("south", "--side", "ours") == owed("north", "--side", "theirs") == []
    days = good("calendar", "--node", "south", "--from", "2018-10-15", "--to", "2018-10-24")["duties"]
    mine = [one for one in days if one["obligation"] == duty]
    assert [one["occurrence"][-2:] for one in mine] == ["15", "16", "17", "18", "19", "22", "24"]
    assert (mine[1]["held"], mine[1]["views"]) == ("done", {"north": "done"})
    assert (mine[6]["waivers"], mine[6]["due"]) == (["south"], "2018-10-24T03:00:00Z")
    assert mine[6]["due_local"] == "2018-10-24T12:00:00+09:00"
    for lang, word in (("en", "Passed in silence"), ("ko", "\ubcf4\uace0"), ("ar", "Report")):
        for command in ("docket", "calendar"):
            done = run(command, "--node", "north", "--lang", lang)
            assert done.exit_code == 0
            if command == "docket":
                assert word in " ".join(done.output.split())
    terms = ["shape=notice-period", "notice=3", "unit=hours", "before=discharge", "clause=2"]
    terms += ['bearers=["north"]', "subject.en=Discharge", f"parent={pact}"]
    warn = do(business, "south", "obligation.propose", *(w for one in terms for w in ("--fact", one)))[
        "matter"
    ]
    do(business, "north", "obligation.agree", "--matter", warn)
    event = (
        "--fact",
        f"parent={warn}",
        "--fact",
        "occurrence=gate-2",
        "--fact",
        "begins=2018-10-18T06:00:00Z",
    )
    do(business, "south", "duty.event", *event)
    (told,) = (one for one in good("docket", "--node", "north")["duties"] if one["obligation"] == warn)
    assert (told["occurrence"], told["due"], told["held"]) == ("gate-2", "2018-10-18T03:00:00Z", "waiting")
    assert (told["begins"], told["told"]) == ("2018-10-18T06:00:00Z", None)
    do(business, "north", "duty.event", *event)
    assert [one for one in good("docket", "--node", "south")["duties"] if one["obligation"] == warn] == []
    do(business, "south", "duty.missed", *names, "occurrence=2018-10-17")
    assert owed("north") == [silent[0], *waits]
    assert code(run("act", "duty.missed", "--node", "south", *names, "occurrence=2018-w42", "--json"))[1] == (
        "act-void"
    )
