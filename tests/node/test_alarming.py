"""Whoever is elsewhere is told, once the handling clock is over, over mail servers and HTTP as they are."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socketserver
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import trustme
from hypothesis import given
from hypothesis import strategies as st

from tests.node.offices import Offices
from yeollak.errors import OurFault
from yeollak.node.acting import Text, act
from yeollak.node.alarm_settings import AlarmSettings, Mail, Webhook
from yeollak.node.alarming import FIRST, LONGEST, MOST, Alarming, next_try, send_mail
from yeollak.node.config import NodeConfig
from yeollak.office.propose import Draft
from yeollak.storage import watching
from yeollak.storage.leases import Fence
from yeollak.storage.watching import SENT, Tried, Try

SECRET = b"sixteen bytes or more of a secret"
BEGAN = datetime(2022, 6, 28, 7, 40, tzinfo=UTC)


# servers


@dataclass
class Letters:
    """A mail server of a test: what it was given, who signed in, and what it answers to a recipient."""

    port: int = 0
    got: list[bytes] = field(default_factory=list)
    users: list[str] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    recipient: bytes = b"250 fine"


@contextmanager
def mail_server(context: ssl.SSLContext | None, *, wrapped: bool) -> Iterator[Letters]:
    """A mail server on loopback: TLS from the first byte (`wrapped`), else by STARTTLS, else none."""
    letters = Letters()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            secure = False
            if wrapped and context is not None:
                self._secure(context)
                secure = True
            self._say(b"220 test")
            while line := self.rfile.readline():
                verb = line.split()[0].upper() if line.split() else b""
                if verb == b"EHLO":
                    offers = [b"250-test"] + ([b"250-STARTTLS"] if context and not secure else [])
                    self._say(b"\r\n".join([*offers, b"250 AUTH PLAIN"]))
                elif verb == b"STARTTLS" and context is not None:
                    self._say(b"220 go")
                    self._secure(context)
                    secure = True
                elif verb == b"AUTH":
                    letters.users.append(base64.b64decode(line.split()[2]).decode())
                    self._say(b"235 in")
                elif verb == b"RCPT":
                    self._say(letters.recipient)
                elif verb == b"DATA":
                    self._say(b"354 go")
                    body = b""
                    while not body.endswith(b"\r\n.\r\n"):
                        body += self.rfile.readline()
                    letters.got.append(body[:-5].replace(b"\r\n..", b"\r\n."))
                    letters.encrypted.append(secure)
                    self._say(b"250 kept")
                elif verb == b"QUIT":
                    self._say(b"221 bye")
                    return
                else:
                    self._say(b"250 fine")

        def _say(self, line: bytes) -> None:
            self.wfile.write(line + b"\r\n")

        def _secure(self, context: ssl.SSLContext) -> None:
            self.request = context.wrap_socket(self.request, server_side=True)
            self.rfile = self.request.makefile("rb")
            self.wfile = self.request.makefile("wb", buffering=0)

    class Quiet(socketserver.ThreadingTCPServer):
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            """A client that gives up is what some tests are about."""

    with Quiet(("127.0.0.1", 0), Handler) as server:
        letters.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield letters
        server.shutdown()


@dataclass
class Calls:
    """An HTTP sink of a test: what it was sent, and what it answers."""

    url: str = ""
    status: int = 204
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)


@contextmanager
def sink() -> Iterator[Calls]:
    calls = Calls()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            calls.got.append((dict(self.headers), body))
            self.send_response(calls.status)
            self.send_header("Location", calls.url)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *given: object) -> None:
            """Nothing: tests are quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    calls.url = f"http://127.0.0.1:{server.server_address[1]}/told"
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield calls
    server.shutdown()
    server.server_close()


# when


@given(st.lists(st.booleans(), max_size=30), st.integers(1, 600))
def test_the_log_alone_says_when_it_is_tried_next(results: list[bool], minutes: int) -> None:
    tried: list[Try] = []
    until, again = BEGAN + timedelta(minutes=10), timedelta(minutes=minutes)
    assert next_try(tried, until, again) == until
    at, failures = until, 0
    for sent in results:
        tried.append(Try("mail", at, SENT if sent else "failed OSError"))
        failures = 0 if sent else failures + 1
        due = next_try(tried, until, again)
        assert due is not None
        if sent:
            assert due - at == again
        else:
            assert due - at == min(FIRST * 2 ** (failures - 1), LONGEST)
        at = due
    assert next_try([Try("mail", at, SENT)] * MOST, until, again) is None


