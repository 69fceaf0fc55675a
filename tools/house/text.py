"""Rules over any text file: what must never be committed, marks of unfinished work, sizes, style sheets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Final

from tools.house.finding import Finding, TextRule

SMELL_LINES: Final = 400
MOST_LINES: Final = 600

#: Modules that may exceed `MOST_LINES`, each with its reason. Keep it empty.
LONG_ON_PURPOSE: Final[dict[str, str]] = {}

# Package registries and mirrors: a pin names a version and a hash, never where somebody fetched it.
_REGISTRY = re.compile(
    r"\b(?:pypi\.(?:org|python)|python[h]osted\.|registry\.npmjs|registry\.yarn[p]kg|crates\.io|deb\.debian\.org"
    r"|(?:archive|ports)\.ubuntu\.com|proxy\.golang\.org|(?:artifactory|nexus)\.)",
    re.IGNORECASE,
)
# One machine's folders. A path below a URL or in a sentence ("and/or") is no such thing.
_MACHINE = re.compile(
    r"(?<![\w.:/~-])/(?:work|farm|root|home/[a-z]\w*|Users/\w+|mnt|opt)/[\w.]", re.IGNORECASE
)
_SECRET = re.compile(
    r"-----BEGIN (?:[A-Z ]+ )?PRIVATE KEY-----|\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{36}\b"
    r"|\bxox[abp]-[0-9A-Za-z-]{10,}|\bAGE-SECRET-KEY-1[0-9A-Z]{50,}|://[^\s/:@{}<>$]+:[^\s/@{}<>$]+@"
)
_UNFINISHED = re.compile(r"\b(?:TO[D]O|FIX[M]E|XX[X]|HA[C]K)\b")
_EXCUSE = re.compile(
    r"#\s*(?:noqa|type:\s*ignore|pragma:\s*no cover)\b|pytest\.(?:skip|mark\.skip|mark\.xfail)|import[o]rskip"
)
_PHYSICAL = re.compile(
    r"(?:margin|padding|border|inset|scroll-margin|scroll-padding)-(?:left|right)\b"
    r"|(?:text-align|float|clear)\s*:\s*(?:left|right)\b|(?:^|[;{\s])(?:left|right)\s*:"
)


def _matches(
    path: PurePosixPath, text: str, pattern: re.Pattern[str], rule: str, why: str
) -> Iterator[Finding]:
    for number, line in enumerate(text.splitlines(), 1):
        if match := pattern.search(line):
            yield Finding(path, number, rule, why.format(match[0].strip()))


def no_registry(path: PurePosixPath, text: str) -> Iterator[Finding]:
    """No host name of a package registry: whoever builds has their own mirror, and pins are hashes."""
    yield from _matches(path, text, _REGISTRY, "no-registry", "names the registry host {!r}")


def no_machine_path(path: PurePosixPath, text: str) -> Iterator[Finding]:
    """No absolute path of one person's machine."""
    yield from _matches(path, text, _MACHINE, "no-machine-path", "names a folder of one machine: {!r}")


def no_secret(path: PurePosixPath, text: str) -> Iterator[Finding]:
    """No private key block, access token or password in a URL."""
    for number, line in enumerate(text.splitlines(), 1):
        if _SECRET.search(line):
            yield Finding(path, number, "no-secret", "looks like a secret (not shown)")


def nothing_unfinished(path: PurePosixPath, text: str) -> Iterator[Finding]:
    """No mark for later: what is missing stands in an issue."""
    yield from _matches(path, text, _UNFINISHED, "nothing-unfinished", "{!r}: finish it or open an issue")


def excuses_have_reasons(path: PurePosixPath, text: str) -> Iterator[Finding]:
    """Each ignored finding and skipped test says why, on its line or in a comment just above."""
    if path.suffix != ".py":
        return
    lines = text.splitlines()
    for number, line in enumerate(lines, 1):
        match = _EXCUSE.search(line)
        if match is None:
            continue
        rest = re.sub(r"^\s*:?\s*(?:\[[\w, -]+\]|[A-Z]+\d+(?:,\s*[A-Z]+\d+)*)", "", line[match.end() :])
        above = lines[number - 2].strip() if number > 1 else ""
        following = (
            lines[number].strip() if match[0].startswith(("pytest", "import")) and number < len(lines) else ""
        )
        if not (re.search(r"\w+\W+\w+", rest + following) or above.startswith("#")):
            yield Finding(path, number, "excuses-have-reasons", f"{match[0]!r} without a reason beside it")


def module_size(path: PurePosixPath, text: str) -> Iterator[Finding]:
    """About 150 lines a module; over 400 is a smell, over 600 a fault."""
    if path.suffix != ".py" or "migrations" in path.parts:
        return
    count = text.count("\n")
    if count > SMELL_LINES and str(path) not in LONG_ON_PURPOSE:
        smell = count <= MOST_LINES
        yield Finding(path, 0, "module-size", f"{count} lines; {MOST_LINES} is the most", smell)


def logical_properties(path: PurePosixPath, text: str) -> Iterator[Finding]:
    """Style sheets say `inline-start`, never `left`: every page is also read from right to left."""
    if path.suffix == ".css":
        plain = re.sub(r"/\*.*?\*/", lambda m: "\n" * m[0].count("\n"), text, flags=re.DOTALL)
        yield from _matches(
            path, plain, _PHYSICAL, "logical-properties", "{!r} has a side; use inline-start or -end"
        )


RULES: Final[tuple[TextRule, ...]] = (
    no_registry,
    no_machine_path,
    no_secret,
    nothing_unfinished,
    excuses_have_reasons,
    module_size,
    logical_properties,
)
