"""What fuzzing begins from: for each target some bytes that are read, of the vectors and of test offices.

`python -m fuzz.seeds` writes those that are absent under `corpus/`; what is there stays, since post-quantum
signatures differ at every run, and so that a seed that is read no more shows that a format has changed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tests.forms.test_filled import DAM
from tests.office.statistics.test_checking import small
from tests.office.texts.samples import AGREEMENT
from tests.office.world import card_of, charter_of, keys_of, seed
from tests.record import world as exports
from yeollak import forms
from yeollak.line import bodies
from yeollak.line.pouch import Cut, framed
from yeollak.office.admit import Arrival, Push
from yeollak.record import canon, checkpoint, enclosure, exhibit, merkle, parcel, statement
from yeollak.record.cbor import byte_string
from yeollak.record.checkpoint import Checkpoint
from yeollak.record.document import Act, act_id
from yeollak.record.signing import Request, sign

ROOT: Final = Path(__file__).parent
CORPUS: Final = ROOT / "corpus"
VECTORS: Final = ROOT.parent / "vectors"
Seeds = Mapping[str, Mapping[str, bytes]]


def seeds() -> Seeds:
    """Bytes that every target reads, by target and name."""
    office = charter_of(("south", "north"))
    duty = keys_of("south").officers["duty"]
    act = Act(
        office=office.office,
        side="south",
        officer=duty.kid,
        kind="note.tender",
        at="2018-10-22T01:00:00Z",
        due="2018-10-22T09:00:00Z",
        seen={"north": (0, merkle.EMPTY_ROOT.hex())},
        salt="0" * 32,
        re=("1" * 64,),
        facts={
            "class": "general",
            "subject": {"en": "Forestry", "ko": "산림"},
            "items": [1, True, {"a": "b"}],
        },
        enclosures=(exports.World().enclose("south", b"text"),),
    )
    document = act.encode()
    raw = statement.sign(duty, office.origin("south"), act_id(document), bytes.fromhex(act_id(document)))
    leaf = merkle.leaf_hash(raw)
    own = keys_of("south")
    head = Checkpoint(office.origin("south"), 1, leaf)
    note = checkpoint.sign(head, own.register, own.register_pq, 1_540_170_000)
    export = exports.World().fill(3).export()
    names = sorted(export)
    wrapped = enclosure.wrap_private("ko", "통지.txt", "text/plain", b"content")
    pouch = b"".join(map(framed, (b"one parcel", b"another")))
    cut = Cut(lambda at, length: pouch[at : at + length], len(pouch), 16)
    request = Request(document, ())
    filled = forms.fill(forms.shipped()["dam-discharge.1"], DAM, "ko")
    leaves = [bytes([number]) * 32 for number in range(7)]
    consistency = merkle.consistency_proof(merkle.reader_of(leaves), 3, 7)
    header = parcel.Header(
        hashlib.sha256(b"body").hexdigest(),
        "south",
        "0" * 32,
        office.office,
        "push",
        "2018-10-22T01:00:00Z",
        "north",
    )
    signature = own.register.sign(b"yeollak/parcel/1\0" + header.encode())
    inner = b"\x82" + byte_string(header.encode()) + byte_string(signature) + b"body"
    return {
        "act": {"tender": document},
        "archive": {"stored": exhibit.pack({"exhibit": b"{}", "charter": office.raw})},
        "body": {
            "push": bodies.encode_push(
                Push(office.origin("south"), 0, note, (Arrival(raw, document, (b"x" * 20,)),))
            ),
            "refusal": bodies.encode_refusal(
                bodies.Refused(office.origin("south"), 0, 1, "0" * 64, "quota", -1, 3600, 5)
            ),
            "ask": bodies.encode_notes([]),
            "receipt": bodies.encode_notes([note]),
            "fetch": bodies.encode_fetch(bodies.Fetch("south", 0, 256)),
            "range": bodies.encode_range(bodies.Range("0" * 64, 0, 1024)),
            "piece": bodies.encode_piece(bodies.Piece(7, b"content")),
            "enclosed": bodies.encode_enclosed(bodies.Enclosed("0" * 64, 0, 7, b"content")),
        },
        "bundle": {
            "two": b"\x01" + b"\0\x03one\0\x03two",
            "vector": b"\xff" + (VECTORS / "tlog/tile/entries/000").read_bytes(),
            "path": b"tile/0/x001/067",
        },
        "canonical": {
            "act": document,
            "values": canon.encode({"a": [1, -2, True, '\u2028"\\', {}], "b": "가"}),
        },
        "card": {"south": card_of("south").to_bytes()},
        "charter": {"two": office.raw},
        "checkpoint": {
            "vector": (VECTORS / "tlog/checkpoint").read_bytes(),
            "ours": note,
            "text": head.text().encode(),
        },
        "desk": {
            "moment": b"when.d=2018-10-22\nwhen.t=09:00\nsubject.ko=x\nrate=12.5\nplace=38.10,127.02",
            "old": b"when.d=0001-01-01\nwhen.t=00:00",
        },
        "enclosure": {"wrapped": wrapped, "padded": enclosure.pad(wrapped)[:512]},
        "export": {
            "manifest": export["manifest"],
            **{
                name.replace("/", "-"): bytes([names.index(name)]) + export[name]
                for name in names
                if len(export[name]) < 16000 and name.count("/") < 4
            },
        },
        "figures": {"stated": small()[2]},
        "form": {"shipped": forms.shipped()["absence.1"].data, "filled": filled},
        "head": {
            "plain": f"POST /line/{office.office} HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n".encode(),
            "expects": f"POST /line/{office.office} HTTP/1.1\r\nExpect: 100-continue\r\nConnection: close\r\n"
            "Content-Length: 70000\r\nContent-Encoding: identity\r\n\r\n".encode(),
        },
        "key": {
            **{
                name: (VECTORS / f"tlog/keys/{name}.vkey").read_bytes().strip()
                for name in ("log", "log6", "w4", "w6")
            },
            "ours": office.register_keys("south")[0].format().encode(),
        },
        "keyfile": {"officer": _KEYFILE},
        "note": {"vector": (VECTORS / "tlog/old-checkpoint").read_bytes(), "ours": note},
        "parcel": {"inner": inner, "header": header.encode()},
        "policy": {"office": export["policy"]},
        "pouch": {
            "parts": b"".join(part.encode() for part in cut.parts()),
            "lines": "\n".join(part.line() for part in cut.parts()).encode(),
            "content": pouch,
        },
        "proof": {"vector": (VECTORS / "tlog/entry-350.tlog-proof").read_bytes()},
        "request": {"act": request.to_bytes(), "answer": sign(request, duty)},
        "statement": {"vector": (VECTORS / "statement/statement.cose").read_bytes(), "ours": raw},
        "text": {"agreement": AGREEMENT},
        "tree": {
            "frontier": merkle.Frontier().extend(leaves).encode(),
            "consistency": b"\0\0\x03\0\0\x07" + b"".join(consistency),
        },
        "words": {
            "korean": "개성공단 남북공동연락사무소에서 산림협력을".encode(),
            "arabic": "والمكتب المشترك للاتصال".encode(),
            "mixed": "Liaison Office 연락사무소, 14 September 2018".encode(),
        },
    }


#: A key file of the right form whose seal is none: opening it would cost what it is there to cost.
_KEYFILE: Final = canon.encode(
    {
        "cipher": "chacha20-poly1305",
        "kdf": {
            "lanes": 4,
            "memory": 65536,
            "name": "argon2id",
            "passes": 3,
            "salt": seed("salt").hex()[:32],
        },
        "kind": "officer",
        "nonce": seed("nonce").hex()[:24],
        "sealed": seed("sealed").hex() + seed("tag").hex()[:32],
        "v": 1,
    }
)


def write() -> None:
    """Write every seed that is absent under `corpus/`."""
    for target, files in seeds().items():
        folder = CORPUS / target
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in files.items():
            if not (folder / name).exists():
                (folder / name).write_bytes(data)


if __name__ == "__main__":
    write()
