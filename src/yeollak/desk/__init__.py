"""The web desk of one side's officers, and the public page that anyone may read.

The other side never reaches the desk, and the public page is drawn from the record alone.
"""
