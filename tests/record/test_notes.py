"""Notes, named keys, checkpoints, receipts, proofs, policies: they come back, other forms are refused."""

from __future__ import annotations

import base64
from collections.abc import Callable
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.record.world import World, keys_of, seed
from yeollak.errors import RecordFault
from yeollak.record import checkpoint, cosign, merkle, note
from yeollak.record.checkpoint import Checkpoint, open_checkpoint, origin_of
from yeollak.record.keys import PostQuantumKey, SigningKey
from yeollak.record.note import Note, Signature, VerifierKey
from yeollak.record.policy import Group, Policy, policy_of
from yeollak.record.proof import Proof

ORIGIN = origin_of("south", "ab" * 32)
KEY, KEY_PQ = SigningKey(seed("a")), PostQuantumKey(seed("a"))
OWN = VerifierKey(ORIGIN, note.ED25519, KEY.public), VerifierKey(ORIGIN, note.MLDSA44, KEY_PQ.public)
NAME = cosign.receipt_name(origin_of("north", "ab" * 32))
RECEIPT, RECEIPT_PQ = SigningKey(seed("b")), PostQuantumKey(seed("b"))
THEIRS = (
    VerifierKey(NAME, note.COSIGNATURE, RECEIPT.public),
    VerifierKey(NAME, note.MLDSA44, RECEIPT_PQ.public),
)
HEAD = Checkpoint(ORIGIN, 7, seed("root"))
SIGNED = checkpoint.sign(HEAD, KEY, KEY_PQ, 5)
LINES = cosign.cosign(HEAD, NAME, RECEIPT, RECEIPT_PQ, 9)
RECEIPTED = checkpoint.add_lines(SIGNED, LINES)

NAMES = st.text(
    st.characters(codec="utf-8", exclude_categories=("Z", "C", "Cs")), min_size=1, max_size=20
).filter(lambda name: "+" not in name and not any(c.isspace() for c in name))
LINE = st.builds(Signature, NAMES, st.binary(min_size=4, max_size=4), st.binary(min_size=1, max_size=80))
TEXTS = st.text(st.characters(codec="utf-8", min_codepoint=32), max_size=40).map(lambda text: text + "\n")


def code_of(act: Callable[[], object]) -> str:
    with pytest.raises(RecordFault) as caught:
        act()
    return caught.value.code


@given(
    st.lists(TEXTS, min_size=1, max_size=4).map("".join), st.lists(LINE, min_size=1, max_size=4).map(tuple)
)
def test_a_note_comes_back(text: str, signatures: tuple[Signature, ...]) -> None:
    whole = Note(text, signatures)
    assert Note.parse(whole.format()) == whole


@given(st.binary(max_size=100) | st.text("— \nAa+=/", max_size=60).map(str.encode))
def test_any_bytes_are_one_note_or_malformed(data: bytes) -> None:
    try:
        found = Note.parse(data)
    except RecordFault:
        return  # any other exception fails the test
    assert found.format() == data


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"text\n",
        b"text\n\n",
        b"text\n\nno dash\n",
        "text\n\n— name\n".encode(),
        "text\n\n— name !!!!\n".encode(),
        "text\n\n— name AAAAAAA=".encode(),
        "text\n\n— na+me AAAAAAA=\n".encode(),
        "text\n\n— name AAAAAAA\n".encode(),
        "text\n\n— name AAAAAAB=\n".encode(),
        "text\n\n— name AAAA\n".encode(),
        "te\txt\n\n— name AAAAAAA=\n".encode(),
        "te\rxt\n\n— name AAAAAAA=\n".encode(),
        "text\n\n— name AAAAAAA=\n\n".encode(),
        b"text\n\n" + "— name AAAAAAA=\n".encode() * 101,
    ],
)
def test_another_form_of_a_note_is_malformed(data: bytes) -> None:
    assert code_of(partial(Note.parse, data)) == "malformed"


def test_a_text_with_an_empty_line_is_split_at_the_last() -> None:
    found = Note.parse("a\n\nb\n\n— name AAAAAAA=\n".encode())
    assert found.text == "a\n\nb\n"


