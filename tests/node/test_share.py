"""What a node says by itself leaves its officers at least half of a day's entries."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from yeollak.node.share import Share
from yeollak.office.admit import BATCH_STATEMENTS

NOON = datetime(2018, 9, 14, 12, tzinfo=UTC)


def said(share: Share, now: datetime, seconds: float, statements: int = 2000) -> int:
    """How often a node speaks that always has something to say."""
    count, end = 0, now + timedelta(seconds=seconds)
    while (now := max(now, share.free(now, statements))) < end:
        share.said(now)
        count += 1
        now += timedelta(seconds=1)
    return count


def test_a_node_takes_half_of_a_day_at_most() -> None:
    midnight = NOON.replace(hour=0)
    assert 500 < said(Share(), midnight, 86_399) <= 1000
    assert 64 < said(Share(), midnight, 86_399, statements=BATCH_STATEMENTS) <= 128


def test_what_is_within_its_part_is_said_at_once() -> None:
    share = Share()
    assert said(share, NOON, 500) == 500
    assert share.free(NOON + timedelta(seconds=500), 2000) > NOON + timedelta(seconds=600)


def test_a_new_day_and_a_clock_that_was_set_back_begin_anew() -> None:
    share = Share()
    said(share, NOON, 500)
    for now in (NOON + timedelta(days=1), NOON - timedelta(hours=1), NOON - timedelta(days=3)):
        assert share.free(now, 2000) == now
