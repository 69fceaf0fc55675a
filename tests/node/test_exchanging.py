"""Two served nodes in an exchange in which one side does not play fair: what each does by itself, and what
the record says.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.node.business import GUARANTOR, ROSTER, adopt, authority, commit, escrow, matter, revealed, state
from tests.node.offices import SIDES, Offices
from tests.storage.setup import ready
from yeollak import forms
from yeollak.desk.staff.agreed import agreed_forms
from yeollak.errors import OurFault
from yeollak.forms.characters import faulty
from yeollak.node import escrow as left
from yeollak.node import exchanging, keeper
from yeollak.node.acting import Salts, Text, act, released
from yeollak.node.misfit import WHOLE, departs, misfit
from yeollak.node.open import Node
from yeollak.office.propose import Draft, document, sign
from yeollak.procedures.table import State
from yeollak.record import canon, deposit, enclosure
from yeollak.record.keys import SigningKey
from yeollak.storage import reading
from yeollak.storage.opened import known_forms
from yeollak.storage.own_register import NewAct

ready()
FACTS = {"round": "lists"}
FORM = forms.shipped()["absence.1"]
AGREED = {FORM.id: FORM.digest}
ANSWERS = {
    **{
        field.name: field.schema["enum"][0]
        for field in FORM.fields
        if field.required and field.kind == "choice"
    },
    "from": "2018-09-17T00:00:00Z",
}


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Offices:
    """An office whose charter names a form."""
    made = Offices(tmp_path_factory.mktemp("exchanging")).make({"forms": AGREED})
    made.close()
    return made


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Offices:
    """An office whose charter names a form, and a guarantor as escrow."""
    made = Offices(tmp_path_factory.mktemp("guarded")).make({"forms": AGREED, **escrow()})
    made.close()
    return made


@pytest.fixture
def idle(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The sides whose nodes do nothing by themselves in an exchange, as long as they stand here."""
    sides: set[str] = set()
    real = exchanging.do_what_is_due

    def gated(
        node: Node, view: reading.OfficeView, key: SigningKey, fitting: set[str], salts: Salts | None = None
    ) -> bool:
        return view.side in sides or real(node, view, key, fitting, salts)

    monkeypatch.setattr(keeper, "do_what_is_due", gated)
    return sides


@pytest.fixture
def offices(template: Offices, tmp_path: Path, idle: set[str]) -> Iterator[Offices]:
    made = Offices.copied(template, tmp_path)
    yield made
    made.close()


@pytest.fixture
def secured(guarded: Offices, tmp_path: Path, idle: set[str]) -> Iterator[Offices]:
    made = Offices.copied(guarded, tmp_path)
    yield made
    made.close()


def of(offices: Offices, side: str) -> State:
    return state(offices, side, "exchange", "exchange/lists")


def lists(offices: Offices) -> str:
    return matter(offices, "exchange", "exchange/lists")


def say(offices: Offices, side: str, kind: str, *texts: Text, later: timedelta = timedelta()) -> str:
    """An officer of `side` does an act in the exchange, on a clock that may be ahead."""
    node = offices.nodes[side]
    draft = Draft(kind, matter=lists(offices), facts=FACTS)
    at = node.clock.now() + later
    return act(node, offices.office, offices.keys[side], draft, texts, at=at)


def stir(offices: Offices, side: str) -> None:
    """Something happens, so that a node looks at what it owes. While the node itself is writing, an officer
    waits.
    """

    def said() -> bool:
        try:
            offices.say(side, f"slot-{offices.view(side).ledger.held(offices.view(side).place)}")
        except OurFault as fault:
            if fault.code not in ("head-moved", "register-waits"):
                raise
            return False
        return True

    offices.until(said)


def both_commit(offices: Offices) -> None:
    for side in SIDES:
        commit(offices, side, "lists")
        offices.until(offices.settled)
    assert of(offices, "south").phase == of(offices, "north").phase == "committed"