@given(NAMES, st.sampled_from([1, 4]), st.binary(min_size=32, max_size=32))
def test_verifier_keys_come_back(name: str, type_: int, secret: bytes) -> None:
    key = VerifierKey(name, type_, SigningKey(secret).public)
    assert VerifierKey.parse(key.format()) == key


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "a+b",
        "a+00000000+AQ==",
        "+00000000+AQ==",
        OWN[0].format()[:-1],
        "x" + OWN[0].format(),
        OWN[0].format() + "\n",
        OWN[0].format().replace("+", "+0", 1),
        OWN[0].format().upper(),
    ],
)
def test_another_verifier_key_is_refused(text: str) -> None:
    assert code_of(partial(VerifierKey.parse, text)) in {"malformed", "key-refused"}


def test_keys_of_unknown_types_are_refused() -> None:
    for type_ in (0, 2, 3, 5, 7, 255):
        encoded = base64.b64encode(bytes((type_,)) + KEY.public).decode()
        text = f"a+{note.key_id('a', type_, KEY.public).hex()}+{encoded}"
        assert code_of(partial(VerifierKey.parse, text)) == "key-refused"


def test_text_signatures() -> None:
    signed = Note("hello\n", (note.sign_text("hello\n", ORIGIN, KEY),))
    note.verify_text(signed, OWN[0])
    assert code_of(partial(note.verify_text, Note("hullo\n", signed.signatures), OWN[0])) == "signature-wrong"
    stranger = VerifierKey(ORIGIN, note.ED25519, RECEIPT.public)
    assert code_of(partial(note.verify_text, signed, stranger)) == "signature-missing"


def test_a_checkpoint_needs_every_key_of_its_register() -> None:
    assert open_checkpoint(SIGNED, OWN) == HEAD
    assert open_checkpoint(RECEIPTED, OWN, THEIRS) == HEAD
    assert open_checkpoint(RECEIPTED, [*OWN, *THEIRS]) == HEAD
    whole = Note.parse(SIGNED)
    for line in whole.signatures:
        alone = Note(whole.text, (line,)).format()
        assert code_of(partial(open_checkpoint, alone, OWN)) == "signature-missing"
    assert code_of(partial(open_checkpoint, SIGNED, [*OWN, *THEIRS])) == "signature-missing"
    assert code_of(partial(open_checkpoint, SIGNED, [])) == "signature-missing"
    assert code_of(partial(open_checkpoint, SIGNED, OWN, origin="other")) == "origin-mismatch"


def test_unknown_lines_are_passed_over_and_known_ones_must_verify() -> None:
    junk = Signature(NAME, b"\1\2\3\4", b"junk")
    assert open_checkpoint(checkpoint.add_lines(RECEIPTED, [junk]), OWN, THEIRS) == HEAD
    bad = Signature(NAME, THEIRS[0].key_id, LINES[0].blob[:-1] + b"\0")
    assert open_checkpoint(checkpoint.add_lines(SIGNED, [bad]), OWN) == HEAD
    assert (
        code_of(partial(open_checkpoint, checkpoint.add_lines(SIGNED, [bad]), OWN, THEIRS))
        == "signature-wrong"
    )
    assert (
        code_of(partial(open_checkpoint, checkpoint.add_lines(RECEIPTED, [bad]), OWN, THEIRS))
        == "signature-wrong"
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a\n",
        "a\n1\n",
        "a\n01\nAA==\n",
        "a\n-1\n",
        f"{ORIGIN}\n0\n{'A' * 43}=\n",
        f"{ORIGIN}\n1\n{'A' * 40}\n",
        f"{ORIGIN}\n1\n{'A' * 43}=\nextension\n",
        f"a b\n1\n{'A' * 43}=\n",
        f"{ORIGIN}\n1e3\n{'A' * 43}=\n",
        f"{ORIGIN}\n{10**20}\n{'A' * 43}=\n",
        f"\n1\n{'A' * 43}=\n",
        f"{ORIGIN}\n１\n{'A' * 43}=\n",
    ],
)
def test_another_text_is_no_checkpoint(text: str) -> None:
    assert code_of(partial(Checkpoint.from_text, text)) == "malformed"


@given(st.integers(1, 2**53 - 1), st.binary(min_size=32, max_size=32))
def test_the_text_of_a_checkpoint_comes_back(size: int, root: bytes) -> None:
    head = Checkpoint(ORIGIN, size, root)
    assert Checkpoint.from_text(head.text()) == head


def test_the_messages_are_those_of_the_specification() -> None:
    root = base64.b64encode(HEAD.root).decode()
    assert HEAD.cosigned_text(9).decode() == f"cosignature/v1\ntime 9\n{ORIGIN}\n7\n{root}\n"
    subtree = b"subtree/v1\n\0" + bytes([len(NAME)]) + NAME.encode() + (9).to_bytes(8, "big")
    subtree += bytes([len(ORIGIN)]) + ORIGIN.encode() + bytes(8) + (7).to_bytes(8, "big") + HEAD.root
    assert HEAD.subtree_message(NAME, 9) == subtree


