"""Stores keep figures that were derived by the rules of a program: other rules need another name."""

from __future__ import annotations

import hashlib
import json

from tests.office.statistics.hundred import HUNDRED_DAYS, hundred_days
from tests.office.statistics.test_properties import EVER, whole
from yeollak.office.statistics import Figures, figures
from yeollak.office.statistics.counts import RULE

#: What the rules of this name make of records that have much to count. By the first, what nodes say to one
#: another counted in a matter of theirs in which somebody else has said something, which none of these has.
RULES = {"2": "d456c23fcb68aea3c34cd9a4424868c8b241955e558ddc8d8b7f34ad11b37810"}


def counted(found: Figures) -> str:
    """The figures themselves, whatever the bytes of the record are."""
    value = found.to_json()
    return json.dumps([value[name] for name in ("own", "told", "streaks")], sort_keys=True)


def test_whatever_changes_a_figure_changes_the_name_of_the_rules() -> None:
    world = hundred_days()
    texts = [counted(figures(world.fresh(world.sizes()), None, HUNDRED_DAYS))]
    texts += [counted(figures(whole(number), None, EVER)) for number in range(20)]
    made = hashlib.sha256("\n".join(texts).encode()).hexdigest()
    assert RULES.get(RULE) == made, (
        f"figures are not what rules {RULE} have made of these records: give RULE another value, so that "
        "stores derive them anew, and write down here what it makes of them"
    )
