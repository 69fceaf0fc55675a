"""What each promises beside its speed, by its own documents; where a peer is better, it says so.

Each cell is what the protocol or product gives as it is measured here, not what could be built upon it.
`sources` say where that stands.
"""

from __future__ import annotations

from typing import Final

GUARANTEES: Final[list[dict[str, str]]] = [
    {
        "guarantee": "signature by a person",
        "ours": "yes: every act by its officer's own key, bound to a post and a time",
        "as2": "no: by the organisation's certificate",
        "prosody": "no: none at all; TLS ends at each server",
        "synapse": "no: by the sender's server (PDU)",
        "sources": "docs/spec/02, 04; RFC 4130; RFC 6120 §13; Matrix server-server API, Signing Events",
    },
    {
        "guarantee": "receipt proves the bytes",
        "ours": "yes: signed, over size and root of the register that holds them, twice (Ed25519 and ML-DSA)",
        "as2": "yes: signed MDN over the digest of the content (Received-content-MIC)",
        "prosody": "no: unsigned, names an identifier that the sender chose",
        "synapse": "no: m.read is an unsigned EDU; half a proof, as an event's identifier is its hash",
        "sources": "docs/spec/06; RFC 4130; XEP-0184; Matrix server-server API, EDUs",
    },
    {
        "guarantee": "receipt says that a person has it",
        "ours": "apart: a receipt says that the node holds it; reading and showing are acts",
        "as2": "no: the MDN is made by the machine (automatic-action)",
        "prosody": "better here: given by the receiving user's client (not: that he has read it)",
        "synapse": "better here: given by the receiving user's client, and says read",
        "sources": "docs/procedures; RFC 4130; XEP-0184 §1; Matrix client-server API, Receipts",
    },
    {
        "guarantee": "order",
        "ours": "yes: one register a side with signed indices; an act says what its author had seen",
        "as2": "no: messages are independent of each other",
        "prosody": "yes within one stream (processed in order); not across a resend",
        "synapse": "partial (event DAG); timelines of servers may differ",
        "sources": "docs/spec/05, 11; RFC 4130; RFC 6120 §10.1; Matrix server-server API, PDUs",
    },
    {
        "guarantee": "nothing lost while the other end is down",
        "ours": "yes: held by the register, sent when the line is there",
        "as2": "by whoever resends: the protocol has no retries of its own",
        "prosody": "no: the message comes back to the sender's client, which must resend",
        "synapse": "yes: the other server catches up, from the newest event of a room backwards",
        "sources": "docs/spec/40; RFC 4130; RFC 6120 §10, RFC 6121; Matrix server-server API, Backfilling",
    },
    {
        "guarantee": "nothing doubled",
        "ours": "yes: an act is its digest, a batch twice is answered with the same receipt",
        "as2": "by whoever keeps the Message-IDs that have come",
        "prosody": "no: resent messages are new ones unless the client compares identifiers",
        "synapse": "yes: an event is its hash; a request repeated is harmless",
        "sources": "docs/spec/40; RFC 4130; XEP-0198, XEP-0359; Matrix client-server API, Transaction IDs",
    },
    {
        "guarantee": "both hold the same record, and can show it",
        "ours": "yes: each side's register byte for byte at both, with a cosigned root",
        "as2": "no: each keeps what it likes",
        "prosody": "no: archives are each server's own (XEP-0313), and no hash joins them",
        "synapse": "partial: the same events; state may be resolved otherwise, redaction takes away",
        "sources": "docs/spec/05, 06; XEP-0313; Matrix server-server API, Room State Resolution; Redactions",
    },
    {
        "guarantee": "checked offline by a third party",
        "ours": "yes: an export or exhibit with proofs and keys, checked by a program that asks nobody",
        "as2": "yes for a single message, if both it and its MDN were kept with their certificates",
        "prosody": "no",
        "synapse": "partial: signatures of events while the servers' keys are known; no tool does it",
        "sources": "docs/spec/07, 10, 31; RFC 4130; Matrix server-server API, Retrieving server keys",
    },
    {
        "guarantee": "a fork is found, and is evidence",
        "ours": "yes: checkpoints of one register that do not fit are kept, and stop it",
        "as2": "no: there is nothing to fork",
        "prosody": "no",
        "synapse": "no: branches are merged, not reported",
        "sources": "docs/spec/05, 40; Matrix server-server API, Room State Resolution",
    },
    {
        "guarantee": "sealed towards whoever carries it",
        "ours": "parcels are sealed between nodes (X-Wing); the node reads what it holds",
        "as2": "the same between organisations (CMS, RSA)",
        "prosody": "TLS hop by hop; OMEMO between clients is possible, and is not measured here",
        "synapse": "better when used: encryption between devices (Megolm); off here",
        "sources": "docs/spec/08; RFC 4130; XEP-0384; Matrix client-server API, End-to-End Encryption",
    },
    {
        "guarantee": "used by many, over decades",
        "ours": "no: it is new",
        "as2": "better: since 2005, in trade everywhere",
        "prosody": "better: since 2004 (XMPP), many clients and servers",
        "synapse": "better: many clients, also of governments",
        "sources": "RFC 4130; RFC 3920; the Matrix specification",
    },
]
