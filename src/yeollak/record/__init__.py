"""Bytes and proofs: statements, documents, enclosures, the tree, notes, checkpoints, keys, parcels, audit.

Everything here is a pure function over bytes and raises the fault that names the entry and the rule. No
Django, socket, database, environment or clock: whoever is given the bytes and the keys can check without a
node.
"""
