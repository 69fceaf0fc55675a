"""Large enclosures in a storage that speaks S3: what a folder does, it does; altered bytes and a storage that
is away are told by codes.
"""

from __future__ import annotations

import errno
import os
import socket
import stat
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import obstore
import pytest
import urllib3

from tests.conformance import environment
from tests.line.test_large import BIG
from tests.ports import quiet_port
from yeollak.errors import OurFault, RecordFault
from yeollak.node.config import NodeConfig
from yeollak.node.enclosure_settings import EnclosureSettings
from yeollak.record import enclosure
from yeollak.storage.files import Arriving, Files
from yeollak.storage.objects import Bucket, Objects

OFFICE, SIDE, SALT = "5" * 64, "south", b"s" * 16
SIDES = ("north", "south")
LONG = bytes(range(256)) * 30_000  # more than one part of an upload


def blob_of(content: bytes) -> tuple[str, bytes]:
    return enclosure.digest(OFFICE, SIDE, SALT, content).hex(), enclosure.blob(SALT, content)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The address of a server of this module's own, with a bucket."""
    python, port = environment.ensure("objects"), quiet_port()
    command = [str(python), "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as made:
        address = f"http://127.0.0.1:{port}"
        tries = urllib3.Retry(connect=60, backoff_factor=0.2, backoff_max=0.5)
        assert urllib3.request("PUT", f"{address}/side", retries=tries).status == 200
        yield address
        made.kill()


def bucket(address: str, prefix: str) -> Bucket:
    return Bucket(f"s3://side/{prefix}", address, key_id="id", secret="secret")


Making = Callable[[str], Files]


@pytest.fixture(params=["folder", "s3"])
def making(request: pytest.FixtureRequest, tmp_path: Path) -> Making:
    """Makes where enclosures are kept, as a process on another host finds it too."""
    if request.param == "folder":
        return lambda host: Files(tmp_path / "shared")
    address = request.getfixturevalue("server")
    return lambda host: Objects(tmp_path / host, bucket(address, tmp_path.name).open())


@pytest.mark.parametrize("content", [b"", b"short", LONG])
def test_what_is_kept_is_read_on_every_host_whole_and_in_ranges(making: Making, content: bytes) -> None:
    one, other = making("one"), making("other")
    digest, blob = blob_of(content)
    assert other.size(digest) is None
    one.keep(digest, blob)
    one.keep(digest, blob)
    assert other.size(digest) == len(blob)
    assert other.whole(OFFICE, SIDES, digest) == blob
    for offset, length in ((0, 10), (16, 1000), (len(blob) - 3, 100), (len(blob), 5)):
        assert other.read(digest, offset, length) == blob[offset : offset + length]
    other.drop(digest)
    assert one.size(digest) is None
    with pytest.raises(OurFault) as caught:
        one.read(digest)
    assert caught.value.code == "enclosure-lost"
    one.drop(digest)


def arriving_of(digest: str, **more: Any) -> Arriving:
    return Arriving(**{"office": OFFICE, "side": SIDE, "digest": digest, "peer": SIDE, **more})


def test_what_arrives_in_pieces_is_taken_over_once_it_is_whole(making: Making) -> None:
    one, other = making("one"), making("other")
    digest, blob = blob_of(LONG)
    arriving = arriving_of(digest)
    for start in range(0, len(blob), 1 << 20):
        assert one.arrived(arriving) == start
        one.add(arriving, start, blob[start : start + (1 << 20)])
    assert other.size(digest) is None
    one.finish(arriving)
    assert one.arrived(arriving) == 0
    assert other.whole(OFFICE, SIDES, digest) == blob


@pytest.mark.parametrize(
    "apart", [{"pouch": True}, {"peer": "north"}, {"side": "north"}, {"office": "6" * 64}]
)
def test_by_every_way_it_grows_apart(making: Making, apart: dict[str, Any]) -> None:
    one = making("one")
    digest, blob = blob_of(b"carried")
    arriving, other = arriving_of(digest), arriving_of(digest, **apart)
    one.add(other, 0, b"!!!")
    one.add(arriving, 0, blob[:5])
    one.add(arriving, 5, blob[5:])
    assert (one.arrived(arriving), one.arrived(other)) == (len(blob), 3)
    one.finish(arriving)
    with pytest.raises(RecordFault):
        one.finish(other)
    assert one.whole(OFFICE, SIDES, digest) == blob


def test_every_piece_is_on_the_disk_and_the_name_of_the_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A receipt may rest on it as soon as it is taken, and a piece is asked for once."""
    one, seen, real = Files(tmp_path / "shared"), list[tuple[str, int]](), os.fsync
    digest, blob = blob_of(b"as agreed")
    arriving = arriving_of(digest)

    def sync(handle: int) -> None:
        found = os.fstat(handle)
        named = one.size(digest) is not None
        seen.append(
            ("name" if named else "folder", 0) if stat.S_ISDIR(found.st_mode) else ("", found.st_size)
        )
        real(handle)

    monkeypatch.setattr(os, "fsync", sync)
    one.add(arriving, 0, blob[:7])
    assert seen[-1] == ("", 7)
    one.add(arriving, 7, blob[7:])
    assert seen[-1] == ("", len(blob))
    one.finish(arriving)
    assert seen[-1] == ("name", 0)


def test_what_of_a_piece_fits_on_a_full_disk_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = Files(tmp_path / "shared")
    digest, blob = blob_of(b"as agreed")
    arriving = arriving_of(digest)
    one.add(arriving, 0, blob[:7])

    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(OurFault) as caught:
            one.add(arriving, 7, blob[7:9])
    assert (caught.value.code, one.arrived(arriving)) == ("disk-full", 7)
    one.add(arriving, 7, blob[7:])
    one.finish(arriving)
    assert one.whole(OFFICE, SIDES, digest) == blob


@pytest.mark.parametrize("offset", [0, 3, 9])
def test_a_piece_that_does_not_go_on_is_left_out(making: Making, offset: int) -> None:
    """Two that have asked at the same time: the second's answer neither cuts off nor leaves a hole."""
    one = making("one")
    digest, blob = blob_of(b"as agreed")
    arriving = arriving_of(digest)
    one.add(arriving, 0, blob[:7])
    one.add(arriving, offset, b"another")
    assert one.arrived(arriving) == 7
    one.add(arriving, 7, blob[7:])
    one.finish(arriving)
    assert one.whole(OFFICE, SIDES, digest) == blob


def test_what_is_not_what_was_committed_to_is_dropped_and_nothing_else(making: Making) -> None:
    one = making("one")
    digest, blob = blob_of(b"as agreed")
    arriving = arriving_of(digest)
    one.add(arriving, 0, blob[:-1] + b"D")
    with pytest.raises(RecordFault) as caught:
        one.finish(arriving)
    assert caught.value.code == "digest-mismatch"
    assert one.size(digest) is None
    assert one.arrived(arriving) == 0
    one.keep(digest, blob)
    for lie in (arriving, arriving_of(digest, side="north")):
        one.add(lie, 0, b"rubbish of seventeen bytes")
        with pytest.raises(RecordFault):
            one.finish(lie)
        assert one.whole(OFFICE, SIDES, digest) == blob


def test_what_was_altered_is_not_given_out(making: Making, tmp_path: Path, server: str) -> None:
    one = making("one")
    digest, blob = blob_of(b"as agreed")
    one.keep(digest, blob)
    if isinstance(one, Objects):
        obstore.put(bucket(server, tmp_path.name).open(), digest, blob[:-1] + b"D")
    else:
        (one.folder / digest).write_bytes(blob[:-1] + b"D")
    with pytest.raises(OurFault) as caught:
        one.whole(OFFICE, SIDES, digest)
    assert caught.value.code == "enclosure-altered"


def test_a_storage_that_is_away_is_told(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    one = Objects(tmp_path, bucket(f"http://127.0.0.1:{port}", "prefix").open())
    digest, blob = blob_of(b"text")
    for what in (lambda: one.keep(digest, blob), lambda: one.size(digest), lambda: one.read(digest)):
        with pytest.raises(OurFault) as caught:
            what()
        assert caught.value.code == "enclosure-store-away"
        assert "secret" not in str(caught.value)


def test_settings_say_where(tmp_path: Path, server: str) -> None:
    (tmp_path / "s3.key").write_text("id\nsecret\n")
    named = EnclosureSettings("s3://side/settings", server, key_file="s3.key")
    config = NodeConfig(tmp_path, "south", ("127.0.0.1", 1), ("127.0.0.1", 2), enclosures=named)
    config.save()
    assert NodeConfig.load(tmp_path).enclosures == named
    kept, (digest, blob) = named.files(tmp_path), blob_of(BIG)
    kept.keep(digest, blob)
    assert kept.whole(OFFICE, SIDES, digest) == blob
    assert obstore.head(bucket(server, "settings").open(), digest)["size"] == len(blob)
    settings = tmp_path / "node.toml"
    settings.write_text(settings.read_text() + 'bucket = "x"\n')
    with pytest.raises(OurFault) as caught:
        NodeConfig.load(tmp_path)
    assert caught.value.code == "node-settings"
