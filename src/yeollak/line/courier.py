"""The courier: puts a side's questions to one peer of one office until they are answered (rule 8).

What is to be sent follows from checkpoints and receipts alone, so a courier that was killed goes on where
the record stands. One parcel is under way at a time. After a failure it waits longer each time, with
jitter, though not long where it is this node that failed; it never gives up. At its start it asks before
it sends (rule 9).
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from yeollak.errors import Fault, LineFault, RecordFault, TheirFault
from yeollak.line.asking import Answer, Asking, Errand, Question
from yeollak.line.post import Post
from yeollak.line.protocol import Port

#: The first and the longest pause after a failure, and the longest that a peer may ask for, in seconds.
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 300.0
#: The longest pause after a failure of this node's own, in seconds: others ask its database oftener.
LONGEST_OWN = 5.0
LONGEST_RETRY = 3600
#: How often the views and receipts of a peer are asked for where there are more than two parties, in seconds.
ASK_EVERY = 60.0
#: How often it is noted that a line goes on being well, in seconds.
NOTE_EVERY = 2.0
#: How long one errand may go on, however many answers it takes, in seconds.
ERRAND = 1800.0
_T = TypeVar("_T")


class Exchange(Protocol):
    """Anything that carries one parcel to a peer and brings one back: HTTPS, a test's faulty line."""

    def exchange(self, office: str, data: bytes) -> bytes:
        """The answer to a parcel. Raises LineFault."""


class Log(Protocol):
    """Where attempts are noted: the journal."""

    def note_attempt(
        self, office: str, peer: str, now: datetime, *, outcome: str = "", next_at: datetime | None = None
    ) -> None:
        """Note an attempt; an empty `outcome` went well."""


class Courier:
    """Serves one peer of one office. `clock` dates what is written, `elapsed` (seconds) paces it.

    `told` is given every answer that was asked for at the start, as it came: a peer that then says less
    than it holds can be shown to have done so (clarifications 33).
    """

    def __init__(
        self,
        port: Port,
        post: Post,
        peer: str,
        line: Exchange,
        log: Log,
        clock: Callable[[], datetime],
        elapsed: Callable[[], float],
        told: Callable[[str, bytes], None] = lambda peer, data: None,
    ) -> None:
        self._post, self.peer, self._line, self._log = post, peer, line, log
        self._clock, self._elapsed, self._told = clock, elapsed, told
        self._asking = Asking(post, port, peer)
        self._pause, self.not_before, self._ask_at, self._failed_at = 0.0, 0.0, 0.0, 0.0
        self._silent, self._failed_last, self._note_at = False, True, 0.0
        #: Whether the peer has said what it holds of our register since this courier began.
        self.answered = False

    @property
    def office(self) -> str:
        """The office that this courier serves."""
        return self._post.charter.office

    def heard(self) -> None:
        """The peer has sent something: where only line or server had failed, it is tried again at once, but
        no oftener than after a first failure, however much a peer says that answers nothing.
        """
        if self._silent:
            self._silent, self._pause = False, 0.0
            self.not_before = min(self.not_before, self._failed_at + FIRST_PAUSE)

    def step(self) -> bool:
        """Do one errand if one is owed and due. Returns whether it came further.

        Raises OurFault, or what nobody foresaw, where this node itself cannot go on, and waits as after any
        failure; what the peer or the line does wrong is noted.
        """
        if self._elapsed() < self.not_before:
            return False
        try:
            moved = self._errand()
        except (LineFault, TheirFault) as fault:
            self._failed(fault)
            return False
        except BaseException:
            self._silent = False
            self._wait(longest=LONGEST_OWN)
            raise
        if moved:
            self._pause = 0.0
            if self._failed_last or self._elapsed() >= self._note_at:
                # One line for all that went well at once: what a full line costs is not its log.
                self._log.note_attempt(self.office, self.peer, self._clock())
                self._failed_last, self._note_at = False, self._elapsed() + NOTE_EVERY
        return moved

    def _errand(self) -> bool:
        if not self.answered or (len(self._post.charter.sides) > 2 and self._elapsed() >= self._ask_at):
            told = None if self.answered else self._told
            self._run(self._asking.recover(self._clock()), told)
            self.answered, self._ask_at = True, self._elapsed() + ASK_EVERY
            return True
        now = self._clock()
        return self._run(self._asking.deliver(now)) or self._run(self._asking.collect(now))

    def _run(self, errand: Errand[_T], told: Callable[[str, bytes], None] | None = None) -> _T:
        ends = self._elapsed() + ERRAND
        try:
            question = next(errand)
            while True:
                if self._elapsed() > ends:
                    raise TheirFault("answer-otherwise", side=self.peer)
                question = errand.send(self._ask(question, told))
                told = None
        except StopIteration as end:
            found: _T = end.value
            return found
        except RecordFault:
            # Bytes that do not prove what they should, in an answer: nothing of ours is wrong.
            raise TheirFault("answer-otherwise", side=self.peer) from None

    def _ask(self, question: Question, told: Callable[[str, bytes], None] | None) -> Answer:
        nonce = secrets.token_hex(16)
        sealed = self._post.seal(self.peer, question.purpose, question.body, self._clock(), nonce)
        data = self._line.exchange(self.office, sealed)
        answer = self._post.open_answer(data, self.peer, nonce)
        if told is not None:
            told(self.peer, data)
        return Answer(answer.header.purpose, answer.body)

    def _failed(self, fault: Fault) -> None:
        wait = self._wait(fault.data.get("retry"))
        # A server that says 5xx (RFC 9110 §15.6) is as good as away, and may be back whenever it speaks.
        status = fault.data["status"] if fault.code == "line-refused" else 0
        self._silent = fault.code == "unreachable" or (isinstance(status, int) and status >= 500)
        self._failed_last = True
        outcome = f"refused-{fault.data['why']}" if fault.code == "refused" else fault.code
        now = self._clock()
        self._log.note_attempt(
            self.office, self.peer, now, outcome=outcome, next_at=now + timedelta(seconds=wait)
        )

    def _wait(self, retry: object = 0, longest: float = LONGEST_PAUSE) -> float:
        self._pause = min(longest, max(FIRST_PAUSE, self._pause * 2))
        wait = self._pause * (0.5 + secrets.randbelow(1000) / 1000)
        if isinstance(retry, int):
            wait = max(wait, min(retry, LONGEST_RETRY))
        self._failed_at = self._elapsed()
        self.not_before = self._failed_at + wait
        return wait
