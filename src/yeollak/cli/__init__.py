"""The command line, one module a noun; `main` is the entry point that pyproject names.

A command parses its arguments, calls the layers below and words the outcome; the rules live there, not here.
"""
