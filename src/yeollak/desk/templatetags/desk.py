"""How the record's values are set in a page: each foreign text in an element of its own language and
direction.

Everything goes through `format_html`, so that nothing that another side signed reaches the page unescaped.
Tags take the page's language from the variable `lang` of the context.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

from django import template
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import pgettext

from yeollak.desk.assets import address
from yeollak.desk.chronicle import BOTH, JOINT, OUTSIDE, PRESS, Chronicle
from yeollak.desk.lookalikes import LONGEST_CODE
from yeollak.desk.public import Item, PublicOffice
from yeollak.desk.stated import Code, Count, Seat, Value
from yeollak.desk.templatetags.marks import sign
from yeollak.desk.texts import Moment, Text
from yeollak.words import clean, clock, day, duration, money, number, tag, term
from yeollak.words.acts import fact_word, kind_word, slot_word, value_word
from yeollak.words.figures import month as month_of
from yeollak.words.figures import offset
from yeollak.words.labels import PROCEDURE_TERMS, WEEK, known, stand_word
from yeollak.words.labels import state as state_in_words

register = template.Library()
#: A language as the tag of our own words in it: `ko-KP` where a side speaks Northern Korean.
register.filter("tag", tag)
_Context = Mapping[str, Any]

#: What stands between the parts of a list.
_BETWEEN: Final = {"ar": "، "}
#: Procedures whose matters outlast their entries: what one has come to is no state of an entry.
_LASTING: Final = frozenset({"posting", "standing"})


@register.simple_tag(takes_context=True)
def said(context: _Context, text: Text | None, lang: str | None = None) -> SafeString:
    """A text of the record in the page's language, or in the nearest that it has, marked as that."""
    if text is None:
        return SafeString("")
    version = text.pick(lang or context["lang"])
    if version.lang == tag(context["lang"]):
        return format_html("<bdi>{}</bdi>", version.text)
    return format_html('<bdi lang="{}" dir="{}">{}</bdi>', version.lang, version.dir, version.text)


@register.simple_tag(takes_context=True)
def said_plain(context: _Context, text: Text) -> str:
    """A text of the record without markup, for titles and attributes."""
    return text.pick(context["lang"]).text


@register.simple_tag(takes_context=True)
def moment(context: _Context, when: Moment, document: bool = False) -> SafeString:
    """A day, with the clock and the offset where the record gives an hour."""
    shown = day(when.day, context["lang"], document=document)
    if when.instant is None:
        return format_html('<time datetime="{}" class="d">{}</time>', when.iso, shown)
    return format_html(
        '<time datetime="{}"><span class="d">{}</span> <bdi dir="ltr" class="clk">{}</bdi></time>',
        when.iso,
        shown,
        clock(when.instant),
    )


@register.simple_tag(takes_context=True)
def when(context: _Context, told: Chronicle) -> SafeString:
    """When an event was: one moment, or the span between two."""
    if told.until is None:
        return moment(context, told.when)
    first, last = told.when, told.until
    if first.instant and last.instant and first.day == last.day:
        return format_html(
            '<time datetime="{}" class="d">{}</time> <bdi dir="ltr" class="clk">{}–{}</bdi>',
            first.iso,
            day(first.day, context["lang"]),
            clock(first.instant),
            clock(last.instant),
        )
    return format_html("{} – {}", moment(context, first), moment(context, last))


@register.simple_tag(takes_context=True)
def zones(context: _Context) -> str:
    """The offsets from UTC of all hours on the page, as they were written: `UTC+9`."""
    office: PublicOffice = context["office"]
    found = {
        offset(at.instant): None
        for item in office.items
        for at in (item.told.when, item.told.until)
        if at is not None and at.instant is not None
    }
    return ", ".join(found)


@register.simple_tag(takes_context=True)
def side(context: _Context, name: str | None) -> SafeString:
    """Who acted: a party by its short name and mark, both sides, or somebody outside the office."""
    office: PublicOffice = context["office"]
    party = office.party(name or "")
    if party is not None:
        shown = format_html(
            '<span class="side p{}">{}</span>', min(party.place, 2), said(context, party.short)
        )
        return format_html("{}{}", sign(context, party.short, words=False), shown)
    actor = who(context, name or "")
    marked = "" if name in (JOINT, OUTSIDE) else sign(context, actor, words=False)
    return format_html('{}<span class="side">{}</span>', marked, actor)


@register.simple_tag(takes_context=True)
def account(context: _Context, name: str) -> SafeString:
    """Whose account an entry rests on, in words."""
    if name == PRESS:
        return format_html("{}", pgettext("account", "Account: the press"))
    if name == BOTH:
        return format_html("{}", pgettext("account", "Account: both sides"))
    party = context["office"].party(name)
    known = party.short if party else name
    set_ = said(context, party.short) if party else format_html("<bdi>{}</bdi>", name)
    shown = format_html("{}{}", sign(context, known, words=False), set_)
    return format_html(pgettext("account", "Account: {side}"), side=shown)


