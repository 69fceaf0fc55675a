"""Two served nodes with a desk each, people with accounts there, and browsers that have signed in.

An office is founded once in a process, which takes seconds; `Desks.fresh` is a copy of it for a module of its
own. Real HTTP on loopback, real keys, quick hashes.
"""

from __future__ import annotations

import http.cookiejar
import json
import re
import shutil
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from argon2.profiles import CHEAPEST

from tests.node.offices import SECRET, SIDES, Offices
from tests.ports import quiet_ports
from yeollak.node import founding
from yeollak.node.config import NodeConfig
from yeollak.storage.staffing import Staffing

PASSPHRASE = "four words nobody joins"
#: Accounts of each side: name and role; the name is the function of the officer that the person is.
ACCOUNTS = ("co-head", "liaison", "duty", "archivist")
HASHER = PasswordHasher.from_parameters(CHEAPEST)


#: Offices that were founded in this process and run no more, by their terms.
_founded: dict[str, Desks] = {}


def moved(folder: Path) -> None:
    """Give the two nodes in a folder other ports than those of whom they were copied from."""
    ports = quiet_ports(3 * len(SIDES))
    configs = {side: NodeConfig.load(folder / side) for side in SIDES}
    lines = {side: ("127.0.0.1", ports.pop()) for side in SIDES}
    for side, config in configs.items():
        peers = {
            peer: replace(address, url="https://{}:{}".format(*lines[peer]))
            for peer, address in config.peers.items()
        }
        public, desk = ("127.0.0.1", ports.pop()), ("127.0.0.1", ports.pop())
        replace(config, line=lines[side], public=public, desk=desk, peers=peers).save()


@dataclass(frozen=True)
class Answer:
    """What a page answered."""

    status: int
    url: str
    text: str


class Browser:
    """A browser without a script: cookies, forms and redirects."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.jar = http.cookiejar.CookieJar()
        self._open = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))

    def get(self, path: str) -> Answer:
        """The page at a path."""
        return self._ask(urllib.request.Request(self.base + path))

    def post(self, path: str, **fields: str) -> Answer:
        """Send a form to a path, with the token of the page that stands there (or of `of`)."""
        page = self.get(fields.pop("of", path)).text
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        data = {"csrfmiddlewaretoken": token[1] if token else "", **fields}
        return self._ask(urllib.request.Request(self.base + path, urllib.parse.urlencode(data).encode()))

    def _ask(self, request: urllib.request.Request) -> Answer:
        try:
            with self._open.open(request, timeout=20) as answer:
                return Answer(answer.status, answer.url, answer.read().decode(errors="replace"))
        except urllib.error.HTTPError as problem:
            return Answer(problem.code, problem.url, problem.read().decode(errors="replace"))


class Desks(Offices):
    """An office between two nodes, each with a desk. Only one node of a process can have the hands of its
    desk at a time: `serve` gives them to the one served last, `at` to another.
    """

    def make(self, terms: Mapping[str, Any] | None = None) -> Desks:
        """Found the office, post a co-head and a liaison officer beside the duty officer, make accounts."""
        super().make(terms)
        ports = quiet_ports(2)
        for number, side in enumerate(SIDES):
            node = self.nodes[side]
            kids = {"duty": self.keys[side].kid}
            for function in ("co-head", "liaison"):
                key = founding.post_officer(node, self.office, SECRET, function, own_passphrase=PASSPHRASE)
                kids[function] = key.kid
            people = Staffing(node.alias, HASHER)
            for name in ACCOUNTS:
                officers = {self.office: kids[name]} if name in kids else {}
                people.make_account(
                    name, name, PASSPHRASE, node.clock.now(), officers=officers, offices=[self.office]
                )
            replace(node.config, desk=("127.0.0.1", ports[number])).save()
        self.until(self.settled)
        return self

    @classmethod
    def made(cls, folder: Path, terms: Mapping[str, Any] | None = None) -> Desks:
        """A template whose nodes do not run. `terms` are terms of the charter besides its own."""
        made = cls(folder).make(terms)
        made.close()
        return made

    @classmethod
    def fresh(
        cls, factory: pytest.TempPathFactory, *sides: str, terms: Mapping[str, Any] | None = None
    ) -> Desks:
        """A copy of its own of the office with these terms, as it was founded, with these sides served."""
        named = json.dumps(terms, sort_keys=True)
        if named not in _founded:
            _founded[named] = Desks.made(factory.mktemp("founded"), terms)
        return cls.taken(_founded[named], factory.mktemp("desks"), *sides)

    @classmethod
    def taken(cls, template: Desks, folder: Path, *sides: str) -> Desks:
        """A copy of a template with these sides served (all, where none is named), the last with its desk. It
        listens where nothing else does.
        """
        shutil.copytree(template.folder, folder, dirs_exist_ok=True)
        moved(folder)
        made = cls(folder)
        made.office, made.keys = template.office, template.keys
        for side in SIDES:
            made.open(side)
        for side in sides or SIDES:
            made.serve(side)
        return made

    def address(self, side: str) -> str:
        """Where a side's desk answers."""
        listener = self.nodes[side].config.desk
        assert listener is not None
        host, port = listener
        return f"http://{host}:{port}"

    def browser(self, side: str, name: str = "duty", lang: str = "en") -> Browser:
        """A browser in which an account has signed in, with its language."""
        node = self.nodes[side]
        Staffing(node.alias, HASHER).give(name, node.clock.now(), language=lang)
        made = Browser(self.address(side))
        answer = made.post("/sign-in/", name=name, passphrase=PASSPHRASE, code="")
        assert answer.status == 200, answer.text
        return made
