"""What a node speaks: the Korean and the words of our own that its settings name, from its start on."""

from __future__ import annotations

from dataclasses import replace

from yeollak.node.config import FILE
from yeollak.node.open import Node
from yeollak.node.word_settings import check_sides
from yeollak.storage import reading
from yeollak.words import speak_korean
from yeollak.words.own import speak_own


def speak(node: Node) -> None:
    """Let this process speak as the node's settings ask.

    Raises OurFault(`words-side`) for words about a side that none of its offices has.
    """
    speak_korean(node.config.korean)
    sides = {
        side
        for office in reading.offices(node.alias)
        for side in reading.office_view(node.alias, office).charter.sides
    }
    check_sides(node.config.own, sides, str(node.config.folder / FILE))
    speak_own(replace(node.config.own, side=node.config.side))