@register.simple_tag(takes_context=True)
def procedure(context: _Context, name: str) -> SafeString:
    """The glossary's term for a procedure; the code itself for one that it does not know."""
    marked = "" if name in PROCEDURE_TERMS else sign(context, name)
    return format_html("{}{}", marked, procedure_word(name, context["lang"]))


@register.simple_tag(takes_context=True)
def a_term(context: _Context, term_id: str) -> str:
    """A term of the glossary as it begins a label or a cell."""
    return capfirst(term(term_id, context["lang"]))


@register.simple_tag(takes_context=True)
def label(context: _Context, kind: str, text: str) -> SafeString:
    """A role or purpose that the record holds in English: translated where the catalogue knows it."""
    shown = known(context["lang"], kind, text)
    if shown is not None:
        return format_html("<bdi>{}</bdi>", shown)
    return format_html('<bdi lang="en" dir="ltr">{}</bdi>', text)


@register.simple_tag
def sources(numbers: Iterable[int]) -> SafeString:
    """Links to the numbered references."""
    links = format_html_join(
        SafeString("<wbr>"), '<sup><a href="#ref-{}">[{}]</a></sup>', ((n, n) for n in numbers)
    )
    return format_html('<span class="cites">{}</span>', links) if links else SafeString("")


@register.simple_tag
def sum_of(value: int, currency: str) -> SafeString:
    """An amount of money, which reads from left to right in every language."""
    return format_html('<bdi dir="ltr" class="n">{}</bdi>', money(value, currency))


@register.filter
def grouped(value: int) -> str:
    """A number with its thousands apart."""
    return number(value)


@register.simple_tag
def digest(value: str) -> SafeString:
    """A digest in groups of four, never shortened: it is there to be compared."""
    groups = (value[at : at + 4] for at in range(0, len(value), 4))
    return format_html(
        '<span class="digest" dir="ltr" translate="no">{}</span>',
        format_html_join(" ", "<span>{}</span>", ((group,) for group in groups)),
    )


@register.simple_tag
def asset(name: str) -> str:
    """The address of a style sheet of the public page, which changes with its bytes."""
    return address(name)


@register.simple_tag
def staff_asset(name: str) -> str:
    """The address of a style sheet or script of the officers' desk."""
    return address(name, "staff")


@register.simple_tag
def section_word(label: str) -> str:
    """What a section of the desk is called."""
    return pgettext("desk section", label)


@register.simple_tag(takes_context=True)
def a_month(context: _Context, value: Any) -> str:
    """A date known to the month only."""
    return month_of(value, context["lang"])


@register.simple_tag(takes_context=True)
def day_of(context: _Context, at: Moment) -> SafeString:
    """The day of a moment, without its hour."""
    shown = day(at.day, context["lang"])
    return format_html('<time datetime="{}" class="d">{}</time>', at.day.isoformat(), shown)


@register.simple_tag(takes_context=True)
def a_day(context: _Context, value: date) -> str:
    """A day."""
    return day(value, context["lang"])


@register.simple_tag(takes_context=True)
def weekdays(context: _Context, days: Sequence[str]) -> str:
    """Working days: a span for days that follow one another in the week, else a list."""
    lang: str = context["lang"]
    names = [known(lang, "weekday", name) or name for name in days]
    places = [WEEK.index(name) for name in days if name in WEEK]
    if len(places) == len(days) > 2 and places == list(range(places[0], places[0] + len(days))):
        return f"{names[0]}–{names[-1]}"
    return _BETWEEN.get(lang, ", ").join(names)


@register.simple_tag(takes_context=True)
def state_of(context: _Context, item: Item) -> SafeString:
    """The state of the entry's matter in a word, marked where an act that crosses may still change it."""
    lang: str = context["lang"]
    words = None
    if item.entered_as not in _LASTING:
        words = state_in_words(lang, item.entered_as, item.phase, item.slots)
    state = format_html('<span class="state">{}</span>', capfirst(words)) if words else SafeString("")
    if item.settled:
        return state
    return format_html('{} <span class="q line">{}</span>', state, capfirst(term("unsettled", lang)))


@register.simple_tag(takes_context=True)
def kind(context: _Context, name: str) -> SafeString:
    """What an act did, in words; a kind without words by its own name, marked as English."""
    return _worded(kind_word(context["lang"], name), name)


@register.simple_tag(takes_context=True)
def slot(context: _Context, name: str) -> SafeString:
    """Which call of the day it was."""
    return _worded(capfirst(slot_word(context["lang"], name)), capfirst(name))