# settings


def test_settings_are_written_as_they_were_read(tmp_path: Path) -> None:
    settings = AlarmSettings(
        Mail(
            "mail.example", 587, "node@example.org", ("a@example.org", "b@example.org"), "starttls", "n", "pw"
        ),
        Webhook("https://hook.example/told", "hook.secret", "ca.pem"),
        "ko",
        timedelta(minutes=5),
    )
    config = NodeConfig(tmp_path, "south", ("127.0.0.1", 1), ("127.0.0.1", 2), alarm=settings)
    config.save()
    assert NodeConfig.load(tmp_path).alarm == settings
    replace(config, alarm=AlarmSettings()).save()
    assert NodeConfig.load(tmp_path).alarm.channels == ()
    assert "alarm" not in (tmp_path / "node.toml").read_text()


#: A name and a word before a host, which an address of the alarm must not have.
NAMED = "u:p" + "@"


@pytest.mark.parametrize(
    "table",
    [
        {"mail": {"host": "mail.example", "sender": "a@b.c", "to": ["a@b.c"], "security": "none"}},
        {"mail": {"host": "mail.example", "sender": "a@b.c", "to": []}},
        {"mail": {"host": "mail.example", "sender": "a@b.c\nBcc: x@y.z", "to": ["a@b.c"]}},
        {"mail": {"host": "mail.example", "sender": "a@b.c", "to": ["a@b.c"], "password": "plain"}},
        {"webhook": {"url": "http://hook.example/", "secret_file": "s"}},
        {"webhook": {"url": f"https://{NAMED}hook.example/", "secret_file": "s"}},
        {"webhook": {"url": "file:///etc/passwd", "secret_file": "s"}},
        {"again_minutes": 0},
        {"again_minutes": True},
        {"language": "xx"},
        {"loud": True},
    ],
)
def test_settings_that_would_tell_strangers_are_refused(table: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r".+"):
        AlarmSettings.read(table)
    config = NodeConfig(tmp_path, "south", ("127.0.0.1", 1), ("127.0.0.1", 2))
    config.save()
    path = tmp_path / "node.toml"
    (key, value), *_ = table.items()
    if not isinstance(value, dict):
        path.write_text(f"{path.read_text()}\n[alarm]\n{key} = {json.dumps(value)}\n")
        with pytest.raises(OurFault, match="node-settings"):
            NodeConfig.load(tmp_path)


# mail servers as they are


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_mail_goes_over_tls_that_is_verified(security: str, tmp_path: Path) -> None:
    from email.message import EmailMessage

    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    (tmp_path / "pw").write_text("a passphrase\n")
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@example.org", "b@example.org", "test"
    message.set_content("test")
    with mail_server(context, wrapped=security == "tls") as letters:
        mail = Mail(
            "localhost", letters.port, "a@example.org", ("b@example.org",), security, "node", "pw", "ca.pem"
        )
        send_mail(mail, message, tmp_path)
        assert letters.encrypted == [True]
        assert letters.users == ["\0node\0a passphrase"]
        # A certificate of nobody we trust, and one for another name.
        with pytest.raises(ssl.SSLCertVerificationError):
            send_mail(replace(mail, authority=""), message, tmp_path)
        with pytest.raises(ssl.SSLCertVerificationError):
            send_mail(replace(mail, host="127.0.0.1"), message, tmp_path)
    with mail_server(None, wrapped=False) as letters:
        mail = replace(mail, port=letters.port, security="starttls")
        with pytest.raises(Exception, match="STARTTLS"):  # never a password in the clear
            send_mail(mail, message, tmp_path)
        assert letters.users == []


# a node


@pytest.fixture(scope="module")
def offices(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Offices]:
    made = Offices(tmp_path_factory.mktemp("alarming")).make()
    yield made
    made.close()


@contextmanager
def later(offices: Offices, span: timedelta) -> Iterator[None]:
    """The south's clock, a while ahead."""
    node = offices.nodes["south"]
    held = node.clock

    class Ahead:
        def now(self) -> datetime:
            return held.now() + span

    object.__setattr__(node, "clock", Ahead())
    try:
        yield
    finally:
        object.__setattr__(node, "clock", held)


