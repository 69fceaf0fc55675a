"""Acts of the authority key at the desk: signed here, or elsewhere and taken over; what is refused."""

from __future__ import annotations

import re
import secrets
import shutil
import urllib.request
import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from html import unescape
from pathlib import Path

import pyotp
import pytest
from click.testing import CliRunner

from tests.node.offices import SECRET, SIDES
from tests.staff.composing import draft_path, write
from tests.staff.desks import HASHER, PASSPHRASE, Answer, Desks
from tests.staff.test_compose import token_of
from tests.storage.setup import ready
from yeollak.cli.main import main
from yeollak.node import founding
from yeollak.node.acting import Text, act
from yeollak.node.rekeying import listing
from yeollak.office.charter import draft
from yeollak.office.propose import Draft, document
from yeollak.office.propose import sign as sign_entry
from yeollak.office.side_keys import rotations
from yeollak.record import canon, signing
from yeollak.record.document import Act, act_id
from yeollak.record.keys import SigningKey
from yeollak.storage import reading
from yeollak.storage.desk_drafts import DeskDrafts
from yeollak.storage.own_register import NewAct
from yeollak.storage.staffing import Staffing

ready()

OWN = "five words of the officer"
PAGE = "/1/authority/"


@pytest.fixture(scope="module")
def desks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desks]:
    made = Desks.fresh(tmp_path_factory, "south")
    yield made
    made.close()


class Head:
    """A head of the south at his desk: signed in, with a second factor, his passphrase given again."""

    def __init__(self, desks: Desks, name: str = "co-head") -> None:
        self.desks, self.browser = desks, desks.browser("south", name)
        self.node = desks.nodes["south"]
        self.staff = Staffing(self.node.alias, HASHER)
        person = self.staff.person(token_of(self.browser), self.node.clock.now())
        assert person is not None
        before = self.node.clock.now() - timedelta(minutes=30)
        device = pyotp.TOTP(self.staff.begin_factor(person))
        self.staff.take_factor(person, device.at(before), before)
        self.staff.confirm(person, PASSPHRASE, device.at(self.node.clock.now()), self.node.clock.now())

    def begun(self, do: str, **fields: str) -> str:
        """The draft that a form of the page of the authority key begins."""
        return draft_path(self.browser.post(PAGE, do=do, **fields))

    def prepared(self, draft: str, **fields: str) -> Answer:
        """What is prepared of a draft."""
        held = DeskDrafts(self.node.alias).draft(self.desks.office, int(draft.split("/")[3]))
        typed = {name: values[-1] for name, values in held.data["typed"].items()}
        shown = write(self.browser, draft, "preview", **{**typed, **fields})
        assert shown.url.endswith("/preview/"), shown.text[-3000:]
        return shown

    def sends(self, shown: Answer, do: str, **fields: str) -> Answer:
        """Press a button of the authority's part of a preview."""
        part = shown.text.split('id="h-authority"')[-1]
        found = dict(re.findall(r'<input type="hidden" name="(act|version)" value="([^"]*)"', part))
        return self.browser.post(draft_path(shown) + "preview/", do=do, **{**found, **fields})

    def request(self, shown: Answer) -> bytes:
        """The request that the desk gives out."""
        said = self.sends(shown, "request")
        assert said.status == 200, said.text[-2000:]
        return said.text.encode()

    def brings(self, shown: Answer, answer: bytes) -> Answer:
        """Send the answer as a file."""
        part = shown.text.split('id="h-authority"')[-1]
        found = dict(re.findall(r'<input type="hidden" name="(act|version)" value="([^"]*)"', part))
        path = draft_path(shown) + "preview/"
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.browser.get(path).text)
        assert token is not None
        line = uuid.uuid4().hex
        fields = {**found, "do": "answer", "csrfmiddlewaretoken": token[1]}
        body = b"".join(
            f'--{line}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
            for name, value in fields.items()
        )
        head = f'--{line}\r\nContent-Disposition: form-data; name="answer"; filename="a.signed"\r\n\r\n'
        body += head.encode() + answer + f"\r\n--{line}--\r\n".encode()
        made = urllib.request.Request(self.browser.base + path, body)
        made.add_header("Content-Type", f"multipart/form-data; boundary={line}")
        return self.browser._ask(made)


@pytest.fixture(scope="module")
def head(desks: Desks) -> Head:
    return Head(desks)