def kinds(offices: Offices, at: str, side: str) -> list[str]:
    """What one side has done in the exchange, as the other counts it, in the order of its register."""
    found = offices.view(at).ledger.matter(lists(offices))
    return [one.move.kind.partition(".")[2] for one in found if one.move and one.side == side]


def test_a_reveal_that_crosses_a_default_ends_the_same_on_both_nodes(
    offices: Offices, idle: set[str]
) -> None:
    idle |= set(SIDES)
    both_commit(offices)
    # North's line is down while South's node hands its text over, and North declares South in default.
    offices.stop("north")
    idle.discard("south")
    stir(offices, "south")
    offices.until(lambda: of(offices, "south").of("revealed", "south") is not None)
    offices.open("north")
    crossed = say(offices, "north", "exchange.default", later=timedelta(hours=3))
    assert of(offices, "north").phase == "defaulted"
    offices.serve("north")
    offices.until(offices.settled)
    for side in SIDES:
        folded = offices.view(side).office.state(lists(offices))
        assert folded.state.phase == "committed"
        assert folded.marks[crossed] == "beaten"
        assert folded.state.of("revealed", "north") is None
    assert of(offices, "south") == of(offices, "north")
    # South, who waits, may say so, and it is North that is named; then North may still reveal.
    say(offices, "south", "exchange.default", later=timedelta(hours=3))
    offices.until(offices.settled)
    for side in SIDES:
        assert of(offices, side).phase == "defaulted"
        assert of(offices, side).of("revealed", "north") is None
    idle.discard("north")
    stir(offices, "north")
    offices.until(lambda: all(of(offices, side).phase == "revealed" for side in SIDES))
    assert revealed(offices, "north", "south", "lists") == ROSTER["north"]


def test_who_declares_a_default_does_not_get_the_text_for_nothing(offices: Offices, idle: set[str]) -> None:
    idle |= set(SIDES)
    both_commit(offices)
    say(offices, "north", "exchange.default", later=timedelta(hours=3))
    offices.until(offices.settled)
    idle.discard("south")
    stir(offices, "south")
    offices.until(offices.settled)
    assert kinds(offices, "north", "south") == ["commit"]
    assert revealed(offices, "south", "north", "lists") is None
    # Once North has handed its own over, South's node does, too.
    idle.discard("north")
    north = offices.nodes["north"]
    held = of(offices, "north").of("commitment", "north")
    given = tuple(released(offices.view("north"), digest) for digest in held)
    draft = Draft("exchange.reveal", matter=lists(offices), facts=FACTS, enclosures=given)
    act(north, offices.office, offices.keys["north"], draft)
    offices.until(lambda: all(of(offices, side).phase == "revealed" for side in SIDES))
    assert revealed(offices, "south", "north", "lists") == ROSTER["south"]


def test_a_reveal_that_came_to_nothing_is_signed_anew(offices: Offices, idle: set[str]) -> None:
    idle |= set(SIDES)
    both_commit(offices)
    node, view, key = offices.nodes["south"], offices.view("south"), offices.keys["south"]
    name = exchanging._request(view, f"reveal/{lists(offices)}")
    draft = Draft("exchange.reveal", matter=lists(offices), facts=FACTS)
    data = document(view.office, "south", key.kid, draft, node.clock.now(), bytes(16))
    entry = sign(view.office, "south", data, key)
    size = view.ledger.held(view.place)
    node.journal.append(offices.office, [NewAct(entry.statement, entry.document, {}, name)], expected=size)
    first = reading.requested(offices.view("south"), name)
    assert first is not None
    offices.until(offices.settled)
    assert [one.void for one in offices.view("north").ledger.matter(lists(offices))][-1] == "other-text"
    assert exchanging._request(offices.view("south"), name) == f"{name}/{first}"
    idle.clear()
    stir(offices, "south")
    offices.until(lambda: of(offices, "north").phase == "revealed")
    assert kinds(offices, "north", "south") == ["commit", "reveal", "reveal"]


