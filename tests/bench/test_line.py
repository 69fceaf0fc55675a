"""The line is measured between two real nodes, and what is measured has come back whole."""

from __future__ import annotations

from pathlib import Path

from bench.line import Nodes, bound, drawn


def test_two_nodes_give_back_every_dispatch_with_its_receipt(tmp_path: Path) -> None:
    nodes = Nodes(tmp_path)
    try:
        one = nodes.run(1, 4, 12)
        both = nodes.run(2, 8, 16)
        _, states = nodes.settle()
    finally:
        nodes.close()
    assert (one["acts"], both["acts"]) == (12, 16)
    assert one["lost"] == both["lost"] == 0
    assert one["alarms"] == both["alarms"] == []
    assert 0 < one["p50_ms"] <= one["p99_ms"]
    assert set(one["cpu_us"]) == set(one["memory_mb"]) == {"south", "north"}
    heads = {side: size for side, size, _, _ in states[0]["heads"]}
    assert heads["south"] >= 12 + 8
    assert heads["north"] >= 8


def test_the_bound_is_signing_and_verifying_alone() -> None:
    assert bound(300) > 0


def test_the_table_has_a_row_for_each_flow() -> None:
    found = {"per_s": 9.0, "of_bound": 0.1, "counted_per_s": 8.0, "p50_ms": 1.0, "p99_ms": 2.0, "lost": 0}
    flows = {"16": {**found, "cpu_us": {"south": 5.0, "north": 6.0}}}
    run = {"cores": 2, "python": "3", "date": "2026-01-01"}
    table = drawn({"run": run, "bound_per_s": 90.0, "one_way": flows, "two_way": flows})
    assert table.row_count == 2
