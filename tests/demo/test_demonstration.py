"""The demonstration, whole: two processes, the line, every event, verified exports, nodes that are killed."""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Collection, Mapping
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.ports import quiet_row
from yeollak.demo.desks import make_accounts
from yeollak.demo.history import SIDES, events
from yeollak.demo.texts import HEAD
from yeollak.forms.filled import MEDIA_TYPE, read
from yeollak.forms.form import shipped
from yeollak.forms.wording import rows
from yeollak.node.open import open_node
from yeollak.office.calendar import calendar_of
from yeollak.office.duties import Held, occurrences
from yeollak.office.matter import natural_id
from yeollak.office.statistics import check
from yeollak.procedures.catalogue import of_kind
from yeollak.procedures.table import Move
from yeollak.record.canon import parse_instant
from yeollak.record.enclosure import SALT, unwrap_private
from yeollak.storage import models, reading
from yeollak.storage.staffing import Staffing

pytestmark = pytest.mark.slow


#: The whole takes less than a minute on a machine that does nothing else. In seconds.
PATIENCE = 150.0


def command(folder: Path, port: int) -> list[str]:
    """The demonstration under a folder, with six ports from `port` on."""
    program = [sys.executable, "-m", "yeollak", "demo", "--once", "--json"]
    return [*program, "--dir", str(folder), "--port", str(port)]


@pytest.fixture(scope="module")
def replayed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """The folder of a demonstration that nobody disturbed, and what it printed."""
    folder = tmp_path_factory.mktemp("demo") / "office"
    done = subprocess.run(command(folder, quiet_row(6)), capture_output=True, check=True, timeout=300)
    return folder, json.loads(done.stdout)


@pytest.fixture(scope="module")
def view(replayed: tuple[Path, dict[str, Any]]) -> reading.OfficeView:
    folder, found = replayed
    node = open_node(folder / "north", "demonstration-north")
    return reading.office_view(node.alias, found["office"])


def test_it_says_what_came_of_it(replayed: tuple[Path, dict[str, Any]]) -> None:
    _, found = replayed
    assert (found["equal"], found["verified"]) == (True, True)
    assert (found["events"], found["voids"]) == (108, 0)
    assert found["south"] == found["north"]
    assert set(found["matters"]) == {
        "account",
        "agreement",
        "charter",
        "check-in",
        "meeting",
        "note",
        "posting",
        "project",
        "request",
        "standing",
    }
    assert found["acts"] == sum(found["south"][side]["size"] for side in SIDES)


def test_whoever_has_run_it_can_sit_down_at_either_desk(replayed: tuple[Path, dict[str, Any]]) -> None:
    folder, found = replayed
    for side in SIDES:
        node = open_node(folder / side, f"desk-{side}")
        assert node.config.desk is not None
        names = make_accounts(node, found["office"], side)
        assert names == make_accounts(node, found["office"], side)
        assert set(names) >= {"co-head", "duty", "liaison"}
        view = reading.office_view(node.alias, found["office"])
        posted = view.office.officers(view.place)
        for person in Staffing(node.alias).people():
            assert posted[person.officers[found["office"]]].function == person.role == person.name


def test_the_exports_are_verified_by_bytes_alone(replayed: tuple[Path, dict[str, Any]]) -> None:
    folder, found = replayed
    for side in SIDES:
        words = ["verify", str(folder / f"export-{side}"), "--office", found["office"]]
        assert subprocess.run([sys.executable, "-m", "yeollak", *words], check=False).returncode == 0


