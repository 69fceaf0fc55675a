"""Founded offices, made once and copied, as the tests of the line have them."""

from tests.line.conftest import founded, make, no_power_is_lost, world

__all__ = ["founded", "make", "no_power_is_lost", "world"]
