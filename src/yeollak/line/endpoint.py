"""The answering end at work: opens a parcel, lets `protocol` decide, and seals what it decided.

One value an office. It is called by several threads at once; what is stored is kept apart by the store.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from yeollak.errors import Fault, OurFault
from yeollak.line.post import Post
from yeollak.line.protocol import Answering, Port


class Endpoint:
    """Answers parcels for one office of a node. `heard` is told from whom a parcel has come, once it has been
    answered.
    """

    def __init__(
        self, port: Port, post: Post, clock: Callable[[], datetime], heard: Callable[[str], None]
    ) -> None:
        self._post, self._clock, self._heard = post, clock, heard
        self._answering = Answering(post, port)

    def answer(self, data: bytes) -> bytes:
        """The parcel that answers `data`. Raises Fault for what is not a parcel to us: it gets no sealed
        answer.
        """
        request = self._post.open(data)
        now = self._clock()
        purpose, body = self._answering.answer(request, now)
        sealed = self._post.seal(request.header.sender, purpose, body, now, request.header.nonce)
        self._heard(request.header.sender)
        return sealed


def status_of(fault: Fault) -> int:
    """The HTTP status of what gets no sealed answer: theirs is 400, ours is 503."""
    return 503 if isinstance(fault, OurFault) else 400