def test_the_same_record_when_nodes_and_the_replay_are_killed(
    replayed: tuple[Path, dict[str, Any]], tmp_path: Path
) -> None:
    """Both nodes are killed twice while they work, the replay itself too, and once it is interrupted: the
    registers end with the same bytes.
    """
    folder, port = tmp_path / "office", quiet_row(6)
    killed: list[int] = []
    try:
        for ending in (signal.SIGKILL, signal.SIGINT):
            running = subprocess.Popen(
                command(folder, port),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                preexec_fn=interruptible,
            )
            try:
                for side in SIDES:
                    killed.append(kill(folder / side, running, killed))
                at_work(folder / SIDES[0], running, held(folder / SIDES[0]))
                running.send_signal(ending)
                assert running.wait(timeout=PATIENCE) != 0
            finally:
                running.kill()
                running.wait(timeout=30)
        assert len(set(killed)) == 4
        many = [held(folder / side) for side in SIDES]
        assert max(many) < replayed[1]["acts"], "nothing was left to be done"
        done = subprocess.run(command(folder, port), capture_output=True, check=True, timeout=300)
    finally:
        for side in SIDES:
            if (process := serving(folder / side)) is not None:
                os.kill(process, signal.SIGKILL)
    found = json.loads(done.stdout)
    same = ("office", "south", "north", "equal", "verified", "events", "acts", "matters", "voids")
    assert {name: found[name] for name in same} == {name: replayed[1][name] for name in same}