def test_receipts_say_when_and_for_which_head() -> None:
    for line, key in zip(LINES, THEIRS, strict=True):
        assert cosign.verify_cosignature(HEAD, line, key) == 9
        for other in (
            Checkpoint(ORIGIN, 8, HEAD.root),
            Checkpoint(ORIGIN, 7, seed("x")),
            Checkpoint("else", 7, HEAD.root),
        ):
            assert code_of(partial(cosign.verify_cosignature, other, line, key)) == "signature-wrong"
        late = Signature(line.name, line.key_id, (10).to_bytes(8, "big") + line.blob[8:])
        assert code_of(partial(cosign.verify_cosignature, HEAD, late, key)) == "signature-wrong"
        for blob in (b"", line.blob[:7], line.blob[:-1], line.blob + b"\0", b"\xff" * 8 + line.blob[8:]):
            broken = Signature(line.name, line.key_id, blob or b"\0")
            assert code_of(partial(cosign.verify_cosignature, HEAD, broken, key)) == "signature-wrong"
    assert code_of(partial(cosign.verify_cosignature, HEAD, LINES[0], THEIRS[1])) == "signature-missing"
    assert code_of(partial(cosign.verify_cosignature, HEAD, LINES[0], OWN[0])) == "key-refused"
    assert code_of(partial(cosign.cosign, HEAD, NAME, RECEIPT, RECEIPT_PQ, 0)) == "malformed"


def test_the_register_own_post_quantum_line_is_no_receipt_by_another() -> None:
    own = Note.parse(SIGNED).signatures[1]
    renamed = Signature(NAME, THEIRS[1].key_id, own.blob)
    assert code_of(partial(cosign.verify_cosignature, HEAD, renamed, THEIRS[1])) == "signature-wrong"


def test_names_of_registers_and_receipts_fit_their_length_byte() -> None:
    longest = cosign.receipt_name(origin_of("a" * 64, "ab" * 32))
    assert len(longest) == 137
    VerifierKey(longest, note.MLDSA44, KEY_PQ.public)
    assert code_of(partial(VerifierKey, "a" * 256, 1, KEY.public)) == "malformed"


def test_proofs_come_back_and_say_extra_without_proving_it() -> None:
    world = World().fill(5)
    leaves = [merkle.leaf_hash(entry) for entry in world.entries["south"]]
    path = merkle.inclusion_proof(merkle.reader_of(leaves), 3, 5)
    origin, keys = origin_of("south", world.office), keys_of("south")
    own = VerifierKey(origin, 1, keys.register.public), VerifierKey(origin, 6, keys.register_pq.public)
    for extra in (None, b"", b"said by nobody"):
        proof = Proof(3, path, world.note("south", 5), extra)
        assert Proof.parse(proof.format()) == proof
        assert proof.verify(world.entries["south"][3], own).size == 5
        assert code_of(partial(proof.verify, world.entries["south"][2], own)) == "proof-mismatch"
        assert code_of(partial(proof.verify, world.entries["south"][3], OWN)) == "signature-missing"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n\n",
        b"c2sp.org/tlog-proof@v2\nindex 0\n\n",
        b"c2sp.org/tlog-proof@v1\n\n",
        b"c2sp.org/tlog-proof@v1\nindex 00\n\n",
        b"c2sp.org/tlog-proof@v1\nindex 0\nAAAA\n\n",
        b"c2sp.org/tlog-proof@v1\nextra !\nindex 0\n\n",
        b"c2sp.org/tlog-proof@v1\nindex 0\nextra AAAA\n\n",
        b"c2sp.org/tlog-proof@v1\nindex 0\r\n\n",
        b"\xff\n\n",
        b"c2sp.org/tlog-proof@v1\nindex 0\n" + (b"A" * 43 + b"=\n") * 65 + b"\n",
    ],
)
def test_another_form_of_a_proof_is_malformed(data: bytes) -> None:
    assert code_of(partial(Proof.parse, data)) == "malformed"


