"""Northern Korean usage: its catalogue, the rules that make and check it, and who gets to read it."""

from __future__ import annotations

import gettext
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog, Message
from hypothesis import given
from hypothesis import strategies as st

from hatch_build import compile_catalogues
from tools import messages, northern_catalogue
from tools.northern import departures, faults, northern, rules
from yeollak.words import (
    KOREAN,
    LANGUAGES,
    NATIVE_NAMES,
    day,
    say,
    say_count,
    speak_korean,
    speaking_korean,
    tag,
    term,
    usage,
)
from yeollak.words.catalogue import translations
from yeollak.words.terms import glossary

SOUTH = messages.load("ko")
NORTH = messages.load(northern_catalogue.LANG)
READ = [(message, said) for message, said in northern_catalogue.readings(SOUTH, NORTH)]


@pytest.fixture
def spoken() -> Iterator[None]:
    """A process whose side chose Northern Korean."""
    with speaking_korean("ko-kp"):
        yield


# the catalogue


def test_the_catalogue_is_without_fault() -> None:
    assert list(messages.check_northern(SOUTH, NORTH)) == []


def test_every_message_has_a_northern_form_with_the_same_fields() -> None:
    compiled = translations("ko-kp")
    for message, said in READ:
        ids = [message.id] if isinstance(message.id, str) else list(message.id)
        fields = set().union(*(messages._fields(one) for one in ids))
        assert messages._fields(said) <= fields
        assert messages._fields(said) == messages._fields(northern_catalogue._text(message)), ids
        one, many = ids[0], ids[-1]
        if len(ids) == 2:
            found = (
                compiled.npgettext(message.context, one, many, 3)
                if message.context
                else compiled.ngettext(one, many, 3)
            )
        else:
            found = compiled.pgettext(message.context, one) if message.context else compiled.gettext(one)
        assert found == said, ids


def test_a_northern_form_ends_as_the_southern_does_and_speaks_as_formally() -> None:
    for message, said in READ:
        south = northern_catalogue._text(message)
        assert re.findall(r"(?:다|시오|)[.:]?$", said) == re.findall(r"(?:다|시오|)[.:]?$", south), said
        assert not re.search(r"당신|세요|해요|합시다|[“”‘’\"']", said), said


def test_what_an_entry_does_not_say_the_southern_catalogue_says() -> None:
    alike = [
        str(message.id)
        for message, said in READ
        if isinstance(message.id, str) and not message.context and NORTH.get(message.id) is None
    ]
    assert len(alike) > len(READ) // 4
    said = {one: translations("ko-kp").gettext(one) for one in alike}
    assert said == {one: translations("ko").gettext(one) for one in alike}
    assert sum(text != one for one, text in said.items()) > len(alike) // 2
    assert say_count("ko-kp", "{n} day", "{n} days", 3, context="duration") == "3일"
    assert say("ko-kp", "No catalogue has this.") == "No catalogue has this."


def test_the_compiled_catalogue_is_whole_and_made_anew_with_either(tmp_path: Path) -> None:
    def put(folder: str, text: str) -> Path:
        path = tmp_path / "src/yeollak/locale" / folder / "LC_MESSAGES/django.po"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(messages._header(folder) + text, encoding="utf-8")
        return path

    def read(folder: str, word: str) -> str:
        with (tmp_path / "src/yeollak/locale" / folder / "LC_MESSAGES/django.mo").open("rb") as handle:
            return gettext.GNUTranslations(handle).gettext(word)

    put("ko", 'msgid "a"\nmsgstr "가"\n\nmsgid "b"\nmsgstr "나"\n\nmsgid "c"\nmsgstr "다"\n')
    put("ko_KP", 'msgid "a"\nmsgstr "라"\n\n#, fuzzy\nmsgid "c"\nmsgstr "마"\n')
    assert len(compile_catalogues(tmp_path)) == 2
    assert [read("ko_KP", word) for word in "abc"] == ["라", "나", "다"]
    assert [read("ko", word) for word in "abc"] == ["가", "나", "다"]
    put("ko", 'msgid "a"\nmsgstr "가"\n\nmsgid "b"\nmsgstr "바"\n')
    for path in tmp_path.rglob("django.mo"):
        assert path.stat().st_mtime_ns
    assert len(compile_catalogues(tmp_path)) == 2
    assert read("ko_KP", "b") == "바"


def test_pages_find_the_same_words_as_the_command_line(client: Any) -> None:
    from django.utils import translation

    with translation.override("ko-kp"):
        for message, said in READ:
            if isinstance(message.id, str) and not message.context:
                assert translation.gettext(message.id) == said
            elif isinstance(message.id, str):
                assert translation.pgettext(str(message.context), message.id) == said
            elif not message.context:
                one, many = message.id
                assert translation.ngettext(one, many, 3) == said


