"""How often it may be tried to sign in, so that guessing is slow and an officer in the night is not shut out.

A lock on a name alone would let whoever knows a duty officer's name keep him out. So a browser in which he
has signed in before, which shows that by a token, is counted by itself, and nothing that is tried elsewhere
locks it. Everybody else is counted three times: the name from this address, the name from everywhere, and
the address whatever the name. An attempt is counted before it is looked at and taken back where it was good,
so that many at once are no more than one after another. Names that do not exist are counted alike.
"""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from yeollak.storage.local import SignInCount
from yeollak.storage.writer import Writer

#: Failures after which a kind of count locks. Behind a proxy all come from one address: only `device` is not
#: shared with anybody there.
LIMITS: Final = {"device": 5, "here": 5, "code": 5, "key": 10, "name": 25, "address": 50}
#: The first lock; each further failure doubles it, up to the longest. Both are short for who forgot, and
#: leave a guesser about a hundred tries a day.
LOCK, LONGEST_LOCK = timedelta(minutes=1), timedelta(minutes=15)
#: Failures are forgotten after so long without another one.
_FORGOTTEN: Final = timedelta(days=1)


def bucket(name: str) -> str:
    """The count that a folded name falls into: 16 bits, since a passphrase may be typed where the name
    belongs, and so that names tried at random do not fill the store.
    """
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:4]


def network(address: str) -> str:
    """What is counted as one address: of IPv6 the network of 64 bits, which one host may roam in. What is no
    address is all one.
    """
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return ""
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((int(found) >> 64 << 64, 64)))


def keys_of(name: str, address: str, device: str) -> list[str]:
    """What an attempt on a folded name is counted under; `device` is the digest of a browser known to the
    account, or empty.
    """
    if device:
        return [f"device/{bucket(name)}/{device[:32]}"]
    place = network(address)
    return sorted([f"here/{bucket(name)}/{place}", f"name/{bucket(name)}", f"address/{place}"])


class Throttle(Writer):
    """The counts of the database `alias`. Every method is a step of a transaction of the caller's."""

    def attempt(self, keys: Iterable[str], now: datetime) -> datetime | None:
        """Count an attempt under each key; or, where one is locked, count nothing and return until when."""
        rows = [self._row(key, now) for key in sorted(keys)]
        locked: list[datetime] = [row.until for row in rows if row.until and _locks(row.until, now)]
        if locked:
            return max(locked)
        for row in rows:
            row.failures = 1 if _is_old(row.last, now) else row.failures + 1
            over = row.failures - LIMITS[row.key.partition("/")[0]]
            row.until = now + min(LOCK * 2 ** min(over, 8), LONGEST_LOCK) if over >= 0 else None
            row.last = now
            row.save(using=self.alias)
        return None

    def good(self, keys: Iterable[str], *, whole: bool) -> None:
        """Take an attempt back. With `whole` somebody is in, and what is his alone is forgotten: what others
        may have tried under his name or from his address stays counted.
        """
        for key in sorted(keys):
            if whole and key.partition("/")[0] in ("device", "here", "code", "key"):
                self._all(SignInCount).filter(key=key).update(failures=0, until=None)
                continue
            row = self._all(SignInCount).select_for_update().filter(key=key).first()
            if row is not None:
                row.failures, row.until = max(0, row.failures - 1), None
                row.save(using=self.alias)

    def forget(self, name: str, account: int) -> None:
        """End every lock on a name, and on addresses."""
        rows = self._all(SignInCount)
        found = bucket(name)
        for start in (f"here/{found}/", f"device/{found}/", "address/"):
            rows.filter(key__startswith=start).update(failures=0, until=None)
        rows.filter(key__in=[f"name/{found}", f"code/{account}"]).update(failures=0, until=None)

    def _row(self, key: str, now: datetime) -> SignInCount:
        rows = self._all(SignInCount).select_for_update().filter(key=key)
        found: SignInCount | None = rows.first()
        if found is None:
            # Of two that come first at once, one makes the row and the other waits for it.
            self._all(SignInCount).bulk_create([SignInCount(key=key, last=now)], ignore_conflicts=True)
            found = rows.get()
        return found

    def sweep(self, now: datetime) -> None:
        """Forget what has been quiet for long."""
        self._all(SignInCount).filter(last__lt=now - _FORGOTTEN).delete()


def _locks(until: datetime, now: datetime) -> bool:
    # A lock that ends later than any could was set by a clock that was ahead, and holds nobody.
    return now < until <= now + LONGEST_LOCK


def _is_old(last: datetime, now: datetime) -> bool:
    return abs(now - last) > _FORGOTTEN
