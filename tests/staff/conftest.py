"""What all tests of the desk share."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from argon2.profiles import CHEAPEST

from tests.storage.setup import ready


@pytest.fixture(scope="module", autouse=True)
def quick_hashes() -> Iterator[None]:
    """Passphrases cost next to nothing here, where people sign in hundreds of times. What they cost a desk,
    and that a cheaper hash is made anew, `tests/storage/test_passphrase_cost` shows.
    """
    ready()
    from yeollak.storage import entrance

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(entrance, "profiles", SimpleNamespace(RFC_9106_LOW_MEMORY=CHEAPEST))
        yield
