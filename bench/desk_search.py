"""`python -m bench.desk_search`: what lists of matters and searches cost in a record of 100,000 acts.

The record is made as rows, unsigned: what is measured reads projections alone. Its words are drawn from texts
in the three languages with the frequencies of a language, so that some stand nearly everywhere and some
once. Every figure is the median of several runs in one process, after a first one that is not counted.
"""

from __future__ import annotations

import itertools
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from tests.office.world import charter_of, seed
from yeollak.node.settings import configure

configure()

SIDES = ("south", "north")
_AT = datetime(2018, 9, 14, 1, 0, tzinfo=UTC)
_KINDS = ("note.send", "note.read", "note.shown", "note.answer")
_TEXTS = {
    "en": (
        "dam discharge river water level notice flood relief crossing road rail survey delegation "
        "minutes agreement exchange prisoners wounded ceasefire line telephone military liaison "
        "office joint visit family reunion forestry health sports fibre copper works bridge tunnel "
        "port vessel rescue fishing permit inspection list names annex paragraph translation "
        "reservation draft signature withdrawal"
    ),
    "ko": (
        "댐 방류 임진강 수위 통지 홍수 구호 통행 도로 철도 조사 대표단 "
        "합의서 교환 포로 부상자 휴전 군사 통신 연락 사무소 공동 방문 가족 "
        "상봉 산림 보건 체육 "
        "광케이블 동케이블 공사 다리 항구 선박 구조 조업 허가 점검 명단 부록 "
        "번역 유보 초안 서명 철회 개성공단 남북공동연락사무소 판문점 금강산 경의선 동해선 "
    ),
    "ar": (
        "السد تصريف النهر المياه منسوب إشعار الفيضان الإغاثة العبور الطريق السكة مسح الوفد المحضر "
        "الاتفاق تبادل الأسرى الجرحى وقف إطلاق النار خط الهاتف العسكري الاتصال المكتب المشترك زيارة "
        "الأسرة الغابات الصحة الرياضة الألياف الأشغال الجسر الميناء السفينة الإنقاذ الصيد تصريح "
        "التفتيش قائمة الأسماء الملحق الفقرة الترجمة التحفظ"
    ),
}
WORDS = {lang: text.split() for lang, text in _TEXTS.items()}
#: What people look for: a word that is nearly everywhere, some together, a rare one, one that is not there.
QUERIES = {
    "en, common": "dam",
    "en, two words": "fibre inspection",
    "en, being typed": "agr",
    "en, one place": "zanzibar",
    "en, nowhere": "xylophone",
    "ko, common": "댐",
    "ko, part of a compound": "연락사무소",
    "ko, with a particle": "판문점에서",
    "ko, two words": "개성 공단 점검",
    "ar, common": "المياه",
    "ar, without the article": "اتفاق",
    "ar, two words": "تبادل الأسرى",
}


def say(random: Random, lang: str, many: int) -> str:
    """So many words of a language, as often as a language has them."""
    words = WORDS[lang]
    # Zipf: the first words stand nearly everywhere.
    return " ".join(words[min(int(random.paretovariate(0.7)) - 1, len(words) - 1)] for _ in range(many))


