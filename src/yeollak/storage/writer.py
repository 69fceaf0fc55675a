"""What every writer of the store needs: one durable transaction, alarms, evidence, and how sending goes.

`Journal` builds on this and is what others use. Nothing here touches a register.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.db import DatabaseError, connections, transaction

from yeollak.errors import OurFault
from yeollak.storage import models, queueing, telling
from yeollak.storage.anchor import Anchor
from yeollak.storage.disk import is_full
from yeollak.storage.pulse import mend
from yeollak.storage.reading import OfficeView, office_view

_LOG = logging.getLogger("yeollak")
# Nobody is told anything until somebody asks for a log: Python would print what it finds no handler for.
_LOG.addHandler(logging.NullHandler())
#: Views that are kept about one side's register. The first proves all; a side may sign as many as it likes.
MOST_EVIDENCE = 64
#: How many attempts to reach a peer are kept of one minute.
MOST_ATTEMPTS = 8
_LATELY = timedelta(minutes=1)


class Writer:
    """A writer of the database `alias`, with the anchor of its node where there is one. `fence` is the first
    step of every transaction of a process that writes by itself where several may (`leases.Fence.check`).
    """

    def __init__(
        self,
        alias: str = "default",
        anchor: Anchor | None = None,
        fence: Callable[[], None] | None = None,
    ) -> None:
        self.alias = alias
        self.anchor = anchor
        self.fence = fence

    @contextmanager
    def atomic(self) -> Iterator[None]:
        """A transaction that is on disk when it ends. Raises OurFault(`store-failed`) where the database
        does.
        """
        mend(self.alias)
        try:
            # Durable: never a savepoint inside somebody else's transaction, so that what has returned is
            # on disk.
            with queueing.queued(self.alias), transaction.atomic(using=self.alias, durable=True):
                if self.fence is not None:
                    self.fence()
                yield
            telling.tell(self.alias)
        except DatabaseError as problem:
            # The first line alone: what follows in PostgreSQL's messages may repeat values.
            why = str(problem).splitlines()[0][:120] if str(problem) else type(problem).__name__
            name = str(connections[self.alias].settings_dict["NAME"])
            if is_full(str(problem), name):
                raise OurFault("disk-full", what=name) from problem
            raise OurFault("store-failed", why=why) from problem

    def raise_alarm(self, office: str, code: str, data: Mapping[str, str | int], now: datetime) -> None:
        """Raise an alarm; one that stands already is not raised again."""
        with self.atomic():
            self._alarm(office, code, data, now)

    def clear_alarm(self, office: str, alarm: int, now: datetime) -> None:
        """Note that somebody has dealt with an alarm."""
        with self.atomic():
            rows = self._all(models.Alarm).filter(office_id=office, id=alarm, cleared_at=None)
            rows.update(cleared_at=now)

    def keep_evidence(self, office: str, side: str, data: bytes, now: datetime) -> None:
        """Keep two views of `side`'s register, whole (rule 7), and raise the alarm `two-views`."""
        view = office_view(self.alias, office)
        with self.atomic():
            self._evidence(view, side, hashlib.sha256(data).hexdigest(), lambda: data, now)

    def note_attempt(
        self, office: str, peer: str, now: datetime, *, outcome: str = "", next_at: datetime | None = None
    ) -> None:
        """Note an attempt to reach a peer: an empty `outcome` went well, any other is a code; `next_at`
        when to try again. Where many were made within a minute the last of them stands for those after it:
        the peer decides how often it is tried.
        """
        with self.atomic():
            attempts = self._all(models.Attempt).filter(office_id=office, peer=peer)
            lately = attempts.filter(at__gt=now - _LATELY, at__lte=now).order_by("-at", "-id")
            told = list(lately.values_list("id", flat=True)[:MOST_ATTEMPTS])
            if len(told) < MOST_ATTEMPTS:
                self._all(models.Attempt).create(office_id=office, peer=peer, at=now, outcome=outcome[:64])
            else:
                attempts.filter(id=told[0]).update(at=now, outcome=outcome[:64])
            row, _ = self._all(models.Outbox).select_for_update().get_or_create(office_id=office, peer=peer)
            row.attempts = row.attempts + 1 if outcome else 0
            row.last_error = outcome[:64]
            row.last_ok = row.last_ok if outcome else now
            row.next_at = next_at
            row.save(using=self.alias)
        if outcome:
            _LOG.warning("attempt-failed", extra={**_named(office), "peer": peer, "code": outcome[:64]})

    def _all(self, model: Any) -> Any:
        return model.objects.using(self.alias)

    def _alarm(self, office: str, code: str, data: Mapping[str, str | int], now: datetime) -> None:
        text = as_json(dict(data)).decode()
        known = self._all(models.Alarm).filter(office_id=office, code=code, data=text, cleared_at=None)
        if not known.exists():
            self._all(models.Alarm).create(office_id=office, code=code, data=text, at=now)
            _LOG.error("alarm", extra={**_named(office), "code": code})

    def _evidence(
        self,
        view: OfficeView,
        side: str,
        digest: str,
        data: Callable[[], bytes],
        now: datetime,
        *,
        claimed: bool = False,
    ) -> None:
        """Keep evidence about a side's register. What another side has `claimed` of it takes half of the
        room at most, so that nobody can leave none for what the side itself has signed.
        """
        known = view.rows(models.Evidence).filter(place=view.charter.places[side])
        if known.filter(digest=digest).exists():
            return
        if known.count() >= (MOST_EVIDENCE // 2 if claimed else MOST_EVIDENCE):
            # Enough is kept to prove it; that it goes on is told all the same, once until somebody looks.
            self._alarm(view.id, "two-views", {"side": side, "evidence": ""}, now)
            return
        self._all(models.Evidence).create(
            office_id=view.id, place=view.charter.places[side], digest=digest, data=data(), at=now
        )
        self._alarm(view.id, "two-views", {"side": side, "evidence": digest}, now)


def as_json(value: Any) -> bytes:
    """A value as the text columns keep it."""
    return json.dumps(value, sort_keys=True).encode()


def _named(office: str) -> dict[str, str]:
    return {"office": office[:16]}
