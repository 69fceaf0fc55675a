"""`python -m bench.desk_pages`: what every page of the desk and of the public page costs with 100,000 acts.

Two offices are made, or taken from a folder where they were made before: one of the size asked for, and a
small one, so that every page has a ratio within the run. Each is served as a node serves it, in this process
and over HTTP, and a co-head who has signed in asks for page after page.

warm   the page asked again and again; nothing has changed between
cold   the page asked for at once after another side's act has come in, so that nothing is kept of it
live   from the instant at which an act has been stored to its event on an open stream

Milliseconds are wall time as the reader of a page has it; CPU is that of the whole process, which serves,
keeps the office and reads the answers.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import socket
import statistics
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlencode

import click
from rich.console import Console
from rich.table import Table

from yeollak.node.settings import configure

configure()

from bench.desk_store import Kept, Scribe, kept, publish  # noqa: E402 (models need settings)
from tests.staff.composing import draft_path, hidden  # noqa: E402 (as above)
from tests.staff.desks import HASHER, PASSPHRASE, Answer, Browser  # noqa: E402 (as above)
from yeollak.node.serve import serve_alone  # noqa: E402 (as above)
from yeollak.office.matter import natural_id  # noqa: E402 (as above)
from yeollak.storage.staffing import Staffing  # noqa: E402 (as above)

SMALL: Final = 1000
#: What the issue asks for, in milliseconds.
LIMIT, LIVE_LIMIT = 100.0, 1000.0
#: The threads that serve pages: each has an office of its own in mind.
_THREADS: Final = 4
#: How long it is waited until a node has prepared what first pages would wait for, in seconds.
_RESTS: Final = 180.0


@dataclass(slots=True)
class Cost:
    """What one page has cost, request by request: wall time and CPU time in milliseconds, bytes."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    size: int = 0

    @property
    def median(self) -> float:
        """The middle of the wall times."""
        return statistics.median(self.wall)

    @property
    def p95(self) -> float:
        """The wall time that 95 of 100 requests stay within."""
        ordered = sorted(self.wall)
        return ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]

    def to_json(self) -> dict[str, Any]:
        """Its figures."""
        return {
            "median": round(self.median, 2),
            "p95": round(self.p95, 2),
            "cpu": round(statistics.median(self.cpu), 2),
            "bytes": self.size,
        }


class Client:
    """A browser's connection to one server: what it asks is timed from the request to the last byte."""

    def __init__(self, address: tuple[str, int], cookie: str = "") -> None:
        self._address, self._cookie = address, cookie

    def ask(self, path: str, cost: Cost, **headers: str) -> bytes:
        """Ask for a page once. Raises RuntimeError where it does not answer with one."""
        connection = http.client.HTTPConnection(*self._address, timeout=120)
        began, spent = time.perf_counter(), time.process_time()
        connection.request("GET", path, headers={"Cookie": self._cookie, **headers})
        answer = connection.getresponse()
        content = answer.read()
        cost.wall.append((time.perf_counter() - began) * 1000)
        cost.cpu.append((time.process_time() - spent) * 1000)
        cost.size = len(content)
        connection.close()
        if answer.status != 200:
            raise RuntimeError(f"{path} answered {answer.status}")
        return content

    def listen(self, path: str) -> socket.socket:
        """Open a stream; returns its connection once the first event has come."""
        made = socket.create_connection(self._address, timeout=30)
        host = ":".join(map(str, self._address))
        made.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nCookie: {self._cookie}\r\n\r\n".encode())
        heard = b""
        while b"event: changed" not in heard:
            new = made.recv(4096)
            if not new:
                raise RuntimeError(f"{path} is no stream: {heard[:80]!r}")
            heard += new
        return made


class Patient(Browser):
    """A browser that waits for a node that has just started."""

    def _ask(self, request: urllib.request.Request) -> Answer:
        with self._open.open(request, timeout=300) as answer:
            return Answer(answer.status, answer.url, answer.read().decode(errors="replace"))


