"""The public page's feed: its newest entries as Atom (RFC 4287), in one language.

An entry keeps its id for ever and on every node, since it is made of the office, the act that tells it and
the language; a reader therefore shows it once, from wherever it has it. The feed generator escapes texts.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, time
from typing import Final

from django.utils.feedgenerator import Atom1Feed

from yeollak.desk.public import Item, PublicOffice
from yeollak.words import tag

#: How many entries a feed holds.
MOST: Final = 100


def feed_of(
    office: PublicOffice,
    items: Sequence[Item],
    lang: str,
    *,
    title: str,
    page: str,
    itself: str,
    address: Callable[[Item], str],
    heading: Callable[[Item], str],
    body: Callable[[Item], str],
    credit: Callable[[Item], str],
    kind: Callable[[Item], str],
) -> bytes:
    """The feed over `items`, the newest first, as UTF-8 XML.

    `page`, `itself` and `address` are absolute addresses of the page, the feed and an entry's own page;
    `heading` gives what an entry is called, `body` it as HTML, `credit` whose account it is, `kind` its
    procedure in words.
    """
    feed = _Feed(
        title=title,
        link=page,
        description="",
        language=tag(lang),
        feed_url=itself,
        feed_guid=_name(office.id, lang),
    )
    feed.quiet = max((act.at for act in office.acts), default=feed.quiet)
    for item in newest(items):
        feed.add_item(
            title=heading(item),
            link=address(item),
            description=body(item),
            author_name=credit(item),
            pubdate=happened(item),
            updateddate=item.at,
            unique_id=_name(office.id, item.act, lang),
            categories=[kind(item)],
        )
    return feed.writeString("utf-8").encode()


class _Feed(Atom1Feed):
    """A feed that is as new as its newest entry. One without any is as new as the record is, and not as the
    moment at which it was asked for: the same record gives the same bytes.
    """

    quiet = datetime.fromtimestamp(0, UTC)

    def latest_post_date(self) -> datetime:
        return super().latest_post_date() if self.items else self.quiet


def newest(items: Sequence[Item]) -> Sequence[Item]:
    """The entries that a feed holds: those signed last, whatever day they tell of."""
    return sorted(items, key=lambda item: item.at, reverse=True)[:MOST]


def happened(item: Item) -> datetime:
    """When what an entry tells of was; a day without an hour counts as its noon in UTC, which is that day in
    almost every zone.
    """
    at = item.told.when
    return at.instant or datetime.combine(at.day, time(12), UTC)


def _name(*parts: str) -> str:
    return uuid.uuid5(uuid.NAMESPACE_URL, "urn:yeollak:" + ":".join(parts)).urn