def sent(answer: Answer) -> str:
    """The act that an answer says was signed."""
    found = re.search(r"/\d/sent/([0-9a-f]{64})/", answer.url)
    assert found is not None, (answer.status, answer.url, re.sub(r"<[^>]*>", " ", answer.text)[-3000:])
    return found[1]


def act_of(desks: Desks, act: str) -> Act:
    data = reading.document(desks.view("south"), act)
    assert data is not None
    return Act.parse(data)


def authority(desks: Desks) -> SigningKey:
    """Our authority key, as whoever keeps it elsewhere has it."""
    node, view = desks.nodes["south"], desks.view("south")
    return node.keyring.authority(view.charter, "south", SECRET)


def test_an_officer_is_posted_with_the_key_that_lies_here(desks: Desks, head: Head) -> None:
    page = head.browser.get(PAGE)
    assert "lies at this node" in page.text
    assert authority(desks).kid in page.text
    draft = head.begun("officer", function="interpreter", passphrase=OWN, again=OWN)
    shown = head.prepared(draft)
    wrong = head.sends(shown, "sign", passphrase="not it")
    assert "wrong-passphrase" in wrong.text
    act = sent(head.sends(shown, "sign", passphrase=SECRET))
    document = act_of(desks, act)
    assert (document.kind, document.officer) == ("posting.appoint", authority(desks).kid)
    posted = desks.view("south").office.officers(desks.view("south").place)
    assert "interpreter" in {one.function for one in posted.values()}
    made = next(kid for kid, one in posted.items() if one.function == "interpreter")
    assert desks.nodes["south"].keyring.officer(made, OWN).kid == made


def test_a_signature_made_elsewhere_is_taken_over_once_and_only_over_these_bytes(
    desks: Desks, head: Head, tmp_path: Path
) -> None:
    shown = head.prepared(head.begun("officer", function="technical", passphrase=OWN, again=OWN))
    data = head.request(shown)
    request = signing.Request.parse(data)
    assert request.act.kind == "posting.appoint"
    for bad, code in (
        (b"no answer", "answer-unreadable"),
        (signing.sign(_changed(request), authority(desks)), "signed-otherwise"),
        (_by_another(request), "authority-otherwise"),
    ):
        refused = head.brings(shown, bad)
        assert (refused.status, code in refused.text) == (409, True), code
    # On the machine with the key, which has no node: a request, a key file, and a person who reads.
    charter = desks.view("south").charter
    key = desks.nodes["south"].config.folder / "keys" / charter.party("south").nonce / "authority.key"
    (tmp_path / "it.request").write_bytes(data)
    shutil.copy(key, tmp_path / "authority.key")
    words = ["key", "sign", str(tmp_path / "it.request"), str(tmp_path / "it.signed")]
    words += ["--key", str(tmp_path / "authority.key")]
    no = CliRunner().invoke(main, words, input="n\n", env={"YEOLLAK_PASSPHRASE": SECRET})
    assert "not-signed" in no.stderr
    assert "posting.appoint" in no.stdout
    assert not (tmp_path / "it.signed").exists()
    yes = CliRunner().invoke(main, [*words, "--yes"], env={"YEOLLAK_PASSPHRASE": SECRET})
    assert yes.exit_code == 0, yes.output
    answer = (tmp_path / "it.signed").read_bytes()
    act = sent(head.brings(shown, answer))
    assert act == request.id
    assert act_of(desks, act).encode() == request.document
    again = head.brings(shown, answer)
    assert sent(again) == act, "the same answer again changes nothing"


def _changed(request: signing.Request) -> signing.Request:
    """The same act at another second: other bytes, and so another act."""
    return signing.Request(request.document.replace(b'"routine"', b'"priority"'))


def _by_another(request: signing.Request) -> bytes:
    """An answer over the right bytes by a key of somebody else's."""
    from yeollak.record import statement

    found = statement.parse(bytes.fromhex(_statement(request)))
    stranger = SigningKey(bytes(32)).sign(statement.to_be_signed(found.protected, found.payload))
    made = statement.assemble(found.protected, found.payload, stranger)
    return canon.encode({"sort": "yeollak/signed/1", "statement": made.hex()})


def _statement(request: signing.Request) -> str:
    from yeollak.record import statement
    from yeollak.record.checkpoint import origin_of

    act = request.act
    protected = statement.protected_header(
        bytes.fromhex(act.officer), origin_of(act.side, act.office), act.matter or request.id
    )
    return statement.assemble(protected, bytes.fromhex(request.id), bytes(64)).hex()


