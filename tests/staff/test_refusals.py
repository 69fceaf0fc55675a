"""What the desk says of a fault has nothing in it that only programs know, in any language."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import pytest
from django.utils import translation

from tests.staff.desks import Desks
from yeollak.desk.staff import jointly
from yeollak.desk.staff.access import ROLES, Permission
from yeollak.desk.staff.inputs import Typed
from yeollak.desk.staff.refusals import _CODES, worded
from yeollak.errors import CODES, OurFault
from yeollak.procedures.catalogue import PROCEDURES
from yeollak.procedures.facts import TYPES
from yeollak.procedures.kinds import COMMON
from yeollak.record.generations import ROLES as KEY_ROLES
from yeollak.words import LANGUAGES
from yeollak.words.catalogue import KOREAN, speaking_korean, usage

#: What in a sentence is a code, wherever it stands.
_CODED = {"fact", "kind", "permission", "role", "scripts", "type"}
#: Faults whose datum is known to nobody, or was typed by the reader and is no code of ours.
_AS_SENT = {
    "internal": "the kind of a fault of ours",
    "key-otherwise": "a file of keys, on the command line",
    "no-such-kind": "a kind that there is not",
}
_NAMES: Mapping[str, Mapping[str, str]] = {
    "en": {"north": "North", "south": "South"},
    "ko": {"north": "북측", "south": "남측"},
    "ar": {"north": "الجانب الشمالي", "south": "الجانب الجنوبي"},
}


def _fields(code: str) -> set[str]:
    return set(re.findall(r"{(\w+)}", CODES[code][0]))


def test_no_fault_with_a_code_in_its_sentence_is_forgotten() -> None:
    coded = {code for code in CODES if _fields(code) & _CODED}
    assert coded - set(_AS_SENT) == set(_CODES) | {"not-offered"}  # which is raised with words
    assert all(set(fields) <= _fields(code) for code, fields in _CODES.items())


def _every() -> Iterator[tuple[OurFault, set[str]]]:
    """Every fault with codes that the desk can show, and what may not stand in its sentence."""
    for permission in Permission:
        yield OurFault("permission-missing", permission=permission.value), {permission.value}
    for role in KEY_ROLES:
        yield OurFault("keys-behind", role=role, since=3, office="0" * 64), {role}
    for kind in (*COMMON.values(), *(one for procedure in PROCEDURES for one in procedure.kinds)):
        for fact in kind.takes:
            yield OurFault("fact-missing", kind=kind.name, fact=fact.name), {kind.name, fact.name}
            yield OurFault("fact-unknown", kind=kind.name, fact=f"{fact.name}.ko"), {kind.name, fact.name}
    for name in TYPES:
        yield OurFault("fact-wrong", fact="subject", type=name), {"subject", name}
    yield OurFault("paper-fonts-missing", scripts="Hangul, Arabic"), {"Hangul, Arabic"}


@pytest.mark.parametrize("korean", KOREAN)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_codes_are_said_in_words(lang: str, korean: str) -> None:
    with speaking_korean(korean), translation.override(usage(lang)):
        for fault, raw in _every():
            said = worded(fault, lang).sentence
            left = set(re.findall(r"[a-z]+(?:[.-][a-z]+)*", said.replace("(ko)", "").replace("0" * 64, "")))
            # In English a word may be a code too; it is then within words, and a name of several parts never.
            assert not (left if lang != "en" else {one for one in raw if re.search("[.-]", one)} & left), said


@pytest.mark.parametrize("lang", LANGUAGES)
def test_sides_are_called_by_their_names_in_every_fault(lang: str) -> None:
    with translation.override(usage(lang)):
        for code in CODES:
            fields = set(re.findall(r"{(\w+)}", "".join(CODES[code])))
            if not fields & {"side", "of"}:
                continue
            data = {name: "south" if name in ("side", "of") else "7" for name in fields}
            told = worded(OurFault(code, **data), lang, _NAMES[lang])
            assert ("{side}" in CODES[code][0]) <= (_NAMES[lang]["south"] in told.sentence), told
            assert lang == "en" or "south" not in told.sentence, told


def test_what_is_to_be_typed_stays_as_it_is() -> None:
    told = worded(OurFault("peer-unknown", side="south"), "en", _NAMES["en"])
    assert told.sentence == "No address of South is set on this node."
    assert "[peers.south]" in told.next_step


def test_what_nobody_knows_stays_as_it_was_sent() -> None:
    with translation.override("en"):
        assert "xyz" in worded(OurFault("role-unknown", role="xyz"), "en").sentence
        for role in ROLES:
            worded(OurFault("role-unknown", role=role), "en")
        assert "xyz" in worded(OurFault("permission-missing", permission="xyz"), "en").sentence
        assert "x.y" in worded(OurFault("fact-missing", kind="x.y", fact="z"), "en").sentence


@pytest.mark.parametrize(
    ("lang", "words"),
    [("en", "keep the accounts of this desk"), ("ko", "이 업무 화면의 계정 관리"), ("ar", "إدارة حسابات")],
)
def test_the_page_of_a_refusal_names_the_permission_in_words(desks: Desks, lang: str, words: str) -> None:
    answer = desks.browser("south", lang=lang).get("/1/accounts/new/")
    main = answer.text.partition("<main")[2]
    assert answer.status == 403
    assert words in main
    assert not re.search(r"\baccounts\b[^/]", re.sub(r"<[^>]*>", " ", main)) or lang == "en"


@pytest.fixture(scope="module")
def desks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desks]:
    made = Desks.fresh(tmp_path_factory, "north", "south")
    yield made
    made.close()


#: What is said of a paragraph with a character that turns the direction of a text.
_TURNED: Mapping[str, str] = {
    "en": "a paragraph of article 1 has the character U+202E, which could hide or turn round what is read.",
    "ko": "제1조의 항 항목에 읽는 내용을 가리거나 방향을 뒤집을 수 있는 문자 U+202E 값이 있습니다.",
    "ar": "العنصر «فقرة من المادة 1» فيه المحرف U+202E الذي قد يخفي ما يُقرأ أو يقلب اتجاهه.",
}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_was_typed_is_refused_in_the_words_of_the_page(lang: str) -> None:
    typed = Typed.of(
        {"j.en.title": ["Notice"], "j.0.number": ["1"], "j.0.en.text": ["Open\u202e the gates."]}
    )
    data, problems = jointly.built(typed, lang, LANGUAGES, [("south", "South"), ("north", "North")])
    assert data is None
    assert re.sub("[\u2068\u2069]", "", problems["j"]).endswith(_TURNED[lang])
