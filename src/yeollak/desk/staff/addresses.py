"""Parts of addresses: ids of 64 hexadecimal digits, as `<digest:NAME>` in the address of a page."""

from __future__ import annotations

from django.urls import register_converter
from django.urls.converters import StringConverter


class Digest(StringConverter):
    """An id of a matter, an act or an enclosure."""

    regex = "[0-9a-f]{64}"


register_converter(Digest, "digest")