# the rules


def test_terms_are_those_of_the_north() -> None:
    for entry in glossary()["term"]:
        said = term(entry["id"], "ko-kp")
        assert said == entry.get("ko_north", entry["ko"])
        assert not list(faults(said)), entry["id"]
        assert term(entry["id"], "ko") == entry["ko"]


@pytest.mark.parametrize(
    ("south", "north"),
    [
        ("연락사무소의 서명이 유효합니다.", "련락사무소의 수표가 유효합니다."),
        ("서명은 서명을 서명과 서명으로", "수표는 수표를 수표와 수표로"),
        ("체크포인트가 체크포인트를 체크포인트와 체크포인트로", "검사점이 검사점을 검사점과 검사점으로"),
        ("노드나 노드면 노드로도", "마디점이나 마디점이면 마디점으로도"),
        ("휴무일로, 근무일로", "휴식일로, 로동일로"),
        ("봉인되어 보관되었습니다.", "봉인되여 보관되였습니다."),
        ("양측의 숫자, 횟수와 최댓값", "쌍방의 수자, 회수와 최대값"),
        ("“기록”과 ‘오늘’", "《기록》과 〈오늘〉"),
        ("내용과 예정, 역할은 그대로", "내용과 예정, 역할은 그대로"),
        ("가리키는 것을 지키는 키는", "가리키는 것을 지키는 열쇠는"),
        ("단축키 목록은 ? 키", "단축키 목록은 ? 키"),
        ("{서명} `서명` %(서명)s 서명", "{서명} `서명` %(서명)s 수표"),
        ("통화(예: KRW)", "통화(례: KRW)"),
        ("예", "예"),
        ("감사 기록에 적습니다.", "검열 기록에 적습니다."),
        ("남북공동연락사무소", "북남공동련락사무소"),
        ("데이터베이스와 브라우저", "자료기지와 열람기"),
        ("설립헌장에 따른 설립", "설립헌장에 따른 창설"),
    ],
)
def test_words_change_and_particles_with_them(south: str, north: str) -> None:
    assert northern(south) == north
    assert not list(faults(north))


_PAIRS = (("은", "는"), ("이", "가"), ("을", "를"), ("과", "와"), ("으로", "로"), ("이나", "나"))


def _behind(word: str, pair: tuple[str, str]) -> str:
    final = (ord(word[-1]) - 0xAC00) % 28
    return pair[1] if final == 0 or (pair[1] == "로" and final == 8) else pair[0]


@given(
    st.sampled_from([rule for rule in rules() if re.fullmatch("[가-힣]+", rule.south) and not rule.message]),
    st.sampled_from(_PAIRS),
)
def test_every_word_takes_the_particle_of_its_own_sound(rule: Any, pair: tuple[str, str]) -> None:
    if rule.before or rule.why.startswith("After a stem"):
        return
    said = northern(rule.south + _behind(rule.south, pair) + " 있다.")
    assert said == rule.north + _behind(rule.north, pair) + " 있다."
    wrong = pair[0] if _behind(rule.north, pair) == pair[1] else pair[1]
    if len(rule.north) > 1 and not (rule.north + wrong).startswith(tuple(one.south for one in rules())):
        assert [why for why in faults(f"{rule.north}{wrong} 있다.") if "fits" in why]


def test_what_is_northern_already_stays() -> None:
    for _, said in READ:
        assert northern(said) == said


def test_every_word_has_a_reason_and_changes_something() -> None:
    for rule in rules():
        assert rule.why
        assert rule.south != rule.north


# the check can fail


def test_a_southern_word_is_found() -> None:
    assert list(faults("연락사무소를 설립한 날"))
    assert list(faults("재연락")), "within a longer word too"
    assert list(faults("발효되지 않음")), "where no rule knows the form"
    assert list(departures("서명하십시오.", "도장을 찍으십시오."))
    assert not list(departures("서명하십시오.", "수표하십시오."))


def _pair(south: str, north: str, **more: Any) -> tuple[Catalog, Catalog]:
    made = Catalog(locale="ko"), Catalog(locale=northern_catalogue.LANG)
    made[0].add("Sign it.", south)
    made[1].add("Sign it.", north, **more)
    return made


