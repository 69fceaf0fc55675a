"""What the public page tells as linked data: the office and its entries in the terms of schema.org (JSON-LD).

It says what the page says and nothing more: whose account an entry rests on goes with it, and a source is
cited, never repeated as fact. Pure: addresses are arguments.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from yeollak.desk.chronicle import BOTH, PRESS, Reference
from yeollak.desk.public import Item, PublicOffice
from yeollak.desk.texts import Moment, Text

MEDIA_TYPE: Final = "application/ld+json"
_CONTEXT: Final = "https://schema.org"


def office_data(office: PublicOffice, address: str) -> dict[str, Any]:
    """The office as a GovernmentOffice, with its parties as founders."""
    about: dict[str, Any] = {
        "@context": _CONTEXT,
        "@id": f"urn:sha256:{office.id}",
        "@type": "GovernmentOffice",
        "founder": [{"@type": "Organization", "name": _versions(party.name)} for party in office.parties],
        "identifier": office.id,
        "name": _versions(office.names),
        "url": address,
    }
    if office.formed is not None:
        about["foundingDate"] = office.formed.iso
    if office.seat is not None:
        about["location"] = {"@type": "Place", "name": _versions(office.seat)}
    if office.summary is not None:
        about["description"] = _versions(office.summary)
    return about


def entry_data(office: PublicOffice, item: Item, address: str, office_address: str) -> dict[str, Any]:
    """One entry as an Event. `creditText` says whose account it is, `isBasedOn` names the act that tells
    it.
    """
    told = item.told
    data: dict[str, Any] = {
        "@context": _CONTEXT,
        "@id": address,
        "@type": "Event",
        "about": {"@id": f"urn:sha256:{office.id}", "url": office_address},
        "creditText": credit(office, told.account),
        "description": _versions(told.text),
        "isBasedOn": f"urn:sha256:{item.act}",
        "name": _versions(told.title),
        "startDate": told.when.iso,
        "url": address,
    }
    if told.until is not None:
        data["endDate"] = told.until.iso
    if told.where is not None:
        data["location"] = {"@type": "Place", "name": _versions(told.where)}
    if told.references:
        data["citation"] = [_cited(reference) for reference in told.references]
    return data


def credit(office: PublicOffice, account: str) -> str:
    """Whose account an entry rests on, in English, which the terms of schema.org are in."""
    party = office.party(account)
    if party is not None:
        return f"Account of {party.name.pick('en').text}"
    return {PRESS: "Account of the press", BOTH: "Account of both sides"}.get(account, f"Account: {account}")


def _versions(text: Text) -> list[Mapping[str, str]]:
    return [{"@language": tag, "@value": said} for tag, said in text.versions]


def _cited(reference: Reference) -> dict[str, Any]:
    cited: dict[str, Any] = {"@type": "CreativeWork", "name": reference.title}
    published = Moment(reference.day).iso if reference.day else None
    if published is None and reference.month is not None:
        published = reference.month.isoformat()[:7]
    for name, value in (
        ("author", [{"@type": "Person", "name": author} for author in reference.authors]),
        ("datePublished", published),
        ("inLanguage", reference.language),
        ("publisher", reference.publisher and {"@type": "Organization", "name": reference.publisher}),
        ("url", reference.url),
    ):
        if value:
            cited[name] = value
    return cited
