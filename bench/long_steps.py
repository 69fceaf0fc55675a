"""One figure of `bench.long`, in a process of its own: `python -m bench.long_steps STEP FOLDER`.

What a step needs in memory is what its process has needed, so each is one process, which opens a record of
`bench.long_store`, measures, prints a JSON object and ends.
"""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

#: From when on this process exists, as near as it can tell.
_BEGAN = time.perf_counter()

from yeollak.node.settings import configure  # noqa: E402 (the clock runs before anything is imported)

configure()

from django.db import connections  # noqa: E402 (models need settings)
from django.test import Client  # noqa: E402 (as above)
from django.test.utils import CaptureQueriesContext  # noqa: E402 (as above)

from bench.desk_store import SOUTH, Scribe, publish  # noqa: E402 (as above)
from bench.long_store import Long, long, peak  # noqa: E402 (as above)
from tests.node.offices import SECRET  # noqa: E402 (as above)
from tests.ports import quiet_ports  # noqa: E402 (as above)
from tests.staff.desks import HASHER, PASSPHRASE  # noqa: E402 (as above)
from yeollak.cli.auditing import cores  # noqa: E402 (as above)
from yeollak.desk.csp import SITE  # noqa: E402 (as above)
from yeollak.desk.staff.hands import install  # noqa: E402 (as above)
from yeollak.node.acting import Text, made  # noqa: E402 (as above)
from yeollak.node.docket import docket  # noqa: E402 (as above)
from yeollak.node.hands import NodeHands  # noqa: E402 (as above)
from yeollak.node.serve import Server  # noqa: E402 (as above)
from yeollak.office.propose import Draft, sign  # noqa: E402 (as above)
from yeollak.record import merkle, statement  # noqa: E402 (as above)
from yeollak.record.keys import SigningKey, verify_ed25519  # noqa: E402 (as above)
from yeollak.storage import models, reading, state_lines, subtrees, tallying  # noqa: E402 (as above)
from yeollak.storage.exporting import write_export  # noqa: E402 (as above)
from yeollak.storage.lining import Lining  # noqa: E402 (as above)
from yeollak.storage.own_register import NewAct  # noqa: E402 (as above)
from yeollak.storage.reading import OfficeView  # noqa: E402 (as above)
from yeollak.storage.staffing import Staffing  # noqa: E402 (as above)
from yeollak.storage.tallying import Tallying  # noqa: E402 (as above)

ROUNDS = 20
#: For how long signatures alone are verified, in seconds.
_BOUND = 4.0
#: A node is at rest once it has needed less than this of a core for so long, in seconds; it is waited for no
#: longer than for the other.
_QUIET, _REST, _LONGEST = 0.1, 10.0, 420.0
_TEXT = 1024


def memory() -> int:
    """The most bytes that this process has had in memory."""
    return peak(os.getpid())


class Spent:
    """What a piece of work costs, run after run: milliseconds of wall and of CPU time."""

    def __init__(self) -> None:
        self.wall: list[float] = []
        self.cpu: list[float] = []

    @contextlib.contextmanager
    def once(self) -> Iterator[None]:
        """Measure what is done meanwhile."""
        wall, cpu = time.perf_counter(), time.process_time()
        yield
        self.wall.append((time.perf_counter() - wall) * 1000)
        self.cpu.append((time.process_time() - cpu) * 1000)

    def told(self) -> dict[str, float]:
        """The medians."""
        return {"ms": round(median(self.wall), 3), "cpu_ms": round(median(self.cpu), 3)}


def queries(alias: str, work: Callable[[], object]) -> int:
    """How many questions a piece of work puts to the database."""
    with CaptureQueriesContext(connections[alias]) as asked:
        work()
    return len(asked)


