"""The one tree of errors, split by whose fault it is.

Every error that leaves a module of Yeollak is one of these, with a stable code that programs may rely on,
the data that the sentence needs, and a next step for the person who reads it. The English sentences
stand beside it, by area, because they are also the message ids of the catalogues (`words/`, `locale/`);
nothing here translates, logs or prints.
"""

from __future__ import annotations

from typing import ClassVar

from yeollak.errors import acts, desk, forms, node, pouch, record, storage

#: What a sentence may be filled with. Never a secret: errors are logged and shown.
Datum = str | int


class Fault(Exception):
    """Something that cannot go on, with a stable `code` and the `data` that its sentence names.

    `code` is a key of `CODES`. Raises KeyError at construction for an unknown code or missing data, so that a
    badly raised error is found by the first test that reaches it.
    """

    exit_status: ClassVar[int] = 3

    def __init__(self, code: str, **data: Datum) -> None:
        sentence, next_step = CODES[code]
        self.code = code
        self.data = data
        self.sentence = sentence.format_map(data)
        self.next_step = next_step.format_map(data)
        super().__init__(f"{self.sentence} [{code}]")


class OurFault(Fault):
    """The operator or officer of this node asked for something that cannot be done."""

    exit_status = 3


class TheirFault(Fault):
    """The other side sent something that it may not send."""

    exit_status = 4


class LineFault(Fault):
    """Nothing is known to be wrong with either side: the line between them failed."""

    exit_status = 5


class RecordFault(Fault):
    """Bytes that do not prove what they should; the data names the file or the entry and the rule."""

    exit_status = 1


#: code -> (what happened, what may be done next). A code is never reused for another meaning.
CODES: dict[str, tuple[str, str]] = {
    **record.CODES,
    **acts.CODES,
    **desk.CODES,
    **forms.CODES,
    **storage.CODES,
    **node.CODES,
    **pouch.CODES,
}
