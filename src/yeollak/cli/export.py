"""`yeollak export`: the record of an office as files that tools written by others read."""

from __future__ import annotations

from pathlib import Path

import click

from yeollak.cli.opened import chosen, node_option, office_option, opened, passphrase_option
from yeollak.cli.options import shared
from yeollak.cli.output import Output


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
@node_option
@office_option
@passphrase_option
@shared
def export(out: Output, path: Path, folder: Path, office_id: str | None, passphrase: str) -> None:
    """Write the whole record to the new folder PATH."""
    node = opened(folder)
    from yeollak.storage import reading
    from yeollak.storage.exporting import ends_of, write_export

    view = reading.office_view(node.alias, chosen(node, office_id))
    keys = node.keyring.post_keys(view.charter, view.side, passphrase)
    manifest = write_export(node.alias, view.id, path, keys.register)
    ends = ends_of(view)
    tails = {
        row.side: [ends[row.side], row.size] for row in reading.heads(view) if ends[row.side] != row.size
    }
    out.result(
        {
            "ends": ends,
            "files": len(manifest.files),
            "kind": manifest.kind,
            "left_out": tails,
            "office": view.id,
            "path": str(path),
        }
    )
    out.say(
        "Exported the record to {path}; files: {files}", "bold", path=str(path), files=len(manifest.files)
    )
    for side, (end, size) in tails.items():
        out.say(
            "The register of {side} ends at {end} of {size} entries: no checkpoint covers the others yet.",
            "yellow",
            side=side,
            end=end,
            size=size,
        )
    out.say("Next: yeollak verify {path}", path=str(path))
