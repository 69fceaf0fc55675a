"""The catalogue of Northern Korean (`ko_KP`): the messages that differ from the Southern ones, and no others.

What an entry does not say, the Southern catalogue says: `hatch_build.py` compiles the two into one. An entry
is either what `northern` makes of the Southern message, and is made anew at each update, or written by hand
and then carries the comment `by hand:` with the Southern text that it was written from, so that nobody
changes the one without seeing the other.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from babel.messages.catalog import Catalog, Message

from tools.northern import departures, faults, northern

LANG: Final = "ko_KP"
_BY_HAND: Final = "by hand"


def renewed(south: Catalog, north: Catalog) -> Catalog:
    """The Northern catalogue after the Southern one as it is now.

    An entry by hand whose Southern text has changed is kept and marked fuzzy.
    """
    new = Catalog(locale=LANG, domain=north.domain, project="Yeollak", header_comment="", fuzzy=False)
    for message in south:
        if not message.id or not _text(message):
            continue
        text, old = _text(message), _entry(north, message)
        said, flags, comments = northern(text), set[str](), list[str]()
        if old is not None and _is_by_hand(old):
            said, known = _text(old), _written_from(old)
            comments = [f"{_BY_HAND}: {known or text}"]
            flags = {"fuzzy"} if old.fuzzy or (known and _bare(known) != _bare(text)) else set()
        if said != text:
            string: Any = (said,) if isinstance(message.id, tuple | list) else said
            new.add(
                message.id, string, user_comments=comments, context=message.context, flags=flags
            )  # places stand in the Southern catalogue
    return new


def readings(south: Catalog, north: Catalog) -> Iterator[tuple[Message, str]]:
    """Every Southern message with the text that a Northern reader sees."""
    for message in south:
        if message.id:
            entry = _entry(north, message)
            yield message, _text(entry) if entry is not None and _text(entry) else _text(message)


def wrong(south: Catalog, north: Catalog) -> Iterator[tuple[Message, str]]:
    """What is wrong with the Northern catalogue beyond what any catalogue must fulfil, by message."""
    for entry in north:
        if not entry.id:
            continue
        message = _entry(south, entry)
        if message is None:
            yield entry, "no longer used"
            continue
        text, said = _text(message), _text(entry)
        if said == text:
            yield entry, "the same as the Southern message"
        if not _is_by_hand(entry) and said != northern(text):
            yield entry, f"not what the rules make of {text!r}: update, or mark it `# {_BY_HAND}`"
        if _is_by_hand(entry) and _bare(_written_from(entry)) != _bare(text):
            yield entry, f"written by hand from another Southern text than {text!r}"
    for message, said in readings(south, north):
        for why in (*faults(said), *departures(_text(message), said)):
            yield message, why


def _entry(catalogue: Catalog, message: Message) -> Message | None:
    found: Message | None = catalogue.get(
        message.id if isinstance(message.id, str) else message.id[0], message.context
    )
    return found


def _text(message: Message) -> str:
    """The one form of a Korean message."""
    return message.string if isinstance(message.string, str) else "".join((message.string or ())[:1])


def _is_by_hand(entry: Message) -> bool:
    return any(comment.startswith(_BY_HAND) for comment in entry.user_comments)


def _written_from(entry: Message) -> str:
    """The Southern text of the comment, which may be broken into lines."""
    return " ".join(entry.user_comments).partition(_BY_HAND)[2].removeprefix(":").strip()


def _bare(text: str) -> str:
    return "".join(text.split())