def test_keys_are_replaced_and_the_authority_key_is_rotated(desks: Desks, head: Head) -> None:
    node = desks.nodes["south"]
    assert "wrong-passphrase" in head.browser.post(PAGE, do="keys", role="seal", operator="not it").text
    shown = head.prepared(head.begun("keys", role="receipt", operator=SECRET))
    act = sent(head.sends(shown, "sign", passphrase=SECRET))
    assert act_of(desks, act).kind == "key.replace"
    before = authority(desks).kid
    shown = head.prepared(head.begun("keys", role="authority", operator=SECRET))
    act = sent(head.sends(shown, "sign", passphrase=SECRET))
    assert act_of(desks, act).kind == "key.rotate"
    states = {(one.role, one.number): one.state for one in listing(node, desks.view("south"))}
    assert states["receipt", 1] == "in-force"
    assert states["authority", 0] == "retired"
    assert states["authority", 1] == "in-force"
    folder = node.config.folder / "keys" / desks.view("south").charter.party("south").nonce
    assert (folder / "receipt.key.retired").is_file()
    assert (folder / "authority.key.retired").is_file()
    assert before not in head.browser.get(PAGE).text
    # What is signed from now on is by the key that follows.
    shown = head.prepared(head.begun("officer", function="liaison", passphrase=OWN, again=OWN))
    assert sent(head.sends(shown, "sign", passphrase=SECRET))


def test_what_is_missing_is_asked_for_first(desks: Desks) -> None:
    duty = desks.browser("south", "duty")
    assert duty.get(PAGE).status == 403, "his role does not draft for the authority key"
    assert PAGE not in duty.get("/1/").text
    liaison = desks.browser("south", "liaison")
    assert liaison.get(PAGE).status == 403
    node = desks.nodes["south"]
    staff, now = Staffing(node.alias, HASHER), node.clock.now()
    staff.make_account("deputy", "deputy-head", PASSPHRASE, now, offices=[desks.office])
    other = desks.browser("south", "deputy")
    staff.give("deputy", now, language="en")
    shown = other.get(PAGE)
    person = staff.person(token_of(other), now)
    assert person is not None
    assert ("/me/confirm/" in shown.url) == (not person.confirmed)
    refused = other.post(PAGE, do="keys", role="seal", operator=SECRET)
    assert "factor-needed" in refused.text, "no second factor, no key"


def test_officers_passphrases_are_written_twice_alike(head: Head) -> None:
    refused = head.browser.post(PAGE, do="officer", function="duty", passphrase=OWN, again="otherwise")
    assert "officer-passphrase-otherwise" in refused.text


def test_four_eyes_hold_for_the_authority_key_too(
    desks: Desks, head: Head, monkeypatch: pytest.MonkeyPatch
) -> None:
    from yeollak.office.office import Office

    terms, listed = Office.terms, {"four_eyes": ["posting.appoint"]}
    monkeypatch.setattr(Office, "terms", lambda self, *of: {**terms(self, *of), **listed})
    shown = head.prepared(head.begun("officer", function="duty", passphrase=OWN, again=OWN))
    assert 'id="h-authority"' not in shown.text
    row = DeskDrafts(head.node.alias).draft(desks.office, int(draft_path(shown).split("/")[3]))
    act, path = act_id(row.data["prepared"]["document"].encode()), draft_path(shown) + "preview/"
    for do in ("sign", "request", "answer"):
        said = head.browser.post(path, do=do, passphrase=SECRET, act=act, version=str(row.version))
        assert (said.status, "four-eyes" in said.text) == (409, True), do


def test_an_amendment_that_waits_is_signed_by_the_key_that_lies_here(desks: Desks, head: Head) -> None:
    node, later = desks.nodes["south"], desks.nodes["south"].clock.now() + timedelta(days=2)
    salt = bytes(range(16))
    text = Text(b"Calls are heard for five seconds.", "text/plain", "en")
    named, _ = text.commit(desks.office, "south", salt, 4096)
    facts = {"number": 1, "terms": {"seen_seconds": 5}, "text": named.digest}
    generation = rotations(desks.view("south").office, "south")
    key = node.keyring.authority(desks.view("south").charter, "south", SECRET, generation)
    drafted = act(
        node, desks.office, key, Draft("amendment.draft", facts=facts, due=later), [text],
        salts=lambda label: salt if label == "enclosure/0" else secrets.token_bytes(16),
    )  # fmt: skip
    page = head.browser.get(PAGE).text
    waits = page.split('id="h-awaited"')[1].split("</section>")[0]
    found = re.search(r'href="(/1/compose/amendment\.sign/[^"]*)"', waits)
    assert found is not None, waits
    shown = write(head.browser, unescape(found[1]), "preview")
    assert shown.url.endswith("/preview/"), shown.text[-3000:]
    assert named.digest in shown.text
    made = act_of(desks, sent(head.sends(shown, "sign", passphrase=SECRET)))
    assert (made.kind, made.officer, made.facts["text"]) == ("amendment.sign", key.kid, named.digest)
    assert made.re == (drafted,)
    state = desks.view("south").office.state(str(made.matter)).state
    assert state.of("signed", "south") == named.digest
    assert state.of("signed", "north") is None
    assert "amendment.sign" not in head.browser.get(PAGE).text