def make(alias: str, acts: int) -> Any:
    """An office of so many acts with its projections; returns its view."""
    from django.db import transaction

    from yeollak.office.charter import Charter
    from yeollak.office.ledger import Counted
    from yeollak.procedures.table import Move
    from yeollak.record.document import Act, act_id, format_instant
    from yeollak.storage import models, projection
    from yeollak.storage.journal import Journal
    from yeollak.storage.reading import office_view

    charter: Charter = charter_of(SIDES)
    Journal(alias).found(charter.raw, "south")
    view = office_view(alias, charter.office)
    random, sizes, matter, turn = Random(1), [0, 0], "", 0
    began = int(_AT.timestamp())
    numbers = itertools.count()
    while sum(sizes) < acts:
        rows, found = [], []
        for _ in range(min(2000, acts - sum(sizes))):
            number = next(numbers)
            kind = _KINDS[number % len(_KINDS)]
            opens = kind == "note.send"
            place = (number // len(_KINDS)) % 2 if opens else 1 - (number // len(_KINDS)) % 2
            facts: dict[str, Any] = {}
            if opens:
                facts = {
                    "class": "flood",
                    "subject": {lang: say(random, lang, 5) for lang in WORDS},
                    "to_title": {lang: say(random, lang, 3) for lang in WORDS},
                }
            elif kind == "note.answer":
                facts = {"subject": {lang: say(random, lang, 12) for lang in WORDS}}
            if number == acts // 3 // 4 * 4:
                facts["subject"]["en"] += " zanzibar"
            at = format_instant(datetime.fromtimestamp(began + number * 600, UTC))
            act = Act(
                office=charter.office,
                side=SIDES[place],
                officer="0" * 16,
                kind=kind,
                at=at,
                seen={SIDES[1 - place]: (sizes[1 - place], "0" * 64)},
                salt=seed("salt", number).hex()[:32],
                matter=None if opens else matter,
                precedence=("routine", "routine", "priority", "immediate", "flash")[number % 5],
                due=format_instant(datetime.fromtimestamp(began + number * 600 + 86400, UTC)),
                facts=facts,
            )
            document = act.encode()
            name = act_id(document)
            matter = name if opens else matter
            turn += 1
            move = Move(
                id=name, side=act.side, kind=kind, at=at, facts=facts, function="duty", due=act.due,
            )  # fmt: skip
            found.append(
                Counted(act.side, place, sizes[place], name, matter, "note", turn, tuple(sizes), "", move)
            )
            rows.append(
                models.Entry(
                    office_id=charter.office,
                    place=place,
                    index=sizes[place],
                    statement=b"",
                    document=document,
                    act=name,
                    matter=matter,
                    weight=len(document),
                )
            )
            sizes[place] += 1
        with transaction.atomic(using=alias):
            models.Entry.objects.using(alias).bulk_create(rows, batch_size=500)
            for place, size in enumerate(sizes):
                view.rows(models.Head).filter(place=place).update(size=size)
                view.ledger._held[place] = size
            for one in found:
                view.ledger.add(one)
            projection.keep(view, _AT)
            view.refresh()
            projection.show(view)
    return view


def timed(step: Callable[[], object], rounds: int) -> float:
    """The median of several runs, in milliseconds."""
    step()
    spent = []
    for _ in range(rounds):
        began = time.perf_counter()
        step()
        spent.append((time.perf_counter() - began) * 1000)
    return statistics.median(spent)


def costs(view: Any, rounds: int) -> Iterator[tuple[str, float]]:
    """What each list and search costs, in milliseconds."""
    from yeollak.storage import matters, rungs, searching

    def search(text: str) -> None:
        searching.hits(view, searching.find(view, text), 0, 20)

    for name, text in QUERIES.items():
        yield f"search: {name}", timed(partial(search, text), rounds)
    lists = {
        "newest": matters.Wanted(),
        "by due": matters.Wanted(order="due"),
        "waiting for us": matters.Wanted(awaited="south"),
        "flash, unsettled": matters.Wanted(precedence=3, settled=False),
        "one procedure and state": matters.Wanted(procedure="note", phase="answered"),
        "of a class, between days": matters.Wanted(
            subject_class="flood", since="2019-01-01", until="2019-02-01"
        ),
        "a filter that nothing meets": matters.Wanted(phase="tendered", procedure="note"),
    }
    for name, wanted in lists.items():
        yield f"list: {name}", timed(partial(matters.listing, view, wanted, 50), rounds)
    oldest = matters.Wanted(order="oldest")
    deep = matters.listing(view, oldest, 5000).after or ""
    yield (
        "list: page after 5,000",
        timed(lambda: matters.listing(view, oldest, 50, deep), rounds),
    )
    yield "list: its counts", timed(lambda: matters.counts(view, matters.Wanted()), rounds)
    yield "list: procedures", timed(lambda: matters.procedures(view), rounds)
    line = {
        "newest": rungs.Wanted(),
        "one side": rungs.Wanted(side="north"),
        "one kind of one side": rungs.Wanted(side="north", kind="note.answer"),
        "immediate and above": rungs.Wanted(least=2),
        "a month": rungs.Wanted(since="2019-01-01", until="2019-01-31"),
        "a filter that nothing meets": rungs.Wanted(kind="note.answer", procedure="meeting"),
        "a year, a filter that nothing meets": rungs.Wanted(
            since="2019-01-01", until="2019-12-31", kind="none"
        ),
    }
    for name, asked in line.items():
        yield f"line: {name}", timed(partial(rungs.newest, view, asked, 40), rounds)
    far = rungs.after(view, rungs.Wanted(), 5000, "").later
    yield "line: page after 5,000", timed(partial(rungs.after, view, rungs.Wanted(), 40, far), rounds)
    yield "line: kinds", timed(partial(rungs.kinds, view), rounds)


def pages(view: Any, rounds: int) -> Iterator[tuple[str, float]]:
    """What the list and one matter cost to work out as pages, without templates, in milliseconds."""
    from django.urls import set_urlconf

    from yeollak.desk.staff.clocks import reader_of
    from yeollak.desk.staff.gate import Desk
    from yeollak.desk.staff.ladder import slim, wide
    from yeollak.desk.staff.lineof import PAGE, arranged
    from yeollak.desk.staff.linetold import gathered, stances_before
    from yeollak.desk.staff.matteracts import acts_of, next_of
    from yeollak.desk.staff.matterlist import asked_of, choices, narrowed, rows_of
    from yeollak.desk.staff.matterpage import head_of, voice_of
    from yeollak.desk.staff.mattertexts import texts_of
    from yeollak.storage import matters, rungs
    from yeollak.storage.staffing import Person

    set_urlconf("yeollak.node.staff_urls")
    person = Person(1, "duty", "duty", "duty", "ko", {}, {}, False, "", False)
    # Neither hands nor request are asked here.
    desk = Desk(person, None, view, 1, "ko", _AT, None)  # type: ignore[arg-type]
    newest = matters.listing(view, matters.Wanted(), 1).rows[0].row.matter

    def listed() -> None:
        asked = asked_of({"q": "판문점에서"}, view.charter.sides)
        wanted = narrowed(desk, asked)
        rows_of(desk, matters.listing(view, wanted, 50).rows)
        matters.counts(view, wanted)
        choices(desk, asked)

    def one() -> None:
        voice = voice_of(desk)
        head_of(desk, newest)
        acts_of(desk, newest, voice)
        next_of(desk, newest, voice)
        texts_of(desk, newest, voice)

    def ladder_of(wanted: rungs.Wanted) -> None:
        held = rungs.newest(view, wanted, PAGE)
        lanes = [view.side, *(side for side in view.charter.sides if side != view.side)]
        told = gathered(view, held.acts, "ko", lambda side: side, lanes)
        made = arranged(told, reader_of(desk), lanes, stances_before(view, held.acts[0], lanes))
        wide(made.ladder)
        slim(made.ladder)

    yield "page: the list, searched", timed(listed, rounds)
    yield "page: one matter", timed(one, rounds)
    yield "page: the line", timed(partial(ladder_of, rungs.Wanted()), rounds)
    yield "page: the line, flash alone", timed(partial(ladder_of, rungs.Wanted(least=3)), rounds)


@click.command()
@click.option("--acts", type=click.IntRange(min=100), default=100_000, show_default=True)
@click.option("--rounds", type=click.IntRange(min=1), default=7, show_default=True)
@click.option("--postgresql", "url", help="A database, as postgresql://…; else SQLite in a new folder.")
@click.option("--json", "target", type=click.Path(path_type=Path), help="Write the figures here too.")
def main(acts: int, rounds: int, url: str | None, target: Path | None) -> None:
    """Measure lists and searches in a record of so many acts."""
    from django.core.management import call_command

    from yeollak.storage.databases import attach, postgresql, sqlite

    with tempfile.TemporaryDirectory() as folder:
        attach("bench", postgresql(url) if url else sqlite(Path(folder) / "bench.db"))
        call_command("migrate", database="bench", verbosity=0)
        began = time.perf_counter()
        view = make("bench", acts)
        filled = time.perf_counter() - began
        found = {**dict(costs(view, rounds)), **dict(pages(view, rounds))}
    engine = "PostgreSQL" if url else "SQLite"
    table = Table(title=f"{acts:,} acts on {engine}; {filled / acts * 1e3:.2f} ms an act to store")
    table.add_column("measured")
    table.add_column("ms", justify="right")
    for name, cost in found.items():
        table.add_row(name, f"{cost:.1f}")
    Console().print(table)
    if target is not None:
        target.write_text(
            json.dumps({"acts": acts, "milliseconds": found}, indent=2) + "\n", encoding="utf-8"
        )


if __name__ == "__main__":
    main()
