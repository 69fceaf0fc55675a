"""The servers of pages, each at an address of its own: the public page, the desk, health and figures."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING

from cheroot.wsgi import Server

from yeollak.desk.csp import SITE
from yeollak.node import deskdoor, logs
from yeollak.node.streams import Hub, StaffServer

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


def page_server(address: tuple[str, int], pages: WSGIApplication, hub: Hub | None = None) -> Server:
    """A server of pages, which has no port yet; with a `hub` for the streams of the desk."""
    make = Server if hub is None else partial(StaffServer, hub=hub)
    server = make(address, pages, numthreads=4, max=8, request_queue_size=32, timeout=30)
    server.shutdown_timeout = 1
    server.error_log = logs.of_pages  # type: ignore[method-assign]  # of either class
    return server


def of_staff(
    pages: WSGIApplication,
    names: tuple[str, ...],
    environ: WSGIEnvironment,
    start_response: StartResponse,
) -> Iterable[bytes]:
    """The pages, for a request that came by the desk's own listener, under a name of its own."""
    return deskdoor.answering(pages, names, {**environ, SITE: "staff"}, start_response)
