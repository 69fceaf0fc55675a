"""Asking again: what is asked of a session that stands open before what is dangerous, and how often.

Wrong answers are counted by what they were given for: one's own passphrase and code, and each key. Who knows
one of them gets no more guesses at another by giving it. A session in which one row is too long ends, and the
guesses of an account at a key are counted from session to session too, as those at the door are.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Final

from yeollak.errors import OurFault
from yeollak.storage import factors
from yeollak.storage.entrance import Entrance
from yeollak.storage.local import Account, DeskSession
from yeollak.storage.persons import Person

#: Wrong answers after which a session ends: whoever holds it is not its owner.
WRONG: Final = 5


class Asking(Entrance):
    """What is asked again, in the database of an entrance."""

    def prove_factor(self, person: Person, code: str, now: datetime) -> None:
        """Note that the session has shown the second factor now. Raises OurFault(`factor-wrong`); after
        `WRONG` wrong answers in a row the session ends.
        """
        self._ask_again(person, now)
        with self.atomic():
            row = self._locked(person.id)
            right = row is not None and bool(row.totp) and bool(factors.take(row, code, now))
            if right and row is not None:
                row.save(using=self.alias, update_fields=["totp_used", "recovery"])
                self._all(DeskSession).filter(digest=person.session).update(factor=now, wrong=0)
            self._log(now, "factor-shown" if right else "factor-refused", person.name, account=person)
        if not right:
            raise OurFault("factor-wrong")

    def confirm(self, person: Person, passphrase: str, code: str, now: datetime) -> Person:
        """Note that the session is still its owner's: by the passphrase, and a code where there is a second
        factor. Raises OurFault(`confirm-refused`); after `WRONG` wrong answers in a row the session ends.
        """
        self._ask_again(person, now)
        before: Account = self._all(Account).get(id=person.id)
        right = self._matches(before.passphrase, passphrase)
        with self.atomic():
            row = self._locked(person.id)
            right = right and row is not None and row.passphrase == before.passphrase
            if right and row is not None and row.totp:
                right = bool(factors.take(row, code, now))
                row.save(using=self.alias, update_fields=["totp_used", "recovery"])
            if right and row is not None:
                times = {"confirmed": now, **({"factor": now} if row.totp else {})}
                self._all(DeskSession).filter(digest=person.session).update(wrong=0, **times)
            self._log(now, "confirmed" if right else "confirm-refused", person.name, account=person)
        if not right:
            raise OurFault("confirm-refused")
        return replace(person, confirmed=True, fresh=person.fresh or person.has_factor)

    @contextmanager
    def unlocking(self, person: Person, key: str, now: datetime) -> Iterator[None]:
        """Count a passphrase with which `key` is opened within: one that is wrong counts as a wrong answer,
        and one that is right ends the row of those for that key. What else goes wrong within counts as
        neither.

        Raises OurFault(`sign-in-over`, `sign-in-locked`) before anything is opened; after `WRONG` wrong
        answers in a row for one key the session ends.
        """
        counts = [f"key/{person.id}/{key[:64]}"]
        self._ask_again(person, now, key)
        self._count(counts, self._all(Account).get(id=person.id), now, person.who)
        try:
            yield
        except BaseException as problem:
            with self.atomic():
                if isinstance(problem, OurFault) and problem.code == "wrong-passphrase":
                    self._log(now, "key-refused", person.name, account=person)
                else:
                    self._throttle.good(counts, whole=False)
                    self._answered(person, key, -1)
            raise
        with self.atomic():
            self._throttle.good(counts, whole=True)
            self._answered(person, key, 0)

    def _ask_again(self, person: Person, now: datetime, key: str = "") -> None:
        """Count an answer before it is looked at; one too many ends the session."""
        with self.atomic():
            session = self._session(person)
            if session is not None:
                tries = json.loads(session.wrong_keys)
                if key:
                    tries[key] = tries.get(key, 0) + 1
                    session.wrong_keys = json.dumps(tries)
                else:
                    session.wrong += 1
                if max(session.wrong, *tries.values(), 0) > WRONG:
                    session.revoked = now
                    self._log(now, "session-guessed", person.name, account=person)
                session.save(using=self.alias, update_fields=["wrong", "wrong_keys", "revoked"])
        if session is None or session.revoked is not None:
            raise OurFault("sign-in-over")

    def _answered(self, person: Person, key: str, change: int) -> None:
        """Take back one answer for a key (-1), or all of the row (0)."""
        session = self._session(person)
        if session is not None:
            tries = json.loads(session.wrong_keys)
            tries[key] = max(0, tries.get(key, 0) + change) if change else 0
            session.wrong_keys = json.dumps({name: many for name, many in tries.items() if many})
            session.save(using=self.alias, update_fields=["wrong_keys"])

    def _session(self, person: Person) -> DeskSession | None:
        rows = self._all(DeskSession).select_for_update().filter(digest=person.session, revoked=None)
        found: DeskSession | None = rows.first()
        return found
