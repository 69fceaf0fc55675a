"""Check-in: the daily calls as each side saw them, and what the nodes say about the line.

A call is a joint observation: each side signs its own view once, differing views stay visible, and nobody's
view is made up for him. Streaks and firsts are computed, never stated. Why a call failed is a later remark,
since at the hour itself a fault cannot be told from a refusal (domain §1.6, 4).
"""

from __future__ import annotations

from yeollak.procedures.facts import Fact
from yeollak.procedures.kinds import Kind
from yeollak.procedures.shared import UNTIL, WHEN
from yeollak.procedures.table import NONE, Join, Key, Procedure, Role, Row, Write

NODE = frozenset({"node"})
MACHINE_ROOM = frozenset({"node", "technical"})
STATE = Fact(
    "state", "digest", required=False, purpose="The digest of the office's state at the signer's past."
)

_OBSERVE = Row(
    Role.EITHER,
    to="in-part",
    writes=(
        Write("view", "fact:view", each=True, once=True),
        Write("late", "fact:late_minutes", each=True, once=True),
    ),
)

CHECK_IN = Procedure(
    name="check-in",
    family="check-in",
    skeleton="joint observation",
    purpose="A regular call or contact, as each side saw it.",
    kinds=(
        Kind(
            "checkin.observe",
            "States what one side saw of a regular call.",
            facts=(
                Fact("date", "date", purpose="The day of the call."),
                Fact("slot", "token", purpose="Which call of the day: opening, closing, morning, first."),
                Fact(
                    "view",
                    "token",
                    choices=("answered", "late", "unanswered", "line-dead", "excused"),
                    purpose="What this side saw.",
                ),
                Fact("late_minutes", "whole", required=False, purpose="Minutes late."),
                Fact("time", "time", required=False, purpose="The hour on the signer's clock."),
                Fact("line", "token", required=False, purpose="The line, or `face-to-face`."),
                STATE,
                WHEN,
                UNTIL,
            ),
        ),
    ),
    rows={NONE: {"checkin.observe": _OBSERVE}, "in-part": {"checkin.observe": _OBSERVE}, "observed": {}},
    joins=(Join("in-part", "view", "observed"),),
    key=Key(parts=("date", "slot")),
)

_DIGESTS = Fact("digests", "digest", many=True, purpose="The enclosures, by their digests.")
_LINE: dict[str, Row] = {
    "line.seen": Row(Role.OPENER, to="kept"),
    "line.report": Row(Role.OPENER, to="kept"),
    "line.address": Row(Role.OPENER, to="kept", writes=(Write("url", "fact:url"), Write("tls", "fact:tls"))),
    # What is held and what is erased stands in the acts: a matter that lasts as long as its office must not
    # gather a slot for every enclosure.
    "enclosure.held": Row(Role.OPENER, to="kept"),
    "enclosure.erased": Row(Role.OPENER, to="kept"),
}

LINE = Procedure(
    name="line",
    family="check-in",
    skeleton="status",
    purpose="What a side's node says about the line, what it has seen and the files that it holds.",
    kinds=(
        Kind(
            "line.seen",
            "States that this side has counted everything that its `seen` names.",
            facts=(STATE,),
            functions=NODE,
        ),
        Kind(
            "line.report",
            "Sums up attempts and refusals on the line over a period.",
            facts=(
                Fact("attempts", "whole", purpose="How often a delivery was tried."),
                Fact("refusals", "whole", purpose="How many attempts were refused by a signed refusal."),
                Fact("failures", "whole", required=False, purpose="How many attempts found no line."),
                Fact("since", "instant", purpose="Beginning of the period."),
                Fact("until", "instant", purpose="End of the period."),
            ),
            functions=MACHINE_ROOM,
        ),
        Kind(
            "line.address",
            "Announces where this side's node is reached. It is no matter of trust.",
            facts=(
                Fact("url", "text", purpose="The address of the node."),
                Fact("tls", "digest", required=False, purpose="SHA-256 of the certificate that it shows."),
            ),
            functions=MACHINE_ROOM,
        ),
        Kind(
            "enclosure.held",
            "Acknowledges large enclosures that travelled by themselves.",
            facts=(_DIGESTS,),
            functions=MACHINE_ROOM,
        ),
        Kind(
            "enclosure.erased",
            "States that this side has erased its copy of enclosures, bytes and salt.",
            facts=(
                _DIGESTS,
                Fact("rule", "token", required=False, purpose="The retention rule."),
            ),
            functions=MACHINE_ROOM,
        ),
    ),
    rows={NONE: _LINE, "kept": _LINE},
    key=Key(parts=("side",), prefix="line/", owned=True),
)

TABLES = (CHECK_IN, LINE)
