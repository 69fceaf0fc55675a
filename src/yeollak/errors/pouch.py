"""Codes about pouches: what is carried by hand.

Each has a sentence and a next step, which are also the message ids of the catalogues.
"""

from __future__ import annotations

CODES: dict[str, tuple[str, str]] = {
    "pouch-damaged": (
        "Nothing in {file} is a whole part of a pouch; damaged parts in it: {count}.",
        "Copy or scan it again. What was read before is kept.",
    ),
    "pouch-empty": (
        "There is nothing yet that a pouch to {side} could hold.",
        "Look at `yeollak pouch status`.",
    ),
    "pouch-none": (
        "There is no part of a pouch in {file}.",
        "See that it is the file that was meant, or scan the page again.",
    ),
    "pouch-otherwise": (
        "Nothing in the pouch {pouch} is sealed to this node and signed by another side of its offices.",
        "See for whom it is: it may be for another side, for another office, or one of our own.",
    ),
    "pouch-parts": (
        "The pouch would have {count} parts, and {most} is the most.",
        "Choose a larger size for its parts, or leave large enclosures out.",
    ),
    "pouch-paper": (
        "The pouch would need {count} codes on paper, and {most} is the most.",
        "Pack it into a file.",
    ),
}
