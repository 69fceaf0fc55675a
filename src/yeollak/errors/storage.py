"""Codes about what this node holds.

Each has a sentence and a next step, which are also the message ids of the catalogues.
"""

from __future__ import annotations

CODES: dict[str, tuple[str, str]] = {
    "exhibit-uncovered": (
        "No checkpoint of {side} covers its entry {index} yet, so nothing can be shown of it.",
        "Wait until the node has issued the next checkpoint, and make the exhibit then.",
    ),
    "no-such-act": (
        "This node has no act {act}.",
        "Copy the id of the act whole: it has 64 hexadecimal digits.",
    ),
    # storage: what this node holds
    "anchor-unreadable": (
        "The anchor file {path} cannot be read ({why}), so nobody knows what has left this node.",
        "Put the file back, or run `yeollak recover` to ask the other sides.",
    ),
    "behind-anchor": (
        (
            "The database holds {size} entries of our register; {anchor} have left this node, "
            "or others than these."
        ),
        "It was restored from an old backup. Run `yeollak recover` to fetch our own entries back.",
    ),
    "database-address": (
        "The address of the database is not one of PostgreSQL.",
        "Write it as postgresql://user@host:port/name in node.toml.",
    ),
    "disk-full": (
        "The disk is full: {what} cannot be written.",
        "Free some space and try again. Nothing was left half done.",
    ),
    "enclosure-not-given": (
        "The enclosure {digest} was not given with its act, or has another size than the act says.",
        "Nothing was stored. Give the enclosure with the act.",
    ),
    "enclosure-lost": (
        "The file of the large enclosure {digest} is gone or cannot be read.",
        "Put it back into the folder `enclosures` of the node from a backup.",
    ),
    "enclosure-altered": (
        "The large enclosure {digest} is not what was kept under that name.",
        "Put it back from a backup, and find out who has changed it.",
    ),
    "enclosure-store-away": (
        "The storage of large enclosures does not do what it is asked ({why}, {digest}).",
        "See that it runs, that this host reaches it and that its keys are good. Nothing was stored.",
    ),
    "no-object-storage": (
        "Large enclosures in object storage need the package obstore, which is not installed.",
        "Install yeollak with its extra `s3`.",
    ),
    "enclosure-too-large": (
        "{side} names an enclosure that is larger than this node takes: {digest}.",
        "Ask the other side to send it by another route, or in parts.",
    ),
    "enclosures-wait": (
        "{side} names more in large enclosures than the charter's quota of a day allows.",
        "They are fetched on the days that follow. Amend the quota where more is agreed.",
    ),
    "enclosures-no-room": (
        "Large enclosures of {side} are not fetched: the disk of this node has too little room left.",
        "Free some space: they are fetched then. What the node keeps free is for our own register.",
    ),
    "no-enclosure-folder": (
        "Nobody has said where this node keeps large enclosures.",
        "Open the node by its folder.",
    ),
    "enclosures-too-many": (
        "The enclosures that travel with an act are larger than {limit} bytes together.",
        "Enclose the larger ones as large files, which travel by themselves.",
    ),
    "entry-not-held": (
        "Entry {index} of the register of {side} is not held here.",
        "Wait until it has arrived, or ask the side for it.",
    ),
    "export-exists": (
        "There is something at {path} already.",
        "Name a folder that does not exist yet, or an empty one.",
    ),
    "export-impossible": (
        "The export cannot be written: {why}.",
        "See that the folder can be written to and the disk is not full. Nothing is left behind.",
    ),
    "export-empty": (
        "The register of {side} has no checkpoint yet, so there is nothing to export.",
        "Sign the charter on every side and let `yeollak serve` run until both registers have begun.",
    ),
    "figures-behind": (
        "The record has more acts than figures have been counted of here.",
        "Ask again in a while: the node counts them by itself.",
    ),
    "finding-out-of-order": (
        "The finding of entry {index} of {side} is not the next one.",
        "Start the node again, which counts anew.",
    ),
    "head-moved": (
        "Our register moved from {expected} to {size} entries in the meantime.",
        "Try again.",
    ),
    "head-unequal": (
        "The register of {side} does not make the root that is stored for it.",
        "Stop the node, keep this folder as it is, and call whoever looks after the database.",
    ),
    "no-such-office": (
        "This node has no office {office}.",
        "Look at `yeollak office list`.",
    ),
    "lease-lost": (
        "Another process of this side works for office {office} now.",
        "Nothing was changed, and there is nothing to do: that process goes on with it.",
    ),
    "counts-unequal": (
        "What is stored of {what} in office {office} is not what its record gives.",
        "Nothing signed is touched. Keep a copy, report it, run `yeollak doctor --recount`, start the node.",
    ),
    "projections-unequal": (
        "What the pages of office {office} are drawn from is not what its record comes to.",
        "Nothing signed is touched. Keep a copy of this folder, report it, and start the node anew.",
    ),
    "pages-behind": (
        "Pages of office {office} do not know all that has been counted: what is new was not checked.",
        "Start the node, or let it come to rest, and look again.",
    ),
    "store-failed": (
        "The database could not do what was asked: {why}.",
        "Nothing was changed. See that the disk is not full and the database is running, then try again.",
    ),
    "store-unguarded": (
        "The database does not refuse to change or delete rows of the record: {missing} is missing.",
        "Find out who has changed the database before this node goes on.",
    ),
    "signer-not-ours": (
        "The keys given do not sign the register of {side}.",
        "See that the node's folder holds the keys of this office.",
    ),
}
