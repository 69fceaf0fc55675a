"""The rules of each kind of matter, as tables: kinds of act, transitions, guards, clocks and crossing pairs.

The same table drives the engine, the buttons, the API, the command line, the generated pages and the
exhaustive tests. Nothing here does anything: no I/O, no clock, and no knowledge of which side is ours.
"""
