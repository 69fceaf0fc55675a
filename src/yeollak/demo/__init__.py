"""The demonstration: two nodes on one machine, and the public history of a real office replayed between them.

It drives nodes as an operator and officers would, and makes no rule of its own. Everything in it is a
reconstruction from public sources, signed with demonstration keys that are no secret.
"""
