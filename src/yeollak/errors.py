"""The one tree of errors, split by whose fault it is.

Every error that leaves a module of Yeollak is one of these, with a stable code that programs may rely on,
the data that the sentence needs, and a next step for the person who reads it. The English sentences stand
here because they are also the message ids of the catalogues (`words/`, `locale/`); nothing here
translates, logs or prints.
"""

from __future__ import annotations

from typing import ClassVar

#: What a sentence may be filled with. Never a secret: errors are logged and shown.
Datum = str | int


class Fault(Exception):
    """Something that cannot go on, with a stable `code` and the `data` that its sentence names.

    `code` is a key of `CODES`. Raises KeyError at construction for an unknown code or missing data, so that a
    badly raised error is found by the first test that reaches it.
    """

    exit_status: ClassVar[int] = 3

    def __init__(self, code: str, **data: Datum) -> None:
        sentence, next_step = CODES[code]
        self.code = code
        self.data = data
        self.sentence = sentence.format_map(data)
        self.next_step = next_step.format_map(data)
        super().__init__(f"{self.sentence} [{code}]")


class OurFault(Fault):
    """The operator or officer of this node asked for something that cannot be done."""

    exit_status = 3


class TheirFault(Fault):
    """The other side sent something that it may not send."""

    exit_status = 4


class LineFault(Fault):
    """Nothing is known to be wrong with either side: the line between them failed."""

    exit_status = 5


class RecordFault(Fault):
    """Bytes that do not prove what they should; the data names the file or the entry and the rule."""

    exit_status = 1


