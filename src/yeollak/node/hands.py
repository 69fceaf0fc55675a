"""The node's hands for its desk: what `desk.staff.hands.Hands` asks, done with the node's own parts.

Nothing here decides: drafting and judging are those of the command line. An officer's key is opened with his
passphrase for one signature and kept nowhere.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from yeollak.desk.staff.hands import LineState, Ready, Wish
from yeollak.node import authority, drafting
from yeollak.node.acting import Append, Prepared, prepare, sign_prepared
from yeollak.node.authority import Authority
from yeollak.node.open import Node
from yeollak.storage import reading
from yeollak.storage.exporting import write_export
from yeollak.storage.signer import RegisterSigner


class NodeHands:
    """The hands of one node. `woken` tells its server that something was appended; `signers` are the unlocked
    register keys by office, which sign the manifest of an export; `append` is where the server takes acts in.
    """

    def __init__(
        self,
        node: Node,
        woken: Callable[[], None] = lambda: None,
        signers: Callable[[str], RegisterSigner | None] = lambda _office: None,
        append: Append | None = None,
    ) -> None:
        self._node, self._woken, self._signers, self._append = node, woken, signers, append

    @property
    def alias(self) -> str:
        return self._node.alias

    @property
    def side(self) -> str:
        return self._node.config.side

    def now(self) -> datetime:
        return self._node.clock.now()

    def prepare(self, office: str, officer: str, wish: Wish) -> Prepared:
        view = reading.office_view(self._node.alias, office)
        given = [(sheet.content, sheet.type, sheet.lang, sheet.name) for sheet in wish.sheets]
        texts = drafting.released_by_kind(view, wish.kind, wish.matter, given)
        asked = drafting.Asked(
            wish.kind,
            matter=wish.matter,
            facts=wish.facts,
            re=wish.re,
            due=wish.due,
            precedence=wish.precedence,
            delivers=wish.delivers and not texts,
            texts=tuple(texts),
        )
        # A rotation is signed by the key that it brings, which is nobody's before.
        drafter = drafting.authority_of(view) if wish.kind == "key.rotate" else officer
        draft = drafting.drafted(self._node, view, drafter, asked)
        drafting.check_clock(self._node, view)
        return prepare(self._node, office, officer, draft, texts)

    def sign(self, ready: Ready, officer: str, passphrase: str, request: str) -> str:
        key = self._node.keyring.officer(officer, passphrase)
        made = sign_prepared(self._node, _prepared(ready), key, request=request, append=self._append)
        self._woken()
        return made

    def holds_key(self, officer: str) -> bool:
        return self._node.keyring.has_officer(officer)

    def authority(self, office: str) -> Authority:
        return authority.authority_of(self._node, reading.office_view(self._node.alias, office))

    def sign_by_authority(self, ready: Ready, passphrase: str, request: str) -> str:
        made = authority.sign_here(self._node, _prepared(ready), passphrase, request, self._append)
        self._woken()
        return made

    def signing_request(self, ready: Ready) -> bytes:
        return authority.request_of(self._node, _prepared(ready))

    def sign_elsewhere(self, ready: Ready, answer: bytes, request: str) -> str:
        made = authority.sign_elsewhere(self._node, _prepared(ready), answer, request, self._append)
        self._woken()
        return made

    def make_officer(self, passphrase: str) -> str:
        return authority.make_officer(self._node, passphrase)

    def make_keys(self, office: str, role: str, passphrase: str) -> Mapping[str, Any]:
        return authority.make_keys(self._node, office, role, passphrase)

    def reopen(self, office: str, passphrase: str, reason: Mapping[str, str]) -> str:
        made = authority.reopen(self._node, office, passphrase, reason)
        self._woken()
        return made

    def lines(self, office: str) -> Sequence[LineState]:
        view = reading.office_view(self._node.alias, office)
        rows, held = reading.outbox(view), view.ledger.held(view.place)
        found = []
        for peer in view.charter.sides:
            if peer == view.side:
                continue
            row, owed = rows.get(peer), held - reading.receipted(view, peer)
            up = row is not None and not row.last_error
            heard = row.last_ok if row is not None else None
            found.append(LineState(peer, up, heard if up else row.next_at if row else None, heard, owed))
        return found

    def alarm_channels(self) -> Sequence[str]:
        return self._node.config.alarm.channels

    def export(self, office: str) -> Path:
        signer = self._signers(office)
        assert signer is not None, "a serving node has its keys unlocked"
        folder = Path(tempfile.mkdtemp(prefix="yeollak-export.")) / "export"
        write_export(self._node.alias, office, folder, signer)
        return folder

    def wake(self) -> None:
        self._woken()


def _prepared(ready: Ready) -> Prepared:
    return Prepared(ready.office, ready.document, ready.blobs)