SIDES = ("south", "north", "west")
REGISTERS = {
    side: (
        VerifierKey(origin_of(side, "ab" * 32), 1, keys_of(side).register.public),
        VerifierKey(origin_of(side, "ab" * 32), 6, keys_of(side).register_pq.public),
    )
    for side in SIDES
}
RECEIPTS = {
    side: (
        VerifierKey(cosign.receipt_name(origin_of(side, "ab" * 32)), 4, keys_of(side).receipt.public),
        VerifierKey(cosign.receipt_name(origin_of(side, "ab" * 32)), 6, keys_of(side).receipt_pq.public),
    )
    for side in SIDES
}


def receipted(by: tuple[str, ...], types: tuple[int, ...] = (0, 1)) -> bytes:
    head = Checkpoint(origin_of("south", "ab" * 32), 7, seed("root"))
    data = checkpoint.sign(head, keys_of("south").register, keys_of("south").register_pq, 5)
    for side in by:
        keys = keys_of(side)
        lines = cosign.cosign(head, RECEIPTS[side][0].name, keys.receipt, keys.receipt_pq, 9)
        data = checkpoint.add_lines(data, [lines[index] for index in types])
    return data


def test_the_policy_of_an_office_asks_for_every_other_party() -> None:
    for sides in (SIDES[:2], SIDES):
        policy = policy_of({s: REGISTERS[s] for s in sides}, {s: RECEIPTS[s] for s in sides})
        assert Policy.parse(policy.format()) == policy
        others = tuple(side for side in sides if side != "south")
        assert policy.check(receipted(others)).size == 7
        assert code_of(partial(policy.check, receipted(others[1:]))) == "quorum-missing"
        assert code_of(partial(policy.check, receipted(others, (0,)))) == "quorum-missing"
        assert code_of(partial(policy.check, receipted(others, (1,)))) == "quorum-missing"
    strangers = policy_of({"west": REGISTERS["west"]}, RECEIPTS)
    assert code_of(partial(strangers.check, receipted(("north", "west")))) == "signature-missing"


def test_sides_with_awkward_names_have_a_policy() -> None:
    names = ("none", "others", "party", "04")
    registers = {n: (VerifierKey(f"{n}/x", 1, SigningKey(seed(n)).public),) for n in names}
    receipts = {n: (VerifierKey(f"{n}/x/receipt", 4, SigningKey(seed(n, "r")).public),) for n in names}
    policy = policy_of(registers, receipts)
    assert Policy.parse(policy.format()) == policy


def test_a_policy_is_read_with_comments_addresses_and_numbers() -> None:
    log, witness, other = OWN[0].format(), THEIRS[0].format(), RECEIPTS["west"][0].format()
    text = f"# ours\n\n log {log} https://log.example/\n\twitness X1 {witness} https://w.example/\n"
    text += f"witness X2 {other}\n"
    policy = Policy.parse(f"{text}group X 1 X1 X2\nquorum X\n".encode())
    assert policy.groups == {"X": Group(1, ("X1", "X2"))}
    assert Policy.parse(f"{text}quorum none\n".encode()).quorum == "none"
    for wrong in (
        "",
        "quorum X1\nquorum X1\n",
        "quorum X3\n",
        "group X 3 X1 X2\nquorum X\n",
        "group X 0 X1\nquorum X\n",
        "group X all\nquorum X\n",
        "group X all X\nquorum X\n",
        "group X1 all X2\nquorum X1\n",
        "group none any X1\nquorum none\n",
        "group X any none\nquorum X\n",
        f"log {log}\nquorum X1\n",
        f"witness X3 {witness}\nquorum X1\n",
        f"witness X3 {log}\nquorum X1\n",
        "nonsense\nquorum X1\n",
        "quorum X1",
        "group X any X1 X1\nquorum X\n",
    ):
        assert code_of(partial(Policy.parse, (text + wrong).encode())) == "malformed", wrong


def test_a_note_is_taken_apart_once_under_whatever_name_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    taken, decode = list[str](), note.decode_base64

    def counted(text: str, what: str) -> bytes:
        taken.append(text)
        return decode(text, what)

    monkeypatch.setattr(note, "decode_base64", counted)
    data = checkpoint.sign(Checkpoint(ORIGIN, 8, seed("other")), KEY, KEY_PQ, 6)
    for what in ("the note", "the checkpoint", "checkpoints/8"):
        assert Note.parse(data, what).format() == data
    assert len(taken) == len(set(taken)) == 2


def test_a_note_that_is_wrong_is_so_under_the_name_it_is_read_by() -> None:
    for what in ("the note", "checkpoints/7"):
        with pytest.raises(RecordFault) as caught:
            Note.parse(SIGNED[:-1], what)
        assert caught.value.data["what"] == what
