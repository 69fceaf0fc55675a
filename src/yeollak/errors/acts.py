"""Codes about acts: what was asked for, before anything is signed, and why an act is void.

Each has a sentence and a next step, which are also the message ids of the catalogues.
"""

from __future__ import annotations

CODES: dict[str, tuple[str, str]] = {
    # acts: what was asked for (all before anything is signed)
    "clock-behind": (
        "The clock of this machine says {now}, and this side has signed an act at {last} already.",
        "Set the clock. If it is right and the act was not, go on with `--accept-clock`.",
    ),
    "commitment-too-large": (
        "The sealed texts have {size} bytes with what is told of them; {limit} can be revealed together.",
        "Nothing was signed. Commit to a shorter text; it may name by its digest a file that follows.",
    ),
    "due-past": (
        "The time {due} until which an answer is expected is over: it is {now} now.",
        "Give a later time, or a length of time such as `--due +48h`.",
    ),
    "fact-missing": (
        "An act {kind} states the fact {fact}, which was not given.",
        "Give it with `--fact`; `yeollak act` lists what each act states.",
    ),
    "fact-unknown": (
        "An act {kind} has no fact {fact}.",
        "Nothing was signed; `yeollak act` lists what each act states.",
    ),
    "fact-wrong": (
        "What was given for the fact {fact} is not of the type {type}.",
        "Nothing was signed. Words are given a language each, as `--fact subject.en=Water`.",
    ),
    "no-such-kind": (
        "There is no kind of act {kind}.",
        "Look at `yeollak act`, which lists what may be done now.",
    ),
    "officer-unnamed": (
        "{count} posted officers of this side have their keys here, and none was named.",
        "Name one with `--officer`; `yeollak officer list` shows them.",
    ),
    "officer-unposted": (
        "{officer} is no officer of {side} in this office.",
        "Nothing was signed. Look at `yeollak officer list`, or post one with `yeollak officer add`.",
    ),
    # acts: why an act is void (the reason codes of docs/spec/20-procedures.md)
    "act-void": (
        "This act would be void in the record: {why}.",
        "Look at the matter again with `yeollak act`, which lists what may be done now.",
    ),
}
