"""The table [enclosures] of a node's settings: where its large enclosures are kept."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from yeollak.storage.files import Files

#: The folder in that of the node where they are kept, or gathered on their way to a storage.
FOLDER: Final = "enclosures"
_NAMES: Final = ("store", "endpoint", "region", "key_file")


@dataclass(frozen=True, slots=True)
class EnclosureSettings:
    """`store` is empty for the node's own folder, or `s3://BUCKET/PREFIX` with its `endpoint` and `region`;
    `key_file` has the id of a key in its first line and the secret in its second, relative to the folder.
    """

    store: str = ""
    endpoint: str = ""
    region: str = "us-east-1"
    key_file: str = ""

    @classmethod
    def read(cls, value: Mapping[str, Any]) -> EnclosureSettings:
        """Settings as they stand in the file. Raises ValueError."""
        if unknown := set(value) - set(_NAMES):
            raise ValueError(f"nothing is set by {', '.join(sorted(unknown))} under [enclosures]")
        store = str(value.get("store", ""))
        if store and not store.startswith("s3://"):
            raise ValueError("a storage is named as s3://BUCKET/PREFIX")
        return cls(**{name: str(value[name]) for name in value})

    def lines(self) -> list[str]:
        """The lines of the settings' file; none where all is as it is without."""
        if self == EnclosureSettings():
            return []
        named = {name: getattr(self, name) for name in _NAMES}
        return ["", "[enclosures]", *(f"{name} = {json.dumps(one)}" for name, one in named.items() if one)]

    def files(self, folder: Path) -> Files:
        """Where the node in `folder` keeps them. Raises OurFault(`no-object-storage`), OSError."""
        if not self.store:
            return Files(folder / FOLDER)
        from yeollak.storage.objects import Bucket, Objects

        lines = (folder / self.key_file).read_text().split() if self.key_file else []
        key_id, secret = (lines[0], lines[1]) if len(lines) > 1 else ("", "")
        bucket = Bucket(self.store, self.endpoint, self.region, key_id, secret)
        return Objects(folder / FOLDER, bucket.open())
