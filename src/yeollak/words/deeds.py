"""Words for what an officer may want to do: every kind of act as a bare verb, for buttons and lists.

`acts` says what was done; here it is still to be done. A kind is looked up by its whole name, else by its
last word, since most things that are done in a matter are done alike in all.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from yeollak.words.catalogue import say


def pgettext(context: str, message: str) -> str:
    """Mark a message for the catalogues; it is looked up where it is said."""
    return message


_DEED: Final = "deed"

#: Kind, or the last word of kinds -> what is to be done.
DEEDS: Final[Mapping[str, str]] = {
    "absent": pgettext("deed", "Enter that a side did not come"),
    "accept": pgettext("deed", "Accept the work"),
    "account.annotate": pgettext("deed", "Annotate the account"),
    "account.confirm": pgettext("deed", "Confirm the account"),
    "account.contest": pgettext("deed", "Contest the account"),
    "account.enter": pgettext("deed", "Enter an event as our account"),
    "account.retract": pgettext("deed", "Take our account back"),
    "agree": pgettext("deed", "Agree"),
    "agreement.denounce": pgettext("deed", "Denounce the agreement"),
    "agreement.draft": pgettext("deed", "Put a draft agreement on the table"),
    "agreement.report": pgettext("deed", "Enter an agreement as our account"),
    "agreement.resume": pgettext("deed", "Agree to apply it again"),
    "agreement.suspend": pgettext("deed", "Suspend the agreement"),
    "agreement.withdraw": pgettext("deed", "Take the draft off the table"),
    "amendment.draft": pgettext("deed", "Draft an amendment of the charter"),
    "answer": pgettext("deed", "Answer"),
    "asset.list": pgettext("deed", "List an asset"),
    "asset.remove": pgettext("deed", "Take the asset off the list"),
    "asset.state": pgettext("deed", "Enter the state of the asset"),
    "asset.use": pgettext("deed", "Enter who may use the asset"),
    "cancel": pgettext("deed", "Call the meeting off"),
    "charter.check": pgettext("deed", "Enter that the office id was compared"),
    "charter.sign": pgettext("deed", "Sign the charter"),
    "checkin.observe": pgettext("deed", "Enter a call"),
    "counter": pgettext("deed", "Propose it otherwise"),
    "decline": pgettext("deed", "Decline"),
    "deliver": pgettext("deed", "Deliver it"),
    "dissolution.draft": pgettext("deed", "Draft the end of the office"),
    "duty.done": pgettext("deed", "Enter a duty as done"),
    "duty.event": pgettext("deed", "Name an event of which notice is owed"),
    "duty.missed": pgettext("deed", "Enter a duty as missed"),
    "duty.waive": pgettext("deed", "Waive a duty"),
    "enclosure.erased": pgettext("deed", "State that enclosures were erased"),
    "enclosure.held": pgettext("deed", "Acknowledge large enclosures"),
    "end-agree": pgettext("deed", "Agree to end the suspension"),
    "end-counter": pgettext("deed", "Propose its end otherwise"),
    "end-decline": pgettext("deed", "Decline to end the suspension"),
    "end-lapse": pgettext("deed", "Declare the proposal to end it lapsed"),
    "end-propose": pgettext("deed", "Propose to end the suspension"),
    "exchange.commit": pgettext("deed", "Commit a sealed text for an exchange"),
    "exchange.default": pgettext("deed", "Declare that a text was not revealed in time"),
    "exchange.deposit": pgettext("deed", "Leave the text with the guarantor"),
    "exchange.object": pgettext("deed", "Object to a text"),
    "exchange.received": pgettext("deed", "State that the guarantor gave it out"),
    "exchange.reveal": pgettext("deed", "Reveal the text"),
    "exchange.withdraw": pgettext("deed", "Withdraw the commitment"),
    "figures.contest": pgettext("deed", "Contest the figures"),
    "figures.countersign": pgettext("deed", "Countersign the figures"),
    "figures.state": pgettext("deed", "State joint figures"),
    "figures.withdraw": pgettext("deed", "Withdraw the figures"),
    "form.draft": pgettext("deed", "Propose a form for adoption"),
    "form.retire": pgettext("deed", "Take the form out of use"),
    "form.sign": pgettext("deed", "Adopt the form"),
    "hold": pgettext("deed", "Announce that an answer will come"),
    "incident.close": pgettext("deed", "Close the incident"),
    "incident.reply": pgettext("deed", "Reply"),
    "incident.report": pgettext("deed", "Report an incident"),
    "initial": pgettext("deed", "Initial the text"),
    "key.replace": pgettext("deed", "Replace keys of the node"),
    "key.rotate": pgettext("deed", "Replace the authority key"),
    "lapse": pgettext("deed", "Declare it lapsed"),
    "line.address": pgettext("deed", "Announce the address of the node"),
    "line.report": pgettext("deed", "Report the state of the line"),
    "line.seen": pgettext("deed", "State what was counted"),
    "meeting.delegation": pgettext("deed", "Name the delegation"),
    "meeting.held": pgettext("deed", "Enter that a meeting was held"),
    "meeting.minutes": pgettext("deed", "Draft the minutes"),
    "meeting.not-held": pgettext("deed", "Enter that a meeting was not held"),
    "meeting.planned": pgettext("deed", "Enter that a meeting is planned"),
    "meeting.propose": pgettext("deed", "Propose a meeting"),
    "meeting.sign": pgettext("deed", "Sign the minutes"),
    "note.route": pgettext("deed", "Enter a note that went by another route"),
    "note.send": pgettext("deed", "Send a notice as of right"),
    "note.tender": pgettext("deed", "Tender a note"),
    "obligation.propose": pgettext("deed", "Propose an obligation under an agreement"),
    "obligation.release": pgettext("deed", "Agree to end the obligation"),
    "posting.appoint": pgettext("deed", "Appoint an officer"),
    "posting.consent": pgettext("deed", "Give the agrément"),
    "posting.handover": pgettext("deed", "Hand the watch over"),
    "posting.nominate": pgettext("deed", "Ask for agrément"),
    "posting.object": pgettext("deed", "Refuse the agrément"),
    "posting.presence": pgettext("deed", "Enter who is present"),
    "posting.recall": pgettext("deed", "Recall the officer"),
    "posting.unname": pgettext("deed", "Withdraw the request for agrément"),
    "posting.watch": pgettext("deed", "Take the watch"),
    "project.begin": pgettext("deed", "Enter that works have begun"),
    "project.complete": pgettext("deed", "State that the work is complete"),
    "project.cost": pgettext("deed", "Enter a cost"),
    "project.enter": pgettext("deed", "Enter a project as our account"),
    "project.inspect": pgettext("deed", "Enter an inspection"),
    "project.propose": pgettext("deed", "Propose a project"),
    "project.report": pgettext("deed", "Report progress"),
    "project.resume": pgettext("deed", "Agree to resume the work"),
    "project.suspend": pgettext("deed", "Suspend the work"),
    "read": pgettext("deed", "State that an officer has read it"),
    "received": pgettext("deed", "State that it has reached an officer"),
    "redraft": pgettext("deed", "Put another draft in its place"),
    "refuse": pgettext("deed", "Refuse to take it up"),
    "register.reopen": pgettext("deed", "Take the register up again"),
    "remark": pgettext("deed", "Add a remark"),
    "request.answer": pgettext("deed", "Decide on items"),
    "request.ask": pgettext("deed", "Ask for a decision on an agreed form"),
    "request.outcome": pgettext("deed", "State what actually happened"),
    "request.route": pgettext("deed", "Enter a request that went by another route"),
    "request.tender": pgettext("deed", "Tender a request for a decision"),
    "inquire": pgettext("deed", "Ask for more information"),
    "reservation": pgettext("deed", "Add a reservation"),
    "retract": pgettext("deed", "Take our signature back"),
    "series.end": pgettext("deed", "End the series"),
    "series.propose": pgettext("deed", "Propose a standing series of meetings"),
    "shown": pgettext("deed", "State that it was shown to the principal"),
    "sign": pgettext("deed", "Sign the text"),
    "standing.days": pgettext("deed", "Enter holidays and working days"),
    "standing.leave": pgettext("deed", "Enter that staff are leaving"),
    "standing.line": pgettext("deed", "Enter that lines are cut or restored"),
    "standing.open": pgettext("deed", "Enter that we are present at the office"),
    "standing.premises": pgettext("deed", "Enter the state of the building"),
    "standing.return": pgettext("deed", "Return to the office"),
    "standing.staff": pgettext("deed", "Enter the number of staff"),
    "standing.stay": pgettext("deed", "Enter that staff stay"),
    "standing.withdraw": pgettext("deed", "Withdraw from the office"),
    "supply": pgettext("deed", "Give the information"),
    "suspension.propose": pgettext("deed", "Propose to suspend the office jointly"),
    "suspension.report": pgettext("deed", "Enter a suspension as our account"),
    "take": pgettext("deed", "Take it up"),
    "translated": pgettext("deed", "State that it was translated"),
    "urge": pgettext("deed", "Ask again and set a new time"),
    "withdraw": pgettext("deed", "Withdraw it"),
}

#: Groups of what may be opened, in the order of a list: title -> families of procedures (design §4).
GROUPS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    (pgettext("deed", "Write to the other side"), ("note", "request")),
    (pgettext("deed", "Call and watch"), ("check-in", "posting")),
    (pgettext("deed", "Meet and exchange texts"), ("meeting", "exchange")),
    (pgettext("deed", "Agree"), ("agreement", "obligation", "charter")),
    (pgettext("deed", "Work together"), ("project",)),
    (pgettext("deed", "Tell one’s own account"), ("account",)),
    (pgettext("deed", "Come, stay and leave"), ("standing",)),
)


def deed_word(lang: str, kind: str) -> str:
    """What is to be done by an act of this kind, as a bare verb; the kind itself where there are no words."""
    message = DEEDS.get(kind) or DEEDS.get(kind.rpartition(".")[2])
    return kind if message is None else say(lang, message, context=_DEED)


def group_word(lang: str, title: str) -> str:
    """The title of a group of `GROUPS`."""
    return say(lang, title, context=_DEED)
