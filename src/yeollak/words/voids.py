"""Why an act is void, in words: every reason that a verdict may record (docs/spec/11 and 20).

A reason is a clause about the act, without a full stop, since it stands in a cell and within a sentence. It
blames nobody: it says what the rules ask and the act lacks.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from yeollak.words.catalogue import say

CONTEXT: Final = "void"
#: Reasons for which an act is void -> what they mean.
VOIDS: Final[Mapping[str, str]] = {
    "abandoned": "its own side has given up this entry to take up its register again",
    "all-revealed": "every other side has revealed its text",
    "copied": "it commits to what another side has committed to",
    "dissolved": "the office is dissolved, and no such matter may be opened any more",
    "due": "the time until which an answer is expected is missing, or may not stand there",
    "duplicate": "the same act stands in this register already",
    "early": "the time that was waited for is not over",
    "enclosures": "its enclosures are not those that this kind must have, or have another release rule",
    "facts": "its facts are not those that this kind states",
    "forbidden": "the procedure does not allow this act by this side now",
    "foreign": "it is not of this office, this side and this officer",
    "full": "the matter has as many particulars as one may have",
    "key": "it brings a key that no side could honestly hold",
    "key-used": "the side has had this key before",
    "malformed": "it is not in the form that an act has",
    "matter": "there is no such matter, or it is under another procedure",
    "no-agrement": "the charter asks for agrément for this post, and it has not been given",
    "no-escrow": "the charter names no guarantor to hold sealed texts, or none of this side lies there",
    "no-obligation": "it belongs to no obligation that every side has agreed to and that still runs",
    "no-such-form": "the form that it names is not one that every side has agreed to",
    "no-such-clause": "nothing that it touches has the clause or the relation that it names",
    "no-such-item": "it names an item that the matter does not have",
    "no-such-matter": "it touches a matter that nobody has opened",
    "no-such-occurrence": "the obligation does not fall due at a time of this name",
    "no-such-officer": "the officer that it names is not posted by its side",
    "no-such-outcome": "no minutes that every side has signed list this outcome",
    "no-such-tender": "the earlier tender is not this side’s, or has not come to nothing",
    "not-as-of-right": "neither its class nor its form goes without consent",
    "not-its-shape": "what it states does not go with the kind of the obligation",
    "not-in-force": "the agreement that it rests on is not in force",
    "not-revealed": "it speaks of a text that no other side has revealed or left with the guarantor",
    "not-withdrawn": "no other side has withdrawn",
    "other-charter": "it names another charter",
    "other-form": "another side has committed to a text on another form, or on none",
    "other-key": "it names another key",
    "other-sides": "it is between other sides than those of what it rests on",
    "other-text": "it names another text than the one that stands",
    "out-of-turn": "the amendment before it is not in force",
    "reopened": "the entries that it gives up were not given up by it",
    "signature": "the signature does not verify",
    "stale": "it does not name the act that it answers, or that act no longer stands",
    "terms": "a charter may not have these terms",
    "unauthorised": "an officer of this function may not sign this kind",
    "unfounded": "not every side has signed the charter yet",
    "unknown": "there is no such kind of act",
    "unposted": "its officer is not posted",
    "withheld": "it hands over content that waits to be taken up",
    "written": "it was said before, and is said once",
}
MESSAGES: Final[Mapping[str, tuple[str, ...]]] = {CONTEXT: tuple(VOIDS.values())}


def void_word(lang: str, reason: str) -> str:
    """Why an act is void; the reason's own code where there are no words for it."""
    message = VOIDS.get(reason)
    return say(lang, message, context=CONTEXT) if message else reason
