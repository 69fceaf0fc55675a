"""Fuzzing: every parser that takes bytes from outside, and what must hold for any bytes.

`targets` has one function of bytes for each parser, `corpus/` what they begin from, `mutator` an engine of
our own and `driver` one process in which atheris drives a target. `python -m fuzz` runs all of them. Not part
of the product, which never imports it. What holds for every target stands in `held`.
"""
