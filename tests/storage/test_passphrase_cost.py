"""What a passphrase costs a desk, and whoever guesses. Every other test has cheap hashes."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from argon2 import PasswordHasher
from argon2.profiles import CHEAPEST

from yeollak.errors import OurFault
from yeollak.storage.local import Account
from yeollak.storage.staffing import Staffing

SECRET, NOW = "four words nobody joins", datetime(2018, 9, 14, 1, 0, 3, tzinfo=UTC)


def test_a_desk_hashes_as_the_rfc_says_and_makes_a_cheaper_hash_anew(empty: str) -> None:
    """RFC 9106, section 4: the second recommended option, 64 MiB in three passes."""

    def kept() -> str:
        return str(Account.objects.using(empty).get(name="duty").passphrase)

    cheap, desk = Staffing(empty, PasswordHasher.from_parameters(CHEAPEST)), Staffing(empty)
    cheap.make_account("duty", "duty", SECRET, NOW)
    made = kept()
    cheap.sign_in("duty", SECRET, NOW)
    assert kept() == made
    desk.sign_in("duty", SECRET, NOW)
    costly = kept()
    assert costly.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    desk.sign_in("duty", SECRET, NOW)
    assert kept() == costly
    with pytest.raises(OurFault):
        desk.sign_in("duty", "five other words nobody joins", NOW)
    assert kept() == costly
