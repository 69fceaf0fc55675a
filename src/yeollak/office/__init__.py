"""The office without hands: charter, causality, fold, officers; bytes and a time in, state and effects out.

It decides what an act means and never stores, sends or asks for anything: `storage` and `line` carry out the
effects it returns. Two nodes that hold the same bytes compute the same state here.
"""