class Served:
    """An office that is served, with a co-head who has signed in."""

    def __init__(self, office: Kept) -> None:
        self.office = office
        self.scribe = Scribe(office.desks)
        self.scribe.now = office.now
        publish(office.node)
        office.desks.serve("south")
        config = office.node.config
        browser = Patient(office.desks.address("south"))
        node = office.node
        Staffing(node.alias, HASHER).give("co-head", node.clock.now(), language="en")
        signed_in = browser.post("/sign-in/", name="co-head", passphrase=PASSPHRASE, code="")
        if signed_in.status != 200:
            raise RuntimeError(f"nobody could sign in: {signed_in.status}")
        assert config.desk is not None
        handlers: list[Any] = vars(browser._open)["handlers"]
        jar = next(one.cookiejar for one in handlers if hasattr(one, "cookiejar"))
        cookie = "; ".join(f"{one.name}={one.value}" for one in jar)
        self.desk, self.public = Client(config.desk, cookie), Client(config.public)
        self.watch = natural_id(office.office, "posting", "watch/south")
        self.draft = self._draft(browser)

    def _draft(self, browser: Browser) -> str:
        """A draft that has been prepared, for its preview."""
        path = "/1/compose/account.enter/"
        page = browser.get(path)
        fields = {"f.source": "own", "f.when": "2020-01-01", "f.when.d": "2020-01-01"}
        fields |= {"f.subject.en": "On the works"}
        made = browser.post(path, **{**hidden(page), **fields, "do": "preview"})
        if "/preview/" not in made.url:
            raise RuntimeError(f"no draft could be prepared: {made.url}")
        return draft_path(made)

    def pages(self) -> dict[str, tuple[Client, str]]:
        """Every page by its name: who is asked, and its address."""
        matters, day = self.office.matters, self.office.now.date()
        month, year = day - timedelta(days=30), day - timedelta(days=365)
        line = {"side": "north", "from": "immediate"}
        desk = {
            "today": "",
            "line": "line/",
            "line, filtered": f"line/?{urlencode(line)}",
            "line, searched": f"line/?q={quote('댐')}",
            "line, a year back": f"line/?since={year}&until={year + timedelta(days=60)}",
            "line as a table": "line/?as=table",
            "call book": "calls/",
            "matters": "matters/",
            "matters, filtered": "matters/?procedure=note&awaited=north&settled=no",
            "matters, by due": "matters/?order=due",
            "matters, searched": f"matters/?q={quote('연락사무소')}",
            "matter, short": f"matters/{matters['short']}/",
            "matter, long": f"matters/{matters['long']}/",
            "matter, the watch": f"matters/{self.watch}/",
            "act": f"acts/{matters['short']}/",
            "compose": "compose/",
            "compose, searched": "compose/?q=note",
            "compose, a form": "compose/note.send/",
            "compose, in a matter": f"compose/remark/?matter={matters['short']}",
            "draft": self.draft.removeprefix("/1/"),
            "preview": f"{self.draft.removeprefix('/1/')}preview/",
            "drafts": "drafts/",
            "calendar": "calendar/",
            "calendar, a month": f"calendar/?view=month&day={month}",
            "people": "people/",
            "roster": "people/roster/",
            "agreements": "agreements/",
            "agreement": f"agreements/{matters['agreement']}/",
            "projects": "projects/",
            "project": f"projects/{matters['project']}/",
            "statistics": "statistics/",
            "statistics, a year": f"statistics/?since={year}&last={day}",
            "statistics, all years": f"statistics/?since={day.replace(year=day.year - 7)}&last={day}",
            "statistics, through": f"statistics/through/calls/?since={year}&last={day}",
            "figures stated": f"statistics/stated/{matters['figures']}/" if "figures" in matters else "",
            "record": "record/",
            "alarms": "alarms/",
            "accounts": "accounts/",
            "audit log": "accounts/audit/",
            "palette": f"find/?part=1&q={quote('dam')}",
            "find": f"find/?q={quote('ferry')}",
            "frame": "frame/",
        }
        office = f"/en/offices/{self.office.office}/"
        found = {name: (self.desk, f"/1/{path}") for name, path in desk.items() if path or name == "today"}
        found["me"] = (self.desk, "/me/")
        found["public page"] = (self.public, "/en/")
        found["public page, a year"] = (self.public, f"{office}?year={year.year}")
        found["public page, Arabic"] = (self.public, f"/ar/offices/{self.office.office}/")
        found["public feed"] = (self.public, f"{office}feed.atom")
        found["public data"] = (self.public, f"{office}office.jsonld")
        found["public entry"] = (self.public, f"{office}entries/event-0-south-0/")
        return found

    def arrive(self) -> float:
        """Let an act of the other side come in, as a pushed batch does; returns when it was stored."""
        # The clock stands still, so that no session grows old.
        self.scribe.now = self.office.now - timedelta(minutes=1)
        facts = {"class": "flood", "subject": {"en": "Discharge", "ko": "방류"}}
        self.scribe.say("north", "note.send", facts=facts, hours=24)
        self.scribe.flush()
        return self.scribe.stored


def warm(served: Served, rounds: int, chosen: str) -> dict[str, Cost]:
    """Every page, asked so often, after each thread has asked for everything once."""
    pages = {name: page for name, page in served.pages().items() if chosen in name}
    costs = {name: Cost() for name in pages}
    before = Cost()
    for name, (client, path) in pages.items():
        for _ in range(2 * _THREADS):
            client.ask(path, before)
        for _ in range(rounds):
            client.ask(path, costs[name])
    return costs


def rested() -> float:
    """Wait until this process, which serves, does nothing more by itself; returns how long that took, in
    seconds. What a node prepares behind its start is in the first pages' figures and not in the others'.
    """
    began = time.perf_counter()
    while time.perf_counter() - began < _RESTS:
        spent = time.process_time()
        time.sleep(1.0)
        if time.process_time() - spent < 0.1:
            break
    return time.perf_counter() - began


def cold(served: Served, rounds: int, chosen: str) -> dict[str, Cost]:
    """Every page, asked at once after an act has come in."""
    pages = {name: page for name, page in served.pages().items() if chosen in name}
    costs = {name: Cost() for name in pages}
    for _ in range(rounds):
        for name, (client, path) in pages.items():
            served.arrive()
            client.ask(path, costs[name])
    return costs