@pytest.mark.parametrize(
    ("south", "north", "more", "why"),
    [
        ("서명하십시오.", "서명하십시오.", {}, "the same as the Southern"),
        ("서명하십시오.", "이제 수표하십시오.", {}, "not what the rules make"),
        (
            "서명하십시오.",
            "이제 수표하십시오.",
            {"user_comments": ["by hand: 서명할 것"]},
            "another Southern text",
        ),
        (
            "서명하십시오.",
            "도장을 찍으십시오.",
            {"user_comments": ["by hand: 서명하십시오."]},
            "lacks '수표'",
        ),
        ("서명하십시오.", "수표과 함께", {"user_comments": ["by hand: 서명하십시오."]}, "'수표와' fits"),
    ],
)
def test_a_faulty_entry_is_found(south: str, north: str, more: dict[str, Any], why: str) -> None:
    assert [said for _, said in northern_catalogue.wrong(*_pair(south, north, **more)) if why in said]


def _only(catalogue: Catalog) -> Message:
    found = catalogue.get("Sign it.")
    assert found is not None
    return found


def test_an_entry_by_hand_is_kept_and_marked_when_the_southern_text_changes() -> None:
    south, north = _pair("서명하십시오.", "이제 수표하십시오.", user_comments=["by hand"])
    kept = northern_catalogue.renewed(south, north)
    assert not list(northern_catalogue.wrong(south, kept))
    _only(south).string = "여기에 서명하십시오."
    changed = _only(northern_catalogue.renewed(south, kept))
    assert changed.fuzzy
    assert changed.string == "이제 수표하십시오."


def test_an_entry_by_rule_follows_and_one_without_a_message_goes() -> None:
    south, north = _pair("서명", "수표")
    _only(south).string = "서명란"
    north.add("Gone.", "수표")
    assert [why for _, why in northern_catalogue.wrong(south, north) if why == "no longer used"]
    made = northern_catalogue.renewed(south, north)
    assert _only(made).string == "수표란"
    assert made.get("Gone.") is None


# who reads it


def test_a_side_chooses_what_korean_means(spoken: None) -> None:
    assert say("ko", "Office {office}", office="x") == say("ko-kp", "Office {office}", office="x")
    assert term("sign", "ko") == "수표"
    assert (usage("ko"), tag("ko"), tag("en"), tag("ar")) == ("ko-kp", "ko-KP", "en", "ar")
    assert NATIVE_NAMES["ko"] == "조선어"
    assert tuple(NATIVE_NAMES) == LANGUAGES


def test_dates_and_numbers_are_those_of_korean(spoken: None) -> None:
    from datetime import date

    assert day(date(2020, 6, 9), "ko") == day(date(2020, 6, 9), "ko-kp") == "2020년 6월 9일(화)"


def test_only_a_usage_of_korean_can_be_chosen() -> None:
    with pytest.raises(ValueError, match="ko-kp"):
        speak_korean("ko-KR")
    assert usage("ko") == "ko"
    assert KOREAN == ("ko", "ko-kp")


def _words(page: str) -> str:
    """What a page says of its own: what the record says is marked with its language, or data."""
    return re.sub(r"<[^>]*>", " ", page)


def test_the_public_page_speaks_what_the_side_chose(client: Any) -> None:
    said = {}
    for korean in KOREAN:
        with speaking_korean(korean):
            answer = client.get("/ko/")
            said[korean] = answer.content.decode()
            assert answer.headers["Content-Language"] == tag("ko")
            assert f'<html lang="{tag("ko")}"' in said[korean]
    assert tag("ko") == "ko"
    south, north = _words(said["ko"]), _words(said["ko-kp"])
    for southern, northern_word in (("한국어", "조선어"), ("연표", "년표"), ("기재: 양측", "기재: 쌍방")):
        assert southern in south
        assert southern not in north
        assert northern_word in north
        assert northern_word not in south
    assert client.get("/ko-kp/").status_code == 404


def test_a_browser_that_has_the_southern_page_gets_the_northern_one(client: Any) -> None:
    first = client.get("/ko/")
    with speaking_korean("ko-kp"):
        again = client.get("/ko/", headers={"if-none-match": first.headers.get("ETag", "")})
    assert again.status_code == 200


def test_what_the_record_says_keeps_the_tag_that_officers_gave(client: Any, spoken: None) -> None:
    page = client.get("/ko/").content.decode()
    assert '<bdi lang="ko" dir="ltr">' in page
    assert 'lang="ko-kp"' not in page


def test_what_makes_signed_bytes_knows_no_words() -> None:
    """So that two sides that say it differently sign the same."""
    source = Path(__file__).parents[2] / "src" / "yeollak"
    for layer in ("record", "procedures", "office", "line"):
        for path in (source / layer).rglob("*.py"):
            assert "yeollak.words" not in path.read_text(encoding="utf-8"), path
