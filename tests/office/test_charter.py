"""A charter is refused for what no rule could work with, and names its office by every byte."""

from __future__ import annotations

from typing import Any

import pytest

from tests.office.world import NAMES, card_of, charter_of
from yeollak.errors import RecordFault, TheirFault
from yeollak.office.charter import DEFAULT_TERMS, Charter
from yeollak.office.charter import draft as draft_charter
from yeollak.record import canon

ABOUT = {"name": {"en": "Test office"}}


def changed(**fields: Any) -> bytes:
    """A sound charter with other fields; None takes one away."""
    value = canon.decode(charter_of(NAMES[:2]).raw, limit=10**6)
    value = {key: item for key, item in {**value, **fields}.items() if item is not None}
    return canon.encode(value)


def malformed(data: bytes) -> None:
    with pytest.raises(RecordFault) as caught:
        Charter.parse(data)
    assert caught.value.code in ("malformed", "key-refused")


def test_what_is_left_unsaid_has_its_terms() -> None:
    charter = charter_of(NAMES[:2])
    assert dict(charter.terms) == dict(DEFAULT_TERMS)
    assert charter.sides == NAMES[:2]
    charter.check_rules()
    with pytest.raises(TheirFault):
        Charter.parse(changed(rules="0" * 64)).check_rules()


@pytest.mark.parametrize(
    "fields",
    [
        {"v": 2},
        {"v": None},
        {"surplus": 1},
        {"rules": "new"},
        {"rules": None},
        {"office": {}},
        {"office": {"name": {}}},
        {"parties": []},
        {"terms": None},
        {"terms": []},
    ],
)
def test_what_is_no_charter(fields: dict[str, Any]) -> None:
    malformed(changed(**fields))


def test_parties_are_different_and_have_names_and_keys_of_their_own() -> None:
    value = canon.decode(charter_of(NAMES[:2]).raw, limit=10**6)
    south, north = value["parties"]
    for parties in (
        [south],
        [south, south],
        [south, {**north, "side": "south"}],
        [south, {**north, "keys": south["keys"]}],
        [south, {**north, "keys": {**north["keys"], "register": "00" * 32}}],
        [south, {**north, "keys": {**north["keys"], "register": north["keys"]["receipt"]}}],
        [south, {**north, "nonce": "0" * 63}],
        [south, {**north, "names": {}}],
        [south, {**north, "names": {"en": "North\u202e"}}],
        [south, {**north, "short": {"en": ""}}],
        [south, {**north, "side": "North"}],
        [south, {key: item for key, item in north.items() if key != "time_zone"}],
        [south, {**north, "surplus": 1}],
        [{**north, "side": f"side{number}"} for number in range(17)],
    ):
        malformed(changed(parties=parties))


@pytest.mark.parametrize(
    "terms",
    [
        {"deadline": {}},
        {"deadline": {"default_hours": 48, "most_hours": 10**12}},
        {"deadline": {"default_hours": 48, "most_hours": 24}},
        {"deadline": {"default_hours": 0, "most_hours": 24}},
        {"deadline": {"default_hours": True, "most_hours": 24}},
        {"quota": {"bytes": "many", "statements": 1}},
        {"quota": 5},
        {"seen_seconds": 0},
        {"as_of_right": 7},
        {"forms": [1]},
    ],
)
def test_terms_that_no_rule_can_work_with_are_no_charter(terms: dict[str, Any]) -> None:
    cards = [card_of(side) for side in NAMES[:2]]
    with pytest.raises(RecordFault) as caught:
        Charter.parse(draft_charter(cards, {"name": {"en": "Test office"}}, terms))
    assert caught.value.code == "malformed"


@pytest.mark.parametrize("name", ["blobs", "charter", "keys", "manifest", "policy", "receipts"])
def test_no_party_is_named_like_a_part_of_an_export(name: str) -> None:
    cards = [card_of("south"), card_of(name)]
    with pytest.raises(RecordFault) as caught:
        Charter.parse(draft_charter(cards, {"name": {"en": "Test office"}}, {}))
    assert caught.value.code == "malformed"


def test_a_charter_altered_anywhere_is_refused_or_another_office() -> None:
    charter = charter_of(NAMES[:2])
    others = set()
    for at in range(0, len(charter.raw), 97):
        changed = charter.raw[:at] + bytes([charter.raw[at] ^ 1]) + charter.raw[at + 1 :]
        try:
            others.add(Charter.parse(changed).office)
        except RecordFault:
            others.add("refused")
    assert "refused" in others
    assert charter.office not in others