def flash(offices: Offices, precedence: str = "flash") -> str:
    facts = {"subject": {"en": "Water\u202e <b>will rise</b>"}, "class": "flood"}
    made = act(
        offices.nodes["north"],
        offices.office,
        offices.keys["north"],
        Draft("note.send", facts=facts, precedence=precedence),
        [Text(f"Release at {time.monotonic()}".encode(), "text/plain", "en")],
    )
    offices.until(lambda: made in {one.act for one in watching.urgent(offices.view("south"), _now(offices))})
    return made


def _now(offices: Offices) -> datetime:
    return offices.nodes["south"].clock.now()


def _alarming(offices: Offices, mail: Mail | None, webhook: Webhook | None) -> Alarming:
    made = Alarming(offices.nodes["south"])
    made._settings = AlarmSettings(mail, webhook)
    return made


def test_nobody_is_told_in_time_and_somebody_when_it_is_over(offices: Offices) -> None:
    folder = offices.nodes["south"].config.folder
    (folder / "hook.secret").write_bytes(SECRET)
    with mail_server(None, wrapped=False) as letters, sink() as calls:
        mail = Mail("127.0.0.1", letters.port, "node@example.org", ("head@example.org",), "none")
        alarming = _alarming(offices, mail, Webhook(calls.url, "hook.secret"))
        made = flash(offices)
        assert alarming.step(offices.office) == 0
        with later(offices, timedelta(minutes=11)):
            assert alarming.step(offices.office) == 2
            assert alarming.step(offices.office) == 0  # told, and not told again at once
        with later(offices, timedelta(minutes=42)):
            assert alarming.step(offices.office) == 2  # nobody has acknowledged since
    # The mail says that it came, from whom and until when, and nothing that the other side wrote.
    message = message_from_bytes(letters.got[0], policy=policy.default)
    body = message.get_body()
    assert body is not None
    text = body.get_content()
    assert message["To"] == "head@example.org"
    assert message["Subject"] == "Flash: North, nobody has acknowledged"
    assert made in text
    assert "will rise" not in letters.got[0].decode() + text
    headers, sent = calls.got[0]
    told = json.loads(sent)
    assert (told["act"], told["side"], told["precedence"]) == (made, "north", "flash")
    assert "will rise" not in sent.decode()
    expected = hmac.new(SECRET, f"{headers['Yeollak-Time']}.".encode() + sent, hashlib.sha256).hexdigest()
    assert headers["Yeollak-Signature"] == f"v1={expected}"
    assert json.loads(calls.got[1][1])["before"] == 1
    view = offices.view("south")
    tried = watching.tries(view, made)
    assert [one.channel for one in tried] == ["mail", "webhook"] * 2
    assert {one.result for one in tried} == {SENT}
    assert watching.tried(view, [made, "0" * 64]) == {made: Tried(4, 0)}
    _acknowledge(offices, made)


