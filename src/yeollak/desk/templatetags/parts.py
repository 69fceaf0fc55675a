"""How parts of values are set in a page of the desk: sides with their marks, instants on the office's clock
with UTC beside it, foreign text in an element of its own language and direction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from yeollak.desk.staff import looks
from yeollak.desk.staff.texts import Run
from yeollak.desk.staff.titles import Title
from yeollak.desk.staff.values import Part
from yeollak.desk.templatetags.desk import said
from yeollak.desk.templatetags.marks import signs
from yeollak.desk.texts import Text

register = template.Library()
_Context = Mapping[str, Any]


@register.simple_tag(takes_context=True)
def part(context: _Context, one: Part | None) -> SafeString:
    """One part of a value."""
    if one is None:
        return SafeString("")
    match one.sort:
        case "text":
            return named(context, one.said) if one.name else said(context, one.said)
        case "side":
            set_ = format_html('<span class="side {}">{}</span>', "us" if one.ours else "them", one.text)
            return set_ if one.ours else marked(set_, one.text)
        case "time":
            day, _, hour = one.text.partition("|")
            utc = format_html(' <bdi dir="ltr" class="n q">{}</bdi>', one.utc) if one.utc else ""
            return format_html(
                '<time datetime="{}"><span class="d n">{}</span> <bdi dir="ltr" class="n">{}</bdi>{}</time>',
                one.iso,
                day,
                hour,
                utc,
            )
        case "day":
            return format_html('<time datetime="{}" class="d">{}</time>', one.iso, one.text)
        case "link":
            words = said(context, one.said) if one.said is not None else one.text
            return format_html('<a href="{}">{}</a>', one.url, words)
        case "code":
            return format_html('<bdi class="mono" dir="ltr">{}</bdi>', one.text)
        case _:
            return format_html("{}", one.text)


@register.simple_tag(takes_context=True)
def parts(context: _Context, several: Iterable[Part]) -> SafeString:
    """The parts of a value, a list where there are several."""
    made = [part(context, one) for one in several]
    if len(made) == 1:
        return made[0]
    return format_html(
        '<ul class="vals">{}</ul>', format_html_join("", "<li>{}</li>", ((one,) for one in made))
    )


@register.simple_tag(takes_context=True)
def title(context: _Context, one: Title) -> SafeString:
    """What a matter is called."""
    return named(context, one.said, words=True) if one.said is not None else format_html("{}", one.word)


@register.simple_tag(takes_context=True)
def bare(context: _Context, one: Title) -> SafeString:
    """What a matter is called, where its mark (`alike`) stands before it by itself: in a row of two lines the
    title is cut, and what is to be said of it never is.
    """
    return said(context, one.said) if one.said is not None else format_html("{}", one.word)


@register.simple_tag(takes_context=True)
def named(context: _Context, text: Text | None, words: bool = False) -> SafeString:
    """A name of the record, with what is to be said of it before it where it can be taken for another;
    `words` where its words may be of several scripts.
    """
    if text is None:
        return SafeString("")
    shown = text.pick(context["lang"]).text
    return marked(said(context, text), shown, words=words, hidden=text.unseen)


@register.simple_tag(takes_context=True)
def alike(context: _Context, name: str | Text | None, hidden: bool = False) -> SafeString:
    """What is to be said of a file's name or of a matter's title that is set otherwise, and nothing else."""
    if isinstance(name, Text):
        return marked(SafeString(""), name.pick(context["lang"]).text, words=True, hidden=name.unseen)
    return marked(SafeString(""), name, words=True, hidden=hidden) if name else SafeString("")


def marked(inner: SafeString, name: str, *, words: bool = False, hidden: bool = False) -> SafeString:
    """A name as it is set, behind a mark in words where it can be taken for another. The mark comes first: a
    title that is cut off after two lines keeps it.
    """
    here = looks.looks()
    look = here.look(name, words=words, hidden=hidden) if here is not None else None
    if not look:
        return inner
    return format_html("{} {}", signs(look), inner)


@register.simple_tag
def runs(several: Sequence[Run]) -> SafeString:
    """A line in runs: kept, deleted, inserted, or where languages differ."""
    return format_html_join("", "{}", ((_run(one),) for one in several))


@register.simple_tag
def met(several: Sequence[Any]) -> SafeString:
    """A line of a search result, with what was asked for marked."""
    return format_html_join(
        "",
        "{}",
        ((format_html("<mark>{}</mark>", one.text) if one.met else one.text,) for one in several),
    )


@register.simple_tag
def bars(precedence: str) -> SafeString:
    """The four bars of a precedence: filled from the reading start."""
    many = {"routine": 1, "priority": 2, "immediate": 3, "flash": 4}.get(precedence, 1)
    drawn = format_html_join("", '<b class="{}"></b>', (("f" if at < many else "",) for at in range(4)))
    return format_html('<i aria-hidden="true">{}</i>', drawn)


@register.filter
def initial(precedence: str) -> str:
    """The class that a precedence is drawn by."""
    return precedence[:1]


@register.simple_tag
def hung(several: Mapping[str, Any], act: str) -> Any:
    """The reservation of an act."""
    return several.get(act)


def _run(one: Run) -> SafeString:
    match one.op:
        case "delete":
            return format_html("<del>{}</del>", one.text)
        case "insert":
            return format_html("<ins>{}</ins>", one.text)
        case "differs":
            return format_html("<mark>{}</mark>", one.text)
        case _:
            return format_html("{}", one.text)
