"""How it is set what is to be said of a name that can be taken for another: in words before the name, or by a
sign where the name stands in row after row.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import pgettext

from yeollak.desk.texts import Text
from yeollak.words.lookalike import Look

register = template.Library()
_Context = Mapping[str, Any]


@register.simple_tag(takes_context=True)
def marks(context: _Context, text: Text) -> SafeString:
    """What is to be said of a name of the office on the public page."""
    look = _look(context, text)
    return format_html("{} ", signs(look)) if look else SafeString("")


def sign(context: _Context, text: Text) -> SafeString:
    """The same by its sign alone; the words are for whoever points at it or hears the page."""
    look = _look(context, text)
    if not look:
        return SafeString("")
    words = "; ".join(_told(look, look.like))
    return format_html('<span class="sign" role="img" aria-label="{0}" title="{0}">≠</span> ', words)


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


def _look(context: _Context, text: Text) -> Look | None:
    known: Mapping[str, Look] = context["office"].alike
    return known.get(text.pick(context["lang"]).text) if known else None
