"""Where the public page gets its record from: an object named in the settings, so that the page needs no
database.

`YEOLLAK_PUBLIC_SOURCE` is the dotted path of a callable that gives a `RecordSource`. The desk only ever reads
through it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from yeollak.desk.held import RecordView

DEFAULT: Final = "yeollak.storage.public.source"


class RecordSource(Protocol):
    """The offices that this node shows to the world."""

    def offices(self) -> Sequence[str]:
        """The ids (64 hex digits) of the founded offices, in the order of their founding."""

    def version(self, office: str) -> str:
        """A value that changes whenever `record` would give something else, and costs far less. Raises
        LookupError for an id it does not have.
        """

    def record(self, office: str) -> RecordView:
        """The record of one office as this node holds it now. Raises LookupError for an id it does not
        have.
        """


def record_source() -> RecordSource:
    """The source that the settings name. Raises ImportError when there is no such callable."""
    source: RecordSource = import_string(getattr(settings, "YEOLLAK_PUBLIC_SOURCE", DEFAULT))()
    return source