@register.simple_tag(takes_context=True)
def fact(context: _Context, name: str) -> str:
    """What a fact is called."""
    return capfirst(fact_word(context["lang"], name))


@register.simple_tag(takes_context=True)
def values(context: _Context, name: str, found: Sequence[Value]) -> SafeString:
    """The values of a fact, in words; people of several sides in the charter's order."""
    office: PublicOffice = context["office"]
    if name == "sat":
        places = {party.side: party.place for party in office.parties}
        found = sorted(found, key=lambda one: places.get(getattr(one, "side", ""), len(places)))
    return _listed(context, (_value(context, one) for one in found))


@register.simple_tag(takes_context=True)
def codes(context: _Context, name: str, found: Iterable[str]) -> SafeString:
    """Codes of a fact, in words."""
    return _listed(context, (_value(context, Code(name, one)) for one in found))


@register.simple_tag(takes_context=True)
def value_of(context: _Context, name: str, code: str) -> SafeString:
    """A code of a fact as it begins a cell."""
    words = value_word(context["lang"], name, code)
    return _worded(capfirst(words) if words else code, code)


@register.simple_tag(takes_context=True)
def anchor_of(context: _Context, event: str | None) -> str:
    """Where on the page an event is told, or nothing."""
    anchors: Mapping[str, str] = context["sections"].anchors
    return anchors.get(event or "", "")


@register.simple_tag(takes_context=True)
def place(context: _Context, item: Item) -> str:
    """Where an entry stands: on this page, where it has it, else on a page of its own."""
    on_page = context.get("on_page")
    if on_page is None or item.anchor in on_page:
        return f"{context['here']}#{item.anchor}" if on_page is None else f"#{item.anchor}"
    return reverse("desk:entry", args=[context["lang"], context["office"].id, item.name])


@register.simple_tag(takes_context=True)
def sides(context: _Context, names: Iterable[str]) -> SafeString:
    """Sides by their names and marks."""
    return format_html_join(" ", "{}", ((side(context, name),) for name in names))


@register.simple_tag(takes_context=True)
def stand(context: _Context, phase: str) -> SafeString:
    """Where a side stands by its own acts."""
    return _worded(stand_word(context["lang"], phase), phase)


@register.simple_tag(takes_context=True)
def length(context: _Context, value: timedelta) -> str:
    """A length of time."""
    return duration(value, context["lang"])


@register.simple_tag(takes_context=True)
def settled_of(context: _Context, item: Item) -> str:
    """Whether the state of the entry's matter can still be changed by an act that crosses."""
    return capfirst(term("settled" if item.settled else "unsettled", context["lang"]))


@register.simple_tag
def nothing() -> SafeString:
    """A cell without an entry: a dash to the eye and words to a reader."""
    return mark_safe('<span class="nil" aria-hidden="true">–</span>')


def _worded(words: str, code: str) -> SafeString:
    if words != code:
        return format_html("{}", words)
    return format_html('<bdi lang="en" dir="ltr">{}</bdi>', clean(code, longest=LONGEST_CODE))


def _listed(context: _Context, parts: Iterable[SafeString]) -> SafeString:
    return format_html_join(_BETWEEN.get(context["lang"], ", "), "{}", ((part,) for part in parts))


def _value(context: _Context, value: Value) -> SafeString:
    lang: str = context["lang"]
    if isinstance(value, Code):
        return _worded(value_word(lang, value.fact, value.code) or value.code, value.code)
    if isinstance(value, Count):
        figures = number(value.least)
        if value.most != value.least:
            figures += f"–{number(value.most)}"
        return format_html('<bdi dir="ltr" class="n">{}</bdi>', figures)
    if isinstance(value, Seat):
        name = side(context, value.side)
        if value.function is None:
            return name
        function = value_word(lang, "function", value.function) or value.function
        return format_html("{} {}", name, _worded(function, value.function))
    if isinstance(value, timedelta):
        return format_html("{}", duration(value, lang))
    return said(context, value)


def procedure_word(name: str, lang: str) -> str:
    """The glossary's term for a procedure; the code itself for one that it does not know."""
    return capfirst(term(PROCEDURE_TERMS[name], lang)) if name in PROCEDURE_TERMS else name


def who(context: _Context, name: str) -> str:
    """Who has acted, in words: a side, both, or somebody outside the office."""
    lang: str = context["lang"]
    if name == JOINT:
        return capfirst(term("both-sides", lang))
    if name == OUTSIDE:
        return capfirst(pgettext("side", "outside the office"))
    party = context["office"].party(name)
    return party.short.pick(lang).text if party else clean(name, longest=LONGEST_CODE)