def live(served: Served, rounds: int) -> list[float]:
    """From the instant at which an act that came in is stored to the first event on an open stream after
    pages show it, in milliseconds: counting, folding and indexing are in it.
    """
    heard: list[float] = []
    stream = served.desk.listen("/1/events/")

    def listen() -> None:
        with contextlib.suppress(OSError):
            while data := stream.recv(4096):
                if b"event: changed" in data:
                    heard.append(time.perf_counter())

    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    found = []
    for _ in range(rounds):
        time.sleep(1.5)  # what the node itself appends has been told by then
        came = served.arrive()
        shown, ends = time.perf_counter(), time.perf_counter() + 30
        while not (told := [at for at in heard if at >= shown]) and time.perf_counter() < ends:
            time.sleep(0.002)
        if not told:
            raise RuntimeError("an act that came in was told to no open page")
        found.append((told[0] - came) * 1000)
    stream.shutdown(socket.SHUT_RDWR)
    stream.close()
    listener.join(timeout=5)
    return found


def started(served: Served) -> list[float]:
    """What the first pages cost of a server that has just started, in milliseconds, until every thread has
    answered.
    """
    cost = Cost()
    for _ in range(3 * _THREADS):
        served.desk.ask("/1/", cost)
    public = Cost()
    for _ in range(3 * _THREADS):
        served.public.ask("/en/", public)
    return cost.wall


@contextlib.contextmanager
def serving(office: Kept) -> Iterator[Served]:
    """An office served; nothing runs any more afterwards."""
    served = Served(office)
    try:
        yield served
    finally:
        office.desks.close()


def measured(office: Kept, rounds: int, cold_rounds: int, chosen: str) -> dict[str, Any]:
    """The figures of one office."""
    with serving(office) as served:
        first = started(served)
        serve_alone()
        rest = rested()
        return {
            "acts": office.acts,
            "start": [round(one, 1) for one in first],
            "rest": round(rest, 1),
            "warm": {name: one.to_json() for name, one in warm(served, rounds, chosen).items()},
            "cold": {name: one.to_json() for name, one in cold(served, cold_rounds, chosen).items()},
            "live": [round(one, 1) for one in live(served, cold_rounds)],
        }


def drawn(result: dict[str, Any]) -> Table:
    """The figures as a table: what the large office costs, and the ratio to the small one."""
    large, small = result["large"], result["small"]
    table = Table(title=f"{large['acts']:,} acts; ratios to {small['acts']:,} acts in the same run")
    table.add_column("page")
    for heading in ("median ms", "p95 ms", "CPU ms", "ratio", "cold ms", "cold CPU", "cold ratio", "kB"):
        table.add_column(heading, justify="right")
    for name, row in large["warm"].items():
        after, other = large["cold"].get(name), small["warm"].get(name)
        other_cold = small["cold"].get(name)
        table.add_row(
            name,
            _marked(row["median"]),
            f"{row['p95']:.0f}",
            f"{row['cpu']:.0f}",
            f"{row['cpu'] / other['cpu']:.1f}" if other else "",
            _marked(after["median"]) if after else "",
            f"{after['cpu']:.0f}" if after else "",
            f"{after['cpu'] / other_cold['cpu']:.1f}" if after and other_cold else "",
            f"{row['bytes'] / 1000:.0f}",
        )
    return table


def _marked(cost: float) -> str:
    return f"[bold]{cost:.0f}[/bold] !" if cost > LIMIT else f"{cost:.0f}"


@click.command()
@click.option("--acts", type=click.IntRange(min=SMALL), default=100_000, show_default=True)
@click.option("--rounds", type=click.IntRange(min=1), default=15, show_default=True, help="Requests a page.")
@click.option("--cold", "cold_rounds", type=click.IntRange(min=1), default=5, show_default=True)
@click.option("--page", "chosen", default="", help="Only pages with this in their name.")
@click.option(
    "--store", type=click.Path(path_type=Path), help="Keep the offices here, and use those that are."
)
@click.option("--json", "target", type=click.Path(path_type=Path), help="Write the figures here too.")
def main(
    acts: int, rounds: int, cold_rounds: int, chosen: str, store: Path | None, target: Path | None
) -> None:
    """Measure every page of the desk and the public page, with so many acts and with few."""
    with tempfile.TemporaryDirectory() as fresh:
        folder = store or Path(fresh)
        result: dict[str, Any] = {
            "v": 1,
            "rounds": rounds,
            "cold_rounds": cold_rounds,
            "cores": os.cpu_count(),
        }
        for name, size in (("small", SMALL), ("large", acts)):
            result[name] = measured(kept(folder / str(size), size), rounds, cold_rounds, chosen)
    Console().print(drawn(result))
    heard = result["large"]["live"]
    click.echo(f"live: median {statistics.median(heard):.0f} ms, worst {max(heard):.0f} ms")
    click.echo(f"first pages after a start: {', '.join(f'{one:.0f}' for one in result['large']['start'])} ms")
    if target is not None:
        target.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
