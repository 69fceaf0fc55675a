"""The keys that an export's registers bring after the charter's, found before anything is verified by them.

Which acts bring keys, only a fold can say: a void one brings none. The layer above, which folds, answers for
the entries that are read here, and its word is taken for the whole audit, so that the audit and a node never
differ on which keys are in force. That the entries stand in the register that was signed is found by the
audit of the register, with these keys among others. Source: docs/spec/10-export.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from yeollak.record.generations import Generation

#: By side and role the generations after the charter's, oldest first.
Later = Mapping[str, Mapping[str, tuple[Generation, ...]]]
#: By side the entries of its register in their order: statements, each with its document where it is here.
Entries = Mapping[str, Sequence[tuple[bytes, bytes | None]]]
