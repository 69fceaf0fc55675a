"""Editing: the page on which an act is written, as plain values for its template.

Everything that the page shows is made here from a `Work` and from what was typed; nothing is read or written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from yeollak import forms
from yeollak.desk.staff import answers, fields, jointly
from yeollak.desk.staff.comparing import Difference, Warned, difference, glossary_of, warned
from yeollak.desk.staff.drafting import joint_of
from yeollak.desk.staff.fields import Asked
from yeollak.desk.staff.inputs import Input, Option, Typed, moment_input
from yeollak.desk.staff.jointly import Editor
from yeollak.desk.staff.working import Work
from yeollak.office.charter import Charter
from yeollak.office.periods import Period
from yeollak.procedures.kinds import Due
from yeollak.record.canon import format_instant
from yeollak.record.document import PRECEDENCES
from yeollak.storage.desk_drafts import Attached
from yeollak.words import LANGUAGES, NATIVE_NAMES, duration, say, say_count, term
from yeollak.words.consequences import Consequence, consequence
from yeollak.words.deeds import deed_word

#: Bars of a precedence, for the sign beside its word.
BARS: Final[Mapping[str, tuple[bool, ...]]] = {
    name: tuple(bar <= place for bar in range(4)) for place, name in enumerate(PRECEDENCES)
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that does not fit: the id and the label of its input, and what to do there."""

    id: str
    label: str
    message: str


@dataclass(frozen=True, slots=True)
class FormPart:
    """The agreed form: which, in which language it is filled in, and its inputs."""

    chooser: Input
    writer: Input | None = None
    name: str = ""
    help: str = ""
    inputs: tuple[Input, ...] = ()


@dataclass(frozen=True, slots=True)
class JointPart:
    """The joint text: its editor, and, where it is whole, what is to be looked at and what changed."""

    editor: Editor
    whole: bool
    warned: tuple[Warned, ...] = ()
    difference: Difference | None = None


@dataclass(frozen=True, slots=True)
class Editing:
    """The page, section by section; a section that the act does not have is None or empty.

    `follows` what the act does to the matter; `releases` says when what goes along can be read there.
    """

    title: str
    asked: Asked
    form: FormPart | None
    proposed: Input | None
    joint: JointPart | None
    texts: tuple[Input, ...]
    text_problem: str
    attaches: bool
    files: tuple[Attached, ...]
    releases: str
    delivers: str
    precedence: Input
    due: Input | None
    due_proposed: str
    follows: Consequence
    problems: tuple[Problem, ...]


def editing(
    work: Work,
    typed: Typed,
    charter: Charter,
    files: Sequence[Attached] = (),
    problems: Mapping[str, str] | None = None,
    *,
    now: datetime,
) -> Editing:
    """The page for what was typed so far; `now` is the node's clock."""
    held = problems or {}
    asked = fields.asked(work.offer, typed, work.frame, held)
    form = _form(work, typed, held)
    proposed = _proposed(work, typed, held)
    joint = _joint(work, typed, charter, held) if work.joint and work.encloses else None
    due = _due(work, typed, held)
    plain = work.encloses and joint is None and proposed is None
    texts = _texts(work, typed) if plain else ()
    inputs = [*asked.first, *asked.seldom, *(form.inputs if form else ()), *([due] if due else ())]
    inputs += [*([proposed] if proposed else ()), *texts]
    return Editing(
        deed_word(work.frame.lang, work.kind.name),
        asked,
        form,
        proposed,
        joint,
        texts,
        held.get("text", ""),
        work.encloses,
        tuple(files),
        _releases(work) if work.encloses else "",
        _delivers(work),
        _precedence(work, typed),
        due,
        _proposal(work, typed, now) if due else "",
        consequence(work.frame.reader, work.offer.to_json()),
        tuple(_problems(inputs, joint, held, work.frame.lang)),
    )


def _form(work: Work, typed: Typed, problems: Mapping[str, str]) -> FormPart | None:
    if not work.fills:
        return None
    lang, form = work.frame.lang, work.form(typed)
    options = [Option("", say(lang, "No form"), form is None)]
    options += [
        Option(name, forms.spoken(one.label, lang), form is not None and name == form.id)
        for name, one in work.agreed.items()
    ]
    chooser = Input(
        "form", say(lang, "Agreed form"), "select", options=tuple(options), problem=problems.get("form", "")
    )
    if form is None:
        return FormPart(chooser)
    writer = work.writer(typed)
    languages = tuple(Option(tag, NATIVE_NAMES[tag], tag == writer, lang=tag) for tag in LANGUAGES)
    told = say(lang, "The other side reads labels, answers, dates and figures in its own language.")
    return FormPart(
        chooser,
        Input("form-lang", say(lang, "Free text is written in"), "select", options=languages, help=told),
        forms.spoken(form.label, lang),
        forms.spoken(form.help, lang),
        answers.inputs_of(form, typed, lang, writer, work.frame.zone_name, problems),
    )


def _proposed(work: Work, typed: Typed, problems: Mapping[str, str]) -> Input | None:
    if not work.proposes_form:
        return None
    chosen, lang = typed.one("proposed"), work.frame.lang
    options = tuple(
        Option(name, forms.spoken(form.label, lang), name == chosen, form.digest)
        for name, form in work.proposable.items()
    )
    return Input(
        "proposed",
        say(lang, "Form to be adopted"),
        "radios",
        options=options,
        required=True,
        problem=problems.get("proposed", ""),
    )


