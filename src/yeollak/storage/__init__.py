"""The one Django app with models; `journal` is its only writer, every projection can be rebuilt.

It decides nothing about meaning (`office` does) and talks to no other side (`line` does).
"""
