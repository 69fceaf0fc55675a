"""Schedules: everything that sides may do to one office at once, and what must hold of it whatever arrives
when.

A schedule is one run from one seed: officers of two or three sides act in every procedure, on stale
knowledge, carelessly and with ill will, while batches arrive late, twice and in any order and nodes are cut
off and started again. How it is made and what is checked is told in docs/spec/18-schedules.md.
"""
