"""What a machine may ask of a node: whether it lives, whether it serves, and figures to watch it by.

`/live`, `/ready` and `/metrics` on a listener of their own, which stands on loopback unless the operator says
otherwise: nobody signs in here, so nothing here tells what the record says. Names of sides, codes of alarms
and counts are all that leaves. Figures are read from the store when they are asked for.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from yeollak.errors import Fault
from yeollak.node.open import Node
from yeollak.storage import reading
from yeollak.storage.own_register import FORKED

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

#: Alarms with which a node answers, and yet sends nothing of its own.
_STOPS = frozenset({FORKED})


class Figures:
    """A collector (`prometheus_client`) of what a node's store says of each of the `offices`, and how many
    they are: where several processes serve the store each tells of those that are its own.
    """

    def __init__(self, node: Node, offices: Callable[[], Iterable[str]]) -> None:
        self._node, self._offices = node, offices

    def collect(self) -> Iterator[Metric]:
        """The families of this moment. Offices are named by the first 16 digits of their ids."""
        entries = GaugeMetricFamily(
            "yeollak_register_entries",
            "Entries of a register: held, counted, known to pages (shown), receipted by another side.",
            labels=["office", "register", "state"],
        )
        owed = GaugeMetricFamily(
            "yeollak_line_owed_entries", "Entries that a side has not receipted.", labels=["office", "peer"]
        )
        good = GaugeMetricFamily(
            "yeollak_line_last_success_seconds",
            "When a side last answered as it should, in seconds since 1970.",
            labels=["office", "peer"],
        )
        failed = GaugeMetricFamily(
            "yeollak_line_failures", "Attempts at a side that failed in a row.", labels=["office", "peer"]
        )
        alarms = GaugeMetricFamily(
            "yeollak_alarms", "Alarms that nobody has cleared.", labels=["office", "code"]
        )
        mine = GaugeMetricFamily("yeollak_offices", "Offices that this process works for.")
        offices = list(self._offices())
        mine.add_metric([], len(offices))
        for office in offices:
            view = reading.office_view(self._node.alias, office)
            name = office[:16]
            for place, side in enumerate(view.charter.sides):
                for state, size in (
                    ("held", view.ledger.held(place)),
                    ("counted", view.ledger.counted(place)),
                    ("shown", view.ledger.shown[place]),
                ):
                    entries.add_metric([name, side, state], size)
            held = view.ledger.held(view.place)
            for peer, row in reading.outbox(view).items():
                owed.add_metric([name, peer], held - reading.receipted(view, peer))
                failed.add_metric([name, peer], row.attempts)
                if row.last_ok is not None:
                    good.add_metric([name, peer], row.last_ok.timestamp())
            standing: dict[str, int] = {}
            for alarm in reading.alarms(view):
                standing[alarm.code] = standing.get(alarm.code, 0) + 1
            for code, many in sorted(standing.items()):
                alarms.add_metric([name, code], many)
        yield from (entries, owed, good, failed, alarms, mine)


class Health:
    """The WSGI application. `ready` says whether the node has come to serve, `offices` of which ones it
    tells: all, where nothing else is said.
    """

    def __init__(
        self, node: Node, ready: Callable[[], bool], offices: Callable[[], Iterable[str]] | None = None
    ) -> None:
        self._node, self._ready = node, ready
        self._offices = offices or (lambda: reading.offices(node.alias))
        self._registry = CollectorRegistry()
        for collector in (ProcessCollector, PlatformCollector, GCCollector):
            collector(registry=self._registry)
        self._registry.register(Figures(node, self._offices))

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one question; everything but GET of the three paths is 404."""
        answers: Mapping[str, Callable[[], tuple[str, str, bytes]]] = {
            "/live": lambda: _told("200 OK", {"live": True}),
            "/ready": self._readiness,
            "/metrics": lambda: ("200 OK", CONTENT_TYPE_LATEST, generate_latest(self._registry)),
        }
        answer = answers.get(str(environ.get("PATH_INFO", "")))
        if answer is None or environ.get("REQUEST_METHOD") != "GET":
            status, kind, body = _told("404 Not Found", {})
        else:
            try:
                status, kind, body = answer()
            except Exception as problem:  # noqa: BLE001 (whatever keeps it from answering is the answer)
                why = problem.code if isinstance(problem, Fault) else type(problem).__name__
                status, kind, body = _told("503 Service Unavailable", {"why": [why]})
        start_response(
            status,
            [
                ("Content-Type", kind),
                ("Content-Length", str(len(body))),
                ("Cache-Control", "no-store"),
                ("X-Content-Type-Options", "nosniff"),
            ],
        )
        return [body]

    def _readiness(self) -> tuple[str, str, bytes]:
        """Whether this node should be sent requests: it has asked the other sides, its store answers, and
        its register has one course.
        """
        why = [] if self._ready() else ["starting"]
        reading.offices(self._node.alias)  # whether the store answers
        for office in self._offices():
            view = reading.office_view(self._node.alias, office)
            why += sorted({row.code for row in reading.alarms(view)} & _STOPS)
        status = "503 Service Unavailable" if why else "200 OK"
        return _told(status, {"ready": not why, "why": why})


def _told(status: str, value: Mapping[str, Any]) -> tuple[str, str, bytes]:
    return status, "application/json", json.dumps(value, sort_keys=True).encode() + b"\n"
