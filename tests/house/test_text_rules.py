"""Each rule over text finds its bad samples and leaves its good ones alone.

Samples that the rules would find in this very file are put together from parts.
"""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest

from tests.house.samples import found
from tools.house import text

LATER = "TO" + "DO"
SKIP = "pytest." + "skip"
NOQA = "# no" + "qa"


@pytest.mark.parametrize("host", ["pypi" + ".org", "files.python" + "hosted.org", "deb.debian" + ".org"])
def test_registry_hosts_are_found(host: str) -> None:
    assert found(
        text.no_registry, f"fine\n--index-url https://{host}/simple\n", "requirements/runtime.txt"
    ) == [2]


def test_pins_without_a_host_pass() -> None:
    assert not found(text.no_registry, "rich==15.0.0 \\\n    --hash=sha256:ab\n", "requirements/runtime.txt")


@pytest.mark.parametrize("folder", ["work" + "/main", "root" + "/x", "home" + "/kim/x", "Users" + "/kim/x"])
def test_folders_of_a_machine_are_found(folder: str) -> None:
    assert found(text.no_machine_path, f"see /{folder}\n", "docs/a.md") == [1]


@pytest.mark.parametrize(
    "line",
    ["https://example.org/work/a", "and/or", "./work/x", "~/work/x", "/tmp/x", "a route like /offices/7"],
)
def test_other_slashes_pass(line: str) -> None:
    assert not found(text.no_machine_path, line, "docs/a.md")


@pytest.mark.parametrize(
    "line",
    [
        "-----BEGIN " + "PRIVATE KEY-----",
        "-----BEGIN OPENSSH " + "PRIVATE KEY-----",
        "AKIA" + "A" * 16,
        "ghp_" + "a" * 36,
        "https://kim:sesame" + "@example.org/",
    ],
)
def test_secrets_are_found_and_not_repeated(line: str) -> None:
    (finding,) = text.no_secret(PurePosixPath("a"), line)
    assert line not in str(finding)


@pytest.mark.parametrize(
    "line", ["-----BEGIN PUBLIC KEY-----", "https://example.org:8443/a@b", "kim@example.org"]
)
def test_public_things_are_no_secret(line: str) -> None:
    assert not found(text.no_secret, line)


def test_marks_for_later_are_found() -> None:
    assert found(text.nothing_unfinished, f"x = 1  # {LATER}: more\n") == [1]
    assert not found(text.nothing_unfinished, f"{LATER}S are tracked as issues; a mastodon\n")


@pytest.mark.parametrize(
    "line",
    [f"import x  {NOQA}", f"import x  {NOQA}: S603", "y = z()  # type: " + "ignore[misc]", f"{SKIP}()"],
)
def test_excuses_without_reason_are_found(line: str) -> None:
    assert found(text.excuses_have_reasons, f"a = 1\n{line}\n") == [2]


@pytest.mark.parametrize(
    "line",
    [
        f"import x  {NOQA}: S603 - a fixed command",
        "y = z()  # type: " + "ignore[misc]  # the stubs lack it",
        f'{SKIP}("no browser on this machine")',
        f"# the stubs are wrong here\ny = z()  {NOQA}",
        f'{SKIP}(\n    "no browser on this machine",\n)',
    ],
)
def test_excuses_with_reason_pass(line: str) -> None:
    assert not found(text.excuses_have_reasons, f"a = 1\n{line}\n")


def test_sizes_smell_and_then_fail() -> None:
    def sized(lines: int) -> list[bool]:
        return [finding.smell for finding in text.module_size(PurePosixPath("src/a.py"), "x\n" * lines)]

    assert sized(400) == []
    assert sized(401) == [True]
    assert sized(600) == [True]
    assert sized(601) == [False]
    assert not found(text.module_size, "x\n" * 700, "docs/long.md")


@pytest.mark.parametrize(
    "line", ["margin-left: 1em", "text-align: right;", "  left: 0;", "a{right:0}", "border-right-color: red"]
)
def test_style_with_a_side_is_found(line: str) -> None:
    assert found(text.logical_properties, f"/* a\nleft: b */ p {{}}\n{line}\n", "src/a.css") == [3]


@pytest.mark.parametrize(
    "line", ["margin-inline-start: 1em", "text-align: start;", "inset-inline: 0", ".left-hand {}"]
)
def test_logical_style_passes(line: str) -> None:
    assert not found(text.logical_properties, line, "src/a.css")
