"""Runs the command line: `python -m yeollak`."""

from yeollak.cli.main import main

main()
