"""`yeollak account`: the first account of a node, what becomes of it, and the log of it all."""

from __future__ import annotations

import pytest

from tests.cli.hands import Hands, Said

SECRET = {"YEOLLAK_ACCOUNT_PASSPHRASE": "four words nobody joins"}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Hands:
    made = Hands(tmp_path_factory.mktemp("account"))
    made.make("south")
    return made


def run(place: Hands, *args: str, **secret: str) -> Said:
    return place.run("account", *args, "--node", "south", "--json", env=secret or SECRET)


def listed(place: Hands) -> dict[str, dict[str, object]]:
    return {row["name"]: row for row in run(place, "list").object["accounts"]}


def test_a_life_of_an_account(place: Hands) -> None:
    assert run(place, "list").object == {"accounts": []}
    made = run(place, "add", "Kim", "--role", "co-head", "--shown", "Kim, co-head", "--language", "ko")
    assert made.object["name"] == "kim"
    assert listed(place)["kim"] == {
        "disabled": False,
        "language": "ko",
        "name": "kim",
        "officers": {},
        "offices": [],
        "role": "co-head",
        "second_factor": False,
        "shown": "Kim, co-head",
    }
    assert run(place, "add", "KIM", "--role", "duty").code == "account-exists"
    assert run(place, "role", "kim", "technical").status == 0
    assert listed(place)["kim"]["role"] == "technical"
    for verb in ("passphrase", "reset-factor", "unlock", "disable"):
        assert run(place, verb, "Kim").object == {"name": "kim"}
    assert listed(place)["kim"]["disabled"] is True
    assert run(place, "enable", "kim").status == 0
    lines = run(place, "audit", "--name", "kim").object["lines"]
    assert [line["action"] for line in lines] == [
        "account-enabled",
        "account-disabled",
        "account-unlocked",
        "factor-reset",
        "passphrase-changed",
        "account-changed",
        "account-made",
    ]
    assert {(line["name"], line["about"]) for line in lines} == {("", "kim")}
    (made_line,) = run(place, "audit", "--action", "account-made").object["lines"]
    assert run(place, "audit", "--before", str(made_line["line"])).object == {"lines": []}
    assert "nobody joins" not in run(place, "audit").out


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (("add", "lee", "--role", "king"), "role-unknown"),
        (("add", "dutу", "--role", "duty"), "account-name"),
        (("add", "lee", "--role", "duty", "--officer", "f" * 16), "office-none"),
        (("role", "nobody", "duty"), "account-unknown"),
        (("passphrase", "nobody"), "account-unknown"),
        (("disable", "nobody"), "account-unknown"),
        (("officer", "nobody", "f" * 16), "office-none"),
        (("office", "nobody"), "office-none"),
    ],
)
def test_what_cannot_be_done_has_a_code(place: Hands, args: tuple[str, ...], code: str) -> None:
    said = run(place, *args)
    assert (said.code, said.status) == (code, 3)


def test_a_passphrase_is_never_an_argument_and_never_weak(place: Hands) -> None:
    assert (
        run(place, "add", "lee", "--role", "duty", YEOLLAK_ACCOUNT_PASSPHRASE="short").code
        == "passphrase-weak"
    )
    assert run(place, "add", "lee", "--role", "duty", OTHER="x").code == "passphrase-missing"
    file = place.root / "secret"
    file.write_text("five other words nobody joins\n")
    said = run(place, "add", "lee", "--role", "duty", "--account-passphrase-file", "secret", OTHER="x")
    assert said.object["name"] == "lee"


def test_people_read_it_too(place: Hands) -> None:
    said = place.run("account", "list", "--node", "south", "--lang", "en")
    assert said.status == 0
    assert "second factor" in said.out
    said = place.run("account", "audit", "--node", "south", "--lang", "ko")
    assert said.status == 0
    assert "account-made" in said.out
