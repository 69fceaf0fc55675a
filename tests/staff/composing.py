"""What tests of composing share: an agreed form, and a filled page as a browser without a script sends it."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from tests.node.offices import SIDES
from tests.staff.desks import PASSPHRASE, Answer, Browser, Desks
from yeollak import forms
from yeollak.desk.staff.hands import install
from yeollak.node import drafting
from yeollak.node.acting import Text, act
from yeollak.node.hands import NodeHands
from yeollak.office.matter import natural_id

FORM = "dam-discharge.1"
#: The answers of a dam discharge notice, by the names that the page has for them.
ANSWERS = {
    "a.notice": "first",
    "a.authority": "한강홍수통제소",
    "a.dam": "군남댐",
    "a.river": "임진강",
    "a.stage": "planned",
    "a.reason": "heavy-rain",
    "a.begins.d": "2030-07-01",
    "a.begins.t": "09:30",
    "a.rate": "500.5",
    "a.stretch": "군남댐 하류",
    "a.severity": "moderate",
    "a.contact": "상황실",
}
_File = tuple[bytes, str, str | None, str | None]


def adopt(desks: Desks, name: str = FORM) -> None:
    """Let both co-heads sign a shipped form, so that it is agreed between the sides."""
    form = forms.shipped()[name]
    matter = natural_id(desks.office, "charter", f"form/{name}")

    def state(side: str) -> Any:
        return desks.view(side).office.state(matter).state

    draft = by_co_head(
        desks, "south", "form.draft", None, [(form.data, "application/json", None, f"{name}.json")]
    )
    desks.until(lambda: state("north").slots.get("draft") == draft)
    for side in SIDES:
        by_co_head(desks, side, "form.sign", matter, [])
    desks.until(lambda: all(state(side).phase == "adopted" for side in SIDES))


def by_co_head(
    desks: Desks,
    side: str,
    kind: str,
    matter: str | None,
    files: list[_File],
    facts: dict[str, Any] | None = None,
) -> str:
    """An act of a side's co-head, as the command line does it; returns its id."""
    node, view = desks.nodes[side], desks.view(side)
    kid = next(kid for kid, one in view.office.officers(view.place).items() if one.function == "co-head")
    texts: list[Text] = drafting.released_by_kind(view, kind, matter, files)
    asked = drafting.Asked(kind, matter, facts or {}, texts=tuple(texts), delivers=not texts)
    draft = drafting.drafted(node, view, kid, asked)
    return act(node, desks.office, node.keyring.officer(kid, PASSPHRASE), draft, texts)


def hidden(answer: Answer) -> dict[str, str]:
    """The hidden inputs of the page's own form, as a browser would send them along."""
    page = answer.text.split('id="write"')[-1].split("</form>")[0]
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page)
    return {name: unescape(value) for name, value in found if name != "csrfmiddlewaretoken"}


def write(browser: Browser, path: str, do: str, **fields: Any) -> Answer:
    """Send the page at a path with these fields and a button."""
    page = browser.get(path)
    return browser.post(path, **{**hidden(page), **fields, "do": do})


def draft_path(answer: Answer) -> str:
    """The address of the draft that an answer led to."""
    found = re.search(r"/\d/drafts/\d+/", answer.url)
    assert found is not None, (answer.url, answer.text[-2000:])
    return found[0]


def sign(browser: Browser, answer: Answer, passphrase: str = PASSPHRASE, **more: str) -> Answer:
    """Sign what a preview shows."""
    page = answer.text.split('id="sign"')[-1]
    found = dict(re.findall(r'<input type="hidden" name="(act|version)" value="([^"]*)"', page))
    return browser.post(draft_path(answer) + "preview/", do="sign", passphrase=passphrase, **found, **more)


def at(desks: Desks, side: str) -> None:
    """Give the hands of this process's desk to a side: only one has them at a time."""
    server = desks.servers[side]
    install(NodeHands(desks.nodes[side], server._wake, lambda office: server._posts[office].keys.register))