def test_who_acknowledges_while_one_channel_is_tried_is_told_by_no_other(
    offices: Offices, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = offices.nodes["south"].config.folder
    (folder / "hook.secret").write_bytes(SECRET)
    with mail_server(None, wrapped=False) as letters, sink() as calls:
        mail = Mail("127.0.0.1", letters.port, "node@example.org", ("head@example.org",), "none")
        alarming, made = _alarming(offices, mail, Webhook(calls.url, "hook.secret")), flash(offices)
        tell = alarming._tell

        def told(*given: Any) -> str:
            _acknowledge(offices, made)
            return tell(*given)

        monkeypatch.setattr(alarming, "_tell", told)
        with later(offices, timedelta(minutes=11)):
            assert alarming.step(offices.office) == 1
    assert (len(letters.got), calls.got) == (1, [])


def test_a_process_that_was_followed_tells_nobody(offices: Offices) -> None:
    """What is sent cannot be taken back, so that the lease is looked at just before."""

    class Followed(Fence):
        def check(self) -> None:
            raise OurFault("lease-lost", office=self.office)

        stands = check

    with mail_server(None, wrapped=False) as letters:
        mail = Mail("127.0.0.1", letters.port, "node@example.org", ("head@example.org",), "none")
        alarming, made = _alarming(offices, mail, None), flash(offices)
        with later(offices, timedelta(minutes=11)):
            with pytest.raises(OurFault, match="lease-lost"):
                alarming.step(offices.office, fence=Followed("", offices.office, "other", 1))
            assert letters.got == []
            assert watching.tries(offices.view("south"), made) == []
            assert alarming.step(offices.office) == 1
    _acknowledge(offices, made)


def test_who_has_acknowledged_ends_it(offices: Offices) -> None:
    with sink() as calls:
        alarming = _alarming(offices, None, Webhook(calls.url, "hook.secret"))
        made = flash(offices)
        _acknowledge(offices, made)
        with later(offices, timedelta(hours=5)):
            assert alarming.step(offices.office) == 0
        assert calls.got == []


def test_failures_are_logged_and_tried_again_with_pauses(offices: Offices) -> None:
    folder = offices.nodes["south"].config.folder
    (folder / "short.secret").write_bytes(b"short")
    with mail_server(None, wrapped=False) as letters, sink() as calls:
        calls.status, letters.recipient = 302, b"550 no such person, password=hunter2"
        mail = Mail("127.0.0.1", letters.port, "node@example.org", ("head@example.org",), "none")
        alarming = _alarming(offices, mail, Webhook(calls.url, "hook.secret"))
        made = flash(offices)
        for minutes, many in ((11, 2), (11.1, 0), (12, 2), (13.2, 2), (13.3, 0)):
            with later(offices, timedelta(minutes=minutes)):
                assert alarming.step(offices.office) == many, minutes
        alarming._settings = AlarmSettings(None, Webhook(calls.url, "short.secret"))
        with later(offices, timedelta(hours=1)):
            assert alarming.step(offices.office) == 1
        alarming._settings = AlarmSettings(None, Webhook("http://127.0.0.1:9/", "hook.secret"))
        with later(offices, timedelta(hours=2)):
            assert alarming.step(offices.office) == 1
    tried = watching.tries(offices.view("south"), made)
    assert {one.result for one in tried if one.channel == "mail"} == {"refused recipients"}
    mine = [one.result for one in tried if one.channel == "webhook"]
    assert mine == ["refused 302"] * 3 + ["failed ValueError", "failed NewConnectionError"]
    assert len(calls.got) == 3  # no redirect was followed
    assert not any("hunter2" in one.result for one in tried)
    _acknowledge(offices, made)


def test_an_immediate_act_has_longer(offices: Offices) -> None:
    with sink() as calls:
        alarming = _alarming(offices, None, Webhook(calls.url, "hook.secret"))
        made = flash(offices, "immediate")
        with later(offices, timedelta(minutes=59)):
            assert alarming.step(offices.office) == 0
        with later(offices, timedelta(minutes=61)):
            assert alarming.step(offices.office) == 1
        assert len(calls.got) == 1
        _acknowledge(offices, made)


def test_a_mail_server_that_hangs_holds_up_nobody(offices: Offices) -> None:
    """The thread of alarms waits; the keeper and the line go on."""
    import socket

    with socket.create_server(("127.0.0.1", 0)) as silent:
        mail = Mail("127.0.0.1", silent.getsockname()[1], "n@example.org", ("h@example.org",), "none")
        alarming = _alarming(offices, mail, None)
        made = flash(offices)
        with later(offices, timedelta(minutes=11)):
            ending = threading.Event()
            thread = threading.Thread(target=alarming.run, args=(ending,), daemon=True)
            thread.start()
            silent.settimeout(10)
            held, _ = silent.accept()
            size = offices.sizes("south")[1]
            offices.say("north", "alarming")
            offices.until(lambda: offices.sizes("south")[1] > size)
            # It has come while the letter is waited for still.
            assert thread.is_alive()
            assert watching.tries(offices.view("south"), made) == []
            ending.set()
            held.close()
            thread.join(15)
            assert not thread.is_alive()
        assert [one.result for one in watching.tries(offices.view("south"), made)] == [
            "failed SMTPServerDisconnected"
        ]
        # What failed has told nobody.
        assert watching.tried(offices.view("south"), [made]) == {made: Tried(0, 1)}
        _acknowledge(offices, made)


def _acknowledge(offices: Offices, made: str) -> None:
    from argon2 import PasswordHasher

    from yeollak.storage.staffing import Staffing

    node = offices.nodes["south"]
    people = Staffing(node.alias, PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    with suppress(OurFault):
        people.make_account("watch", "duty", "four words nobody joins", node.clock.now())
    person = next(one for one in people.people() if one.name == "watch")
    log = watching.Watching(node.alias)
    assert log.acknowledge(offices.view("south"), made, person, node.clock.now())
    assert not log.acknowledge(offices.view("south"), made, person, node.clock.now())
    assert watching.seen(offices.view("south"), [made])[made].by == "watch"