def test_a_text_that_departs_from_the_form_is_named_in_the_record(offices: Offices) -> None:
    form = forms.read_form(FORM.data.replace(b"form:absence.1", b"form:roster.1"))
    adopt(offices, form)
    fit = forms.fill(form, ANSWERS, "en")
    bad = fit.replace(b"2018-09-17", b"2018-09-31")
    for side, content in (("south", fit), ("north", bad)):
        text = Text(content, forms.MEDIA_TYPE, "en", "list.json", "reveal")
        commit(offices, side, "lists", text, form=form.id)
        offices.until(offices.settled)
    offices.until(lambda: "object" in kinds(offices, "north", "south"))
    offices.until(offices.settled)
    (said,) = [
        one.move
        for one in offices.view("north").ledger.matter(lists(offices))
        if one.move is not None and one.move.kind == "exchange.object"
    ]
    assert said.function == "node"
    assert said.side == "south"
    assert {name: said.facts[name] for name in ("of", "field")} == {"of": "north", "field": "/from"}
    assert said.re == (of(offices, "north").of("revealed", "north"),)
    for side in SIDES:
        assert of(offices, side).slots["objection/north/south"] == said.id
        assert "objection/south/north" not in of(offices, side).slots
    assert misfit(offices.view("north"), lists(offices), "south") is None


def on_form(offices: Offices, form: forms.Form, **contents: bytes) -> None:
    """Both sides commit to a text on a form."""
    for side, content in contents.items():
        text = Text(content, forms.MEDIA_TYPE, "en", "list.json", "reveal")
        commit(offices, side, "lists", text, form=form.id)
        offices.until(offices.settled)


def retire(offices: Offices, form: forms.Form) -> None:
    """North takes a form out of use."""
    draft = Draft("form.retire", facts={"form": form.id})
    act(offices.nodes["north"], offices.office, authority(offices, "north"), draft)
    offices.until(lambda: state(offices, "south", "charter", f"form/{form.id}").phase == "retired")
    offices.until(offices.settled)


def arrives(offices: Offices, side: str, other: str) -> None:
    """What a side says comes to the other, so that its node still signs checkpoints."""
    stir(offices, side)
    place = offices.view(side).place
    size = offices.view(side).ledger.held(place)
    offices.until(lambda: offices.view(other).ledger.held(place) >= size)


def test_a_text_is_held_against_the_form_that_it_was_committed_to_on(
    offices: Offices, idle: set[str]
) -> None:
    """That the form is retired saves no text that departs from it, accuses no text that fits, and keeps no
    node from sending; and nobody can put other bytes under its name.
    """
    form = forms.read_form(FORM.data.replace(b"form:absence.1", b"form:roster.1"))
    adopt(offices, form)
    fit = forms.fill(form, ANSWERS, "en")
    idle |= set(SIDES)
    on_form(offices, form, south=fit, north=fit.replace(b"2018-09-17", b"2018-09-31"))
    idle.clear()
    # Both have revealed and neither has looked at the other's text when the form goes.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(exchanging, "_object", lambda *_: None)
        stir(offices, "south")
        stir(offices, "north")
        offices.until(lambda: all(of(offices, side).phase == "revealed" for side in SIDES))
        retire(offices, form)
    for side in SIDES:
        offices.stop(side)
        offices.open(side)
        offices.serve(side)
    arrives(offices, "south", "north")
    arrives(offices, "north", "south")
    offices.until(lambda: "object" in kinds(offices, "north", "south"))
    offices.until(offices.settled)
    assert of(offices, "north").slots["objection/north/south"]
    assert "objection/south/north" not in of(offices, "north").slots
    assert misfit(offices.view("south"), lists(offices), "north") == "/from"
    assert misfit(offices.view("north"), lists(offices), "south") is None
    assert not {"exchange-failed", "node-loop"} & {*offices.alarms("south"), *offices.alarms("north")}
    other = forms.read_form(forms.shipped()["fire.1"].data.replace(b"form:fire.1", b"form:roster.1"))
    with pytest.raises(OurFault, match="act-void"):
        adopt(offices, other)


