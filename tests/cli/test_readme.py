"""The commands of the README run as they stand there, between two nodes, and the export is verified."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.ports import quiet_port
from yeollak.cli.main import main

ROOT = Path(__file__).parents[2]
TRANSCRIPT = ROOT / "tests" / "cli" / "transcripts" / "by-hand.txt"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The export that the transcript ends with. Only its ports are others: the written ones may be taken."""
    root = tmp_path_factory.mktemp("by-hand")
    script = re.sub(r"port \d+", lambda _: f"port {quiet_port()}", TRANSCRIPT.read_text())
    environment = os.environ | {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "YEOLLAK_PASSPHRASE": "operator",
        "YEOLLAK_OFFICER_PASSPHRASE": "officer",
        "LANG": "C.UTF-8",
    }
    script = "set -e\ntrap 'kill $(jobs -p); wait' EXIT\n" + script
    run = subprocess.run(
        ["bash", "-c", script], cwd=root, env=environment, capture_output=True, text=True, timeout=120
    )
    assert "Verified." in run.stdout, run.stdout + run.stderr
    return root / "export-south"


def test_the_readme_shows_the_transcript() -> None:
    assert TRANSCRIPT.read_text() in (ROOT / "README.md").read_text()


def test_the_export_is_verified(folder: Path) -> None:
    run = CliRunner().invoke(main, ["verify", str(folder), "--json"])
    said = json.loads(run.stdout)
    assert (run.exit_code, said["verified"], said["state"]["voids"]) == (0, True, [])


def test_another_office_is_a_defect(folder: Path) -> None:
    run = CliRunner().invoke(main, ["verify", str(folder), "--office", "0" * 64, "--json"])
    assert run.exit_code == 1
    assert "office" in [defect["rule"] for defect in json.loads(run.stdout)["defects"]]


def test_a_flipped_byte_in_any_file_is_named(folder: Path) -> None:
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        good = path.read_bytes()
        path.write_bytes(bytes([good[0] ^ 1]) + good[1:])
        try:
            run = CliRunner().invoke(main, ["verify", str(folder), "--json"])
        finally:
            path.write_bytes(good)
        name = path.relative_to(folder).as_posix()
        assert run.exit_code == 1, name
        assert name in [defect["file"] for defect in json.loads(run.stdout)["defects"]]
