"""The answers to the questions by which the public page filters its entries."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import pgettext

from yeollak.desk.chronicle import BOTH, JOINT, OUTSIDE, PRESS
from yeollak.desk.lookalikes import LONGEST_CODE, SIGN
from yeollak.desk.templatetags.desk import procedure_word, who
from yeollak.desk.templatetags.marks import isolated, told
from yeollak.desk.timeline import Choice
from yeollak.words import clean, number, term
from yeollak.words.figures import month
from yeollak.words.labels import PROCEDURE_TERMS

register = template.Library()
_Context = Mapping[str, Any]


@register.simple_tag(takes_context=True)
def option(context: _Context, facet: str, one: Choice) -> SafeString:
    """One answer to a question of the filter. An answer holds no markup: what is to be said of a name that
    can be taken for another is for whoever points at it or hears the page, and its sign for the eye.
    """
    name = isolated(_choice(context, facet, one.value), context["lang"])
    words = f"{name} ({number(one.count)})"
    chosen = SafeString(" selected") if one.chosen else ""
    alike = _choice_told(context, facet, one.value)
    if not alike:
        return format_html('<option value="{}"{}>{}</option>', one.value, chosen, words)
    return format_html(
        '<option value="{0}"{1} title="{3}" aria-label="{2}: {3}">{2}</option>',
        one.value,
        chosen,
        f"{SIGN} {words}",
        alike,
    )


def _choice(context: _Context, facet: str, value: str) -> str:
    """A choice of the filter in words."""
    lang: str = context["lang"]
    if facet == "procedure":
        return procedure_word(value, lang)
    if facet == "side":
        return who(context, value)
    if facet == "month":
        return month(date.fromisoformat(f"{value}-01"), lang)
    if facet == "account":
        words = {PRESS: pgettext("account", "the press"), BOTH: term("both-sides", lang)}
        return words.get(value) or who(context, value)
    return value


def _choice_told(context: _Context, facet: str, value: str) -> str:
    """What is to be said of a choice that names a side, or a procedure that is none."""
    if facet in ("side", "account") and value not in (JOINT, OUTSIDE, BOTH, PRESS):
        party = context["office"].party(value)
        return told(context, party.short if party else clean(value, longest=LONGEST_CODE), words=False)
    if facet == "procedure" and value not in PROCEDURE_TERMS:
        return told(context, value, words=True)
    return ""
