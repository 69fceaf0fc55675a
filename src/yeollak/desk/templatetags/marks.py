"""How it is set what is to be said of a name that can be taken for another: in words before the name, or by a
sign where the name stands in row after row.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any, Final

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import pgettext

from yeollak.desk.lookalikes import SIGN, look
from yeollak.desk.texts import Text
from yeollak.words import direction
from yeollak.words.lookalike import Look

register = template.Library()
_Context = Mapping[str, Any]
#: What stands between sentences in a row.
_BETWEEN: Final = {"ar": "؛ "}


@register.simple_tag(takes_context=True)
def marks(context: _Context, name: Text | str, words: bool = True) -> SafeString:
    """What is to be said of a name on the public page. `words` where its words may be of several scripts, as
    those of all names but the names of sides.
    """
    found = _look(context, name, words)
    return format_html("{} ", signs(found)) if found else SafeString("")


@register.simple_tag(takes_context=True)
def sign(context: _Context, name: Text | str, words: bool = True) -> SafeString:
    """The same by its sign alone; the words are for whoever points at it or hears the page."""
    said = told(context, name, words)
    if not said:
        return SafeString("")
    # No line ends between the two.
    shown = '<span class="sign" role="img" aria-label="{0}" title="{0}">{1}</span>&nbsp;'
    return format_html(shown, said, SIGN)


@register.simple_tag(takes_context=True)
def sign_plain(context: _Context, name: Text | str, words: bool = True) -> str:
    """The sign without markup, for titles of pages and of feeds."""
    return f"{SIGN} " if _look(context, name, words) else ""


def told(context: _Context, name: Text | str, words: bool) -> str:
    """What is to be said of a name, in sentences without markup; empty for nothing."""
    found = _look(context, name, words)
    if not found:
        return ""
    # In an attribute no element keeps the direction of a name to itself.
    lang: str = context["lang"]
    return _BETWEEN.get(lang, "; ").join(_told(found, isolated(found.like, lang)))


def isolated(name: str, lang: str) -> str:
    """A name for a place without markup, in a run of its own (UAX #9, isolates) where anything in it or
    around it is read from the right: what stands beside it keeps its place.
    """
    right = direction(lang) == "rtl" or any(unicodedata.bidirectional(one) in ("R", "AL") for one in name)
    return f"\u2068{name}\u2069" if name and right else name


def signs(look: Look) -> SafeString:
    """What is to be said of a name, in words."""
    told = _told(look, format_html("<bdi>{}</bdi>", look.like))
    return format_html_join(" ", '<span class="alike">{}</span>', ((one,) for one in told))


def _told(look: Look, like: str) -> list[str]:
    """It in sentences, in which `like` is the other name: as it is set, or plain."""
    told = []
    if look.like:
        sentence = pgettext("name", "looks like {name}, is written with other letters")
        told.append(
            format_html(sentence, name=like) if isinstance(like, SafeString) else sentence.format(name=like)
        )
    if look.mixed:
        told.append(pgettext("name", "mixes letters of several scripts"))
    if look.unseen:
        told.append(pgettext("name", "has characters that cannot be seen"))
    return told


def _look(context: _Context, name: Text | str, words: bool) -> Look:
    return look(context["office"].alike, name, context["lang"], words=words)
