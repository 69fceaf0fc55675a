"""`yeollak serve` and `yeollak recover`: a node on the line, and one that finds its own register again."""

from __future__ import annotations

import signal
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from yeollak.cli.opened import node_option, opened, passphrase_option
from yeollak.cli.options import shared
from yeollak.cli.output import Output
from yeollak.cli.usage import Misuse

if TYPE_CHECKING:
    from yeollak.node.serve import Server


@click.command()
@click.option(
    "--log",
    type=click.Choice(["none", "json"]),
    default="none",
    show_default=True,
    help="Tell on standard error what happens to the node, one JSON object a line.",
)
@click.option(
    "--roles",
    callback=lambda _context, _parameter, given: _roles(given),
    help="What this process does, of web, line and courier, with commas; else as node.toml says, else all. "
    "Less than all needs a store in PostgreSQL.",
)
@click.option(
    "--listen",
    multiple=True,
    metavar="NAME=HOST:PORT",
    callback=lambda _context, _parameter, given: dict(map(_listener, given)),
    help="Where line, public, desk or health listens in this process, in place of node.toml.",
)
@node_option
@passphrase_option
@shared
def serve(
    out: Output,
    log: str,
    roles: frozenset[str] | None,
    listen: dict[str, tuple[str, int]],
    folder: Path,
    passphrase: str,
) -> None:
    """Serve the line, the public page and the desk until Ctrl-C or SIGTERM."""
    from yeollak.node import logs

    if log == "json":
        logs.to_standard_error()
    else:
        logs.to_nobody()
    for number in _ENDING:
        signal.signal(number, _interrupt)
    server: Server | None = None
    try:
        node = opened(folder)
        from yeollak.node.serve import Server, serve_alone

        node = replace(node, config=node.config.listening(listen))
        server = Server(node, passphrase, roles=roles)
        server.start()
        serve_alone()
        _say(out, server)
        server.wait()
    except KeyboardInterrupt:
        pass
    finally:
        # A server that ends by itself is not interrupted on its way either.
        for number in _ENDING:
            signal.signal(number, signal.SIG_IGN)
        if server is not None:
            server.stop()


@click.command()
@click.option(
    "--accept-risk", is_flag=True, help="Go on although no peer and no anchor can tell what has left."
)
@node_option
@passphrase_option
@shared
def recover(out: Output, accept_risk: bool, folder: Path, passphrase: str) -> None:
    """Ask the other sides for our own register, and fetch back what this node lacks."""
    node = opened(folder)
    from yeollak.node.serve import Server
    from yeollak.storage import reading

    def sizes() -> dict[str, dict[str, int]]:
        views = [reading.office_view(node.alias, office) for office in reading.offices(node.alias)]
        return {view.id: {row.side: row.size for row in reading.heads(view)} for view in views}

    before = sizes()
    server = Server(node, passphrase, accept_risk=accept_risk)
    try:
        server.start()
    finally:
        server.stop()
    after = sizes()
    out.result({"before": before, "offices": after})
    for office, held in after.items():
        out.say("Office {office}", "bold", office=office)
        out.tabulate(
            [(side, str(before[office].get(side, 0)), str(size)) for side, size in held.items()],
            "register",
            "entries before",
            "entries now",
        )
    out.say("Next: yeollak doctor, then yeollak serve")


def _say(out: Output, server: Server) -> None:
    """Tell what this process serves, and where."""
    config, roles = server.node.config, server.roles
    page = f"http://{config.public[0]}:{config.public[1]}/" if "web" in roles else ""
    line = config.address if "line" in roles else ""
    desk = config.desk_address if "web" in roles else ""
    found = {"desk": desk, "line": line, "page": page, "roles": sorted(roles), "side": config.side}
    out.result(found)
    if line and page:
        out.say(
            "{side}: line {line}, public page {page}; Ctrl-C stops it",
            "bold",
            side=config.side,
            line=line,
            page=page,
        )
    else:
        out.say("{side}: {roles}; Ctrl-C stops it", "bold", side=config.side, roles=", ".join(sorted(roles)))
    if desk:
        out.say("The desk of {side}: {desk}", side=config.side, desk=desk)


def _roles(given: str | None) -> frozenset[str] | None:
    from yeollak.node.roles import ROLES, read_roles

    try:
        return None if given is None else read_roles(given.split(","))
    except ValueError:
        raise Misuse("A process takes roles of these: {roles}.", roles=", ".join(ROLES)) from None


def _listener(given: str) -> tuple[str, tuple[str, int]]:
    name, _, address = given.partition("=")
    host, _, port = address.rpartition(":")
    if name not in ("line", "public", "desk", "health") or not host or not port.isdigit():
        raise Misuse("--listen: {given} is not like desk=127.0.0.1:8081.", given=given)
    return name, (host.strip("[]"), int(port))


_ENDING = (signal.SIGINT, signal.SIGTERM)


def _interrupt(_number: int, _frame: Any) -> None:
    # At once: a second signal on the way to the end would else be raised where nobody waits for it.
    for number in _ENDING:
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt
