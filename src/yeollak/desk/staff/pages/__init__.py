"""One module a page: each reads, makes a context of plain values, and renders; none decides or signs."""
