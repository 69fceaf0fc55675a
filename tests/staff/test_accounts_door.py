"""The door of the desk: under TLS off this machine, under its own names, and without sessions from before."""

from __future__ import annotations

import http.client
import json
import re
import socket
import ssl
import urllib.parse
from collections.abc import Iterator
from dataclasses import replace
from http.cookies import SimpleCookie
from pathlib import Path

import pytest
import trustme

from tests.node.offices import SECRET
from tests.ports import quiet_ports
from tests.staff.desks import HASHER, PASSPHRASE, Desks
from tests.storage.setup import ready
from yeollak.errors import OurFault
from yeollak.node.config import NodeConfig
from yeollak.node.deskdoor import is_loopback, is_own
from yeollak.node.serve import Server
from yeollak.storage.staffing import Staffing

ready()


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def desks(tmp_path_factory: pytest.TempPathFactory, authority: trustme.CA) -> Iterator[Desks]:
    made = Desks.fresh(tmp_path_factory, "south")
    made.stop("south")
    tls = made.folder / "south" / "tls"
    made_out = authority.issue_cert("localhost", "127.0.0.1")
    made_out.cert_chain_pems[0].write_to_path(str(tls / "desk.pem"))
    made_out.private_key_pem.write_to_path(str(tls / "desk.key"))
    made.open("south")
    made.serve("south")
    yield made
    made.close()


def asked(
    desks: Desks, authority: trustme.CA, path: str, cookies: dict[str, str], **form: str
) -> tuple[int, str, list[str]]:
    """Ask over TLS: the status, the page, and the cookies that were set, which join `cookies`."""
    listener = desks.nodes["south"].config.desk
    assert listener is not None
    context = ssl.create_default_context()
    authority.configure_trust(context)
    line = http.client.HTTPSConnection(*listener, timeout=25, context=context)
    head = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
    if form:
        head |= {
            "Content-Type": "application/x-www-form-urlencoded",
            "Referer": f"https://{listener[0]}:{listener[1]}/",
        }
    line.request("POST" if form else "GET", path, urllib.parse.urlencode(form), head)
    answer = line.getresponse()
    given = answer.headers.get_all("Set-Cookie") or []
    for one in given:
        for name, morsel in SimpleCookie(one).items():
            cookies[name] = morsel.value
    return answer.status, answer.read().decode(), given


def test_off_this_machine_no_desk_is_served_without_a_certificate(desks: Desks) -> None:
    desks.open("north")
    node = desks.nodes["north"]
    for host in ("0.0.0.0", "", "::", "desk.example", "192.0.2.1"):
        config = replace(node.config, desk=(host, quiet_ports(1)[0]))
        with pytest.raises(OurFault) as problem:
            Server(replace(node, config=config), SECRET)
        assert problem.value.code == "desk-without-certificate"
    tls = node.config.folder / "tls"
    (tls / "desk.pem").write_text("no certificate")
    with pytest.raises(OurFault) as problem:
        Server(node, SECRET)
    assert problem.value.code == "desk-certificate-unreadable"
    (tls / "desk.pem").unlink()


def test_under_tls_every_cookie_is_secure_and_of_this_host(desks: Desks, authority: trustme.CA) -> None:
    cookies: dict[str, str] = {}
    assert desks.nodes["south"].config.desk_address.startswith("https://")
    status, page, given = asked(desks, authority, "/sign-in/", cookies)
    assert status == 200
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert token is not None
    form = {"csrfmiddlewaretoken": token[1], "name": "duty", "passphrase": PASSPHRASE}
    status, _, more = asked(desks, authority, "/sign-in/", cookies, **form)
    assert status == 302
    assert {"__Host-yeollak-desk", "__Host-yeollak-device", "yeollak-form"} <= set(cookies)
    for one in [*given, *more]:
        assert all(word in one for word in ("Secure", "HttpOnly", "SameSite=Strict", "Path=/")), one
        assert "Domain" not in one
    assert asked(desks, authority, "/1/", cookies)[0] == 200
    # A cookie without the prefix, which any page of the host's domain may set, is nobody's session.
    plain = {name.removeprefix("__Host-"): value for name, value in cookies.items()}
    assert asked(desks, authority, "/1/", plain)[0] == 302


