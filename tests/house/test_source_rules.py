"""Each rule over Python sources finds its bad samples and leaves its good ones alone."""

from __future__ import annotations

from functools import partial

import pytest

from tests.house.samples import found
from tools.house import source

CODES = {
    "leaf-mismatch": ("Entry {entry} of {file!s} is not its leaf.", "Ask for {file} again."),
    "plain": ("No.", ""),
}
faults_are_known = partial(source.faults_are_known, codes=CODES)


@pytest.mark.parametrize(
    "text",
    [
        "def verify_receipt(x: bytes) -> bool: ...",
        "async def _verify(x: bytes) -> bool | None: ...",
        "class A:\n    def verify(self): ...",
    ],
)
def test_verification_that_returns_a_bool_is_found(text: str) -> None:
    assert found(source.verification_raises, text) == [text.count("\n") + 1]


@pytest.mark.parametrize(
    "text",
    [
        "def verify_receipt(x: bytes) -> None: ...",
        "def verify(x: bytes) -> Report: ...",
        "def is_pure() -> bool: ...",
    ],
)
def test_verification_that_raises_passes(text: str) -> None:
    assert not found(source.verification_raises, text)


IMPURE = [
    "from datetime import datetime\nx = datetime.now()",
    "import datetime as dt\nx = dt.datetime.now(dt.UTC)",
    "from datetime import date\nx = date.today()",
    "import time\nx = time.time()",
    "from time import monotonic as m\nx = m()",
    "import os\nx = os.environ.get('A')",
    "from os import environ\nx = environ['A']",
    "from os import urandom\nx = urandom(16)",
]


@pytest.mark.parametrize("text", IMPURE)
def test_clock_and_environment_are_found_in_pure_layers_alone(text: str) -> None:
    assert found(source.no_clock_or_environment, text) == [2]
    assert found(source.no_clock_or_environment, text, "src/yeollak/errors/__init__.py") == [2]
    assert found(source.no_clock_or_environment, text, "src/yeollak/line/protocol.py") == [2]
    assert not found(source.no_clock_or_environment, text, "src/yeollak/line/courier.py")


@pytest.mark.parametrize(
    "text",
    [
        "from datetime import datetime\ndef f(now: datetime) -> str: return now.isoformat()",
        "import secrets\nsalt = secrets.token_bytes(32)",
        "def f(office): return office.now, office.time.time",
    ],
)
def test_time_as_an_argument_passes(text: str) -> None:
    assert not found(source.no_clock_or_environment, text)


@pytest.mark.parametrize(
    "text",
    [
        'raise RecordFault("no-such-code")',
        'raise errors.OurFault("leaf-mismatch", entry="south:1")',
        'return TheirFault("leaf-mismatch")',
    ],
)
def test_unknown_or_unfilled_codes_are_found(text: str) -> None:
    assert found(faults_are_known, text) == [1]


@pytest.mark.parametrize(
    "text",
    [
        'raise RecordFault("leaf-mismatch", entry="south:1", file="x", rule="y")',
        'raise RecordFault("leaf-mismatch", **where)',
        'raise RecordFault(code, entry="south:1")',
        'raise OurFault("plain")',
        'raise KeyError("no-such-code")',
    ],
)
def test_known_codes_pass(text: str) -> None:
    assert not found(faults_are_known, text)


def test_no_code_stands_in_two_areas() -> None:
    import importlib
    import pkgutil

    from yeollak import errors

    areas = [
        importlib.import_module(f"{errors.__name__}.{one.name}")
        for one in pkgutil.iter_modules(errors.__path__)
        if one.name not in {"clauses", "reasons", "things"}  # which fill the sentences
    ]
    assert {area.__name__.rpartition(".")[2] for area in areas} >= {"acts", "pouch", "record"}
    assert len(errors.CODES) == sum(len(area.CODES) for area in areas)
