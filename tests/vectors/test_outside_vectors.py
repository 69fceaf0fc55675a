"""The vectors in `vectors/` were made and checked outside this project: all of them pass, every flipped byte
is refused.
"""

from __future__ import annotations

import json
import os
import random
from collections import defaultdict
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from yeollak.errors import RecordFault
from yeollak.record import canon, merkle, statement, tiles
from yeollak.record.audit_checkpoints import Parties
from yeollak.record.audit_register import Findings, RegisterAudit
from yeollak.record.checkpoint import open_checkpoint, read_checkpoint
from yeollak.record.cosign import verify_cosignature, verify_known
from yeollak.record.document import Act, act_id
from yeollak.record.folder import MemoryFiles
from yeollak.record.note import Note, VerifierKey, decode_base64
from yeollak.record.proof import Proof

VECTORS = Path(__file__).parents[2] / "vectors"
LOG = VECTORS / "tlog"
STATEMENT = VECTORS / "statement"
SIDE = "register"


def vkey(name: str) -> VerifierKey:
    text = (LOG / "keys" / f"{name}.vkey").read_text().strip()
    key = VerifierKey.parse(text)
    assert key.format() == text
    return key


KEYS = {name: vkey(name) for name in ("log", "log6", "w4", "w6")}
ALL = list(KEYS.values())
ORIGIN = "north.example/liaison/0123456789abcdef"


def refused(act: Callable[[], object], name: str) -> None:
    """`act` must raise a fault of the record that names the file or the entry."""
    with pytest.raises(RecordFault) as caught:
        act()
    assert name in f"{caught.value.sentence} {caught.value.data}", caught.value


def flips(data: bytes, seed: int) -> list[tuple[int, bytes]]:
    """For every position the data with one random bit of that byte turned."""
    chance = random.Random(seed)
    return [
        (at, data[:at] + bytes((data[at] ^ (1 << chance.randrange(8)),)) + data[at + 1 :])
        for at in range(len(data))
    ]


def test_the_statement_is_read_verified_and_written_again() -> None:
    expected = json.loads((STATEMENT / "expected.json").read_text())
    raw = (STATEMENT / "statement.cose").read_bytes()
    found = statement.parse(raw)
    statement.verify(found, (STATEMENT / "officer.pub").read_bytes())
    document = (STATEMENT / "act.json").read_bytes()
    assert found.act_id == act_id(document) == expected["payload_sha256"]
    assert found.protected.hex() == expected["protected_hex"]
    assert found.signature.hex() == expected["signature_hex"]
    assert len(raw) == expected["statement_bytes"]
    assert statement.leaf_hash(raw).hex() == expected["leaf_hash"]
    header = statement.protected_header(bytes.fromhex(found.kid), found.iss, found.matter)
    assert statement.assemble(header, found.payload, found.signature) == raw


def test_the_example_document_is_canonical_but_no_act() -> None:
    document = (STATEMENT / "act.json").read_bytes()
    assert canon.encode(canon.decode(document, limit=32768)) == document
    with pytest.raises(RecordFault) as caught:
        Act.parse(document)
    assert caught.value.code == "malformed"


def test_every_flipped_byte_of_the_statement_is_refused() -> None:
    public = (STATEMENT / "officer.pub").read_bytes()

    def read(data: bytes) -> None:
        statement.verify(statement.parse(data, "statement.cose"), public, "statement.cose")

    for _, flipped in flips((STATEMENT / "statement.cose").read_bytes(), 1):
        refused(partial(read, flipped), "statement.cose")


def test_the_checkpoint_carries_all_four_signatures() -> None:
    data = (LOG / "checkpoint").read_bytes()
    checkpoint = open_checkpoint(data, ALL, origin=ORIGIN)
    assert (checkpoint.origin, checkpoint.size) == (ORIGIN, 700)
    note = Note.parse(data)
    assert note.format() == data
    assert set(verify_known(checkpoint, note, ALL)) == set(ALL)
    times = [
        verify_cosignature(checkpoint, line, KEYS[name])
        for name in ("w4", "w6")
        for line in note.signatures
        if line.is_by(KEYS[name])
    ]
    assert len(times) == 2
    assert min(times) > 0


def test_every_flipped_byte_of_the_checkpoint_is_refused() -> None:
    read = partial(open_checkpoint, required=ALL, origin=ORIGIN, what="vectors/checkpoint")
    for _, flipped in flips((LOG / "checkpoint").read_bytes(), 2):
        refused(partial(read, flipped), "vectors/checkpoint")


