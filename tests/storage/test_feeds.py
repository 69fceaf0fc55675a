"""Calendar feeds: a token opens one office's calendar for one account until either is ended, whatever else is
done, and the log has all of it.
"""

from __future__ import annotations

import itertools
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from argon2 import PasswordHasher
from hypothesis import given, settings
from hypothesis import strategies as st

from yeollak.errors import OurFault

START = datetime(2018, 9, 14, 1, 0, tzinfo=UTC)
OFFICES = ("a" * 64, "b" * 64)
PASSPHRASE = "four words nobody joins"
_numbers = itertools.count()


def names(staff: Any) -> list[str]:
    """Two new accounts."""
    made = [f"carrier {next(_numbers)}" for _ in range(2)]
    for name in made:
        staff.make_account(name, "duty", PASSPHRASE, START)
    return made


_STEPS = st.lists(
    st.tuples(
        st.sampled_from(("make", "end", "end another's", "disable", "enable")),
        st.integers(0, 1),
        st.integers(0, 1),
        st.integers(0, 5),
    ),
    max_size=12,
)


def test_a_token_opens_what_the_model_says(aliases: tuple[str, str]) -> None:
    from yeollak.storage.feeds import MOST, Feeds
    from yeollak.storage.staffing import Staffing, Who

    staff = Staffing(aliases[0], PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    feeds, here = Feeds(aliases[0]), Who("192.0.2.7")

    @settings(max_examples=8, deadline=None)
    @given(_STEPS)
    def run(steps: list[tuple[str, int, int, int]]) -> None:
        called = names(staff)
        people = [next(one for one in staff.people() if one.name == name) for name in called]
        made: list[tuple[str, int, int, str]] = []  # token, feed, person, office
        ended, disabled = set[int](), set[int]()
        for at, (step, who, office, choice) in enumerate(steps):
            now = START + timedelta(hours=at)
            person = people[who]
            match step:
                case "make":
                    has = [one for one in made if one[2:] == (who, OFFICES[office]) and one[1] not in ended]
                    ask = (person, OFFICES[office], "phone", ["call", "due"], now, here)
                    if len(has) < MOST:
                        feed, token = feeds.make(*ask, subjects=False)
                        made.append((token, feed.id, who, OFFICES[office]))
                    else:
                        with pytest.raises(OurFault, match="feeds-too-many"):
                            feeds.make(*ask, subjects=False)
                case "disable" if who not in disabled:
                    staff.disable(called[who], now)
                    disabled.add(who)
                case "enable" if who in disabled:
                    staff.enable(called[who], now)
                    disabled.discard(who)
                case "end" | "end another's" if made:
                    _, number, owner, _ = made[choice % len(made)]
                    right = step == "end"
                    feeds.end(people[owner if right else 1 - owner], number, now, here)
                    if right:
                        ended.add(number)
            for token, number, owner, where in made:
                opened = feeds.fetched(token, now, here)
                if number in ended or owner in disabled:
                    assert opened is None
                else:
                    assert opened is not None
                    assert (opened[0].name, opened[1].id, opened[1].office) == (called[owner], number, where)
        assert feeds.fetched("no token", START, here) is None

    run()


def test_what_is_fetched_is_one_line_a_day_with_a_number(aliases: tuple[str, str]) -> None:
    from yeollak.storage.feeds import Feeds
    from yeollak.storage.local import Audit, CalendarFeed
    from yeollak.storage.staffing import Staffing, Who

    staff = Staffing(aliases[0], PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    feeds, here, there = Feeds(aliases[0]), Who("192.0.2.7"), Who("198.51.100.9")
    name = names(staff)[0]
    person = next(one for one in staff.people() if one.name == name)
    feed, token = feeds.make(person, OFFICES[0], "phone", ["due"], START, here, subjects=True)
    for hour in range(30):
        assert feeds.fetched(token, START + timedelta(hours=hour), here) is not None
    feeds.fetched(token, START, there)
    feeds.end(person, feed.id, START, here)
    rows = Audit.objects.using(aliases[0]).filter(name=name).order_by("id")
    lines = [(row.action, row.address, row.times) for row in rows if row.action.startswith("feed-")]
    assert lines == [
        ("feed-made", "192.0.2.7", 1),
        ("feed-fetched", "192.0.2.7", 24),
        ("feed-fetched", "192.0.2.7", 6),
        ("feed-fetched", "198.51.100.9", 1),
        ("feed-ended", "192.0.2.7", 1),
    ]
    stored = json.dumps(list(CalendarFeed.objects.using(aliases[0]).values("digest", "name", "sorts")))
    assert token not in stored
    assert not any(token in row.detail for row in rows)


def test_a_feed_without_anything_in_it_is_refused(aliases: tuple[str, str]) -> None:
    from yeollak.storage.feeds import Feeds
    from yeollak.storage.staffing import Staffing, Who

    staff = Staffing(aliases[0], PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    name = names(staff)[0]
    person = next(one for one in staff.people() if one.name == name)
    with pytest.raises(OurFault) as caught:
        Feeds(aliases[0]).make(person, OFFICES[0], "phone", [], START, Who(), subjects=False)
    assert caught.value.code == "feed-empty"
