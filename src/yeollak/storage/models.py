"""The tables of one node, by the module that says what each is for.

Django looks for every model of an app here. Which tables are the record, which follow from it, and which are
this node's own memory is said where they are.
"""

from __future__ import annotations

from yeollak.storage.derived_models import Awaited, Finding, Linked, Matter, Named, Passage, Rung
from yeollak.storage.local import (
    Account,
    Acknowledged,
    Audit,
    CalendarFeed,
    DeskDevice,
    DeskDraft,
    DeskSession,
    DraftFile,
    Escalation,
    SavedFilter,
    SignInCount,
)
from yeollak.storage.node_models import Alarm, Attempt, Outbox
from yeollak.storage.pouch_models import Pouch, PouchDue
from yeollak.storage.process_models import Lease, Process
from yeollak.storage.record_models import (
    Checkpoint,
    Enclosure,
    Entry,
    Evidence,
    Head,
    Large,
    Office,
    Receipt,
)
from yeollak.storage.tally_models import (
    Tally,
    TallyCell,
    TallyDay,
    TallyDead,
    TallyEvent,
    TallyLink,
    TallyMark,
)

__all__ = [
    "Account",
    "Acknowledged",
    "Alarm",
    "Attempt",
    "Audit",
    "Awaited",
    "CalendarFeed",
    "Checkpoint",
    "DeskDevice",
    "DeskDraft",
    "DeskSession",
    "DraftFile",
    "Enclosure",
    "Entry",
    "Escalation",
    "Evidence",
    "Finding",
    "Head",
    "Large",
    "Lease",
    "Linked",
    "Matter",
    "Named",
    "Office",
    "Outbox",
    "Passage",
    "Pouch",
    "PouchDue",
    "Process",
    "Receipt",
    "Rung",
    "SavedFilter",
    "SignInCount",
    "Tally",
    "TallyCell",
    "TallyDay",
    "TallyDead",
    "TallyEvent",
    "TallyLink",
    "TallyMark",
]