def interruptible() -> None:
    """Be interrupted by Ctrl-C also where the whole test run is in the background of a shell."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def kill(node: Path, replay: subprocess.Popen[bytes], before: Collection[int]) -> int:
    """Kill -9 the process that serves a node, once it has worked: not one that was killed before. Raises
    ProcessLookupError where there is no such process.
    """
    at_work(node, replay, held(node))
    while (process := serving(node)) is None or process in before:
        assert replay.poll() is None, "the replay has ended"
        time.sleep(0.01)
    os.kill(process, signal.SIGKILL)
    return process


def at_work(node: Path, replay: subprocess.Popen[bytes], since: int) -> None:
    """Wait until a node holds some more acts, and is served, while the replay goes on."""
    ends = time.monotonic() + PATIENCE
    while serving(node) is None or held(node) < since + 20:
        assert replay.poll() is None, "the replay has ended"
        assert time.monotonic() < ends, f"{node.name} holds {held(node)} acts after {since}"
        time.sleep(0.01)


def serving(node: Path) -> int | None:
    """The process that serves a node, by its own word; None where none does."""
    with suppress(FileNotFoundError, ValueError, ProcessLookupError):
        process = int((node / "serve.lock").read_text())
        os.kill(process, 0)
        return process
    return None


def held(node: Path) -> int:
    """How many acts a node holds, of both sides: none where it is not made yet."""
    place = f"file:{node / 'node.db'}?mode=ro"
    with suppress(sqlite3.OperationalError), closing(sqlite3.connect(place, uri=True)) as store:
        return int(store.execute("SELECT count(*) FROM yeollak_storage_entry").fetchone()[0])
    return 0


# what the record shows


def acts_of(view: reading.OfficeView) -> list[tuple[str, dict[str, Any]]]:
    """Every act of the record by its id, in the order in which it was counted."""
    return [(row.act, json.loads(bytes(row.document))) for row in view.rows(models.Entry).order_by("id")]


def matter_of(view: reading.OfficeView, event: str, procedure: str) -> models.Matter:
    """The matter of a table in which an event is told."""
    held = {matter.matter: matter for matter in reading.matters(view) if matter.procedure == procedure}
    for act, found in acts_of(view):
        name = found.get("matter") or natural_of(view, found) or act
        if found.get("facts", {}).get("event") == event and name in held:
            return held[name]
    raise LookupError(event)


def content_of(blob: bytes) -> bytes:
    """What an enclosure holds: one that was tendered is still wrapped as it was committed to."""
    content = blob[SALT:]
    return content if content.startswith(b"{") else unwrap_private(content).content


def natural_of(view: reading.OfficeView, document: dict[str, Any]) -> str | None:
    """The matter of an act that names none because its facts hold the natural key."""
    table = of_kind(document["kind"])
    if table is None or table.key is None:
        return None
    move = Move("", document["side"], document["kind"], document["at"], document["facts"])
    return natural_id(view.id, table.family, table.key.of(move))


PHASES: Mapping[str, tuple[str, str]] = {
    "2018-09-14-agreement-signed": ("agreement", "in-force"),
    "2018-10-22-forestry-talks": ("meeting", "signed"),
    "2018-10-22-forestry-project": ("project", "under-way"),
    "2018-10-25-renovation-complete": ("project", "works-completed"),
    "2018-10-30-sports-notice": ("note", "answered"),
    "2018-11-02-sports-talks": ("meeting", "reported"),
    "2018-11-02-olympic-project": ("project", "reported"),
    "2018-12-12-health-working-meeting": ("meeting", "planned"),
    "2019-03-22-north-withdraws": ("standing", "partial"),
    "2019-03-29-heads-meeting-missed": ("meeting", "reported"),
    "2019-07-11-absence-notice": ("note", "delivered"),
    "2019-09-18-swine-fever-notice": ("note", "unanswered"),
    "2019-11-19-body-notice": ("request", "answered"),
    "2019-05-30-thirteen-weeks": ("duty", "stated"),
    "2019-09-05-heads-meeting-skipped": ("duty", "stated"),
    "2018-12-20-hundred-day-figures": ("figures", "countersigned"),
    "2020-01-30-joint-suspension": ("suspension", "reported"),
    "2020-01-30-south-leaves": ("asset", "listed"),
    "2020-06-08-morning-call-unanswered": ("check-in", "in-part"),
    "2020-06-16-building-demolished": ("incident", "unanswered"),
    "2021-07-27-call-hours": ("agreement", "reported"),
    "2021-10-04-calls-resume": ("check-in", "observed"),
    "2022-05-16-aid-notice-morning": ("note", "lapsed"),
    "2022-06-28-dam-notice": ("request", "lapsed"),
    "2022-09-05-dam-notice-typhoon": ("request", "lapsed"),
    "2022-11-11-body-return-notice": ("request", "lapsed"),
    "2022-11-18-answer-deadline": ("request", "unanswered"),
    "2023-07-14-dam-request-repeated": ("request", "unanswered"),
    "2023-10-29-drifting-boat": ("note", "routed"),
}


@pytest.mark.parametrize("event", PHASES)
def test_silence_refusal_withdrawal_and_return_are_states_of_the_record(
    view: reading.OfficeView, event: str
) -> None:
    procedure, phase = PHASES[event]
    found = matter_of(view, event, procedure)
    assert (found.phase, found.settled) == (phase, True)


def test_the_norths_standing_tells_the_whole_story(view: reading.OfficeView) -> None:
    def slots(side: str) -> Mapping[str, Any]:
        return view.office.state(natural_id(view.id, "standing", side)).state.slots

    north, south = slots("north"), slots("south")
    assert north["premises"] == "lost"
    assert (north["line/liaison"], north["line/trial"]) == ("restored", "cut")
    assert "withdrawal" not in north
    assert {north[f"line/{name}"] for name in ("military-east", "military-west", "headquarters")} == {"cut"}
    assert north["day/2018-09-24"] == south["day/2018-09-24"] == "holiday"
    assert "stays" in south
    assert "premises" not in south


def test_calls_are_as_each_side_saw_them(view: reading.OfficeView) -> None:
    def call(day: str, slot: str) -> Mapping[str, Any]:
        return view.office.state(natural_id(view.id, "check-in", f"{day}/{slot}")).state.slots

    late = call("2020-06-08", "closing")
    assert (late["view/south"], late["late/south"]) == ("late", 25)
    assert "view/north" not in call("2020-06-08", "closing")
    assert call("2022-06-28", "opening")["view/south"] == "line-dead"
    assert {call("2020-06-09", "closing")[f"view/{side}"] for side in SIDES} == {"line-dead"}
    assert {call("2021-10-04", "opening")[f"view/{side}"] for side in SIDES} == {"answered"}


def test_every_event_stands_on_the_public_page(
    replayed: tuple[Path, dict[str, Any]], view: reading.OfficeView
) -> None:
    from yeollak.desk.public import build
    from yeollak.storage.public import Source

    page = build(Source(view.alias).record(view.id))
    assert [item.told.event for item in page.items] == list(events())
    assert (page.unread, page.beyond, page.demonstration) == (0, 0, True)
    assert page.seat_lost is not None
    assert sum(source.reference.seed for source in page.sources) == 11


def test_what_was_left_behind_at_the_withdrawals_is_listed(view: reading.OfficeView) -> None:
    for side, thing in (("north", "equipment"), ("south", "facilities")):
        slots = view.office.state(natural_id(view.id, "project", f"asset/{side}/{thing}")).state.slots
        assert slots["state"] == "left-behind"


def test_what_the_founding_agreement_asks_for_stands_as_both_sides_agreed_to_it(
    view: reading.OfficeView,
) -> None:
    agreement = matter_of(view, "2018-09-14-agreement-signed", "agreement").matter
    held = [matter for matter in reading.matters(view) if matter.procedure in ("obligation", "series")]
    assert [matter.phase for matter in held if matter.procedure == "obligation"] == ["running", "running"]
    assert [matter.phase for matter in held if matter.procedure == "series"] == ["standing"]
    acts = dict(acts_of(view))
    assert {acts[matter.matter]["facts"]["parent"] for matter in held} == {agreement}


def test_the_weeks_that_the_sources_count_are_kept_or_missed_as_the_south_says(
    view: reading.OfficeView,
) -> None:
    said: dict[str, set[str]] = {"duty.done": set(), "duty.missed": set()}
    for _, act in acts_of(view):
        if act["kind"] in said:
            assert act["side"] == "south"
            said[act["kind"]].add(act["facts"]["occurrence"])
    in_a_row = {f"2019-w{week:02}" for week in range(9, 22)}
    assert said["duty.missed"] == in_a_row | {"2019-w24", "2019-w28", "2019-w36"}
    assert said["duty.done"].isdisjoint(said["duty.missed"])
    assert max(said["duty.done"]) == "2019-w08"


def test_each_week_is_held_against_what_the_sides_have_said_of_it(view: reading.OfficeView) -> None:
    calendar = calendar_of(view.office)
    weekly = next(
        matter.matter
        for matter in reading.matters(view)
        if matter.procedure == "obligation"
        and view.office.state(matter.matter).state.slots["shape"] == "recurring"
    )
    first, last = datetime(2018, 9, 14, tzinfo=UTC), datetime(2020, 6, 1, tzinfo=UTC)
    found = {one.key: one for one in occurrences(view.office, weekly, last, calendar, first, last)}
    assert len(found) == 90
    assert (found["2018-w37"].due, found["2020-w22"].due) == ("2018-09-16T14:59:59Z", "2020-05-31T14:59:59Z")
    missed = {key for key, one in found.items() if one.held is Held.MISSED}
    assert missed == {f"2019-w{week:02}" for week in (*range(9, 22), 24, 28, 36)}
    done = {key for key, one in found.items() if one.held is Held.DONE}
    assert {"2018-w38", "2018-w39", "2018-w41", "2019-w08"} <= done
    # Nobody has said anything of the rest, and nobody is said to have missed them.
    assert {one.held for key, one in found.items() if key not in missed | done} == {Held.SILENT}


def test_every_expectation_has_the_due_that_the_charters_calendar_proposes(view: reading.OfficeView) -> None:
    calendar, own = calendar_of(view.office), set()
    for _, act in acts_of(view):
        if "due" in act:
            at = parse_instant(act["at"])
            proposed = calendar.due(
                at, act["kind"], act["facts"].get("class"), act.get("precedence", "routine")
            )
            # An act of a busy moment is signed some minutes after it.
            if abs(parse_instant(act["due"]) - proposed) > timedelta(hours=1):
                own.add(act["facts"]["event"])
    assert own == {
        "2022-11-11-body-return-notice",
        "2022-11-18-answer-deadline",
        "2023-06-09-offer-through-the-press",
        "2023-09-21-body-return-offer",
    }


def test_the_charters_forms_are_adopted_by_their_bytes_and_what_is_filled_in_reads_in_every_language(
    view: reading.OfficeView,
) -> None:
    assert view.charter.terms["forms"] == {name: form.digest for name, form in shipped().items()}
    found = {}
    for _, act in acts_of(view):
        for named in act.get("enclosures", ()):
            if named["type"] == MEDIA_TYPE and named["release"] == "right":
                blob = reading.blob(view, named["digest"])
                assert blob is not None
                filled = read(content_of(blob), shipped())
                found[filled.form.id] = filled
                if "form" in act["facts"]:
                    assert act["facts"]["form"] == filled.form.id
    assert set(found) == {"absence.1", "animal-disease.1", "holiday-calendar.1", "remains.1"}
    for filled in found.values():
        for language in ("en", "ko", "ar"):
            shown = rows(filled, language)
            assert len(shown) > 3
            assert any(HEAD[language] in str(row) for row in shown)


def test_a_form_that_was_tendered_and_taken_is_delivered(view: reading.OfficeView) -> None:
    acts = [
        act for _, act in acts_of(view) if act.get("facts", {}).get("event") == "2019-07-11-absence-notice"
    ]
    tendered, delivered = (
        next(act for act in acts if act["kind"] == kind) for kind in ("note.tender", "note.deliver")
    )
    assert tendered["facts"]["form"] == "absence.1"
    texts = {named["digest"] for named in tendered["enclosures"]}
    assert texts == {named["digest"] for named in delivered["enclosures"]}
    read_forms = []
    for digest in texts:
        blob = reading.blob(view, digest)
        assert blob is not None
        if unwrap_private(blob[SALT:]).type == MEDIA_TYPE:
            read_forms.append(read(content_of(blob), shipped()).form.id)
    assert read_forms == ["absence.1"]


def test_the_figures_of_the_hundred_days_are_derived_countersigned_and_held_against_the_published_ones(
    replayed: tuple[Path, dict[str, Any]], view: reading.OfficeView
) -> None:
    compared = {tuple(one["place"]): one for one in replayed[1]["figures"]["differences"]}
    parts = compared["contacts", "sum of parts"]
    assert (parts["published"], parts["record"]) == (285, 283)
    # The record of a demonstration holds what public sources tell one by one, and is not made to fit.
    assert compared["contacts", "total"]["record"] == 14
    assert compared["contacts", "level", "heads"]["record"] == 9
    stated = matter_of(view, "2018-12-20-hundred-day-figures", "figures").matter
    text = view.office.state(stated).state.slots["text"]
    blob = reading.blob(view, text)
    assert blob is not None
    assert check(blob[SALT:], view.office) == []


# bad input


def test_a_port_in_use_is_named(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = subprocess.run(
            command(tmp_path / "office", port), capture_output=True, check=False, timeout=300
        )
    assert done.returncode != 0
    assert json.loads(done.stdout)["error"]["code"] == "port-in-use"


def test_a_file_in_place_of_the_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "office").write_text("something else")
    done = subprocess.run(command(tmp_path / "office", 1), capture_output=True, check=False, timeout=300)
    assert json.loads(done.stdout)["error"]["code"] == "node-there"


def test_two_demonstrations_do_not_share_a_folder(tmp_path: Path) -> None:
    from yeollak.node.roles import Lock

    (tmp_path / "office").mkdir()
    held = Lock(tmp_path / "office")
    done = subprocess.run(command(tmp_path / "office", 1), capture_output=True, check=False, timeout=300)
    held.release()
    assert json.loads(done.stdout)["error"]["code"] == "node-running"