def test_a_form_that_was_undone_accuses_nobody(offices: Offices, idle: set[str]) -> None:
    """North commits on a form that every side has signed, as far as it knows, which a lapse has undone; then
    other bytes are adopted under the name.
    """
    form = forms.read_form(FORM.data.replace(b"form:absence.1", b"form:roster.1"))
    other = forms.read_form(forms.shipped()["fire.1"].data.replace(b"form:fire.1", b"form:roster.1"))
    text = Text(form.data, "application/json")
    salt = hashlib.sha256(form.data).digest()[:16]
    named, _ = text.commit(offices.office, "south", salt, len(form.data))
    facts = {"form": form.id, "text": named.digest}
    south, north = offices.nodes["south"], offices.nodes["north"]
    soon = south.clock.now() + timedelta(hours=1)
    salts = {"enclosure/0": salt}
    draft = act(
        south,
        offices.office,
        authority(offices, "south"),
        Draft("form.draft", facts={**facts, "digest": form.digest}, due=soon),
        [text],
        salts=lambda label: salts.get(label, hashlib.sha256(label.encode()).digest()[:16]),
    )
    signing = Draft("form.sign", facts=facts, re=(draft,))
    act(south, offices.office, authority(offices, "south"), signing)
    offices.until(offices.settled)
    # South lets its draft lapse, unseen; North completes it and commits.
    offices.stop("north")
    lapse = Draft("form.lapse", facts={"form": form.id}, re=(draft,))
    act(south, offices.office, authority(offices, "south"), lapse, at=soon)
    offices.open("north")
    act(north := offices.nodes["north"], offices.office, authority(offices, "north"), signing)
    fit = Text(forms.fill(form, ANSWERS, "en"), forms.MEDIA_TYPE, "en", "list.json", "reveal")
    commit(offices, "north", "lists", fit, form=form.id)
    offices.serve("north")
    offices.until(offices.settled)
    assert state(offices, "north", "charter", "form/roster.1").phase == "lapsed"
    adopt(offices, other)
    assert state(offices, "north", "charter", "form/roster.1").slots["digest"] == other.digest
    commit(offices, "south", "lists", form=form.id)
    offices.until(lambda: all(of(offices, side).phase == "revealed" for side in SIDES))
    offices.until(offices.settled)
    # The two commitments mean different bytes: nothing is judged, neither text is accused.
    assert misfit(offices.view("south"), lists(offices), "north") is None
    assert misfit(offices.view("north"), lists(offices), "south") is None
    assert "object" not in [*kinds(offices, "north", "south"), *kinds(offices, "south", "north")]
    assert north.config.side == "north"


