"""Codes about bytes and proofs, and about why a batch is refused whole.

Each has a sentence and a next step, which are also the message ids of the catalogues.
"""

from __future__ import annotations

CODES: dict[str, tuple[str, str]] = {
    # record: bytes and proofs
    "malformed": (
        "{what} is not in the one form that it may have: {why}.",
        "Ask the side that made it for the bytes as it signed them.",
    ),
    "audit-failed": (
        "The export has {count} defects; the first is {rule} in {file}, entry {entry}.",
        "Run `yeollak verify` to see them all, and ask the exporter for the export again.",
    ),
    "signed-other-act": (
        "The answer is over the act {act}, not over {expected}.",
        "Take the answer to the request that was made last, or make a new request.",
    ),
    "digest-mismatch": (
        "{what} is not what its digest promises.",
        "Take it again from the side that committed to it, and keep this copy: it may be evidence.",
    ),
    "key-refused": (
        "{what} is not a key that a side could honestly hold: {why}.",
        "Ask the side for its card again, by another route.",
    ),
    "origin-mismatch": (
        "{what} belongs to {found}, not to {expected}.",
        "See that it was made for this office; nothing was taken over.",
    ),
    "proof-mismatch": (
        "{what} does not lead to the root that was signed.",
        "Ask for the proof again; if it fails again, keep both as evidence.",
    ),
    "quorum-missing": (
        "{what} does not carry the receipts that the policy asks for: {why}.",
        "Take the checkpoint again when the other sides have receipted it.",
    ),
    "sealed-otherwise": (
        "{what} was not sealed to this key, or was altered on the way.",
        "Ask the sender to seal it again to the current card.",
    ),
    "signature-missing": (
        "{what} does not carry the signature of {key}.",
        "Ask the side that made it for the bytes as it signed them.",
    ),
    "signature-wrong": (
        "The signature of {key} on {what} does not verify.",
        "Ask the side that made it for the bytes as it signed them.",
    ),
    "too-large": (
        "{what} is larger than the {limit} bytes that it may have.",
        "Nothing was read; ask the side that made it to keep to the limit.",
    ),
    "unreadable": (
        "{what} cannot be read: {why}.",
        "See that the path is a whole export and that this user may read it.",
    ),
    # admission: why a batch is refused whole (rule 1)
    "no-such-side": (
        "This office has no side named {side}.",
        "Look at `yeollak office show` for the names of its sides.",
    ),
    "rules-version": (
        "The charter names the rules {named}, and this software carries {held}.",
        "Install the version of Yeollak that the charter was drafted with.",
    ),
    "conflict": (
        "The batch does not begin where the register ends here: {size} entries are held.",
        "The sender goes on from that size by itself.",
    ),
    "bad-checkpoint": (
        "The checkpoint of a batch is not one that its register signed over these entries.",
        "Nothing was stored. Tell the other side.",
    ),
    "keys-uncounted": (
        "A checkpoint is signed only by keys that replace others in the very entries that it ends.",
        "Nothing was stored. A node that was restored fetches them; else the old keys must sign too.",
    ),
    "two-views": (
        "The checkpoint of a batch does not extend the entries that are held of its register.",
        "Both are kept as evidence, and the branch that is not held gets no receipt. Call the operator.",
    ),
    "parcel-too-large": (
        "A parcel is larger than 8 MiB.",
        "The other side must close its batches earlier.",
    ),
    "quota": (
        "The day's quota of the other side is spent.",
        "It may be sent again in {retry} seconds.",
    ),
    "outside-profile": (
        "The statement at {index} is not in the one form that a statement has.",
        "Nothing was stored. Tell the other side.",
    ),
    "document-too-large": (
        "The act document at {index} is larger than 32 KiB.",
        "Nothing was stored. Tell the other side.",
    ),
    "document-unequal": (
        "The act document at {index} is not the one that its statement names.",
        "Nothing was stored. Tell the other side.",
    ),
    "enclosure-missing": (
        "A small enclosure of the act at {index} did not come with it.",
        "Nothing was stored. Tell the other side.",
    ),
    "enclosure-unequal": (
        "An enclosure of the act at {index} has another size than the act says.",
        "Nothing was stored. Tell the other side.",
    ),
    "enclosure-surplus": (
        "The act at {index} came with an enclosure that it does not name.",
        "Nothing was stored. Tell the other side.",
    ),
    "enclosures-too-large": (
        "The small enclosures of the act at {index} are larger than 48 KiB together.",
        "Nothing was stored. Tell the other side.",
    ),
}
