"""Words for the docket: what holds of an expectation, why, and what a receipt says of a lapse.

It is given the codes of docs/spec/13-calendar-and-silence.md and knows nothing of how they were found. An
unknown code is shown as it is: another version may have more.
"""

from __future__ import annotations

from collections.abc import Sequence

from yeollak.words.catalogue import say
from yeollak.words.naming import Reader
from yeollak.words.states import state
from yeollak.words.terms import term

_TERMS = {
    "line-down": "line-down",
    "overdue": "overdue",
    "unanswered": "unanswered-matter",
    "waiting": "waiting",
}
_CALL_TERMS = {
    "excused": "excused",
    "line-down": "line-down",
    "overdue": "overdue",
    "unanswered": "unanswered-call",
    "waiting": "waiting",
}


def docket_word(lang: str, word: str, *, call: bool = False) -> str:
    """What holds of something that is waited for, or of a call, in a word or two."""
    if word == "excused" and not call:
        return say(lang, "Excused by a holiday")
    found = (_CALL_TERMS if call else _TERMS).get(word)
    return term(found, lang) if found else word


#: What the record holds of a duty -> the glossary's term for it, where it has one.
_DUTY_TERMS = {
    "differing": "differing-accounts",
    "done": "fulfilled",
    "missed": "missed",
    "waiting": "waiting",
}


def duty_word(lang: str, held: str) -> str:
    """What the record holds of one time that an obligation falls due, in a word or two."""
    match held:
        case "passed-in-silence":
            return say(lang, "Passed in silence")
        case "waived":
            return state(lang, "duty", "waived", {}) or held
        case "told-in-time":
            return say(lang, "Notice given in time")
        case "told-late":
            return say(lang, "Notice given too late")
        case "not-in-force":
            return say(lang, "The agreement did not apply")
        case _:
            found = _DUTY_TERMS.get(held)
            return term(found, lang) if found else held


def duty_reason(reader: Reader, waivers: Sequence[str], begins: str, told: str) -> str:
    """What else is known of a duty: who does without it, and for a notice when what it is of begins and when
    it was given. Times are those of act documents; a day is shown as it is.
    """
    lang, said = reader.lang, []
    if begins:
        shown = reader.when(begins) if "T" in begins else reader.isolated(begins)
        said.append(say(lang, "The event begins: {time}.", time=shown))
    if told:
        said.append(say(lang, "Notice of it was given: {time}.", time=reader.when(told)))
    if waivers:
        said.append(say(lang, "Does without it this time: {sides}.", sides=reader.sides(waivers)))
    return " ".join(said)


def reason(reader: Reader, code: str, by: Sequence[str], until: str | None) -> str:
    """Why a word holds, as one sentence. `by` are the sides that the reason rests on."""
    lang, sides = reader.lang, reader.sides(by) if by else ""
    match code:
        case "nothing-since":
            return say(lang, "{side} has signed nothing in this matter since.", side=sides)
        case "acted-since":
            return say(lang, "{side} has acted in this matter since, without an answer.", side=sides)
        case "holiday-at-due":
            return say(lang, "The time ends on a holiday of {side}.", side=sides)
        case "holiday" if until is not None:
            return say(
                lang,
                "It is a holiday of {side}; excused until {until}.",
                side=sides,
                until=reader.when(until),
            )
        case "holiday":
            return say(lang, "It is a holiday of {side}: no call is due.", side=sides)
        case "line-cut" if until is not None:
            return say(
                lang,
                "By the entry of {side} the lines were cut; that holds until {until}.",
                side=sides,
                until=reader.when(until),
            )
        case "line-cut":
            return say(lang, "By the entry of {side} the lines are cut.", side=sides)
        case "line-dead" if until is not None:
            return say(
                lang,
                "{side} observed that the line was dead; that holds until {until}.",
                side=sides,
                until=reader.when(until),
            )
        case "line-dead":
            return say(lang, "{side} observed that the line was dead.", side=sides)
        case "line-claimed":
            return say(lang, "{side} itself says that its line was dead; that excuses nobody.", side=sides)
        case "declared-late":
            return say(
                lang,
                "{side} declared that day a holiday after it had begun; that excuses nobody.",
                side=sides,
            )
        case "observed":
            return say(lang, "{side} entered that nobody answered.", side=sides)
        case "not-entered":
            return say(lang, "{side} has not entered what it saw of this call.", side=sides)
        case _:
            return code


def default_words(reader: Reader, means: str, items: Sequence[str]) -> str:
    """What silence will be taken for, as one sentence."""
    said = means
    if means == "consent":
        said = say(reader.lang, "consent to the nomination")
    elif means == "refusal":
        said = say(reader.lang, "refusal of the nomination")
    if items:
        return say(
            reader.lang,
            "If no answer comes, it will be taken for this: {meaning} (items: {items}).",
            meaning=reader.isolated(said),
            items=reader.isolated(", ".join(items)),
        )
    return say(
        reader.lang,
        "If no answer comes, it will be taken for this: {meaning}.",
        meaning=reader.isolated(said),
    )


def mark_words(lang: str, mark: str) -> str:
    """What receipts say of a signed lapse, as one sentence."""
    match mark:
        case "false-on-its-face":
            return say(
                lang,
                "False on its face: another held it before the time that it says was over. One of two clocks "
                "is wrong.",
            )
        case "receipted":
            return say(lang, "Receipted: another has held it since, and nobody before the time was over.")
        case "unreceipted":
            return say(lang, "Not receipted: that it was signed is certain, and nothing of when.")
        case _:
            return mark
