"""Codes about this machine, and about what a caller of the command line named.

Each has a sentence and a next step, which are also the message ids of the catalogues.
"""

from __future__ import annotations

CODES: dict[str, tuple[str, str]] = {
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
    "answer-sealed-otherwise": (
        "The answer of {side} is sealed to a key that is not kept here.",
        "If this node was restored, put its newer key files back; else tell the other side.",
    ),
    "own-key-unknown": (
        "{side} holds a checkpoint of our own register that no key kept here has signed.",
        "If this node was restored, put its newer key files back; else keep what was said as evidence.",
    ),
    "receipt-retired": (
        "The receipt of {side} is by keys that it has retired.",
        "Nothing counts as receipted. Ask {side}: its old keys may be in other hands, or it disowns them.",
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
    "not-signed": (
        "Nothing was signed.",
        "Run it again once it is clear that this is what is meant.",
    ),
    "receipts-disowned": (
        (
            "{side} has retired the keys of its receipt for {size} entries of {of}, and owns to {owned} of "
            "them alone."
        ),
        "The receipt counts. Ask {side}: its old keys may be in other hands, or it takes back its word.",
    ),
    "words-order": (
        "The order of sides in {path} is neither “ours” nor “charter” nor a list of different sides.",
        "Write one of the two words, or the short ids of the sides in their order.",
    ),
    "words-side": (
        "{path} has words of our own for {side}, which is a side of no office of this node.",
        "Write the sides by their short ids: {sides}.",
    ),
    "words-text": (
        "What {setting} in {path} says is no line of 1 to {most} plain characters.",
        "Write it in one line, without characters that turn the direction of text.",
    ),
    "words-unknown": (
        "The setting {setting} in {path} is not one that this node knows.",
        "Compare it with docs/desk/own-words.md: nothing that is misspelt is passed over.",
    ),
    "words-zone": (
        "The time zone {zone} in {path} is unknown here.",
        "Write it as the IANA list does, for example Asia/Seoul.",
    ),
    "key-missing": (
        "The key file {path} is not there or cannot be read.",
        "Put it back from where keys are kept.",
    ),
    "keys-ahead": (
        "The key file {file} is of a generation that the record of office {office} does not have.",
        "If a replacement was interrupted, run it again; if the node was restored, let the line catch up.",
    ),
    "keys-behind": (
        "Keys of the role {role}, in the record of office {office} since entry {since}, are not kept here.",
        "Put the newer key files back from where keys are kept. Until then this node cannot use them.",
    ),
    "key-otherwise": (
        "The key in {file} is of the kind {found}, and one of the kind {wanted} is needed.",
        "Name the right key file; nothing was opened.",
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
    "one-process-store": (
        "The store of this node is SQLite, which one process serves, with all roles.",
        "Serve without --roles, or keep the store in PostgreSQL (docs/scale.md).",
    ),
    "anchor-not-shared": (
        "Another process of this side, {process}, writes to another anchor.",
        "Let all of them name one folder that every host reaches as `anchor` in node.toml (docs/scale.md).",
    ),
    "node-ending": (
        "This node is being ended; the act was not appended.",
        "Sign it again when the node serves again.",
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
    "no-such-form": (
        "There is no form {form} here.",
        "Look at `yeollak form list`, or name the file that holds the form.",
    ),
    "deposit-in-part": (
        "{side} has committed to {count} texts, and not all of them are here.",
        "Give every text that the guarantor has given out, in one command.",
    ),
    "deposit-missing": (
        "No deposit of {side} is held here in the matter {matter}.",
        "Look at it with `yeollak matter show`: large ones follow by themselves, a little later.",
    ),
    "no-commitment": (
        "{side} has committed to nothing in the matter {matter}.",
        "Look at it with `yeollak matter show`.",
    ),
    "exchange-failed": (
        "The node could not go on by itself in the exchange {matter} ({why}).",
        "It tries again, and nothing else waits for it. Tell the operator the code and the time.",
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
