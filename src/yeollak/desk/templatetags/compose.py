"""Words that the pages of composing set from codes of the record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template

from yeollak.words.facts import value_word
from yeollak.words.labels import void_word

register = template.Library()


@register.simple_tag(takes_context=True)
def function_word(context: Mapping[str, Any], name: str) -> str:
    """What the function of an officer is called."""
    return value_word(context["lang"], "function", name) or name


@register.simple_tag(takes_context=True)
def void_words(context: Mapping[str, Any], code: str) -> str:
    """Why an act is void."""
    return void_word(context["lang"], code)
