"""The posts of a node's offices: our end of each line, with our keys opened.

Opening the keys of an office takes a good part of a second, since a passphrase must not be cheap to guess.
Where one process serves a store it opens all of them at its start; where several do, each opens what it comes
to work with.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from functools import partial

from yeollak.line.endpoint import Endpoint
from yeollak.line.post import Post
from yeollak.node.keyring import Unlocked
from yeollak.node.open import Node
from yeollak.node.pace import Pace
from yeollak.office.office import Office
from yeollak.storage import reading


class Posts:
    """The posts by office id. With `at_once` all are made now; else only the first, so that a wrong
    passphrase is found. Raises what opening keys raises.
    """

    def __init__(self, node: Node, passphrase: str, *, at_once: bool) -> None:
        self._node, self._passphrase = node, passphrase
        self._made: dict[str, Post] = {}
        self._making = threading.Lock()
        self._known = set(reading.offices(node.alias))
        for office in self._known if at_once else list(self._known)[:1]:
            self._make(office)

    def __getitem__(self, office: str) -> Post:
        """The post of an office. Raises OurFault(`no-such-office`) and what opening keys raises."""
        return self._made.get(office) or self._make(office)

    def __contains__(self, office: object) -> bool:
        return office in self._known

    @property
    def made(self) -> Mapping[str, Post]:
        """Those that have been made so far."""
        return dict(self._made)

    def learn(self, office: str = "") -> None:
        """An office may have been founded: the one that is named, or any."""
        self._known |= {office} if office else set(reading.offices(self._node.alias))

    def _make(self, office: str) -> Post:
        with self._making:
            if office not in self._made:
                # No view that this thread would keep: only the charter is wanted.
                view = reading.own_view(self._node.alias, office)
                self._made[office] = Post(
                    view.charter,
                    view.side,
                    Unlocked(self._node.keyring, view.charter, view.side, self._passphrase),
                    partial(self._office, office),
                )
            return self._made[office]

    def _office(self, office: str) -> Office:
        """An office as the calling thread sees it now."""
        return reading.office_view(self._node.alias, office).office


class LateEndpoint(Endpoint):
    """An endpoint that is made when its first parcel is answered, by the thread that answers it."""

    def __init__(self, make: Callable[[], Endpoint], pace: Pace) -> None:
        self._make, self._pace = make, pace
        self._made: Endpoint | None = None

    def answer(self, data: bytes) -> bytes:
        """See Endpoint; raises also what opening keys raises."""
        with self._pace.first():
            if self._made is None:
                self._made = self._make()
            return self._made.answer(data)
