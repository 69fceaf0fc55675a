"""What the public page asks of a record: the shapes that any reader of one must have.

The desk knows no database. Whoever holds a record gives these views of it (`YEOLLAK_PUBLIC_SOURCE`); the
store's rows are such views. Nothing is decided here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol


class SignedView(Protocol):
    """An allowed act. `officer` is the function of whoever signed."""

    @property
    def act(self) -> str: ...
    @property
    def matter(self) -> str: ...
    @property
    def side(self) -> str: ...
    @property
    def officer(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def at(self) -> datetime: ...
    @property
    def facts(self) -> Mapping[str, Any]: ...


class StateView(Protocol):
    """What the fold made of a matter: its phase and slots (those of a side have the key `name/side`), and
    whether it is settled: no crossing act can change it any more.
    """

    @property
    def phase(self) -> str: ...
    @property
    def slots(self) -> Mapping[str, Any]: ...
    @property
    def settled(self) -> bool: ...


class ActView(SignedView, Protocol):
    """One allowed act. `overtaken` says that an act that crossed it stands instead."""

    @property
    def overtaken(self) -> bool: ...


class EntryView(SignedView, StateView, Protocol):
    """One act of the record that carries a `chronicle/1` enclosure, with the state of its matter.

    `chronicle` is the decoded JSON of the enclosure, unchecked.
    """

    @property
    def procedure(self) -> str: ...
    @property
    def chronicle(self) -> object: ...


class MatterView(StateView, Protocol):
    """What a matter has come to; `procedure` names its table, `family` the family of tables."""

    @property
    def matter(self) -> str: ...
    @property
    def procedure(self) -> str: ...
    @property
    def family(self) -> str: ...


class HeadView(Protocol):
    """A register as this node holds it: its side, how many entries, and the root (64 hex digits) over
    them.
    """

    @property
    def side(self) -> str: ...
    @property
    def size(self) -> int: ...
    @property
    def root(self) -> str: ...


class RecordView(Protocol):
    """What the page may know of an office: its charter's JSON, the acts that tell something, and every act
    that belongs to what they tell, both in the order in which acts apply, which is the same on every node;
    their matters by id, the registers. `until` is when the next embargo ends, and with it what may be known;
    None where nothing is held back. `calls_before` is how many calls there are whose acts are not given:
    older ones than a page shows.
    """

    @property
    def office(self) -> str: ...
    @property
    def charter(self) -> Mapping[str, Any]: ...
    @property
    def items(self) -> Sequence[EntryView]: ...
    @property
    def acts(self) -> Sequence[ActView]: ...
    @property
    def matters(self) -> Mapping[str, MatterView]: ...
    @property
    def registers(self) -> Sequence[HeadView]: ...
    @property
    def until(self) -> datetime | None: ...
    @property
    def calls_before(self) -> int: ...
