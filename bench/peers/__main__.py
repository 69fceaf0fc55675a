"""`python -m bench.peers`: our line, its bound, and what a user would pick instead, in one run.

Ratios come first: figures of different runs, on a machine that others use, are not to be compared. What
cannot be installed here stands in the result with its reason.
"""

from __future__ import annotations

import json
import os
import platform
import signal
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from bench.line import IN_FLIGHT, bound
from bench.peers import OUTAGE
from bench.peers.as2 import As2
from bench.peers.guarantees import GUARANTEES
from bench.peers.ours import RECEIPT, OurLine
from bench.peers.place import ROOT, MissingPeer, Peer
from bench.peers.prosody import ArchivingProsody, Prosody
from bench.peers.synapse import Synapse

PEERS: tuple[type[Peer], ...] = (As2, Prosody, ArchivingProsody, Synapse)
FLOWS = (("one_way", 1), ("two_way", 2))
#: Where environments of peers are kept.
CACHE = ROOT / ".cache" / "peers"
#: Messages of the widest flow are divided by so much where a peer carries far fewer a second: it is measured
#: no worse by fewer.
_PART = {"as2": 8, "synapse": 16, "prosody-archive": 2}

Run = Callable[[int, int, int], dict[str, Any]]


def flows(run: Run, acts: int) -> dict[str, Any]:
    """Each flow of `bench.line`: one way and both ways, with few and many in flight, after a short one."""
    run(1, 16, max(16, acts // 64))  # connections, caches and the first tables
    found: dict[str, Any] = {}
    for name, senders in FLOWS:
        found[name] = {}
        for in_flight in IN_FLIGHT:
            many = max(64 if in_flight == 1 else 2 * in_flight, acts * in_flight // max(IN_FLIGHT))
            found[name][str(in_flight)] = run(senders, in_flight, many // senders * senders)
    return found


def measured_ours(folder: Path, acts: int, outage: int) -> dict[str, Any]:
    """Our own figures, as those of a peer."""
    nodes = OurLine(folder)
    try:
        return {"receipt": RECEIPT, **flows(nodes.run, acts), "outage": nodes.outage(outage)}
    finally:
        nodes.close()


def measured_peer(peer: Peer, folder: Path, acts: int, outage: int, cache: Path = CACHE) -> dict[str, Any]:
    """A peer's figures, or the reason why there are none under `missing`."""
    told: dict[str, Any] = {"title": peer.title, "receipt": peer.receipt, "settings": list(peer.settings)}
    try:
        told["version"] = peer.install(cache)
        peer.start(folder)
        told |= flows(peer.run, max(64, acts // _PART.get(peer.name, 1)))
        told["outage"] = peer.outage(outage)
    except (MissingPeer, RuntimeError, OSError) as fault:
        told["missing"] = f"{type(fault).__name__}: {fault}"
    finally:
        peer.stop()
    return told


def ratios(ours: dict[str, Any], peers: dict[str, dict[str, Any]], of: str = "per_s") -> dict[str, Any]:
    """How many times as many receipted messages a second ours carries as each peer, and as the fastest; the
    outage as a ratio of the times until every receipt is there. With `of_bound`, each is first divided by
    the bound that was taken before it, which weighs out what else the machine had to do just then.
    """
    found: dict[str, Any] = {}
    for name, told in peers.items():
        if "outage" not in told:
            continue
        found[name] = {
            flow: {wide: ours[flow][wide][of] / max(one[of], 1e-9) for wide, one in told[flow].items()}
            for flow, _ in FLOWS
        }
        found[name]["outage"] = told["outage"]["seconds"] / max(ours["outage"]["seconds"], 1e-9)
    if found:
        wides = [str(wide) for wide in IN_FLIGHT]
        fastest = {
            flow: {wide: min(one[flow][wide] for one in found.values()) for wide in wides}
            for flow, _ in FLOWS
        }
        found["fastest"] = fastest
    return found


def _storage(folder: Path) -> str:
    """The kind of filesystem of a folder, where the system says so: syncs cost nothing in memory."""
    try:
        mounts = [line.split()[1:3] for line in Path("/proc/mounts").read_text().splitlines()]
    except OSError:
        return ""
    over = [(len(place), kind) for place, kind in mounts if str(folder).startswith(place)]
    return max(over, default=(0, ""))[1]


def measured(
    acts: int, only: tuple[str, ...] = (), outage: int = OUTAGE, kept: Path | None = None
) -> dict[str, Any]:
    """One run of everything. `acts` are those of our widest flow. The bound is taken anew before each peer:
    it tells what the machine had to give just then. What there is so far is kept after each peer.
    """
    run: dict[str, Any] = {
        "date": datetime.now(UTC).replace(microsecond=0).isoformat(),
        "cores": os.cpu_count(),
        "machine": platform.machine(),
        "python": platform.python_version(),
        "storage": _storage(Path(tempfile.gettempdir())),
        "load_before": [round(one, 2) for one in os.getloadavg()],
    }
    result: dict[str, Any] = {"v": 1, "run": run, "bound_per_s": bound(acts)}
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        result["ours"] = measured_ours(Path(folder), acts, outage)
    result["ours"] |= {"load": os.getloadavg()[0], "bound_per_s": result["bound_per_s"]}
    result["peers"] = {}
    for kind in PEERS:
        if only and kind.name not in only:
            continue
        meanwhile = bound(acts)
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            result["peers"][kind.name] = measured_peer(kind(), Path(folder), acts, outage)
        result["peers"][kind.name] |= {"load": os.getloadavg()[0], "bound_per_s": meanwhile}
        if kept is not None:
            kept.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    for one in (result["ours"], *result["peers"].values()):
        for flow, _ in FLOWS:
            for found in one.get(flow, {}).values():
                found["of_bound"] = found["per_s"] / one["bound_per_s"]
    run["load_after"] = [round(one, 2) for one in os.getloadavg()]
    result["ratios"] = ratios(result["ours"], result["peers"])
    result["ratios_of_bound"] = ratios(result["ours"], result["peers"], "of_bound")
    result["guarantees"] = GUARANTEES
    return result


def drawn(result: dict[str, Any]) -> list[Table]:
    """The figures as tables, ratios first."""
    run = result["run"]
    title = f"{run['cores']} cores, load {run['load_before'][0]} to {run['load_after'][0]}, {run['date']}"
    return [_ratios(result, title), _speeds(result), _outages(result), _guarantees(result)]


def _columns(table: Table, *headings: str) -> Table:
    for heading in headings:
        table.add_column(heading, justify="right")
    return table


def _ratios(result: dict[str, Any], title: str) -> Table:
    table = Table(title=f"Receipted messages a second: ours in multiples of each\n{title}")
    table.add_column("instead")
    _columns(table, *(f"{flow.replace('_', ' ')}, {wide}" for flow, _ in FLOWS for wide in IN_FLIGHT))
    for name, told in result["peers"].items():
        found = result["ratios"].get(name)
        if found is None:
            table.add_row(name, told["missing"])
            continue
        for label, one in ((name, found), (f"{name}, by the bound", result["ratios_of_bound"][name])):
            table.add_row(label, *(f"{one[flow][str(wide)]:,.2f}" for flow, _ in FLOWS for wide in IN_FLIGHT))
    return table


def _speeds(result: dict[str, Any]) -> Table:
    table = Table(title=f"Figures of this run alone; bound {result['bound_per_s']:,.0f}/s")
    table.add_column("what")
    table.add_column("flow")
    _columns(table, "in flight", "per s", "of bound", "p50 ms", "p99 ms", "lost", "doubled", "misordered")
    for name, told in (("ours", result["ours"]), *result["peers"].items()):
        for flow, _ in FLOWS:
            for wide, found in told.get(flow, {}).items():
                table.add_row(
                    name,
                    flow.replace("_", " "),
                    wide,
                    f"{found['per_s']:,.0f}",
                    f"{found['of_bound']:.3f}",
                    f"{found['p50_ms']:,.1f}",
                    f"{found['p99_ms']:,.1f}",
                    str(found["lost"]),
                    str(found.get("doubled", "")),
                    str(found.get("misordered", "")),
                )
    return table


def _outages(result: dict[str, Any]) -> Table:
    table = Table(title="The other end was down for so many messages")
    table.add_column("what")
    _columns(table, "sent", "s until all receipts", "of them start", "by itself", "resent", "lost")
    _columns(table, "doubled", "misordered")
    table.add_column("known to the sender meanwhile")
    for name, told in (("ours", result["ours"]), *result["peers"].items()):
        if (found := told.get("outage")) is None:
            continue
        known = {**found["known_meanwhile"]["refused"], **found["known_meanwhile"]["attempts"]}
        table.add_row(
            name,
            str(found["sent"]),
            f"{found['seconds']:.1f}",
            f"{found['start_seconds']:.1f}",
            *(str(found[one]) for one in ("receipts_by_itself", "resent", "lost", "doubled", "misordered")),
            ", ".join(f"{reason} ({count})" for reason, count in known.items()) or "nothing",
        )
    return table


def _guarantees(result: dict[str, Any]) -> Table:
    table = Table(title="What each guarantees")
    for heading in ("guarantee", "ours", "as2", "prosody", "synapse"):
        table.add_column(heading)
    for row in result["guarantees"]:
        table.add_row(row["guarantee"], *(row[name] for name in ("ours", "as2", "prosody", "synapse")))
    return table


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
@click.option("--only", multiple=True, type=click.Choice([kind.name for kind in PEERS]), help="These alone.")
@click.option("--acts", type=click.IntRange(min=64), default=4096, show_default=True, help="Widest flow.")
@click.option(
    "--outage", type=click.IntRange(min=1), default=OUTAGE, show_default=True, help="Sent meanwhile."
)
@click.option("--kept", type=click.Path(path_type=Path), help="Write what there is here after each peer.")
def main(as_json: bool, only: tuple[str, ...], acts: int, outage: int, kept: Path | None) -> None:
    """Measure our line beside what a user would pick instead."""
    # Whoever ends this run ends the servers that it has started.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    result = measured(acts, only, outage, kept)
    if as_json:
        click.echo(json.dumps(result, indent=1))
        return
    console = Console(width=160)
    for table in drawn(result):
        console.print(table)


if __name__ == "__main__":
    main()
