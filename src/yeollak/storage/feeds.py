"""Calendar feeds: addresses that open the calendar of one office for one account, and nothing else.

A calendar program signs in with no second factor, so the address itself is the secret: 256 random bits, of
which the store has the SHA-256. It is shown once, can be ended at any time, and ends with the account. Every
address that is made, ended or fetched is in the local audit log; nothing of this is part of the record.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from yeollak.errors import OurFault
from yeollak.storage.entrance import Entrance, digest_of
from yeollak.storage.local import Account, Audit, CalendarFeed
from yeollak.storage.persons import LONGEST_NAME, Person, Who, person_of
from yeollak.words.foreign import clean

#: How many feeds an account may have in one office: one for each device that somebody carries.
MOST: Final = 8
#: Fetches of one feed from one address within this time are one line of the log, counted.
_ONE_LINE: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed as pages have it: what its owner calls it, which sorts of entries are in it, whether words of
    matters are, when it was made and last fetched (None before the first time).
    """

    id: int
    office: str
    name: str
    sorts: tuple[str, ...]
    subjects: bool
    created: datetime
    used: datetime | None


class Feeds(Entrance):
    """The writer of calendar feeds in the database `alias`."""

    def listed(self, person: Person, office: str) -> list[Feed]:
        """The feeds of a person in an office that are not ended, newest first."""
        rows = self._all(CalendarFeed).filter(account_id=person.id, office=office, revoked=None)
        return [_feed(row) for row in rows.order_by("-id")[:MOST]]

    def make(
        self,
        person: Person,
        office: str,
        name: str,
        sorts: Iterable[str],
        now: datetime,
        who: Who,
        *,
        subjects: bool,
    ) -> tuple[Feed, str]:
        """A new feed and its token, which nobody is told again. The caller knows which sorts there are.

        Raises OurFault(`feed-empty`) without a sort, OurFault(`feeds-too-many`) beyond `MOST`.
        """
        wanted = sorted(set(sorts))
        if not wanted:
            raise OurFault("feed-empty")
        token = secrets.token_urlsafe(32)
        with self.atomic():
            # Of two that are made at once by one person, each counts the other.
            self._all(Account).select_for_update().get(id=person.id)
            held = self._all(CalendarFeed).filter(account_id=person.id, office=office, revoked=None)
            if held.count() >= MOST:
                raise OurFault("feeds-too-many", limit=MOST)
            row = self._all(CalendarFeed).create(
                digest=digest_of(token),
                account_id=person.id,
                office=office,
                name=clean(name, longest=LONGEST_NAME),
                sorts=json.dumps(wanted),
                subjects=subjects,
                created=now,
            )
            self._log(now, "feed-made", person.name, account=person, office=office, who=who, feed=row.id)
        return _feed(row), token

    def end(self, person: Person, number: int, now: datetime, who: Who) -> None:
        """End a feed of a person's own; one that is not his, or is ended already, is left as it is."""
        with self.atomic():
            rows = self._all(CalendarFeed).filter(id=number, account_id=person.id, revoked=None)
            office = rows.values_list("office", flat=True).first()
            if rows.update(revoked=now):
                self._log(now, "feed-ended", person.name, account=person, office=office, who=who, feed=number)

    def fetched(self, token: str, now: datetime, who: Who) -> tuple[Person, Feed] | None:
        """Whose feed a token opens, and which; None for one that opens nothing (any more). Both are logged:
        what one address fetches of one feed within a day is one line with a number.
        """
        rows = self._all(CalendarFeed).select_related("account").filter(digest=digest_of(token))
        row: CalendarFeed | None = rows.filter(revoked=None, account__disabled=None).first()
        # The calendar is read on a full disk too.
        with suppress(OurFault), self.atomic():
            if row is None:
                self._counted("feed-refused", None, "", now, who, feed=0)
            else:
                self._all(CalendarFeed).filter(id=row.id).update(used=now)
                self._counted("feed-fetched", row.account, row.office, now, who, feed=row.id)
        return None if row is None else (person_of(row.account), _feed(row))

    def _counted(
        self, action: str, account: Account | None, office: str, now: datetime, who: Who, *, feed: int
    ) -> None:
        name = account.name if account is not None else ""
        same = self._all(Audit).filter(
            action=action, name=name, address=who.address[:64], detail=json.dumps({"feed": feed})
        )
        last = same.select_for_update().order_by("-id").first()
        if last is not None and timedelta() <= now - last.at < _ONE_LINE:
            last.times += 1
            last.save(using=self.alias, update_fields=["times"])
        else:
            self._log(now, action, name, account=account, office=office, who=who, feed=feed)


def _feed(row: CalendarFeed) -> Feed:
    return Feed(
        row.id, row.office, row.name, tuple(json.loads(row.sorts)), row.subjects, row.created, row.used
    )
