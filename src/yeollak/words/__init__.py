"""Sentences and terms in every language of the office, for screens, command line and generated pages.

No sentence is put together from parts, and no Django is needed to read one.
"""
