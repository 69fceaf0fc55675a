"""Tools written by others accept what is written here, and refuse it when a byte is changed."""

from __future__ import annotations

import base64
import json
import subprocess
from pathlib import Path

import pytest

from tests.conformance import environment
from tests.record.world import World, keys_of
from yeollak.record import merkle
from yeollak.record.merkle import leaf_hash
from yeollak.record.proof import Proof

OUTSIDE = Path(__file__).with_name("outside.py")
SIZE = 300
KINDS = ("statements", "logs", "proofs", "consistency")
STATEMENT_TOOLS = ("pycose", "cwt", "scitt-cose")
LOG_TOOLS = ("tlog-scales", "scitt-cose")


@pytest.fixture(scope="session")
def python() -> Path:
    return environment.ensure()


def ask(python: Path, root: Path, **job: list[list[str]]) -> dict[str, str | None]:
    questions: dict[str, list[list[str]]] = {kind: [] for kind in KINDS}
    questions.update(job)
    (root / "job.json").write_text(json.dumps(questions))
    answer = subprocess.run(
        [python, "-I", OUTSIDE, root], capture_output=True, text=True, timeout=120, check=False
    )
    assert answer.returncode == 0, answer.stderr[-2000:]
    found: dict[str, str | None] = json.loads(answer.stdout)
    return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An export of two registers with a full entry bundle and a partial one each, and things beside it."""
    root = tmp_path_factory.mktemp("conformance")
    world = World().fill(SIZE)
    for path, data in world.export().items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)
    entries = world.entries["south"]
    for side in world.sides:
        (root / f"{side}.pub").write_bytes(keys_of(side).officer.public)
        (root / f"{side}.statement").write_bytes(world.entries[side][7])
    flipped = bytearray(entries[7])
    flipped[-1] ^= 1
    (root / "flipped.statement").write_bytes(flipped)
    reader = merkle.reader_of([leaf_hash(entry) for entry in entries])
    siblings = merkle.inclusion_proof(reader, 277, SIZE)
    (root / "277.proof").write_bytes(Proof(277, siblings, world.note("south", SIZE)).format())
    (root / "277.entry").write_bytes(entries[277])
    (root / "278.entry").write_bytes(entries[278])
    (root / "old").write_bytes(world.note("south", 150))
    (root / "fork").write_bytes(world.note("south", 150, fork=True))
    steps = merkle.consistency_proof(reader, 150, SIZE)
    (root / "steps").write_text("\n".join(base64.b64encode(step).decode() for step in steps))
    return root


def vkeys(register: str, witness: str) -> list[str]:
    own = [f"keys/{register}.{role}.vkey" for role in ("register", "register_pq")]
    return own + [f"keys/{witness}.{role}.vkey" for role in ("receipt", "receipt_pq")]


def document_of(root: Path, side: str) -> str:
    digest = (root / f"{side}.statement").read_bytes()[-66 - 32 : -66].hex()
    return f"blobs/{digest}"


def test_statements_are_accepted_by_three_implementations(python: Path, folder: Path) -> None:
    jobs = [
        [side, f"{side}.statement", f"{side}.pub", document_of(folder, side)] for side in ("south", "north")
    ]
    answers = ask(python, folder, statements=jobs)
    assert answers == {f"{tool} {side}": None for tool in STATEMENT_TOOLS for side in ("south", "north")}


def test_a_changed_statement_is_refused_by_all_three(python: Path, folder: Path) -> None:
    document = document_of(folder, "south")
    answers = ask(
        python,
        folder,
        statements=[
            ["flipped", "flipped.statement", "south.pub", document],
            ["stranger", "south.statement", "north.pub", document],
        ],
    )
    assert len(answers) == 2 * len(STATEMENT_TOOLS)
    assert None not in answers.values()


def test_each_register_of_an_export_is_a_log_that_others_read(python: Path, folder: Path) -> None:
    jobs = [["south", "south", *vkeys("south", "north")], ["north", "north", *vkeys("north", "south")]]
    answers = ask(python, folder, logs=jobs)
    assert answers == {f"{tool} {side}": None for tool in LOG_TOOLS for side in ("south", "north")}


def test_a_log_is_refused_under_the_keys_of_another(python: Path, folder: Path) -> None:
    answers = ask(python, folder, logs=[["south", "south", *vkeys("north", "south")]])
    assert answers["tlog-scales south"] is not None


def test_proofs_are_accepted_and_a_false_one_is_not(python: Path, folder: Path) -> None:
    keys = vkeys("south", "north")
    answers = ask(
        python,
        folder,
        proofs=[["right", "277.proof", "277.entry", *keys], ["wrong", "277.proof", "278.entry", *keys]],
        consistency=[
            ["extends", "old", "south/checkpoint", "steps"],
            ["forks", "fork", "south/checkpoint", "steps"],
        ],
    )
    assert answers["tlog-scales right"] is None
    assert answers["tlog-scales extends"] is None
    assert answers["tlog-scales wrong"] is not None
    assert answers["tlog-scales forks"] is not None


def test_the_outside_vectors_pass_in_the_same_way(python: Path, tmp_path: Path) -> None:
    vectors = environment.ROOT / "vectors"
    (tmp_path / "vectors").symlink_to(vectors)
    keys = [f"vectors/tlog/keys/{name}.vkey" for name in ("log", "log6", "w4", "w6")]
    files = [f"vectors/statement/{name}" for name in ("statement.cose", "officer.pub", "act.json")]
    answers = ask(
        python,
        tmp_path,
        statements=[["vector", *files]],
        logs=[["log", "vectors/tlog", *keys]],
        proofs=[["proof", "vectors/tlog/entry-350.tlog-proof", "vectors/tlog/entry-350", *keys]],
    )
    assert set(answers.values()) == {None}
    assert len(answers) == 6
