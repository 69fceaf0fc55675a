"""Joint texts in parallel languages: their exact bytes, where their languages differ, how drafts differ.

Everything here is pure: bytes and values in, values out. Nothing here decides what an act does to a matter,
and no warning stops anybody from signing. Source: docs/spec/14-joint-texts.md.
"""
