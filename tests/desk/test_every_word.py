"""Whatever the tables and the verdict can show a reader has words in every language.

The tables themselves are walked, so that a new kind, phase, fact, choice or reason without words fails here.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from yeollak import words
from yeollak.office.judge import ABANDONED
from yeollak.office.statistics.tally import DIMENSIONS, UNSTATED
from yeollak.procedures.catalogue import PROCEDURES
from yeollak.procedures.facts import Fact
from yeollak.procedures.kinds import COMMON, Kind
from yeollak.procedures.table import NONE
from yeollak.words.acts import KINDS, fact_word, kind_word, value_word
from yeollak.words.counted import part_word
from yeollak.words.facts import FACT_TERMS, FACTS, OF_KINDS, TERMS, VALUES
from yeollak.words.labels import PROCEDURE_TERMS, procedure_word, state_word, void_word
from yeollak.words.states import LISTED, PHASE_TERMS, PHASES, STANDS
from yeollak.words.voids import VOIDS

ROOT = Path(__file__).parents[2]
TRANSLATED = tuple(lang for lang in words.LANGUAGES if lang != "en")

#: Facts that pages of an entry name by what they say, though no act has a fact of that name.
ONLY_ON_PAGES = {"cut", "premises", "restored"}
#: Values that no table lists: functions beside those of posts, the reason that is not stated, what the
#: premises are on a page, and tokens that charters and acts use alike without a closed list.
NOT_IN_TABLES = {
    ("before", "holidays"),
    ("before", "staff"),
    ("class", "disease"),
    ("class", "flood"),
    ("class", "life"),
    ("class", "military-incident"),
    ("class", "rescue"),
    ("function", "authority"),
    ("line", "face-to-face"),
    ("premises", "damaged"),
    ("premises", "lost"),
    ("premises", "restored"),
    ("reason", "none"),
    *(("lines", name) for name in ("headquarters", "liaison", "military-east", "military-west")),
    *(("lines", name) for name in ("panmunjom", "trial")),
}
#: Latin that stands in every language: the name of an algorithm.
SAME_EVERYWHERE = "ML-DSA-44"


def kinds() -> Iterator[Kind]:
    for table in PROCEDURES:
        yield from table.kinds
    yield from COMMON.values()


def facts() -> Iterator[tuple[Kind, Fact]]:
    for kind in kinds():
        for fact in kind.takes:
            yield kind, fact


def in_script(lang: str, text: str) -> bool:
    """Whether a text is written in the script of its language and in no other."""
    own = {"ko": r"[가-힣]", "ar": r"[\u0621-\u064a]"}[lang]
    bare = text.replace(SAME_EVERYWHERE, "")
    return re.search(own, bare) is not None and not re.search(r"[A-Za-z]", bare)


def worded(lang: str, text: str, english: str) -> bool:
    return text != english and in_script(lang, text)


@pytest.mark.parametrize("lang", TRANSLATED)
def test_every_procedure_has_words(lang: str) -> None:
    names = {table.name for table in PROCEDURES} | {table.family for table in PROCEDURES}
    assert set(PROCEDURE_TERMS) == names
    assert [name for name in names if not in_script(lang, procedure_word(lang, name))] == []


@pytest.mark.parametrize("lang", TRANSLATED)
def test_every_kind_has_words(lang: str) -> None:
    names = {kind.name for kind in kinds()}
    assert set(KINDS) == names
    assert [name for name in names if not worded(lang, kind_word(lang, name), KINDS[name])] == []


@pytest.mark.parametrize("lang", TRANSLATED)
def test_every_phase_has_words_in_a_list(lang: str) -> None:
    for table in PROCEDURES:
        for phase in set(table.rows) - {NONE}:
            said = state_word(lang, table.name, phase, {})
            assert in_script(lang, said), (table.name, phase, said)


def test_no_word_is_kept_for_a_phase_that_no_table_has() -> None:
    phases = {table.name: set(table.rows) - {NONE} for table in PROCEDURES}
    for name, phase in PHASE_TERMS:
        assert phase in phases[name], (name, phase)
    for table in (PHASES, LISTED):
        for name, said in table.items():
            assert said.keys() <= phases[name], name
    for name, said in LISTED.items():
        assert not said.keys() & PHASES.get(name, {}).keys(), f"{name}: one state has two words"
    assert set(STANDS) == phases["standing"] | {"left"}


@pytest.mark.parametrize("lang", TRANSLATED)
def test_every_fact_has_words_in_every_kind(lang: str) -> None:
    for kind, fact in facts():
        said = fact_word(lang, fact.name, kind.name)
        assert in_script(lang, said), (kind.name, fact.name, said)
        assert in_script(lang, fact_word(lang, fact.name)), fact.name


def test_no_word_is_kept_for_a_fact_that_no_kind_has() -> None:
    names = {fact.name for _, fact in facts()}
    assert names | ONLY_ON_PAGES == {*FACTS, *FACT_TERMS}
    assert not FACTS.keys() & FACT_TERMS.keys()
    for one, said in OF_KINDS.items():
        having = [k for k in kinds() if k.name == one or k.name.endswith(one.removeprefix("*"))]
        assert having, one
        for name in said:
            assert any(name in {fact.name for fact in kind.takes} for kind in having), (one, name)


@pytest.mark.parametrize("lang", words.LANGUAGES)
def test_every_choice_of_a_fact_has_words(lang: str) -> None:
    for kind, fact in facts():
        for choice in fact.choices:
            said = value_word(lang, fact.name, choice)
            assert said is not None, (kind.name, fact.name, choice)
            if lang != "en":
                assert in_script(lang, said), (kind.name, fact.name, choice, said)


def test_no_word_is_kept_for_a_value_that_no_fact_has() -> None:
    choices = {(fact.name, choice) for _, fact in facts() for choice in fact.choices}
    assert {*VALUES, *TERMS} - choices == NOT_IN_TABLES
    assert not VALUES.keys() & TERMS.keys()


def test_no_two_values_of_a_fact_read_alike() -> None:
    """Within one kind: a reader must be able to tell what was chosen from what was not."""
    for lang in words.LANGUAGES:
        for kind, fact in facts():
            said = [value_word(lang, fact.name, choice) for choice in fact.choices]
            assert len(set(said)) == len(said), (lang, kind.name, fact.name)


def of_facts(*names: str) -> set[str]:
    """The choices of facts, each named by kind and fact; a kind may begin with `*` for its last word."""
    found: set[str] = set()
    for name in names:
        wanted, fact = name.split("/")
        having = [(kind, one) for kind, one in facts() if one.name == fact and one.choices]
        end = wanted.removeprefix("*")
        choices = [
            one.choices
            for kind, one in having
            if kind.name == wanted or (end != wanted and kind.name.endswith(end))
        ]
        assert choices, name
        found |= {choice for one in choices for choice in one}
    return found


def of_tables(*names: str) -> tuple[set[str], set[str]]:
    """The phases of tables, and the steps of their kinds."""
    tables = [table for table in PROCEDURES if table.name in names]
    steps = {kind.name.partition(".")[2] for table in tables for kind in table.kinds}
    return {phase for table in tables for phase in set(table.rows) - {NONE}}, steps


def counted() -> dict[tuple[str, str], set[str]]:
    """The codes that statistics count under, by figure and dimension. Sides, and tokens that a charter or
    an act is free to choose, are nobody's to word.
    """
    phases, steps = of_tables("note", "request")
    levels = of_facts("meeting.propose/level") | {"differing"}
    functions = of_facts("posting.appoint/function")
    how = {"reported"}
    return {
        ("absences", "level"): levels,
        ("absences", "notified"): of_facts("meeting.absent/notified"),
        ("calls", "line"): {"all"},
        ("calls", "outcome"): of_facts("checkin.observe/view") | {"differing"},
        ("contacts", "level"): levels,
        ("contacts", "sat"): {"in-person", "stand-in"},
        ("decisions", "decision"): of_facts("request.answer/decision"),
        ("differing", "what"): {"call", "contact", "level", "minutes"},
        ("document-steps", "detail"): of_facts(
            "request.answer/decision", "*.refuse/ground", "*.route/copy", "*.translated/stage",
            "request.outcome/result",
        ),
        ("document-steps", "step"): steps,
        ("documents", "way"): {"answer", "consent", "right", "route", "supply"},
        ("items", "decision"): of_facts("request.answer/decision") | {"unanswered", "undecided"},
        ("items", "default"): {"consent", "refusal"},
        ("milestones", "state"): of_facts("project.report/state") | {"differing"},
        ("not-held", "account"): {"absent", "cancel", "excused", "line-dead", "not-held"},
        ("not-held", "level"): levels,
        ("observations", "line"): {"face-to-face"},
        ("observations", "view"): of_facts("checkin.observe/view"),
        ("offers", "ground"): of_facts("*.refuse/ground"),
        ("offers", "outcome"): phases,
        ("offers", "way"): {"consent", "right", "route"},
        ("postings", "function"): functions,
        ("postings", "step"): {"appoint", "recall"},
        ("presence", "state"): of_facts("posting.presence/state"),
        ("projects", "opened"): of_tables("project")[1],
        ("projects", "state"): of_tables("project")[0],
        ("seats", "function"): functions,
        ("seats", "level"): levels,
        ("seats", "stand-in"): {"no", "yes"},
        ("standing", "detail"): of_facts(
            "standing.line/state", "standing.premises/state", "standing.return/extent",
            "standing.withdraw/others",
        ),
        ("standing", "step"): of_tables("standing")[1],
        ("suspensions", "how"): how | {"agreed"},
        ("texts", "how"): how | {"signed"},
        ("texts", "what"): {"agreement", "minutes"},
    }  # fmt: skip


#: Dimensions of sides, or of tokens that charters and acts choose freely.
FREE = {"bearer", "class", "kind", "line", "procedure", "says", "side"}


@pytest.mark.parametrize("lang", TRANSLATED)
def test_every_value_that_is_counted_has_words(lang: str) -> None:
    walked = counted()
    dimensions = {(figure, one) for figure, by in DIMENSIONS.items() for one in by}
    assert {key for key in dimensions if key[1] not in FREE} <= walked.keys() <= dimensions
    for (figure, dimension), values in walked.items():
        for value in {*values, UNSTATED}:
            said = part_word(lang, dimension, value, figure)
            assert in_script(lang, said), (figure, dimension, value, said)


@pytest.mark.parametrize("lang", words.LANGUAGES)
def test_no_two_values_that_are_counted_apart_read_alike(lang: str) -> None:
    for (figure, dimension), values in counted().items():
        if dimension in ("outcome", "step", "detail"):
            continue  # notes and requests have their own words for one thing
        said = [part_word(lang, dimension, value, figure) for value in values]
        assert len(set(said)) == len(said), (figure, dimension, sorted(said))


def raised() -> set[str]:
    """The codes of every `Void("...")` in the source, as `raise Void(CODE)` and in what is returned."""
    found = set()
    for path in (ROOT / "src" / "yeollak").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Void":
                (code,) = node.args
                assert isinstance(code, ast.Constant), f"{path.name}:{node.lineno}: words need a literal code"
                found.add(str(code.value))
    return found


def documented() -> set[str]:
    """The codes in the first column of the tables of void codes."""
    found: set[str] = set()
    for name in ("11-ordering.md", "20-procedures.md"):
        inside = False
        for line in (ROOT / "docs" / "spec" / name).read_text(encoding="utf-8").splitlines():
            inside = line.startswith("| code |") or (inside and line.startswith("|"))
            if inside:
                found |= set(re.findall(r"`([a-z-]+)`", line.split("|")[1]))
    return found


def test_every_reason_is_raised_documented_and_worded() -> None:
    assert raised() | {ABANDONED, "malformed"} == set(VOIDS) == documented()


@pytest.mark.parametrize("lang", TRANSLATED)
def test_every_reason_can_be_read(lang: str) -> None:
    for code, english in VOIDS.items():
        said = void_word(lang, code)
        assert worded(lang, said, english), code
        assert not said.endswith("."), code
    assert void_word(lang, "no-such-code") == "no-such-code"
