"""The house rules as functions: each takes one file's path and text and yields what it finds wrong.

A rule knows nothing of git, of the console or of other files, so that `tests/house` can try it on a good
and a bad sample. `tools.check` applies the rules to the tree.
"""
