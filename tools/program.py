"""The command line as the tools look at it: the click group that the console script runs."""

from __future__ import annotations

import importlib

import click


def program() -> click.Group:
    """The group behind `yeollak`. Raises TypeError when the entry point is none that can be described."""
    group = importlib.import_module("yeollak.cli.main").main
    if not isinstance(group, click.Group):
        raise TypeError("yeollak.cli.main:main is not a click group")
    return group