def test_what_goes_wrong_in_one_exchange_keeps_nothing_else_back(
    offices: Offices, idle: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    idle |= set(SIDES)
    both_commit(offices)
    for side in SIDES:
        commit(offices, side, "others")
        offices.until(offices.settled)
    real = exchanging._hand_over

    def stumbles(node: Node, view: reading.OfficeView, key: SigningKey, matter: str, *more: Any) -> None:
        if matter == lists(offices):
            raise KeyError("digest")
        real(node, view, key, matter, *more)

    monkeypatch.setattr(exchanging, "_hand_over", stumbles)
    idle.clear()
    arrives(offices, "south", "north")
    arrives(offices, "north", "south")
    done = matter(offices, "exchange", "exchange/others")
    offices.until(
        lambda: all(offices.view(side).office.state(done).state.phase == "revealed" for side in SIDES)
    )
    assert of(offices, "south").phase == of(offices, "north").phase == "committed"
    offices.until(lambda: exchanging.FAILED in offices.alarms("south"))
    (alarm,) = [row for row in reading.alarms(offices.view("south")) if row.code == exchanging.FAILED]
    assert json.loads(alarm.data) == {"matter": lists(offices), "why": "KeyError"}
    offices.until(offices.settled)
    monkeypatch.setattr(exchanging, "_hand_over", real)
    stir(offices, "south")
    stir(offices, "north")
    offices.until(lambda: all(of(offices, side).phase == "revealed" for side in SIDES))


@pytest.mark.parametrize("step", ["_say_seen", "_say_held", "_exchange"])
def test_whatever_the_node_stumbles_over_its_checkpoints_are_signed(
    offices: Offices, idle: set[str], monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def stumbles(self: keeper.Keeper, *_of: object) -> None:
        raise KeyError(step)

    offices.excused = frozenset({"KeyError"})
    monkeypatch.setattr(keeper.Keeper, step, stumbles)
    arrives(offices, "south", "north")
    # The checkpoint is out before the alarm is written.
    offices.until(lambda: "node-loop" in offices.alarms("south"))


def test_what_was_filled_in_on_a_form_stays_readable_when_it_is_retired(offices: Offices) -> None:
    form = forms.read_form(FORM.data.replace(b"form:absence.1", b"form:roster.1"))
    adopt(offices, form)
    fit = forms.fill(form, ANSWERS, "en")
    retire(offices, form)
    for side in SIDES:
        view = offices.view(side)
        assert forms.read(fit, known_forms(view)).form.digest == form.digest
        assert form.id not in agreed_forms(view)


def test_commitments_that_crossed_on_different_forms_are_opened_by_no_node(offices: Offices) -> None:
    offices.stop("north")
    commit(offices, "south", "lists", form=FORM.id)
    offices.open("north")
    commit(offices, "north", "lists")
    offices.serve("north")
    offices.until(offices.settled)
    stir(offices, "south")
    offices.until(offices.settled)
    for side in SIDES:
        assert of(offices, side).phase == "committed"
        assert list(exchanging.owed(offices.view(side).office, side)) == []
        assert kinds(offices, side, "south") == kinds(offices, side, "north") == ["commit"]


def test_what_is_no_deposit_opens_no_escrow(secured: Offices, idle: set[str]) -> None:
    idle.add("north")
    both_commit(secured)
    secured.until(lambda: "deposit" in kinds(secured, "north", "south"))
    secured.until(secured.settled)
    say(secured, "north", "exchange.deposit", Text(b"x", "image/gif"))
    secured.until(lambda: "object" in kinds(secured, "north", "south"))
    secured.until(secured.settled)
    stir(secured, "south")
    secured.until(secured.settled)
    assert kinds(secured, "north", "south") == ["commit", "deposit", "object"]
    assert of(secured, "north").phase == "committed"
    view = secured.view("south")
    assert left.fits(view, lists(secured), "south")
    assert not left.fits(view, lists(secured), "north")
    (said,) = [
        one.move
        for one in view.ledger.matter(lists(secured))
        if one.move is not None and one.move.kind == "exchange.object"
    ]
    assert said.facts["field"] == exchanging.DEPOSIT


@pytest.mark.parametrize("what", ["copied", "large"])
def test_a_copied_deposit_and_one_of_another_size_do_not_fit(
    secured: Offices, idle: set[str], what: str
) -> None:
    idle.add("north")
    both_commit(secured)
    secured.until(lambda: "deposit" in kinds(secured, "north", "south"))
    secured.until(secured.settled)
    (sealed,) = left.deposits(secured.view("north"), lists(secured), "south")
    if what == "large":
        sealed = deposit.seal(bytes(enclosure.SALT + enclosure.SMALLEST_CLASS + 1), GUARANTOR.public)
    say(secured, "north", "exchange.deposit", Text(sealed, deposit.MEDIA_TYPE))
    secured.until(lambda: "object" in kinds(secured, "north", "south"))
    assert not left.fits(secured.view("south"), lists(secured), "north")
    assert "reveal" not in kinds(secured, "north", "south")


def test_a_text_is_committed_to_only_if_it_can_be_revealed(secured: Offices) -> None:
    """The largest that may be is deposited, revealed and read; one byte more is refused before anything is
    signed.
    """
    about = len(enclosure.wrap_private("en", "list.txt", "text/plain", b"x" * 40000)) - 40000
    most = enclosure.SMALL_RIGHT - deposit.sealed_size(0) - about

    def text(size: int) -> Text:
        return Text(b"x" * size, "text/plain", "en", "list.txt", "reveal")

    with pytest.raises(OurFault, match="commitment-too-large") as refused:
        commit(secured, "south", "lists", text(most + 1))
    assert refused.value.data == {"size": most + about + 1, "limit": most + about}
    commit(secured, "south", "lists", text(most))
    secured.until(secured.settled)
    commit(secured, "north", "lists")
    secured.until(lambda: of(secured, "north").phase == "revealed")
    secured.until(secured.settled)
    assert revealed(secured, "south", "north", "lists") == b"x" * most


def test_a_text_that_the_guarantor_gave_out_is_held_against_its_form(
    secured: Offices, idle: set[str]
) -> None:
    """North leaves a true deposit of a text that is no such form, and keeps the text back."""
    idle.add("south")
    for side in SIDES:
        commit(secured, side, "lists", form=FORM.id)
        secured.until(secured.settled)
    secured.until(lambda: "deposit" in kinds(secured, "south", "north"))
    idle |= {"north"}
    idle.discard("south")
    stir(secured, "south")
    secured.until(lambda: "reveal" in kinds(secured, "north", "south"))
    (sealed,) = left.deposits(secured.view("south"), lists(secured), "north")
    (digest,) = left.commitments(secured.view("south"), lists(secured), "north")
    blob = deposit.open_deposit(sealed, GUARANTOR, secured.office, "north", digest)
    node, key = secured.nodes["south"], secured.keys["south"]
    taken = left.take(node, secured.view("south"), key, lists(secured), "north", [("given", blob)])
    secured.until(lambda: "object" in kinds(secured, "north", "south"))
    secured.until(secured.settled)
    view = secured.view("north")
    said = next(
        one.move for one in view.ledger.matter(lists(secured)) if one.move and one.move.re == (taken,)
    )
    assert said.facts["field"] == WHOLE
    assert of(secured, "north").slots["objection/north/south"] == said.id
    assert of(secured, "north").phase == "committed"


# what is signed of a text that another side has made


def _wrapped(content: bytes, type_: str = forms.MEDIA_TYPE) -> bytes:
    return enclosure.wrap_private("en", None, type_, content)


@given(st.binary(max_size=400), st.booleans())
def test_any_bytes_fit_or_depart_and_raise_nothing(data: bytes, wrapped: bool) -> None:
    assert departs(FORM, _wrapped(data) if wrapped else data) == WHOLE


@given(st.text(st.characters(codec="ascii"), min_size=1, max_size=300))
def test_a_field_that_the_other_side_has_invented_is_named_only_in_plain_characters(name: str) -> None:
    fit = canon.decode(forms.fill(FORM, ANSWERS, "en"), limit=forms.MAX_FILLED)
    data = canon.encode({**fit, "values": {**fit["values"], name: 1}})
    field = departs(FORM, _wrapped(data))
    assert field is not None
    assert field.startswith("/")
    assert len(field) <= 200
    assert not faulty(field)


def test_what_fits_fits_and_another_type_or_form_does_not() -> None:
    fit = forms.fill(FORM, ANSWERS, "en")
    assert departs(FORM, _wrapped(fit)) is None
    assert departs(FORM, _wrapped(fit, "application/json")) == WHOLE
    assert departs(forms.shipped()["fire.1"], _wrapped(fit)) == WHOLE
    assert departs(FORM, _wrapped(fit.replace(b'"notice":', b'"notife":'))) == "/notice"
