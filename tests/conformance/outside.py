"""Asks verifiers written by others about files. Runs in the conformance environment and imports nothing of
Yeollak.

python outside.py FOLDER

FOLDER holds `job.json`: {"statements": [[name, file, public key file, document file]], "logs": [[folder, vkey
files]]}. Prints one JSON object: question -> null when accepted, else why not. A bad answer is data, not an
exit code.
"""

from __future__ import annotations

import base64
import hashlib
import json
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import cbor2
import cwt  # type: ignore[import-not-found]  # only in its environment
import scitt_cose  # type: ignore[import-not-found]  # only in its environment
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pycose.keys import OKPKey  # type: ignore[import-not-found]  # only in its environment
from pycose.keys.curves import Ed25519  # type: ignore[import-not-found]  # only in its environment
from pycose.messages import CoseMessage, Sign1Message  # type: ignore[import-not-found]  # only in its environment
from tlog_scales.backend import LocalBackend  # type: ignore[import-not-found]  # only in its environment
from tlog_scales.reader import TilesReader  # type: ignore[import-not-found]  # only in its environment
from tlog_scales.signing import Vkey  # type: ignore[import-not-found]  # only in its environment
from tlog_scales.tlog import Checkpoint, ConsistencyProof, InclusionProof  # type: ignore[import-not-found]  # only in its environment


def pem(public: bytes) -> str:
    key = Ed25519PublicKey.from_public_bytes(public)
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def pycose_statement(data: bytes, public: bytes, document: bytes) -> None:
    message = CoseMessage.decode(data)
    assert isinstance(message, Sign1Message), "not a COSE_Sign1"
    message.key = OKPKey(crv=Ed25519, x=public)
    assert message.verify_signature(), "the signature does not verify"
    assert message.payload == hashlib.sha256(document).digest(), "the payload is not the document's digest"
    assert message.uhdr == {}, "the unprotected map is not empty"


def cwt_statement(data: bytes, public: bytes, document: bytes) -> None:
    key = cwt.COSEKey.from_pem(pem(public), alg="EdDSA", kid=hashlib.sha256(public).digest()[:8])
    protected, unprotected, payload = cwt.COSE.new().decode_with_headers(data, key)
    assert payload == hashlib.sha256(document).digest(), "the payload is not the document's digest"
    assert protected[258] == -16, "the hash is not announced"
    assert unprotected == {}, "the unprotected map is not empty"


def scitt_statement(data: bytes, public: bytes, document: bytes) -> None:
    found = scitt_cose.parse_signed_statement(data, public_key_pem=pem(public))
    assert found["signature_verified"] is True, "the signature does not verify"
    assert found["payload"] == hashlib.sha256(document).digest(), "the payload is not the document's digest"
    claims = cbor2.loads(cbor2.loads(data).value[0])[15]
    assert (found["issuer"], found["subject"]) == (claims[1], claims[2]), (
        "issuer and subject are read otherwise"
    )


def scales_log(folder: Path, vkeys: list[str]) -> None:
    """Every tile, every entry, every signature: the register as a stranger's tool reads it from a folder."""
    reader = TilesReader(LocalBackend(folder))
    checkpoint = reader.get_checkpoint()
    for text in vkeys:
        checkpoint.verify(Vkey.from_string(text))
    assert reader.calculate_root_hash() == checkpoint.root_hash, "the tiles do not make the root"
    for index in range(checkpoint.size):
        leaf = hashlib.sha256(b"\0" + reader.get_entry(index)).digest()
        reader.get_inclusion_proof(index, checkpoint.size).check(leaf, checkpoint.root_hash)


def scitt_tree(folder: Path, vkeys: list[str]) -> None:
    """The root over all entries, by an implementation that does not know tiles."""
    reader = TilesReader(LocalBackend(folder))
    checkpoint = reader.get_checkpoint()
    entries = [reader.get_entry(index).hex() for index in range(checkpoint.size)]
    assert scitt_cose.merkle_root(entries) == checkpoint.root_hash.hex(), "the entries do not make the root"


def scales_proof(proof: Path, entry: bytes, vkeys: list[str]) -> None:
    head, _, note = proof.read_text().partition("\n\n")
    lines = head.split("\n")
    assert lines[0] == "c2sp.org/tlog-proof@v1", "not a tlog-proof"
    checkpoint = Checkpoint.from_text(note)
    for text in vkeys:
        checkpoint.verify(Vkey.from_string(text))
    path = InclusionProof(int(lines[1].removeprefix("index ")), checkpoint.size, hashes(lines[2:]))
    path.check(hashlib.sha256(b"\0" + entry).digest(), checkpoint.root_hash)


def scales_consistency(old: Path, new: Path, proof: Path) -> None:
    first, second = Checkpoint.from_text(old.read_text()), Checkpoint.from_text(new.read_text())
    path = hashes(proof.read_text().split())
    ConsistencyProof(first.size, second.size, path).check(first.root_hash, second.root_hash)


def hashes(lines: list[str]) -> list[bytes]:
    return [base64.b64decode(line, validate=True) for line in lines]


def ask(answers: dict[str, str | None], question: str, check: Callable[[], None]) -> None:
    try:
        check()
        answers[question] = None
    except Exception as problem:  # noqa: BLE001 - whatever their code raises is its answer
        answers[question] = f"{type(problem).__name__}: {problem}"[:300]


def main(root: Path) -> None:
    job = json.loads((root / "job.json").read_text())
    answers: dict[str, str | None] = {}
    for name, *files in job["statements"]:
        parts = [(root / file).read_bytes() for file in files]
        for tool, check in (
            ("pycose", pycose_statement),
            ("cwt", cwt_statement),
            ("scitt-cose", scitt_statement),
        ):
            ask(answers, f"{tool} {name}", partial(check, *parts))
    for name, folder, *files in job["logs"]:
        for tool, read in (("tlog-scales", scales_log), ("scitt-cose", scitt_tree)):
            ask(answers, f"{tool} {name}", partial(read, root / folder, texts(root, files)))
    for name, proof, entry, *files in job["proofs"]:
        prove = partial(scales_proof, root / proof, (root / entry).read_bytes(), texts(root, files))
        ask(answers, f"tlog-scales {name}", prove)
    for name, *files in job["consistency"]:
        ask(answers, f"tlog-scales {name}", partial(scales_consistency, *(root / file for file in files)))
    sys.stdout.write(json.dumps(answers))


def texts(root: Path, files: list[str]) -> list[str]:
    return [(root / file).read_text().strip() for file in files]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