#: code -> (what happened, what may be done next). Sorted by area; a code is never reused for another meaning.
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
    # acts: what was asked for (all before anything is signed)
    "clock-behind": (
        "The clock of this machine says {now}, and this side has signed an act at {last} already.",
        "Set the clock. If it is right and the act was not, go on with `--accept-clock`.",
    ),
    "due-past": (
        "The time {due} until which an answer is expected is over: it is {now} now.",
        "Give a later time, or a length of time such as `--due +48h`.",
    ),
    "fact-missing": (
        "An act {kind} states the fact {fact}, which was not given.",
        "Give it with `--fact`; `yeollak act` lists what each act states.",
    ),
    "fact-unknown": (
        "An act {kind} has no fact {fact}.",
        "Nothing was signed; `yeollak act` lists what each act states.",
    ),
    "fact-wrong": (
        "What was given for the fact {fact} is not of the type {type}.",
        "Nothing was signed. Words are given a language each, as `--fact subject.en=Water`.",
    ),
    "no-such-kind": (
        "There is no kind of act {kind}.",
        "Look at `yeollak act`, which lists what may be done now.",
    ),
    "officer-unnamed": (
        "{count} posted officers of this side have their keys here, and none was named.",
        "Name one with `--officer`; `yeollak officer list` shows them.",
    ),
    "officer-unposted": (
        "{officer} is no officer of {side} in this office.",
        "Nothing was signed. Look at `yeollak officer list`, or post one with `yeollak officer add`.",
    ),
    # acts: why an act is void (the reason codes of docs/spec/10-procedures.md)
    "act-void": (
        "This act would be void in the record: {why}.",
        "Look at the matter again with `yeollak act`, which lists what may be done now.",
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
    "enclosure-too-large": (
        "{side} names an enclosure that is larger than this node takes: {digest}.",
        "Ask the other side to send it by another route, or in parts.",
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
    "projections-unequal": (
        "What the pages of office {office} are drawn from is not what its record comes to.",
        "Nothing signed is touched. Keep a copy of this folder, report it, and start the node anew.",
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
    # node: this machine
    "alarm-standing": (
        "An alarm stands in office {office}: {alarm}.",
        "Look it up in docs/errors.md; `yeollak office list` shows the alarms.",
    ),
    "anchor-behind": (
        "The anchor of this node knows {anchor} entries of our register, and {size} are under a checkpoint.",
        "See that {path} can be written to; `yeollak serve` brings it up to date.",
    ),
    "anchor-missing": (
        "The anchor of this node, {path}, is not there.",
        "Put it back, or run `yeollak recover` with the line connected, before anything is signed.",
    ),
    "certificate-otherwise": (
        "The certificate of the line is not the one on our card in office {office}.",
        "Put `tls/` back from a backup, or tell the other sides the new fingerprint.",
    ),
    "certificate-unreadable": (
        "The certificate of the line in {path} cannot be read.",
        "Put `tls/` back from a backup.",
    ),
    "clock-differs": (
        "The clocks here and at {side} were {seconds} seconds apart at the last receipt.",
        "Compare this machine's clock with a good one. Traffic goes on whatever it says.",
    ),
    "disk-low": (
        "Only {free} MB are free where {path} is.",
        "Free some space before the disk is full: a register can then not grow.",
    ),
    "folder-open": (
        "Other users of this machine may read {path}.",
        "Take their access away: chmod go-rwx.",
    ),
    "not-counted": (
        "{count} entries of {side} are held in office {office} and do not count yet.",
        "They wait for what they have seen: let the line bring it.",
    ),
    "not-receipted": (
        (
            "{peer} has not receipted the last {count} entries of our register in office {office}, "
            "since {since}."
        ),
        "See that the line to {peer} works; what is receipted is safe from a loss of this node.",
    ),
    "peer-unknown": (
        "No address of {side} is set on this node.",
        "Put one into node.toml under [peers.{side}], or found the office with a card that has one.",
    ),
    "bad-body": (
        "What a parcel carries is not of the form that its purpose asks for.",
        "Nothing was stored. Tell the other side.",
    ),
    "answer-otherwise": (
        "The answer of {side} is not to what was asked.",
        "The line tries again by itself. If it goes on, tell the other side.",
    ),
    "receipt-wrong": (
        "The receipt of {side} is not for what was sent, or its keys did not sign it.",
        "Nothing counts as receipted. Tell the other side.",
    ),
    "refused": (
        "{side} refused what was sent: {why}.",
        "The line tries again by itself, after {retry} seconds where it was told to wait.",
    ),
    "unreachable": (
        "{url} cannot be reached ({why}).",
        "The line tries again by itself. Look whether the other node runs and the address is right.",
    ),
    "line-refused": (
        "{url} answered with the status {status}.",
        "Look whether the address belongs to the node of the other side, and this office is known there.",
    ),
    "forked-register": (
        "{side} holds another course of our own register in office {office}.",
        "Nothing more is appended. Keep both as evidence, and call the operator.",
    ),
    "recovery-needed": (
        "No other side answers, and the anchor of this node is missing.",
        "Connect the line, bring the anchor back, or run `yeollak recover --accept-risk`.",
    ),
    "clock-unreadable": (
        "The clock file {path} cannot be read.",
        "Put an instant such as 2018-09-14T01:00:00Z into it, or set clock to system in node.toml.",
    ),
    "no-node": (
        "There is no node in {path}.",
        "Make one with `yeollak init`.",
    ),
    "node-there": (
        "There is a node, or a part of one, in {path} already.",
        "Take another folder, or remove this one if nothing was ever sent from it.",
    ),
    "node-partial": (
        "There is a part of a node in {path}, without its node.toml.",
        "Put node.toml back, or, if nothing was ever sent from here, remove the folder and make it again.",
    ),
    "node-settings": (
        "The settings in {path} cannot be read: {why}.",
        "Mend the file; `yeollak init` makes a good one elsewhere to compare with.",
    ),
    "key-missing": (
        "The key file {path} is not there or cannot be read.",
        "Put it back from where keys are kept.",
    ),
    "keys-otherwise": (
        "The keys kept here are not those that the charter gives {side}.",
        "Put back the keys that belong to the card in the charter.",
    ),
    "store-unusable": (
        "The database cannot be opened or brought up to date ({why}).",
        "See that it is there, that it can be written to and that the disk is not full.",
    ),
    "register-waits": (
        "Only {counted} of the {size} entries of our own register count here yet.",
        "Wait until the line has brought what they have seen.",
    ),
    "port-in-use": (
        "Port {port} is in use already.",
        "Stop the other program, or set another port in node.toml.",
    ),
    "node-running": (
        "A node runs from {path} already.",
        "Stop it first, or use it.",
    ),
    "card-altered": (
        "The card of {side} is not the one in the charter.",
        "Compare the cards with the other side by another route, and draft the charter again.",
    ),
    "card-missing": (
        "The card of {side}, a party of the charter, was not given.",
        "Give the card of every side, as it reached you.",
    ),
    "card-otherwise": (
        "The card of {side}, issued {issued}, is not the one that the charter was drafted over.",
        "Ask that side which of its cards counts, and draft the charter again over it.",
    ),
    "card-stale": (
        "The card of {side} issued {issued} is stale: the same side issued another one {newest}.",
        "Give the newest card of each side alone.",
    ),
    "card-used": (
        "The card of {side} has founded the office {office} already, and no card founds two.",
        "Ask {side} for a fresh card: `yeollak card new`.",
    ),
    "card-unknown": (
        "No key kept here belongs to a party of this charter.",
        "Draft the charter over a card of this node: `yeollak card new`.",
    ),
    "charter-otherwise": (
        "The charter is that of the office {found}, not of {expected}.",
        "It was altered on the way, or is another draft. Take it again from the side that drafted it.",
    ),
    "demo-stalled": (
        "The two nodes of the demonstration do not come to rest.",
        "Look at south.log and north.log in its folder, and run it again: it goes on where it stopped.",
    ),
    "wrong-passphrase": (
        "The passphrase does not open {what}.",
        "Try again. Nothing was changed.",
    ),
    # command line: what a caller named, and what nobody foresaw
    "file-exists": (
        "There is a file {file} already.",
        "Name another one; nothing was written over.",
    ),
    "file-too-large": (
        "The file {file} is larger than the {limit} bytes that it may have.",
        "See that it is the file that was meant.",
    ),
    "file-unreadable": (
        "The file {file} cannot be read: {why}.",
        "See that the path is right and that this user may read it.",
    ),
    "file-unwritable": (
        "The file {file} cannot be written: {why}.",
        "See that the folder is there, can be written to, and the disk is not full.",
    ),
    "internal": (
        "Yeollak met something that it does not know how to handle ({kind}).",
        "Run the same command with `--debug`, and report what it shows.",
    ),
    "no-such-matter": (
        "This office has no matter {matter}.",
        "Look at `yeollak matter list`.",
    ),
    "passphrase-missing": (
        "No passphrase was given.",
        "Name a file with the option for it, set {variable}, or run the command at a terminal.",
    ),
    "office-none": (
        "This node has no office yet.",
        "Found one: `yeollak card new`, then docs/operator/README.md.",
    ),
    "office-unnamed": (
        "This node has {count} offices, and none was named.",
        "Name one with `--office`; `yeollak office list` shows them.",
    ),
    "interrupted": (
        "Interrupted.",
        "What was done stays done. Look, as with `yeollak doctor`, before you repeat it.",
    ),
}
