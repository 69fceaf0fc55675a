"""Every address of the desk and of the public page, with honest and hostile arguments, signed in and out: no
answer is a fault of ours, none tells how it was made, and each has the headers of its listener.
"""

from __future__ import annotations

import http.client
import random
import re
import traceback
import urllib.parse
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.core.signals import got_request_exception

from tests.hostile.addresses import HOSTILE, QUERIES, paths, patterns
from tests.staff.desks import Desks
from tests.storage.setup import ready
from yeollak.desk.csp import DOWNLOAD_POLICY, POLICY, STAFF_POLICY

ready()

#: What a page that broke was stopped by: pages do not say.
BROKEN: list[str] = []


@got_request_exception.connect
def _broken(**_: Any) -> None:
    BROKEN.append(traceback.format_exc())


#: Answered without an end, by a thread of its own.
STREAMS = ("/events/",)
STAFF, PUBLIC = "yeollak.node.staff_urls", "yeollak.node.urls"


@dataclass
class Client:
    """One connection to a listener, and the cookies that it was given."""

    host: str
    port: int
    policy: str
    cookies: dict[str, str] = field(default_factory=dict)
    asked: int = 0

    def ask(self, method: str, path: str, form: Mapping[str, str] | None = None) -> tuple[int, str]:
        """The status and the page, once the answer has been held to what holds for every answer."""
        self.asked += 1
        line = http.client.HTTPConnection(self.host, self.port, timeout=60)
        head = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        body = None
        if form is not None:
            head |= {
                "Content-Type": "application/x-www-form-urlencoded",
                "Origin": f"http://{self.host}:{self.port}",
            }
            body = urllib.parse.urlencode(form, errors="replace")
        line.request(method, path, body, head)
        answer = line.getresponse()
        stream = path.partition("?")[0].endswith(STREAMS) and answer.status == 200
        text = "" if stream else answer.read().decode(errors="replace")
        line.close()
        for one in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = one.partition(";")[0].partition("=")
            self.cookies[name] = value
        assert answer.status < 500, (method, path, form, text[:500], *BROKEN)
        assert "Traceback" not in text, path
        assert "<script>x" not in text, path
        saved = answer.headers.get("Content-Disposition", "").startswith("attachment")
        policy = DOWNLOAD_POLICY if saved else self.policy
        assert answer.headers["Content-Security-Policy"] == policy, (method, path)
        assert answer.headers["X-Content-Type-Options"] == "nosniff", (method, path)
        return answer.status, text

    def sign_in(self, name: str = "duty") -> None:
        self.cookies.clear()
        _, text = self.ask("GET", "/sign-in/")
        fields = {"name": name, "passphrase": "four words nobody joins", "code": "", **token(text)}
        assert self.ask("POST", "/sign-in/", fields)[0] == 302

    def inside(self) -> bool:
        """Whether somebody is signed in."""
        return self.ask("GET", "/1/")[0] == 200


def token(text: str) -> dict[str, str]:
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', text)
    return {"csrfmiddlewaretoken": found[1]} if found else {}


@pytest.fixture(scope="module")
def desks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desks]:
    made = Desks.fresh(tmp_path_factory, "south")
    yield made
    made.close()


@pytest.fixture(scope="module")
def known(desks: Desks) -> dict[str, list[str]]:
    """Arguments that exist."""
    ledger = desks.view("south").office.ledger
    matter = ledger.finding(0, 1).matter
    return {
        "number": ["1", "1", "2"],
        "act_id": [ledger.finding(0, 1).id, "0" * 64],
        "matter_id": [matter, "0" * 64],
        "act": [ledger.finding(0, 1).id],
        "kind": ["note.tender", "posting.appoint"],
        "precedence": ["flash"],
        "name": ["texts", "calls"],
        "ending": ["csv", "svg"],
        "lang": ["ko", "ar"],
        "office": [desks.office, "0" * 64],
        "version": ["0" * 12],
    }


def staff(desks: Desks) -> Client:
    listener = desks.nodes["south"].config.desk
    assert listener is not None
    return Client(*listener, STAFF_POLICY)


def test_whoever_has_not_signed_in_gets_nowhere(desks: Desks, known: dict[str, list[str]]) -> None:
    client = staff(desks)
    for pattern in patterns(STAFF):
        for path in paths(pattern, known)[:2]:
            assert client.ask("GET", path)[0] in (200, 302, 304, 403, 404, 405)
            client.ask("POST", path, {"x": "y"})
    assert not client.inside()


def test_whoever_has_signed_in_meets_no_fault_of_ours(desks: Desks, known: dict[str, list[str]]) -> None:
    """Each page as it is, with every query, and with its own form filled in with hostile words."""
    client, source, sent = staff(desks), random.Random(5), 0
    client.sign_in()
    for pattern in patterns(STAFF):
        for path in paths(pattern, known):
            status, text = client.ask("GET", path)
            client.ask("GET", f"{path}?{source.choice(QUERIES)}")
            if status not in (200, 405) or "sign-out" in path:
                continue
            names = set(re.findall(r'<(?:input|select|textarea|button)[^>]* name="([^"]+)"', text))
            form = {name: source.choice(HOSTILE) for name in sorted(names)} | {"do": source.choice(HOSTILE)}
            client.ask("POST", path, {**form, **(token(text) or token(client.ask("GET", "/1/compose/")[1]))})
            sent += 1
            if not client.inside():
                client.sign_in()
    assert sent > 30


def test_the_public_page_answers_anything(desks: Desks, known: dict[str, list[str]]) -> None:
    host, port = desks.nodes["south"].config.public
    client = Client(host, port, POLICY)
    for pattern in patterns(PUBLIC):
        for path in paths(pattern, known):
            client.ask("GET", path)
            client.ask("HEAD", path)
            assert client.ask("POST", path, {"x": "y"})[0] in (404, 405)
            for query in QUERIES:
                client.ask("GET", f"{path}?{query}")
    for path in ("/%00", "/%FF", "/" + "a" * 5000, "/en/../en/", "/en/?" + "a" * 5000):
        client.ask("GET", path)
    assert not client.cookies


def test_there_is_something_to_explore() -> None:
    assert len(patterns(STAFF)) > 60
    assert len(patterns(PUBLIC)) > 7