def test_a_register_that_waits_is_taken_up_again_on_the_page_and_only_then(desks: Desks, head: Head) -> None:
    node, view = desks.nodes["south"], desks.view("south")
    assert 'id="h-stuck"' not in head.browser.get(PAGE).text
    refused = head.browser.post(PAGE, do="reopen", operator=SECRET, reason="")
    assert (refused.status, "act-void" in refused.text) == (409, True), "nothing that counts is given up"
    key = desks.keys["south"]
    facts = {"date": "2018-09-14", "slot": "slot15", "view": "answered"}
    data = document(
        view.office, "south", key.kid, Draft("checkin.observe", facts=facts), node.clock.now(), bytes(16)
    )
    seen = {"north": (Act.parse(data).seen["north"][0], "ab" * 32)}
    entry = sign_entry(view.office, "south", replace(Act.parse(data), seen=seen).encode(), key)
    held = view.ledger.held(view.place)
    node.journal.append(desks.office, [NewAct(entry.statement, entry.document)])
    page = head.browser.get(PAGE).text
    assert f"{held + 1} entries are held and {held} count." in page.split('id="h-stuck"')[1]
    wrong = head.browser.post(PAGE, do="reopen", operator="not it", reason="A false root")
    assert "wrong-passphrase" in wrong.text
    assert desks.view("south").ledger.counted(view.place) == held
    answer = head.browser.post(PAGE, do="reopen", operator=SECRET, reason="A false root")
    found = re.search(r"/1/acts/([0-9a-f]{64})/", answer.url)
    assert found is not None, answer.url
    made = act_of(desks, found[1])
    assert (made.kind, made.facts["at"], made.facts["reason"]) == (
        "register.reopen",
        held,
        {"en": "A false root"},
    )
    after = desks.view("south").ledger
    assert after.counted(view.place) == after.held(view.place) > held + 1
    assert after.finding(view.place, held).void == "abandoned"
    assert 'id="h-stuck"' not in head.browser.get(PAGE).text


def test_a_charter_is_signed_by_the_key_that_lies_here(desks: Desks, head: Head) -> None:
    """Another office of the same two sides: adopted here, and signed by nobody yet."""
    desks.open("north")
    node = desks.nodes["south"]
    cards = [
        founding.make_card(
            desks.nodes[side], {"en": side.title()}, {"en": side.title()}, "Asia/Seoul", SECRET
        )
        for side in SIDES
    ]
    charter = founding.adopt(node, draft(cards, {"name": {"en": "Second office"}}, {}), cards)
    assert head.browser.get("/2/authority/").status == 404  # nobody was given it yet
    people, opened = Staffing(node.alias, HASHER), [desks.office, charter.office]
    people.give("co-head", node.clock.now(), offices=opened)
    page = head.browser.get("/2/authority/")
    assert page.status == 200, page.text[-2000:]
    found = re.search(r'href="(/2/compose/charter\.sign/[^"]*)"', page.text)
    assert found is not None, page.text
    fields = {"f.charter": charter.office, "f.checked": "in-person"}
    shown = write(head.browser, unescape(found[1]), "preview", **fields)
    assert shown.url.endswith("/preview/"), shown.text[-3000:]
    made = sent(head.sends(shown, "sign", passphrase=SECRET))
    view = reading.office_view(node.alias, charter.office)
    (only,) = (view.ledger.finding(0, index) for index in range(view.ledger.held(0)))
    assert (only.id, only.void, only.move.kind if only.move else "") == (made, "", "charter.sign")
    assert view.office.state(only.matter).state.of("signed", "south") is not None
    assert "charter.sign" not in head.browser.get("/2/authority/").text
