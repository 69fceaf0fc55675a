"""A flash that nobody acknowledges: it rings at the other desk, others are told when its clock has run out,
and the sender sees that it is overdue.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, expect

from tests.node.test_alarming import SECRET, Calls, sink
from tests.staff.stories.officers import desk
from tests.staff.stories.posts import Posts
from yeollak.node.alarm_settings import AlarmSettings, Webhook
from yeollak.node.config import NodeConfig
from yeollak.words import say
from yeollak.words.naming import Reader

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SUBJECT = "حريق غابة عند الخط"
#: In which the story is acted, and who reads along in the others.
LANG, BESIDE = "ar", ("liaison", "co-head")
#: What a page plays, noted in place of being played.
EARS = """
window.played = [];
HTMLMediaElement.prototype.play = function () { window.played.push(this.src); return Promise.resolve(); };
"""


@pytest.fixture(scope="module")
def told() -> Iterator[Calls]:
    """Where others are told."""
    with sink() as calls:
        yield calls


@pytest.fixture(scope="module")
def posts(template: Posts, told: Calls, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Posts]:
    """Two served desks, of which the North's node tells others."""
    alarmed = Posts(tmp_path_factory.mktemp("alarmed"))
    shutil.copytree(template.folder, alarmed.folder, dirs_exist_ok=True)
    alarmed.office, alarmed.keys = template.office, template.keys
    config = NodeConfig.load(alarmed.folder / "north")
    (config.folder / "hook.secret").write_bytes(SECRET)
    replace(config, alarm=AlarmSettings(None, Webhook(told.url, "hook.secret"))).save()
    made = Posts.taken(alarmed, tmp_path_factory.mktemp("served"))
    assert isinstance(made, Posts)
    yield made
    made.close()


def test_a_flash_rings_and_nobody_answers(chrome: Browser, posts: Posts, told: Calls) -> None:
    lang, subject, before = LANG, SUBJECT, len(told.got)
    with (
        desk(chrome, posts, "south", lang, beside=BESIDE) as south,
        desk(chrome, posts, "north", lang, beside=BESIDE) as north,
    ):
        north.page.add_init_script(EARS)
        north.today()
        armed = north.page.locator("[data-arm]")
        expect(armed).to_have_text(say(lang, "Alarm sound is off"))
        armed.click()
        expect(armed).to_have_text(say(lang, "Alarm sound is on"))

        due = posts.hour.now() + timedelta(hours=9, minutes=11)
        south.pick("note.send", "note.send")
        south.fill({f"f.subject.{lang}": subject, "f.class": "rescue", "precedence": "flash"})
        south.fill({"due.d": f"{due:%Y-%m-%d}", "due.t": f"{due:%H:%M}", f"text.{lang}": subject})
        south.preview()
        note = south.sign()

        # It rings by itself, before anything else, and stays until somebody has acknowledged it.
        expect(north.page.locator("#bells")).to_have_attribute("data-rings", "flash")
        north.shows(".verdict h1", _rings)
        north.shows(
            "[data-arm]",
            lambda read: say(read, "Alarm sound is on" if read == lang else "Alarm sound is off"),
        )
        first = north.page.locator(".lane-us .strip").first
        expect(first).to_contain_text(subject)
        expect(first.locator("[data-acknowledge]")).to_be_visible()
        north.page.wait_for_function("window.played.some(one => one.endsWith('/alarms/flash.wav'))")
        north.fits()
        north.press(".nav a[data-key=m]")
        expect(north.page.locator(".bell.f")).to_contain_text(subject)

        # Nobody does. Others are told, and both desks say so.
        posts.hour.ahead(minutes=12)
        north.go("/1/alarms/")
        mine = north.page.locator(".alarm-row").first
        expect(mine).to_contain_text("webhook")
        north.shows(".alarm-row", lambda read: say(read, "sent"))
        north.reads("Nobody has acknowledged it.", ".alarm-row")
        expect(mine.locator(".clk.late")).to_be_visible()
        north.reads("Others have been told.", ".bell.f")
        north.fits()
        assert [json.loads(sent)["act"] for _, sent in told.got[before:]] == [note]
        south.today()
        late = south.page.locator(".lane-them .strip").filter(has_text=subject)
        expect(late.locator(".clk.late")).to_be_visible()
        south.fits()

        # The sender states the silence; whoever was silent reads that, and acknowledges at last.
        south.press(late.locator("h3 a"))
        assert south.matter == note
        south.stands("note", "delivered")
        south.do("note.lapse")
        south.counted()
        south.see(note)
        south.stands("note", "unanswered")
        assert "note.lapse" not in south.offered()
        north.today()
        north.press(north.page.locator(".lane-us .strip.flash [data-acknowledge]").first)
        assert north.matter == note
        north.stands("note", "unanswered")
        assert "note.answer" in north.offered()
        expect(north.page.locator("#bells")).to_have_attribute("data-rings", "")
        north.fits()
        assert posts.agree(note) == "unanswered"


def _rings(lang: str) -> str:
    """What Today says first at the North's desk."""
    sender = Reader(lang, "north", {"south": "South"}).name("south")
    return say(lang, "Flash from {side}. Acknowledge now.", side=sender)
