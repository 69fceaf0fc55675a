"""The entrance: who comes in, by which proof, and for how long.

One answer for every failure, and as much work for a name that does not exist. A passphrase is hashed outside
every transaction, so that whoever tries to sign in never holds up the record, and few at a time, so that he
never holds all memory. Each step up is a fresh token: what was planted in a browser before is worth nothing.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import threading
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final

from argon2 import PasswordHasher, profiles
from argon2.exceptions import InvalidHashError, VerificationError
from django.db import DatabaseError

from yeollak.errors import OurFault
from yeollak.storage import factors
from yeollak.storage.local import Account, Audit, DeskDevice, DeskSession
from yeollak.storage.persons import LONGEST, UNTOLD, Person, Who, fold, person_of, plain
from yeollak.storage.throttle import LONGEST_LOCK, Throttle, keys_of
from yeollak.storage.writer import Writer

#: How long a session lasts, and how long without use; how long a second factor is fresh for a joint act, and
#: a passphrase for a dangerous deed; how long the code is waited for.
LASTS, IDLE, FRESH, HALF = timedelta(hours=12), timedelta(hours=1), timedelta(minutes=5), timedelta(minutes=5)
#: How long a browser stays known without use.
KNOWN: Final = timedelta(days=180)
#: What a clock may be set back without ending what it began; how long ended sessions are kept.
_BACK, _KEPT = timedelta(minutes=1), timedelta(days=30)
_TOUCH: Final = timedelta(minutes=1)
#: Each hash takes 64 MiB.
_HASHING: Final = threading.BoundedSemaphore(2)


@dataclass(frozen=True, slots=True)
class Entered:
    """What a step of signing in gave: the token for the browser, whose it is, whether a code is still asked
    for, and the token by which the browser is known from now on (empty until somebody is in).
    """

    token: str
    person: Person
    half: bool
    device: str = ""


class Entrance(Writer):
    """Signing in and sessions in the database `alias`. `hasher` may be a cheap one for tests and
    demonstrations.
    """

    def __init__(self, alias: str = "default", hasher: PasswordHasher | None = None) -> None:
        super().__init__(alias)
        self._hasher = hasher or PasswordHasher.from_parameters(profiles.RFC_9106_LOW_MEMORY)
        self._throttle = Throttle(alias)

    # signing in

    def sign_in(self, name: str, passphrase: str, now: datetime, who: Who = UNTOLD) -> Entered:
        """The first step: name and passphrase. Where the account has a second factor, the token opens
        nothing but `give_code`.

        Raises OurFault(`sign-in-refused`), the same for every cause, and OurFault(`sign-in-locked`), the
        same whether the name exists or not.
        """
        folded = fold(name)
        row: Account | None = self._all(Account).filter(name=folded, disabled=None).first()
        keys = self._attempt(row, folded, now, who)
        right = self._matches(row.passphrase if row else _nobody(self._hasher), passphrase)
        entered = None
        anew = self._renewed(row, passphrase) if row is not None and right else None
        with self.atomic():
            now_row = self._locked(row.id) if row is not None else None
            # What was hashed meanwhile must still be what the account has.
            if right and row and now_row and not now_row.disabled and now_row.passphrase == row.passphrase:
                if anew is not None:
                    now_row.passphrase = anew
                    now_row.save(using=self.alias, update_fields=["passphrase"])
                half = bool(now_row.totp)
                self._throttle.good(keys, whole=not half)
                entered = self._open(now_row, now, who, half=half)
            else:
                self._log(now, "sign-in-refused", row.name if row else "", account=row, who=who)
        if entered is None:
            raise OurFault("sign-in-refused")
        return entered

    def give_code(self, token: str, code: str, now: datetime, who: Who = UNTOLD) -> Entered:
        """The second step: a code of the device, or one for recovery. The token of the first step ends.

        Raises OurFault(`sign-in-over`) where the first step is too long ago, OurFault(`factor-wrong`) and
        OurFault(`sign-in-locked`).
        """
        digest = digest_of(token)
        session = self._half(digest, now)
        if session is None:
            raise OurFault("sign-in-over")
        known = self._known(session.account, who.device)
        keys = keys_of(session.account.name, "", known) if known else [f"code/{session.account.id}"]
        self._count(keys, session.account, now, who)
        with self.atomic():
            row = self._locked(session.account.id)
            right = "" if row is None else factors.take(row, code, now)
            gone = self._all(DeskSession).filter(digest=digest, revoked=None)
            if row is None or not right:
                self._log(now, "factor-refused", session.account.name, account=session.account, who=who)
            elif not gone.update(revoked=now):
                row = None  # the same step was taken by another request meanwhile
            else:
                row.save(using=self.alias, update_fields=["totp_used", "recovery"])
                self._throttle.good(keys, whole=True)
                if right == "recovery":
                    left = len(json.loads(row.recovery))
                    self._log(now, "recovery-used", row.name, account=row, who=who, left=left)
                entered = self._open(row, now, who, half=False)
        if not right:
            raise OurFault("factor-wrong")
        if row is None:
            raise OurFault("sign-in-over")
        return entered

    def half_in(self, token: str, now: datetime) -> Person | None:
        """Who has given name and passphrase and not yet the code, or None."""
        session = self._half(digest_of(token), now)
        return person_of(session.account) if session is not None else None

    # sessions

    def person(self, token: str, now: datetime, *, touch: bool = True) -> Person | None:
        """Who a browser's token stands for, or None where its session is over, idle too long or revoked.
        Without `touch` it counts as no use of the session.
        """
        digest = digest_of(token)
        rows = self._all(DeskSession).select_related("account").filter(digest=digest, revoked=None)
        session: DeskSession | None = rows.filter(half=False).first()
        if session is None or session.account.disabled is not None or not _lasts(session, now):
            return None
        if touch and abs(now - session.used) > _TOUCH:
            # Pages are read on a full disk too.
            with suppress(DatabaseError):
                self._all(DeskSession).filter(digest=digest).update(used=now)
        return person_of(
            session.account,
            digest,
            fresh=_lately(session.factor, now, FRESH),
            confirmed=_lately(session.confirmed, now, FRESH),
        )

    def sessions(self, person: Person, now: datetime) -> list[DeskSession]:
        """The sessions of an account that stand open, newest first."""
        rows = self._all(DeskSession).filter(account_id=person.id, revoked=None, half=False)
        return [row for row in rows.order_by("-created") if _lasts(row, now)]

    def revoke(self, person: Person, digest: str, now: datetime) -> None:
        """End a session of one's own; ending the same one again changes nothing."""
        with self.atomic():
            rows = self._all(DeskSession).filter(digest=digest, account_id=person.id, revoked=None)
            if rows.update(revoked=now):
                self._log(now, "session-ended", person.name, account=person)

    def revoke_others(self, person: Person, now: datetime) -> None:
        """End every session of one's own but this one."""
        with self.atomic():
            rows = self._all(DeskSession).filter(account_id=person.id, revoked=None)
            many = rows.exclude(digest=person.session).update(revoked=now)
            self._log(now, "sessions-ended", person.name, account=person, many=many)

    def end_all(self, now: datetime) -> None:
        """End every session: a restart ends what a restored backup has brought back. What has been over for
        long is forgotten.
        """
        _nobody(self._hasher)  # made now, so that the first name that does not exist takes no longer
        with self.atomic():
            many = self._all(DeskSession).filter(revoked=None).update(revoked=now)
            self._all(DeskSession).filter(revoked__lt=now - _KEPT).delete()
            self._throttle.sweep(now)
            self._all(DeskDevice).filter(used__lt=now - KNOWN).delete()
            if many:
                self._log(now, "node-started", "", many=many)

    # steps

    def _attempt(self, row: Account | None, folded: str, now: datetime, who: Who) -> list[str]:
        keys = keys_of(folded, who.address, self._known(row, who.device))
        self._count(keys, row, now, who)
        return keys

    def _count(self, keys: Iterable[str], row: Account | None, now: datetime, who: Who) -> None:
        with self.atomic():
            until = self._throttle.attempt(keys, now)
            if until is not None:
                self._log_locked(row, now, who)
        if until is not None:
            raise OurFault("sign-in-locked", until=f"{until + timedelta(seconds=59):%H:%M}")

    def _known(self, row: Account | None, device: str) -> str:
        """The digest of a browser's token where the account has signed in there before, or empty."""
        digest = digest_of(device) if device else ""
        known = row is not None and self._all(DeskDevice).filter(digest=digest, account=row).exists()
        return digest if known else ""

    def _open(self, row: Account, now: datetime, who: Who, *, half: bool) -> Entered:
        token = secrets.token_urlsafe(32)
        self._all(DeskSession).create(
            digest=digest_of(token),
            account=row,
            created=now,
            used=now,
            half=half,
            factor=now if row.totp and not half else None,
            confirmed=None if half else now,
            address=_line(who.address)[:64],
            agent=_line(who.agent)[:200],
        )
        device = ""
        if not half:
            device = self._remember(row, now, who)
            self._throttle.sweep(now)
        self._log(now, "passphrase-right" if half else "signed-in", row.name, account=row, who=who)
        person = person_of(row, digest_of(token), fresh=bool(row.totp) and not half, confirmed=not half)
        return Entered(token, person, half, device)

    def _remember(self, row: Account, now: datetime, who: Who) -> str:
        # A token that this node has not given is not taken over: it may be known to others.
        given = who.device and self._all(DeskDevice).filter(digest=digest_of(who.device)).exists()
        device = who.device if given else secrets.token_urlsafe(32)
        self._all(DeskDevice).update_or_create(
            digest=digest_of(device), account_id=row.id, defaults={"used": now}
        )
        return device

    def _half(self, digest: str, now: datetime) -> DeskSession | None:
        rows = self._all(DeskSession).select_related("account").filter(digest=digest, revoked=None, half=True)
        session: DeskSession | None = rows.filter(account__disabled=None).first()
        return session if session is not None and _lately(session.created, now, HALF) else None

    def _locked(self, account: int) -> Account | None:
        found: Account | None = self._all(Account).select_for_update().filter(id=account).first()
        return found

    def _matches(self, kept: str, passphrase: str) -> bool:
        with _HASHING:
            try:
                # What is too long is hashed as far as it may be long: no less work, and not right.
                self._hasher.verify(kept, plain(passphrase[:LONGEST]))
            except (VerificationError, InvalidHashError):
                return False
        return len(passphrase) <= LONGEST

    def _hashed(self, passphrase: str) -> str:
        with _HASHING:
            return self._hasher.hash(plain(passphrase))

    def _renewed(self, row: Account, passphrase: str) -> str | None:
        """The hash anew where it was made with less work than is asked now."""
        return self._hashed(passphrase) if self._hasher.check_needs_rehash(row.passphrase) else None

    # the audit log

    def _log_locked(self, row: Account | None, now: datetime, who: Who) -> None:
        """One line for all that is tried while it is locked, counted: a flood does not fill the disk."""
        name, address = row.name if row else "", _line(who.address)[:64]
        rows = self._all(Audit).filter(action="sign-in-locked", name=name, address=address)
        last = rows.select_for_update().order_by("-id").first()
        if last is not None and abs(now - last.at) <= LONGEST_LOCK:
            last.times += 1
            last.save(using=self.alias, update_fields=["times"])
        else:
            self._log(now, "sign-in-locked", name, account=row, who=who)

    def _log(
        self,
        now: datetime,
        action: str,
        name: str,
        *,
        account: Account | Person | None = None,
        office: str = "",
        about: str = "",
        who: Who = UNTOLD,
        **detail: Any,
    ) -> None:
        if who is UNTOLD and isinstance(account, Person):
            who = account.who
        self._all(Audit).create(
            at=now,
            account_id=account.id if account is not None else None,
            name=name[:64],
            action=action,
            office=office,
            about=about,
            address=who.line,
            detail=json.dumps(detail, ensure_ascii=False, sort_keys=True)[:4000],
        )


def digest_of(token: str) -> str:
    """What the store has of a token."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


@lru_cache(maxsize=8)
def _made_for_nobody(time_cost: int, memory_cost: int, parallelism: int) -> str:
    hasher = PasswordHasher(time_cost=time_cost, memory_cost=memory_cost, parallelism=parallelism)
    return hasher.hash(secrets.token_hex(16))


def _nobody(hasher: PasswordHasher) -> str:
    """What a passphrase is held against where there is no account: as much work as for one."""
    return _made_for_nobody(hasher.time_cost, hasher.memory_cost, hasher.parallelism)


def _lasts(session: DeskSession, now: datetime) -> bool:
    return _lately(session.created, now, LASTS) and _lately(session.used, now, IDLE)


def _lately(at: datetime | None, now: datetime, span: timedelta) -> bool:
    return at is not None and -_BACK <= now - at <= span


def _line(text: str) -> str:
    return "".join(char for char in text if char.isprintable())