def test_the_proof_of_entry_350_holds_and_is_written_again() -> None:
    data, entry = (LOG / "entry-350.tlog-proof").read_bytes(), (LOG / "entry-350").read_bytes()
    proof = Proof.parse(data)
    assert proof.index == 350
    assert proof.verify(entry, ALL).size == 700
    assert proof.format() == data
    reader = tiles.tile_reader(lambda path: (LOG / path).read_bytes(), 700)
    assert merkle.inclusion_proof(reader, 350, 700) == proof.path
    refused(lambda: proof.verify(entry + b" ", ALL, what="entry-350"), "entry")


def test_every_flipped_byte_of_the_proof_is_refused() -> None:
    entry = (LOG / "entry-350").read_bytes()

    def read(data: bytes) -> None:
        Proof.parse(data, "entry-350.tlog-proof").verify(entry, ALL, what="entry-350.tlog-proof")

    for _, flipped in flips((LOG / "entry-350.tlog-proof").read_bytes(), 3):
        refused(partial(read, flipped), "entry-350.tlog-proof")


def test_the_witness_request_is_consistent() -> None:
    body = (LOG / "add-checkpoint").read_bytes()
    head, _, new = body.partition(b"\n\n")
    first, *hashes = head.decode().split("\n")
    assert first == "old 233"
    proof = [decode_base64(line, "a hash") for line in hashes]
    old = open_checkpoint((LOG / "old-checkpoint").read_bytes(), [KEYS["log"]], origin=ORIGIN)
    checkpoint = open_checkpoint(new, [KEYS["log"]], origin=ORIGIN)
    merkle.verify_consistency(old.size, old.root, checkpoint.size, checkpoint.root, proof)
    reader = tiles.tile_reader(lambda path: (LOG / path).read_bytes(), 700)
    assert list(merkle.consistency_proof(reader, 233, 700)) == proof


def log_files() -> dict[str, bytes]:
    names = [
        path
        for path in sorted(LOG.rglob("*"))
        if path.is_file() and (path.name == "checkpoint" or "tile" in path.parts)
    ]
    return {f"{SIDE}/{path.relative_to(LOG)}": path.read_bytes() for path in names}


def audit(files: dict[str, bytes]) -> Findings:
    findings = Findings()
    parties = Parties({SIDE: (KEYS["log"], KEYS["log6"])}, {"other": (KEYS["w4"], KEYS["w6"])})
    register = RegisterAudit(MemoryFiles(files), SIDE, parties, findings, statements=False).run()
    assert register is None or register.size == 700
    return findings


def test_every_tile_and_entry_of_the_register_is_as_it_should_be() -> None:
    files = log_files()
    findings = audit(files)
    assert list(findings.defects) == []
    assert findings.expected == set(files)
    entries = [
        entry
        for n, width in tiles.bundle_widths(700)
        for entry in tiles.decode_bundle(files[f"{SIDE}/{tiles.entry_path(n, width)}"], width)
    ]
    made = {**tiles.bundles_of(entries), **tiles.tiles_of([merkle.leaf_hash(entry) for entry in entries])}
    assert {f"{SIDE}/{path}": data for path, data in made.items()} == {
        path: data for path, data in files.items() if "/tile/" in path
    }
    assert read_checkpoint(files[f"{SIDE}/checkpoint"])[0].size == 700


def flipped_tiles(step: int) -> None:
    """Turn one bit in every `step` bytes of each file. Files of one level hide no defect of each other, so
    that one audit tells of all of them at once.
    """
    files = log_files()
    levels: defaultdict[str, list[str]] = defaultdict(list)
    for path in files:
        if "/tile/" in path:
            levels[path.split("/")[2]].append(path)
    chance = random.Random(step)
    for paths in levels.values():
        for start in range(0, max(len(files[path]) for path in paths), step):
            flipped, places = {}, {}
            for path in paths:
                data = files[path]
                at = places[path] = start % len(data) + chance.randrange(
                    min(step, len(data) - start % len(data))
                )
                flipped[path] = data[:at] + bytes((data[at] ^ (1 << chance.randrange(8)),)) + data[at + 1 :]
            defects = list(audit({**files, **flipped}).defects)
            assert {defect.file for defect in defects} == set(paths), (places, defects)


@pytest.mark.slow
def test_a_flipped_byte_of_any_tile_is_named_by_its_file() -> None:
    # One byte in so many; every byte where there is a night for it.
    flipped_tiles(step=1 if os.environ.get("HYPOTHESIS_PROFILE") == "thorough" else 16)
