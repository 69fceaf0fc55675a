"""How often a page asks the database: no oftener because the record is longer."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench.desk_store import Kept, Scribe, Years, publish
from tests.staff.desks import HASHER, PASSPHRASE
from yeollak.desk.csp import SITE
from yeollak.desk.staff.hands import install
from yeollak.node.clock import FileClock
from yeollak.node.hands import NodeHands
from yeollak.storage.staffing import Staffing

#: Pages of the desk, by what stands behind the number of the office.
DESK = (
    "",
    "line/",
    "line/?side=north&from=immediate",
    "line/?as=table",
    "matters/",
    "matters/?order=due",
    "matters/?procedure=note&awaited=north&settled=no",
    "calls/",
)
#: What a page may ask more often for what it shows more of: a lane that has become full, a line that has.
MORE = 3


class Reader:
    """A co-head, in this thread, and a reader of the public page."""

    def __init__(self, office: Kept, scribe: Scribe) -> None:
        node = self.node = office.node
        publish(node)
        install(NodeHands(node, lambda: None, lambda _: scribe.posts["south"].register))
        Staffing(node.alias, HASHER).give("co-head", node.clock.now(), language="en")
        self._desk, self._public = (
            Client(headers={"host": "127.0.0.1"}),
            Client(headers={"host": "127.0.0.1"}),
        )

    def sign_in(self) -> None:
        """Begin a session, which does not outlast the weeks that are written."""
        form = self._ask(self._desk, "/sign-in/", **{SITE: "staff"})
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form)
        assert token is not None
        given = {"name": "co-head", "passphrase": PASSPHRASE, "code": "", "csrfmiddlewaretoken": token[1]}
        environ: dict[str, Any] = {SITE: "staff"}
        assert self._desk.post("/sign-in/", given, **environ).status_code == 302

    def _ask(self, client: Client, path: str, **environ: Any) -> str:
        answer = client.get(path, **environ)
        assert answer.status_code == 200, path
        return str(answer.content.decode())

    def queries(self, path: str) -> int:
        """How many queries a page asks the second time, when nothing has changed since the first."""
        ask: Callable[[], str] = (
            (lambda: self._ask(self._public, path))
            if path == "/en/"
            else lambda: self._ask(self._desk, f"/1/{path}", **{SITE: "staff"})
        )
        ask()
        with CaptureQueriesContext(connections[self.node.alias]) as asked:
            ask()
        return len(asked)


def test_pages_ask_no_oftener_in_a_longer_record(office: Kept) -> None:
    scribe = Scribe(office.desks)
    scribe.now = office.now
    reader, long = Reader(office, scribe), f"matters/{office.matters['long']}/"
    pages = [*DESK, long, "/en/"]
    reader.sign_in()
    before = {path: reader.queries(path) for path in pages}

    years = Years(scribe)
    years.matters["long"] = office.matters["long"]
    for number in (4, 5, 6):
        years.week(number)
    FileClock(office.desks.folder / "clock").set(scribe.now)
    reader.sign_in()
    after = {path: reader.queries(path) for path in pages}

    oftener = {path: (before[path], after[path]) for path in pages if after[path] > before[path] + MORE}
    assert not oftener
    assert min(after.values()) > 0
    assert max(after.values()) < 50