def _joint(work: Work, typed: Typed, charter: Charter, problems: Mapping[str, str]) -> JointPart:
    lang = work.frame.lang
    editor = jointly.editor_of(typed, lang, work.frame.langs, work.sides, problems)
    text = joint_of(work, typed)
    if text is None:
        return JointPart(editor, whole=False)
    changed = difference(work.standing, text, lang) if work.standing is not None else None
    return JointPart(editor, True, warned(text, glossary_of(charter), lang), changed)


def _texts(work: Work, typed: Typed) -> tuple[Input, ...]:
    return tuple(
        Input(
            f"text.{tag}",
            say(work.frame.lang, "Text, {language}", language=NATIVE_NAMES.get(tag, tag)),
            "area",
            typed.one(f"text.{tag}"),
            lang=tag,
        )
        for tag in work.frame.langs
    )


def _releases(work: Work) -> str:
    lang, rules = work.frame.lang, work.kind.releases
    if "right" in rules:
        return say(lang, "What goes along can be read as soon as it arrives.")
    if "consent" in rules:
        return say(lang, "What goes along stays sealed until the other side has taken it up.")
    return say(lang, "What goes along stays sealed until every side has committed its own.")


def _delivers(work: Work) -> str:
    count = len(work.offer.deliver)
    if not count:
        return ""
    return say_count(
        work.frame.lang,
        "What was tendered goes along as it was sealed then: {n} enclosure.",
        "What was tendered goes along as it was sealed then: {n} enclosures.",
        count,
    )


def _precedence(work: Work, typed: Typed) -> Input:
    lang, chosen = work.frame.lang, typed.one("precedence")
    chosen = chosen if chosen in PRECEDENCES else "routine"
    options = tuple(
        Option(
            name, term(name, lang)[:1].upper() + term(name, lang)[1:], name == chosen, _handling(work, name)
        )
        for name in PRECEDENCES
    )
    told = "" if any(one.note for one in options) else say(lang, "The charter sets no handling times.")
    return Input("precedence", say(lang, "Precedence"), "radios", options=options, help=told)


def _handling(work: Work, precedence: str) -> str:
    """What a precedence does to the clock of whoever receives it; nothing where the charter says nothing."""
    lang, period = work.frame.lang, work.calendar.handling.get(precedence)
    if period is None:
        return ""
    return say(lang, "to be handled within {time}", time=period_words(period, lang))


def period_words(period: Period, lang: str) -> str:
    """A period of the charter in words."""
    if period.unit == "working_days":
        return say_count(lang, "{n} working day", "{n} working days", period.count)
    if period.unit == "working_hours":
        return say_count(lang, "{n} working hour", "{n} working hours", period.count)
    return duration(timedelta(**{period.unit: period.count}), lang)


def _due(work: Work, typed: Typed, problems: Mapping[str, str]) -> Input | None:
    if work.kind.due is Due.NO:
        return None
    lang, zone = work.frame.lang, work.frame.zone_name
    label = say(lang, "Answer wanted by")
    latest = work.frame.reader.when(work.offer.latest)
    if work.kind.due is Due.MUST:
        told = say(lang, "Left empty it is the time proposed. No later than {latest}.", latest=latest)
    else:
        told = say(lang, "Left empty nothing is waited for. No later than {latest}.", latest=latest)
    return moment_input(
        "due", label, typed, lang, zone, needs_time=True, help=told, problem=problems.get("due", "")
    )


def _proposal(work: Work, typed: Typed, now: datetime) -> str:
    """The due that the charter's calendar proposes for what is chosen now."""
    if work.kind.due is not Due.MUST:
        return ""
    form, said = work.form(typed), typed.one("precedence")
    subject = typed.one("f.class") or (form.subject if form is not None else "")
    due = work.calendar.due(now, work.kind.name, subject, said if said in PRECEDENCES else "routine")
    shown = work.frame.reader.when(format_instant(due))
    return say(work.frame.lang, "Proposed by the charter’s calendar: {due}.", due=shown)


def _problems(
    inputs: Iterable[Input], joint: JointPart | None, held: Mapping[str, str], lang: str
) -> Iterator[Problem]:
    told: set[str] = set()
    every = [one for top in inputs for one in flat(top)]
    if joint is not None:
        every += [one for head in joint.editor.heads for one in head[1:]]
        every += [
            one
            for row in joint.editor.articles
            for one in (row.number, *(c for cell in row.cells for c in cell))
        ]
    for one in every:
        if one.name in held and one.name not in told:
            told.add(one.name)
            first = one.parts[0].id if one.parts and one.widget != "rows" else one.id
            yield Problem(first, one.label, held[one.name])
    labels = {
        "j": say(lang, "Joint text"),
        "text": say(lang, "Texts and files"),
        "form": say(lang, "Agreed form"),
    }
    for name in held:
        if name not in told:
            yield Problem(name.replace(".", "-"), labels.get(name, name), held[name])


def flat(top: Input) -> Iterator[Input]:
    """An input with all that it is made of."""
    yield top
    for part in top.parts:
        yield from flat(part)
