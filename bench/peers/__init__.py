"""What a user would pick instead, installed, run and stopped by scripts, in the same run as our own line.

One module a peer (`as2`, `prosody`, `synapse`), each with the same small interface (`place.Peer`): install
into a folder that is kept, start two servers on loopback that talk over TLS, send so many messages of 1 KiB
with so many in flight, take the other end down and bring it back, stop. A message is done when its sender
holds the receipt by which that peer says that the receiving user has it; `guarantees` tells what such a
receipt is worth.

Nothing here is a dependency of the project: what a peer needs lives in an environment of its own, at the
versions in `requirements/`. Modules named `*_party` run in those environments, so they, `flow` and `party`
import the standard library and what is pinned for them, and nothing of the project.
"""

from __future__ import annotations

#: Bytes of text in a message, as in `bench.line`.
TEXT = 1024
#: The two ends; the first is the one that sends one way.
SIDES = ("south", "north")
#: How many messages are sent while the other end is down.
OUTAGE = 1000
#: Rooms of Matrix to which messages go in turn: events of one room are handled one after another.
ROOMS = 8