def append(record: Long) -> dict[str, Any]:
    """One act of an officer with 1 KiB of text: judged, appended, counted, its checkpoint signed and synced;
    then what pages have to be told of it.
    """
    scribe = Scribe(record.desks)
    key, random, now = scribe.keys[SOUTH], Random(3), scribe.now + timedelta(hours=1)
    spent, shown = Spent(), Spent()

    def one() -> None:
        content = random.randbytes(_TEXT // 2).hex().encode()
        facts = {"class": "flood", "subject": {"en": "Discharge"}}
        draft, texts = Draft("note.send", facts=facts), [Text(content, "text/plain", "en")]

        def make(view: OfficeView) -> NewAct:
            prepared = made(view, key.kid, draft, texts, now, None)
            entry = sign(view.office, view.side, prepared.document, key)
            return NewAct(entry.statement, entry.document, prepared.blobs)

        (index,) = scribe.journal.commit(record.office, [make], scribe.posts[SOUTH].register, now)
        if not isinstance(index, int):
            raise index

    def show() -> None:
        while scribe.journal.show(record.office, now):
            pass

    one()
    show()
    for _ in range(ROUNDS):
        with spent.once():
            one()
        with shown.once():
            show()
    asked = queries(scribe.node.alias, one)
    scribe.receipt(SOUTH)
    told = {"shown": shown.told(), "show_queries": queries(scribe.node.alias, show)}
    return {**spent.told(), "queries": asked, **told}


def proof(record: Long) -> dict[str, Any]:
    """The inclusion proof of an entry of our register from the store, and its check."""
    view, spent, random = Scribe(record.desks).view, Spent(), Random(4)
    newest = view.rows(models.Checkpoint).filter(place=view.place).order_by("-size").first()
    assert newest is not None
    size, root = newest.size, bytes(newest.root)
    hashed, steps = [0], []
    node_hash, leaf_hash = merkle.node_hash, merkle.leaf_hash

    def one() -> None:
        index = random.randrange(size)
        path = merkle.inclusion_proof(subtrees.stored_tree(view, view.place), index, size)
        leaf = statement.leaf_hash(view.ledger.entry(view.place, index).statement)
        merkle.verify_inclusion(leaf, index, size, path, root)
        steps.append(len(path))

    one()
    for _ in range(2 * ROUNDS):
        with spent.once():
            one()
    asked = queries(view.alias, one)

    def noted(work: Callable[..., bytes]) -> Callable[..., bytes]:
        def count(*given: bytes) -> bytes:
            hashed[0] += 1
            return work(*given)

        return count

    merkle.node_hash = noted(node_hash)
    setattr(subtrees, "leaf_hash", noted(leaf_hash))  # noqa: B010 (as imported there)
    one()
    return {**spent.told(), "queries": asked, "steps": max(steps), "hashes": hashed[0]}


class _Reader:
    """A co-head who reads the desk in this process."""

    def __init__(self, record: Long, scribe: Scribe) -> None:
        self.node = scribe.node
        publish(self.node)
        install(NodeHands(self.node, lambda: None, lambda _: scribe.posts[SOUTH].register))
        Staffing(self.node.alias, HASHER).give("co-head", self.node.clock.now(), language="en")
        self._client = Client(headers={"host": "127.0.0.1"})
        form = self.ask("/sign-in/")
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form)
        assert token is not None
        given = {"name": "co-head", "passphrase": PASSPHRASE, "code": "", "csrfmiddlewaretoken": token[1]}
        if self._client.post("/sign-in/", given, **self._site()).status_code != 302:
            raise RuntimeError("nobody could sign in")

    def ask(self, path: str) -> str:
        """A page of the desk."""
        answer = self._client.get(path, **self._site())
        if answer.status_code != 200:
            raise RuntimeError(f"{path} answered {answer.status_code}")
        return str(answer.content.decode())

    @staticmethod
    def _site() -> dict[str, Any]:
        return {SITE: "staff"}


