"""Keys: the ones that verifiers differ about are refused, and private ones do not show."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.record.world import keys_of, seed
from yeollak.errors import OurFault, RecordFault
from yeollak.record import keyfile, keys
from yeollak.record.keyfile import Cost

CHEAP = Cost(memory=64, passes=1, lanes=1)
P = 2**255 - 19
#: The points of order 1, 2, 4 and 8 in every encoding that some verifier takes ("Taming the many EdDSAs",
#: table 1).
SMALL = [
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "0100000000000000000000000000000000000000000000000000000000000080",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
]


def code_of(act: Callable[[], object]) -> str:
    with pytest.raises(RecordFault) as caught:
        act()
    return caught.value.code


@pytest.mark.parametrize("text", SMALL)
def test_keys_of_small_order_or_second_encoding_are_refused(text: str) -> None:
    assert code_of(partial(keys.check_ed25519, bytes.fromhex(text))) == "key-refused"


def test_second_encodings_and_points_off_the_curve_are_refused() -> None:
    for y in range(P, 2**255):
        assert code_of(partial(keys.check_ed25519, y.to_bytes(32, "little"))) == "key-refused"
    refused = 0
    for y in range(2, 40):
        try:
            keys.check_ed25519(y.to_bytes(32, "little"))
        except RecordFault:
            refused += 1
    assert refused > 10


@given(st.binary(min_size=32, max_size=32))
def test_honest_keys_are_accepted_and_named(secret: bytes) -> None:
    key = keys.SigningKey(secret)
    assert keys.check_ed25519(key.public) == key.public
    assert key.kid == keys.kid(key.public) == hashlib.sha256(key.public).hexdigest()[:16]
    signature = key.sign(b"message")
    keys.verify_ed25519(key.public, b"message", signature, what="it")
    for public, message, wrong in (
        (key.public, b"massage", signature),
        (key.public, b"message", signature[:-1]),
        (key.public, b"message", signature[:-1] + bytes((signature[-1] ^ 1,))),
        (keys.SigningKey(seed("x")).public, b"message", signature),
        (b"", b"message", signature),
    ):
        refused = partial(keys.verify_ed25519, public, message, wrong, what="it")
        assert code_of(refused) == "signature-wrong"


def test_a_signature_with_a_second_form_of_s_is_refused() -> None:
    key = keys.SigningKey(seed("s"))
    signature = key.sign(b"message")
    order = 2**252 + 27742317777372353535851937790883648493
    s = int.from_bytes(signature[32:], "little") + order
    again = signature[:32] + s.to_bytes(32, "little")
    assert (
        code_of(partial(keys.verify_ed25519, key.public, b"message", again, what="it")) == "signature-wrong"
    )


def test_post_quantum_signatures() -> None:
    key = keys.PostQuantumKey(seed("pq"))
    signature = key.sign(b"message")
    assert (len(key.public), len(signature)) == (keys.MLDSA44_PUBLIC, keys.MLDSA44_SIGNATURE)
    keys.verify_mldsa44(key.public, b"message", signature, what="it")
    for public, message, wrong in (
        (key.public, b"massage", signature),
        (key.public, b"message", signature[:-1]),
        (key.public, b"message", b""),
        (keys.PostQuantumKey(seed("x")).public, b"message", signature),
        (b"", b"message", signature),
    ):
        assert code_of(partial(keys.verify_mldsa44, public, message, wrong, what="it")) == "signature-wrong"


def test_every_role_takes_its_own_kind_of_key_alone() -> None:
    public = keys_of("south").public()
    assert set(public) == set(keys.KEY_ROLES)
    for role, raw in public.items():
        assert keys.check_key(role, raw) == raw
        for wrong in (b"", raw[:-1], raw + b"\0"):
            assert code_of(partial(keys.check_key, role, wrong)) == "key-refused"
    assert code_of(partial(keys.check_key, "master", bytes(32))) == "key-refused"
    for role in ("authority", "register", "receipt"):
        assert code_of(partial(keys.check_key, role, bytes(32))) == "key-refused"


def test_seal_keys_of_small_order_or_out_of_range_are_refused() -> None:
    public = keys_of("south").seal.public
    assert keys.check_xwing(public) == public
    assert code_of(partial(keys.check_xwing, public[:-32] + bytes(32))) == "key-refused"
    assert code_of(partial(keys.check_xwing, b"\xff" * 1184 + public[-32:])) == "key-refused"


def test_private_keys_do_not_show_and_have_32_bytes() -> None:
    for kind in (keys.SigningKey, keys.PostQuantumKey, keys.SealKey):
        secret = seed("shown")
        assert secret.hex() not in repr(kind(secret))
        assert repr(secret) not in repr(kind(secret))
        assert kind(secret) == kind(secret)
        assert kind.generate() != kind.generate()
        assert code_of(partial(kind, b"short")) == "key-refused"


def test_the_seal_key_is_expanded_as_the_draft_says() -> None:
    # The first test vector of draft-connolly-cfrg-xwing-kem: SHAKE256 of the seed gives the seeds of both
    # halves.
    key = keys.SealKey(bytes.fromhex("7f9c2ba4e88f827d616045507605853ed73b8093f6efbc88eb1a6eacfa66ef26"))
    assert key.public[:16].hex() == "e2236b35a8c24b39b10aa1323a96a919"


@settings(max_examples=15)
@given(st.binary(min_size=1, max_size=100), st.text(st.characters(codec="utf-8"), max_size=20))
def test_a_key_file_opens_with_its_passphrase_alone(secret: bytes, passphrase: str) -> None:
    data = keyfile.seal(secret, passphrase, "officer", CHEAP)
    assert keyfile.open(data, passphrase) == ("officer", secret)
    assert keyfile.kind_of(data) == "officer"
    with pytest.raises(OurFault) as caught:
        keyfile.open(data, passphrase + "x")
    assert caught.value.code == "wrong-passphrase"
    assert secret.hex() not in data.decode() or len(secret) < 4


def test_a_passphrase_is_the_same_however_it_was_composed() -> None:
    data = keyfile.seal(b"seed", "re\u0301sume\u0301", "officer", CHEAP)
    assert keyfile.open(data, "résumé") == ("officer", b"seed")


def test_two_files_of_one_key_have_nothing_in_common() -> None:
    first, second = (json.loads(keyfile.seal(b"seed", "pass", "officer", CHEAP)) for _ in range(2))
    assert first["nonce"] != second["nonce"]
    assert first["kdf"]["salt"] != second["kdf"]["salt"]


def test_every_flipped_byte_of_a_key_file_is_refused() -> None:
    data = keyfile.seal(seed("k"), "pass", "officer", CHEAP)
    for at in range(len(data)):
        flipped = data[:at] + bytes((data[at] ^ 1,)) + data[at + 1 :]
        with pytest.raises((OurFault, RecordFault)):
            keyfile.open(flipped, "pass")


def edited(**changes: object) -> bytes:
    value = json.loads(keyfile.seal(b"seed", "pass", "officer", CHEAP))
    for name, item in changes.items():
        (value["kdf"] if name in value["kdf"] else value)[name] = item
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


@pytest.mark.parametrize(
    "changes",
    [
        {"memory": 2**30},
        {"memory": 0},
        {"passes": 10**9},
        {"passes": 0},
        {"lanes": 0},
        {"lanes": 10**6},
        {"name": "md5"},
        {"salt": ""},
        {"nonce": "00"},
        {"sealed": ""},
        {"sealed": "zz" * 20},
        {"sealed": "0" * 35},
        {"sealed": "00" * 2000},
        {"v": 2},
        {"v": True},
        {"kind": ""},
        {"kind": 5},
        {"cipher": "none"},
        {"extra": 1},
        {"memory": "64"},
    ],
    ids=str,
)
def test_a_hostile_key_file_is_refused_before_any_work(changes: dict[str, object]) -> None:
    assert code_of(partial(keyfile.open, edited(**changes), "pass")) == "malformed"


def test_a_lower_cost_or_another_kind_does_not_open() -> None:
    assert keyfile.open(edited(), "pass") == ("officer", b"seed")
    for changes in ({"kind": "authority"}, {"memory": 128}, {"passes": 2}):
        with pytest.raises(OurFault):
            keyfile.open(edited(**changes), "pass")


@pytest.mark.parametrize("data", [b"", b"{}", b"\xff", b"[" * 8000, b"x" * 9000])
def test_what_is_no_key_file_is_a_fault(data: bytes) -> None:
    assert code_of(partial(keyfile.open, data, "pass")) in {"malformed", "too-large"}


def test_files_that_share_a_salt_cost_one_stretching(monkeypatch: pytest.MonkeyPatch) -> None:
    """And each opens by itself, as one that shares none."""
    stretched, spent = keyfile.Stretched(), list[bytes]()
    stretch = keyfile._stretch

    def counted(passphrase: str, salt: bytes, cost: Cost) -> bytes:
        spent.append(salt)
        return stretch(passphrase, salt, cost)

    monkeypatch.setattr(keyfile, "_stretch", counted)
    salt = bytes(range(16))
    files = [
        keyfile.seal(seed(str(n)), "pass", "seal", CHEAP, salt=salt, stretched=stretched) for n in range(9)
    ]
    assert [keyfile.open(data, "pass", stretched) for data in files] == [
        ("seal", seed(str(n))) for n in range(9)
    ]
    assert spent == [salt]
    assert len(set(files)) == 9
    assert {keyfile.salt_of(data) for data in files} == {salt}
    assert keyfile.open(files[3], "pass") == ("seal", seed("3"))
    with pytest.raises(OurFault):
        keyfile.open(files[3], "other", stretched)
