"""The build hook: catalogues are compiled when stale, and a broken placeholder stops the build."""

from __future__ import annotations

import gettext
import os
from pathlib import Path

import pytest

from hatch_build import compile_catalogues

HEADER = (
    'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\nPlural-Forms: nplurals=1; plural=0;\\n"\n\n'
)


def catalogue(root: Path, text: str) -> Path:
    path = root / "src/yeollak/locale/ko/LC_MESSAGES/django.po"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(HEADER + text, encoding="utf-8")
    return path


def test_a_stale_catalogue_is_compiled_once(tmp_path: Path) -> None:
    source = catalogue(
        tmp_path, 'msgid "office"\nmsgstr "연락사무소"\n\n#, fuzzy\nmsgid "side"\nmsgstr "옆"\n'
    )
    (written,) = compile_catalogues(tmp_path)
    os.utime(source, (1, 1))
    assert compile_catalogues(tmp_path) == []
    with written.open("rb") as handle:
        messages = gettext.GNUTranslations(handle)
    assert messages.gettext("office") == "연락사무소"
    assert messages.gettext("side") == "side"


def test_a_changed_catalogue_is_compiled_again(tmp_path: Path) -> None:
    source = catalogue(tmp_path, 'msgid "office"\nmsgstr "가"\n')
    (written,) = compile_catalogues(tmp_path)
    os.utime(written, (1, 1))
    assert compile_catalogues(tmp_path) == [written]
    assert source.exists()


def test_a_broken_placeholder_stops_the_build(tmp_path: Path) -> None:
    catalogue(tmp_path, '#, python-format\nmsgid "%(n)d notes"\nmsgstr "통지문 %(m)d건"\n')
    with pytest.raises(ValueError, match=r"django\.po"):
        compile_catalogues(tmp_path)