def count(record: Long) -> dict[str, Any]:
    """What figures, call books and the public page rest on, counted anew by a process that has nothing else
    to do: what an upgrade costs once, behind those who read.
    """
    scribe, spent = Scribe(record.desks), Spent()
    with scribe.journal.atomic():
        tallying.forget(scribe.view)
    before = memory()
    with spent.once():
        while Tallying(scribe.node.alias).tally(record.office):
            pass
    told = {"cpu_s": round(spent.cpu[0] / 1000, 2), "ms_an_act": round(spent.cpu[0] / record.acts, 3)}
    return {**told, "before_mb": before // 2**20}


def digest(record: Long) -> dict[str, Any]:
    """The digest of the office's state (rule 11), that of a thousand acts ago, as another side may have
    stated it, and the same without any lines: as it costs while a store of an earlier program has none, and
    what making them costs once.
    """
    scribe, spent, past = Scribe(record.desks), Spent(), Spent()
    alias, now = scribe.node.alias, scribe.view.office.frontier()
    earlier = tuple(max(0, size - 500) for size in now)
    _line(alias, record.office)
    found = set[str]()
    for at, kind in ((now, spent), (earlier, past)) * 3:
        view = reading.own_view(alias, record.office)
        view.refresh()
        state_lines.forget()
        with kind.once():
            found.add(view.office.digest(at))
    told: dict[str, Any] = {**spent.told(), "past": past.told(), "memory_mb": memory() // 2**20}
    scribe.view.rows(models.Matter).update(line=None)
    view = reading.own_view(alias, record.office)
    view.refresh()
    state_lines.forget()
    afresh, lining = Spent(), Spent()
    with afresh.once():
        found.add(view.office.digest(now))
    if len(found) != 2:
        raise RuntimeError("the digest of kept lines is another one than that made afresh")
    with lining.once():
        _line(alias, record.office)
    return {**told, "afresh": {**afresh.told(), "memory_mb": memory() // 2**20}, "lining": lining.told()}


def _line(alias: str, office: str) -> None:
    after: str | None = ""
    while after is not None:
        after = Lining(alias).line(office, after)


def pages(record: Long) -> dict[str, Any]:
    """Pages of the desk, the first time in this process, asked again, and asked after an act has come in.
    What they rest on has been counted, as at every start but the first.
    """
    scribe = Scribe(record.desks)
    while Tallying(scribe.node.alias).tally(record.office):
        pass
    reader, at = _Reader(record, scribe), record.matters
    today = scribe.node.clock.now().date()
    ever = f"since={today.replace(year=today.year - 15)}&last={today}"
    found: dict[str, Any] = {}
    asked: dict[str, Callable[[], object]] = {
        "matter, of some acts": lambda: reader.ask(f"/1/matters/{at['short']}/"),
        "matter, as long as the office": lambda: reader.ask(f"/1/matters/{at['long']}/"),
        "list of matters": lambda: reader.ask("/1/matters/"),
        "docket": lambda: docket(scribe.view, scribe.node.clock.now()),
        "docket on the desk": lambda: reader.ask("/1/"),
        "figures of a month": lambda: reader.ask("/1/statistics/"),
        "figures of all years": lambda: reader.ask(f"/1/statistics/?{ever}"),
        "call book": lambda: reader.ask("/1/calls/"),
        "calendar, a month": lambda: reader.ask("/1/calendar/"),
    }
    for name, work in asked.items():
        first, warm, cold = Spent(), Spent(), Spent()
        with first.once():
            work()
        for _ in range(5):
            with warm.once():
                work()
        for _ in range(3):
            scribe.now = scribe.node.clock.now() - timedelta(minutes=1)
            scribe.say("north", "note.send", facts={"class": "flood", "subject": {"en": "Rain"}}, hours=24)
            scribe.flush()
            with cold.once():
                work()
        asked_for = queries(scribe.node.alias, work)
        found[name] = {**warm.told(), "first": first.told(), "cold": cold.told(), "queries": asked_for}
    return found


def start(record: Long) -> dict[str, Any]:
    """`yeollak serve`, whose peer is away: until everything answers, then until it is at rest."""
    ports, node = quiet_ports(3), record.desks.nodes[SOUTH]
    line, public, desk = (("127.0.0.1", port) for port in ports)
    replace(node.config, line=line, public=public, desk=desk).save()
    node = record.desks.open(SOUTH)
    imported = time.perf_counter() - _BEGAN
    spent = Spent()
    with spent.once():
        server = Server(node, SECRET)
        server.start()
    found: dict[str, Any] = {
        **spent.told(),
        "with_imports_ms": round((imported * 1000 + spent.wall[0]), 1),
        "memory_mb": memory() // 2**20,
    }
    publish(node)
    cpu, began = time.process_time(), time.perf_counter()
    while time.perf_counter() - began < _LONGEST:
        before = time.process_time()
        time.sleep(_REST)
        if (share := (time.process_time() - before) / _REST) < _QUIET:
            break
    found["at_rest"] = {
        "seconds": round(time.perf_counter() - began - _REST, 1),
        "cpu_seconds": round(time.process_time() - cpu, 2),
        "cpu_share": round(share, 4),
        "memory_mb": memory() // 2**20,
    }
    server.stop()
    return found


def _verify_on(many: int) -> tuple[float, float]:
    """How many signatures of statements this process verifies in a second, and does nothing else, and what
    one takes of CPU, in microseconds.
    """
    key, digest = SigningKey(bytes(range(32))), bytes(32)
    raw = [statement.sign(key, "south/of/bound", "0" * 64, bytes([n]) + digest[1:]) for n in range(many)]
    signed = [
        (statement.to_be_signed(one.protected, one.payload), one.signature)
        for one in map(statement.parse, raw)
    ]
    done, cpu, began = 0, time.process_time(), time.perf_counter()
    while time.perf_counter() - began < _BOUND:
        # Not by `statement.verify`, which remembers those that were good.
        for message, signature in signed:
            verify_ed25519(key.public, message, signature, what="the bound")
        done += many
    return done / (time.perf_counter() - began), (time.process_time() - cpu) / done * 1e6


def bound() -> tuple[float, float]:
    """How many signatures a second all cores verify together, and what one takes of CPU, in microseconds."""
    with multiprocessing.get_context("spawn").Pool(cores()) as pool:
        found = pool.map(_verify_on, [200] * cores(), chunksize=1)
    return sum(rate for rate, _ in found), sum(cpu for _, cpu in found) / len(found)


def audit(record: Long) -> dict[str, Any]:
    """An export of everything, and its audit on every core, beside what verifying alone would take."""
    scribe, folder = (
        Scribe(record.desks),
        record.desks.folder.with_name(f".{record.desks.folder.name}.export"),
    )
    shutil.rmtree(folder, ignore_errors=True)
    exported = Spent()
    with exported.once():
        write_export(scribe.node.alias, record.office, folder, scribe.posts[SOUTH].register)
    found: dict[str, Any] = {"export": {**exported.told(), "memory_mb": memory() // 2**20}}
    connections.close_all()
    bounds = [bound()]
    for name, many in (("all_cores", cores()), ("one_core", 1)):
        if name == "one_core" and record.acts > 200_000:
            continue  # ten minutes for what the smaller sizes say already
        of = found[name] = _verified(folder, many)
        # Before and after: others use the cores too, and what is left of them changes.
        bounds.append(bound())
        rate, cost = (sum(pair) / 2 for pair in zip(*bounds[-2:], strict=True))
        cpu = of["cpu_s"] * 1e6 / of["acts"]
        of |= {"bound_per_s": round(rate), "of_bound": round(of["per_s"] / rate, 3)}
        of |= {"cpu_us": round(cpu, 1), "verify_us": round(cost, 1), "of_bound_by_cpu": round(cost / cpu, 3)}
        print(json.dumps(of), file=sys.stderr)
    found["bound_per_s"] = round(median(rate for rate, _ in bounds))
    shutil.rmtree(folder)
    return found


def _verified(folder: Path, many: int) -> dict[str, Any]:
    """`yeollak verify` of an export on so many cores."""
    began, chosen = time.perf_counter(), sorted(os.sched_getaffinity(0))[:many]
    command = ["taskset", "-c", ",".join(map(str, chosen)), sys.executable, "-m", "yeollak", "verify"]
    with tempfile.TemporaryFile() as answer:
        process = subprocess.Popen([*command, str(folder), "--json"], stdout=answer)
        together, greatest = 0, 0
        spent: dict[int, float] = {}
        while not (ended := os.wait4(process.pid, os.WNOHANG))[0]:
            pids = (process.pid, *_children(process.pid))
            shares = [_share(pid) for pid in pids]
            together, greatest = max(together, sum(shares)), max(greatest, *shares)
            spent |= {pid: max(_cpu(pid), spent.get(pid, 0.0)) for pid in pids}
            time.sleep(0.1)
        process.returncode = os.waitstatus_to_exitcode(ended[1])
        took = time.perf_counter() - began
        answer.seek(0)
        told = json.loads(answer.read())
    if process.returncode or not told["verified"]:
        raise RuntimeError(f"the export of the measurement has defects: {told['defects'][:3]}")
    return {
        "acts": told["state"]["acts"],
        "seconds": round(took, 3),
        "per_s": round(told["state"]["acts"] / took, 1),
        "cpu_s": round(ended[2].ru_utime + ended[2].ru_stime, 2),
        "greatest_cpu_s": round(max(spent.values()), 1),
        "memory_mb": together // 2**20,
        "greatest_mb": greatest // 2**20,
    }


def _share(pid: int) -> int:
    """The bytes that a process has in memory now, those that it shares being divided among all that do."""
    with contextlib.suppress(OSError):
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)
    return 0


def _cpu(pid: int) -> float:
    """The seconds of CPU that a process has had."""
    with contextlib.suppress(OSError):
        after = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(after[11]) + int(after[12])) / os.sysconf("SC_CLK_TCK")
    return 0.0


def _children(pid: int) -> list[int]:
    with contextlib.suppress(OSError):
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


STEPS: dict[str, Callable[[Long], dict[str, Any]]] = {
    "append": append,
    "proof": proof,
    "count": count,
    "digest": digest,
    "pages": pages,
    "start": start,
    "audit": audit,
}


def main() -> None:
    """Measure the step that is named, in the folder that is named."""
    step, record = STEPS[sys.argv[1]], long(Path(sys.argv[2]))
    found = step(record)
    told = found if "memory_mb" in found else {**found, "memory_mb": memory() // 2**20}
    print(json.dumps({"acts": record.acts, **told}), flush=True)
    sys.stdout.flush()
    os._exit(0)  # threads of a server that is being warmed are not waited for


if __name__ == "__main__":
    main()
