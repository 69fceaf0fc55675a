"""Running the demonstration: two nodes, the script played between them, exports, their audit.

Both nodes run as processes of their own and talk over the line; this one does what officers would do at
each desk, scene by scene, on a clock that follows the history. Every act has its idempotency key and its
instant from the script, so that a replay that was interrupted, or one of whose nodes was killed, ends with
the same bytes as one that was not.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from yeollak.demo import figures
from yeollak.demo.cast import WORDS, entropy, members
from yeollak.demo.desks import make_accounts
from yeollak.demo.history import SIDES, events
from yeollak.demo.nodes import PASSPHRASE, Nodes
from yeollak.demo.script import script
from yeollak.demo.steps import SEEN, ActOf, Beat, MatterOf, Natural, Played, Step, TextOf
from yeollak.errors import LineFault
from yeollak.node.acting import Text, act
from yeollak.node.config import derived
from yeollak.node.drafting import Asked, drafted
from yeollak.office.audit import audit
from yeollak.office.matter import natural_id
from yeollak.procedures.catalogue import table
from yeollak.record.canon import format_instant
from yeollak.record.enclosure import SALT, SMALL_RIGHT
from yeollak.record.folder import FolderFiles
from yeollak.record.keys import SigningKey
from yeollak.storage import reading
from yeollak.storage.exporting import write_export
from yeollak.storage.reading import OfficeView

#: Told after each scene: how many events are done, of how many, and the title of the last one by language.
Told = Callable[[int, int, Mapping[str, str]], None]


@dataclass(slots=True)
class Demo:
    """One demonstration under a folder."""

    nodes: Nodes
    told: Told
    _steps: dict[str, Step] = field(default_factory=dict)

    def run(self) -> dict[str, Any]:
        """Do everything that is not done yet, and say what came of it."""
        began = time.monotonic()
        self.nodes.make()
        played = script(self.nodes.node_keys())
        self._steps = {step.name: step for scene in played for step in scene.steps}
        self.nodes.start()
        self.nodes.rest()
        done: set[str] = set()
        for scene in played:
            if not self._over(scene):
                self._play(scene)
            elif self.nodes.clock.now() == scene.ends:
                self.nodes.rest(seen=True)  # it was stopped here: what is owed is still said at this instant
            done |= {step.event for step in scene.steps if step.event}
            last = scene.steps[-1].event
            self.told(len(done), len(events()), events()[last]["title"] if last else {})
        return self._finish(played, time.monotonic() - began)

    def stop(self) -> None:
        """End both nodes."""
        self.nodes.stop()

    def pages(self) -> list[str]:
        """Where each side's public page answers."""
        return [self.nodes.page(side) for side in SIDES]

    def desks(self) -> dict[str, list[str]]:
        """Where each side's desk answers, with the accounts there."""
        found = {}
        for side in SIDES:
            if (address := self.nodes.desk(side)) is not None:
                found[address] = make_accounts(self.nodes.open[side], self.nodes.office, side)
        return found

    # scenes

    def _over(self, scene: Played) -> bool:
        """Whether a scene was played before: its acts are there, and the time after it has passed."""
        return self.nodes.clock.now() >= scene.ends and all(self._act_of(step) for step in scene.steps)

    def _play(self, scene: Played) -> None:
        clock = self.nodes.clock
        for beat in scene.beats:
            clock.set(max(clock.now(), beat.at))
            for step in beat.steps:
                self._do(beat, step)
            self.nodes.rest()
        clock.set(max(clock.now(), scene.beats[-1].at + SEEN))
        self.nodes.rest(seen=True)

    def _do(self, beat: Beat, step: Step) -> None:
        node, view = self.nodes.open[step.side], self._view(step.side)
        if self._act_of(step):
            return
        key = self._key(step)
        if step.posts is not None:
            node.keyring.keep_officer(
                members()[step.side][step.posts].key,
                entropy(step.side)(f"officer/{step.posts}"),
                PASSPHRASE,
            )
        if step.kind == "figures.countersign":
            self._recompute(view, str(self._matter(step, view)))
        asked = Asked(
            step.kind,
            matter=self._matter(step, view),
            facts={name: self._value(value) for name, value in step.facts.items()},
            due=format_instant(step.due) if step.due is not None else None,
            precedence=step.precedence,
        )
        act(
            node,
            self.nodes.office,
            key,
            drafted(node, view, key.kid, asked),
            self._texts(step, view),
            at=beat.at,
            request=_request(step),
            salts=derived(f"{WORDS}/{step.side}/{step.name}".encode()),
        )

    def _key(self, step: Step) -> SigningKey:
        if step.officer == "authority":
            node, view = self.nodes.open[step.side], self._view(step.side)
            return node.keyring.authority(view.charter, step.side, PASSPHRASE)
        return members()[step.side][step.officer].key

    # what steps refer to

    def _matter(self, step: Step, view: OfficeView) -> str | None:
        if isinstance(step.matter, Natural):
            family = table(step.matter.procedure).family
            return natural_id(view.id, family, step.matter.key)
        return self._named(step.matter.step) if step.matter is not None else None

    def _value(self, value: Any) -> Any:
        if isinstance(value, tuple):
            return [self._value(one) for one in value]
        if isinstance(value, MatterOf | ActOf):
            return self._named(value.step)
        return self._text(value.step) if isinstance(value, TextOf) else value

    def _named(self, step: str) -> str:
        """The act of a step, which is the id of the matter that it opened."""
        found = (reading.requested(self._view(side), f"demo/{step}") for side in SIDES)
        return next(act for act in found if act is not None)

    def _text(self, name: str) -> str:
        """The digest of the first enclosure of a step, before and after it is done."""
        step = self._steps[name]
        view = self._view(step.side)
        if (done := self._act_of(step)) is not None and step.derives is not None:
            return str(view.office.state(done).state.slots["text"])
        salts = derived(f"{WORDS}/{step.side}/{step.name}".encode())
        text = self._texts(step, view)[0]
        named, _ = text.commit(self.nodes.office, step.side, salts("enclosure/0"), SMALL_RIGHT)
        return named.digest

    def _texts(self, step: Step, view: OfficeView) -> tuple[Text, ...]:
        """The texts of a step: those of the script, or the figures that its node derives now."""
        if step.derives is None:
            return step.texts
        return (
            Text(
                figures.derived(view.office, step.derives).encode(), figures.MEDIA_TYPE, name="figures.json"
            ),
        )

    def _recompute(self, view: OfficeView, stated: str) -> None:
        """A side countersigns the other's figures only where its own node derives the same. Raises
        LineFault(`demo-stalled`).
        """
        blob = reading.blob(view, str(view.office.state(stated).state.slots["text"]))
        if blob is None or figures.differing(view.office, stated, blob[SALT:]):
            raise LineFault("demo-stalled")

    def _act_of(self, step: Step) -> str | None:
        return reading.requested(self._view(step.side), _request(step))

    def _view(self, side: str) -> OfficeView:
        return reading.office_view(side, self.nodes.office)

    # what came of it

    def _finish(self, played: Iterable[Played], seconds: float) -> dict[str, Any]:
        views = {side: self._view(side) for side in SIDES}
        audited = {}
        for side in SIDES:
            target = self.nodes.folder / f"export-{side}"
            if not target.exists():
                node = self.nodes.open[side]
                keys = node.keyring.post_keys(views[side].charter, side, PASSPHRASE)
                write_export(side, self.nodes.office, target, keys.register)
            audited[side] = audit(FolderFiles(target), office=self.nodes.office)
        reports = {side: report for side, (report, _) in audited.items()}
        states = {side: state for side, (_, state) in audited.items()}
        held = {
            side: {row.side: {"size": row.size, "root": row.root} for row in reading.heads(views[side])}
            for side in SIDES
        }
        south, north = (states[side] for side in SIDES)
        same = held["south"] == held["north"] and reports["south"].documents == reports["north"].documents
        digests = {view.office.digest() for view in views.values()} | {south.digest, north.digest}
        return {
            "office": self.nodes.office,
            **held,
            "equal": same and len(digests) == 1,
            "verified": not any(r.defects for r in reports.values()) and not (south.problem or north.problem),
            "events": self._events(played),
            "figures": figures.compared(views["south"].office),
            "acts": south.acts,
            "matters": dict(south.matters),
            "voids": len(south.voids),
            "receipts": sum(len(reading.receipts(views[side], one)) for side in SIDES for one in SIDES),
            "seconds": round(seconds, 1),
        }

    def _events(self, played: Iterable[Played]) -> int:
        """How many events of the history stand in the record with every act of theirs."""
        lacking: set[str] = set()
        told: set[str] = set()
        for step in (step for scene in played for step in scene.steps):
            (told if self._act_of(step) else lacking).add(step.event)
        return len((told - lacking) & set(events()))


def demonstrate(folder: Path, port: int, told: Told) -> Demo:
    """A demonstration under `folder`, with six ports from `port` on."""
    return Demo(Nodes(folder.resolve(), port), told)


def _request(step: Step) -> str:
    return f"demo/{step.name}"
