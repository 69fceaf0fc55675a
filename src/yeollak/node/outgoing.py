"""What officers hand in at the same time is appended together: one transaction, one checkpoint, one parcel.

An act by itself costs a sync of the disk and a post-quantum signature; handed in with others it costs its
share. Nobody waits for a batch to fill: what has been handed in while one batch was stored makes up the next
(standards §5).
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, Future
from datetime import datetime

from yeollak.errors import Fault, OurFault
from yeollak.node.acting import Salts, Text, made
from yeollak.node.open import Node
from yeollak.node.pace import Pace
from yeollak.office.admit import BATCH_STATEMENTS
from yeollak.office.propose import Draft, sign
from yeollak.record.keys import SigningKey
from yeollak.storage import journal
from yeollak.storage.own_register import Maker, NewAct
from yeollak.storage.reading import OfficeView
from yeollak.storage.signer import RegisterSigner


class Outgoing:
    """The acts of our side in one office that wait to be appended. Any thread may hand in; one runs `run`.

    `signer` gives the register's keys as they are kept now; `appended` is called after each batch, when its
    checkpoint may leave.
    """

    def __init__(
        self,
        node: Node,
        office: str,
        signer: Callable[[], RegisterSigner],
        appended: Callable[[], None],
        pace: Pace,
    ) -> None:
        self._node, self._office, self._pace = node, office, pace
        self._signer, self._appended = signer, appended
        self._moved = threading.Condition()
        self._waiting: deque[tuple[Maker, Future[int]]] = deque()
        self._ended = False

    def hand_in(
        self,
        key: SigningKey,
        draft: Draft,
        texts: Sequence[Text] = (),
        *,
        at: datetime | None = None,
        request: str | None = None,
        salts: Salts | None = None,
    ) -> Future[int]:
        """Have an act made and signed as the next of our register, and appended. The result is its index; or
        the Fault that says why it was not appended: OurFault(`act-void`) and what `acting.made` raises.
        """

        def make(view: OfficeView) -> NewAct:
            moment = at or self._node.clock.now()
            prepared = made(view, key.kid, draft, texts, moment, salts)
            entry = sign(view.office, view.side, prepared.document, key)
            return NewAct(entry.statement, entry.document, prepared.blobs, request)

        return self._submit(make)

    def append(self, make: Maker) -> int | Fault:
        """Have what a maker makes appended, with what others hand in meanwhile; returns its index, or why it
        was not appended. Raises what `Journal.commit` raises, and OurFault(`node-ending`) where the node ends
        before it was appended.
        """
        try:
            return self._submit(make).result()
        except Fault as fault:
            return fault
        except CancelledError:
            raise OurFault("node-ending") from None

    def _submit(self, make: Maker) -> Future[int]:
        done: Future[int] = Future()
        with self._moved:
            if self._ended:
                done.cancel()
            else:
                self._waiting.append((make, done))
                self._moved.notify()
        return done

    def run(self, ending: threading.Event) -> None:
        """Append what is handed in until `ending` is set and `wake` called; what waits then is cancelled."""
        while not ending.is_set():
            batch = self._next(ending)
            if batch:
                with self._pace.first():
                    self._append(batch)
        with self._moved:
            self._ended = True
            left, self._waiting = self._waiting, deque()
        for _, done in left:
            done.cancel()  # nothing of it was appended: whoever waits for it must not wait for ever
        journal.close(self._node.alias)

    def wake(self) -> None:
        """Let `run` see that it ends."""
        with self._moved:
            self._moved.notify_all()

    def _next(self, ending: threading.Event) -> list[tuple[Maker, Future[int]]]:
        with self._moved:
            self._moved.wait_for(lambda: self._waiting or ending.is_set())
            many = min(len(self._waiting), BATCH_STATEMENTS)
            return [self._waiting.popleft() for _ in range(many)]

    def _append(self, batch: Sequence[tuple[Maker, Future[int]]]) -> None:
        try:
            results = self._node.journal.commit(
                self._office, [make for make, _ in batch], self._signer(), self._node.clock.now()
            )
        except Exception as problem:  # noqa: BLE001 (whoever handed in is told, and the next batch is tried)
            for _, done in batch:
                done.set_exception(problem)
            return
        try:
            self._appended()
        finally:
            # Whoever handed in waits for this alone.
            for (_, done), result in zip(batch, results, strict=True):
                if isinstance(result, Fault):
                    done.set_exception(result)
                else:
                    done.set_result(result)
