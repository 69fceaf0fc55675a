"""The difference between two drafts as a whole: every language, and the terms around them.

Terms are what is no text: the standing of languages, which prevails, who signs where, the annexes. They are
given as they were and as they are. Applying it to the bytes of one draft yields the bytes of the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from yeollak.office.texts.alignment import Budget
from yeollak.office.texts.diff import VersionDiff, apply, diff_versions, inverse
from yeollak.office.texts.instrument import Annex, Instrument, Place, Version, draft, read


@dataclass(frozen=True, slots=True)
class Terms:
    """What a draft says beside its text. `versions` are its languages in order, without their texts."""

    versions: tuple[Version, ...]
    places: tuple[Place, ...]
    orders: Mapping[str, tuple[int, ...]]
    prevails: str
    annexes: tuple[Annex, ...]


@dataclass(frozen=True, slots=True)
class Redraft:
    """What changed between two drafts.

    `versions` has the languages of both, in the order of the new draft; `added` and `removed` are whole
    texts of languages that only one of them has.
    """

    versions: tuple[VersionDiff, ...]
    added: tuple[Version, ...]
    removed: tuple[Version, ...]
    old_terms: Terms
    new_terms: Terms

    @property
    def same(self) -> bool:
        """Whether nothing at all changed."""
        texts = all(version.same for version in self.versions)
        return texts and not self.added and not self.removed and self.old_terms == self.new_terms

    @property
    def changed_terms(self) -> tuple[str, ...]:
        """The names of the terms that changed: `languages`, `places`, `orders`, `prevails`, `annexes`."""
        old, new = self.old_terms, self.new_terms
        pairs = {
            "languages": (old.versions, new.versions),
            "places": (old.places, new.places),
            "orders": (dict(old.orders), dict(new.orders)),
            "prevails": (old.prevails, new.prevails),
            "annexes": (old.annexes, new.annexes),
        }
        return tuple(name for name, (before, after) in pairs.items() if before != after)


def redraft(old: Instrument, new: Instrument) -> Redraft:
    """What changed from `old` to `new`. The work is bounded, a budget a language."""
    both = [lang for lang in new.languages if lang in old.languages]
    return Redraft(
        tuple(diff_versions(old.version(lang), new.version(lang), Budget()) for lang in both),
        tuple(version for version in new.versions if version.lang not in both),
        tuple(version for version in old.versions if version.lang not in both),
        _terms(old),
        _terms(new),
    )


def turned(change: Redraft) -> Redraft:
    """The change the other way round."""
    order = [version.lang for version in change.old_terms.versions]
    return Redraft(
        tuple(sorted((inverse(item) for item in change.versions), key=lambda item: order.index(item.lang))),
        change.removed,
        change.added,
        change.new_terms,
        change.old_terms,
    )


def applied(change: Redraft, old: bytes) -> bytes:
    """The bytes of the new draft.

    Raises RecordFault for bytes that are no joint text, ValueError when the change was not taken from them.
    """
    before = read(old)
    if _terms(before) != change.old_terms:
        raise ValueError("the change is of another text")
    made = {item.lang: apply(item, before.version(item.lang)) for item in change.versions}
    made |= {version.lang: version for version in change.added}
    terms = change.new_terms
    versions = [
        replace(made[head.lang], standing=head.standing, side=head.side, stage=head.stage)
        for head in terms.versions
    ]
    return draft(
        versions,
        places=terms.places,
        orders=terms.orders,
        prevails=terms.prevails,
        annexes=terms.annexes,
    )


def _terms(instrument: Instrument) -> Terms:
    heads = tuple(
        replace(version, title=version.lang, preamble=(version.lang,), articles=())
        for version in instrument.versions
    )
    return Terms(
        heads,
        instrument.places,
        MappingProxyType(dict(instrument.orders)),
        instrument.prevails,
        instrument.annexes,
    )