def test_a_client_that_says_nothing_keeps_nobody_out(desks: Desks, authority: trustme.CA) -> None:
    listener = desks.nodes["south"].config.desk
    assert listener is not None
    silent = [socket.create_connection(listener) for _ in range(3)]
    assert asked(desks, authority, "/sign-in/", {})[0] == 200
    for one in silent:
        # It is waited for still: whoever asked has not been kept until it was given up.
        one.setblocking(False)
        with pytest.raises(BlockingIOError):
            one.recv(1)
        one.close()


def test_old_tls_and_plain_words_get_nowhere(desks: Desks, authority: trustme.CA) -> None:
    listener = desks.nodes["south"].config.desk
    assert listener is not None
    context = ssl.create_default_context()
    authority.configure_trust(context)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    with pytest.raises(OSError), socket.create_connection(listener, timeout=10) as taken:
        context.wrap_socket(taken, server_hostname="localhost")
    with socket.create_connection(listener, timeout=10) as taken:
        taken.sendall(b"GET /sign-in/ HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert b"passphrase" not in taken.recv(65536)
    assert asked(desks, authority, "/sign-in/", {})[0] == 200


def test_a_start_ends_every_session(desks: Desks) -> None:
    node = desks.nodes["south"]
    staff = Staffing(node.alias, HASHER)
    token = staff.sign_in("duty", PASSPHRASE, node.clock.now()).token
    assert staff.person(token, node.clock.now()) is not None
    desks.stop("south")
    desks.open("south")
    desks.serve("south")
    node = desks.nodes["south"]
    assert Staffing(node.alias, HASHER).person(token, node.clock.now()) is None


@pytest.mark.parametrize(
    ("host", "own"),
    [
        ("127.0.0.1:8081", True),
        ("[::1]:8081", True),
        ("localhost", True),
        ("LOCALHOST.:8081", True),
        ("192.0.2.1", True),
        ("desk.example:443", True),
        ("Desk.Example", True),
        ("evil.example:8081", False),
        ("localhost.evil.example", False),
        ("127.0.0.1.evil.example", False),
        ("desk.example.evil.example", False),
        ("", False),
        (":8081", False),
    ],
)
def test_only_its_own_names_are_answered(host: str, own: bool) -> None:
    assert is_own(host, ["desk.example"]) == own


@pytest.mark.parametrize(
    ("host", "near"),
    [
        ("127.0.0.1", True),
        ("127.8.9.1", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("", False),
        ("10.0.0.1", False),
        ("localhost.example", False),
    ],
)
def test_what_others_reach_is_not_this_machine_alone(host: str, near: bool) -> None:
    assert is_loopback(host) == near


def test_names_of_the_desk_are_settings(desks: Desks, tmp_path: Path) -> None:
    config = replace(desks.nodes["south"].config, folder=tmp_path, desk_names=("desk.example", 'a"b'))
    config.save()
    assert NodeConfig.load(tmp_path) == config
    assert json.dumps('a"b') in (tmp_path / "node.toml").read_text()


def test_a_page_under_anothers_name_is_not_this_desk(tmp_path: Path, desks: Desks) -> None:
    from yeollak.node.deskdoor import answering

    told: list[str] = []

    def pages(_environ: object, _start: object) -> list[bytes]:
        return [b"the desk"]

    def start(status: str, *_: object) -> None:
        told.append(status)

    for environ, answer in (
        ({"HTTP_HOST": "evil.example"}, b"This desk does not answer"),
        ({"HTTP_HOST": "evil.example", "wsgi.url_scheme": "https"}, b"the desk"),
        ({"HTTP_HOST": "127.0.0.1:1"}, b"the desk"),
        ({}, b"This desk does not answer"),
    ):
        body = b"".join(answering(pages, (), environ, start))  # type: ignore[arg-type]  # less than WSGI's
        assert body.startswith(answer)
    assert told == ["421 Misdirected Request"] * 2
