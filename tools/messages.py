"""Keep the message catalogues: collect every message, carry translations over, and check them against the
glossary.

`update` collects from templates, Python sources, `errors` and `words/labels.py` into
`src/yeollak/locale/*/LC_MESSAGES/django.po`; `check` says what is missing, fuzzy, out of date or against
the glossary's style, and exits 1. Neither translates anything.
"""

from __future__ import annotations

import argparse
import io
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from string import Formatter
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_javascript, extract_python
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

from yeollak.errors import CODES
from yeollak.record.report import DEFECTS
from yeollak.words.catalogue import DOMAIN, LANGUAGES
from yeollak.words.faults import CONTEXT
from yeollak.words.fillings import MESSAGES as FILLINGS
from yeollak.words.labels import MESSAGES
from yeollak.words.terms import glossary

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # run as a file, only its own folder is searched
from tools import northern_catalogue  # noqa: E402 - found by the line above

SOURCE = ROOT / "src" / "yeollak"
LOCALE = SOURCE / "locale"

#: Functions whose literals are messages: positions of singular, plural and ("c") context.
KEYWORDS: dict[str, Any] = {
    "Misuse": None,
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "phrase": None,
    "say": (2,),
    "say_count": (2, 3),
    "tabulate": None,
}
_PYTHON_FIELD = re.compile(r"%\((\w+)\)[sd]")

Key = tuple[str | None, str | tuple[str, ...]]


def collect() -> dict[Key, set[str]]:
    """Every message of the project: (context, id or ids) -> the files that it stands in."""
    found: dict[Key, set[str]] = {}

    def add(context: str | None, message: str | tuple[str, ...], place: str) -> None:
        found.setdefault((context, message), set()).add(place)

    for path in sorted(SOURCE.rglob("*.py")):
        place = path.relative_to(ROOT).as_posix()
        with path.open("rb") as handle:
            for function, message in _python(handle):
                _take(add, function, message, place)
    if not settings.configured:
        settings.configure(USE_I18N=True)
    for path in sorted(SOURCE.rglob("templates/**/*.html")):
        place = path.relative_to(ROOT).as_posix()
        # Django rewrites a template as calls in a language of braces; Babel's lexer for those is lenient.
        code = templatize(path.read_text(encoding="utf-8"), origin=place)
        for found_here in extract_javascript(io.BytesIO(code.encode()), KEYWORDS, [], {}):
            _take(add, str(found_here[1]), found_here[2], place)
    for sentence in CODES.values():
        for template in sentence:
            add(CONTEXT, template, "src/yeollak/errors")
    for defect in DEFECTS.values():
        add("defect", defect, "src/yeollak/record/report.py")
    for context, messages in MESSAGES.items():
        for message in messages:
            add(context, message, "src/yeollak/words/labels.py")
    for context, messages in FILLINGS.items():
        for message in messages:
            add(context, message, "src/yeollak/errors/reasons.py")
    return found


def _python(handle: Any) -> Iterator[tuple[str, Any]]:
    for found in extract_python(handle, KEYWORDS, [], {"encoding": "utf-8"}):
        yield str(found[1]), found[2]


def _take(add: Any, function: str, message: Any, place: str) -> None:
    if not message:
        return None
    parts = [message] if isinstance(message, str) else list(message)
    if function == "tabulate":
        for heading in parts:
            if isinstance(heading, str):
                add("heading", heading, place)
        return None
    if function in {"Misuse", "phrase", "say", "say_count"}:
        return _take_said(add, function, parts, place)
    context = parts.pop(0) if "p" in function.split("gettext")[0] else None
    if "n" in function.split("gettext")[0]:
        if len(parts) > 1 and parts[0] and parts[1]:
            add(context, (parts[0], parts[1]), place)
    elif parts and parts[0]:
        add(context, parts[0], place)
    return None


def _take_said(add: Any, function: str, parts: list[Any], place: str) -> None:
    """Ours take the language first, or are methods of the command line's `Output`; what they say in `words/`
    is listed in `labels.MESSAGES`.
    """
    literal = [part for part in parts if isinstance(part, str)]
    if function == "say_count" and len(literal) >= 2:
        add(None, (literal[0], literal[1]), place)
    elif function in {"Misuse", "phrase", "say"} and literal:
        add(None, literal[0], place)


def catalogue_path(lang: str) -> Path:
    """Where the catalogue of `lang` stands."""
    return LOCALE / lang / "LC_MESSAGES" / f"{DOMAIN}.po"


def load(lang: str) -> Catalog:
    """The catalogue of `lang` as it stands, or an empty one."""
    path = catalogue_path(lang)
    if not path.exists():
        return Catalog(locale=lang, domain=DOMAIN)
    with path.open("rb") as handle:
        return read_po(handle, locale=lang, domain=DOMAIN)


def update() -> None:
    """Write every catalogue anew with the messages there are now, keeping the translations of those that
    stay.
    """
    found = collect()
    for lang in LANGUAGES:
        old = load(lang)
        new = Catalog(
            locale=lang, domain=DOMAIN, project="Yeollak", header_comment="", fuzzy=False, charset="utf-8"
        )
        for (context, message), places in sorted(found.items(), key=lambda item: _sort_key(item[0])):
            kept = old.get(message if isinstance(message, str) else message[0], context)
            text: Any = kept.string if kept else ""
            if lang == "en":
                text = message
            new.add(
                message,
                text or (("",) * new.num_plurals if isinstance(message, tuple) else ""),
                locations=[(place, 0) for place in sorted(places)],
                context=context,
                flags=({"fuzzy"} if kept and kept.fuzzy else set()),
            )
        _write(lang, new)
    _write(northern_catalogue.LANG, northern_catalogue.renewed(load("ko"), load(northern_catalogue.LANG)))


def _write(lang: str, catalogue: Catalog) -> None:
    path = catalogue_path(lang)
    path.parent.mkdir(parents=True, exist_ok=True)
    buffer = io.BytesIO()
    write_po(buffer, catalogue, include_lineno=False, sort_output=False, omit_header=True, width=110)
    path.write_bytes(_header(lang).encode() + buffer.getvalue())


def _header(lang: str) -> str:
    forms = {"en": "nplurals=2; plural=(n != 1);"}
    plural = (
        forms.get(lang) or glossary()["plural"][lang.partition("_")[0]]["header"].split(": ", 1)[1].strip()
    )
    return (
        'msgid ""\nmsgstr ""\n"Project-Id-Version: Yeollak\\n"\n'
        f'"Language: {lang}\\n"\n"MIME-Version: 1.0\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n"Content-Transfer-Encoding: 8bit\\n"\n'
        f'"Plural-Forms: {plural}\\n"\n\n'
    )


def check() -> list[str]:
    """Everything that is wrong with the catalogues, a line each."""
    found = collect()
    faults = []
    for lang in LANGUAGES:
        catalogue = load(lang)
        ids = {(message.context, _ids(message)) for message in catalogue if message.id}
        wanted = {(context, message) for context, message in found}
        faults += [f"{lang}: not collected: {_show(key)}" for key in sorted(wanted - ids, key=_sort_key)]
        faults += [f"{lang}: no longer used: {_show(key)}" for key in sorted(ids - wanted, key=_sort_key)]
        if _header(lang).strip() not in catalogue_path(lang).read_text(encoding="utf-8"):
            faults.append(f"{lang}: the header is not the one that the glossary asks for")
        for message in catalogue:
            if message.id:
                shown = _show((message.context, _ids(message)))
                faults += [f"{lang}: {why}: {shown}" for why in _wrong(lang, message)]
    return faults + list(check_northern(load("ko"), load(northern_catalogue.LANG)))


def check_northern(south: Catalog, north: Catalog) -> Iterator[str]:
    """Everything that is wrong with the Northern Korean catalogue beside the Southern one, a line each."""
    lang = northern_catalogue.LANG
    if _header(lang).strip() not in catalogue_path(lang).read_text(encoding="utf-8"):
        yield f"{lang}: the header is not the one that the glossary asks for"
    found = [(message, why) for message in north if message.id for why in _wrong("ko", message)]
    for message, why in (*found, *northern_catalogue.wrong(south, north)):
        yield f"{lang}: {why}: {_show((message.context, _ids(message)))}"


def _wrong(lang: str, message: Message) -> Iterable[str]:
    plural = isinstance(message.id, tuple | list)
    said: Any = message.string
    texts = list(said) if plural else [str(said)]
    forms = {"en": 2}.get(lang) or glossary()["plural"][lang]["nplurals"]
    if message.fuzzy:
        yield "fuzzy"
    if plural and len(texts) != forms:
        yield f"{len(texts)} plural forms where there are {forms}"
    if not all(texts):
        yield "missing"
        return
    ids = list(message.id) if plural else [str(message.id)]
    fields = set().union(*(_fields(text) for text in ids))
    for text in texts:
        # Nought, one and two may say the number in words, also one that is set with its thousands apart.
        if not _fields(text) <= fields or (fields - _fields(text)) - ({"n", "many"} if plural else set()):
            yield f"other fields than {sorted(fields)}"
        for word in glossary()["style"]["never"][lang]:
            if re.search(rf"\b{word}\b" if lang == "en" else word, text, re.IGNORECASE):
                yield f"says {word!r}"


def _fields(text: str) -> set[str]:
    if _PYTHON_FIELD.search(text):
        return set(_PYTHON_FIELD.findall(text))
    try:
        return {name for _, name, _, _ in Formatter().parse(text) if name}
    except ValueError:
        return set()


def _ids(message: Message) -> Any:
    return message.id if isinstance(message.id, str) else tuple(message.id)


def _sort_key(key: Any) -> tuple[str, str]:
    context, message = key
    return context or "", message if isinstance(message, str) else message[0]


def _show(key: Any) -> str:
    context, message = key
    return f"[{context}] {message}" if context else f"{message}"


def main() -> None:
    """Parse the command line and do what it asks."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("verb", choices=["update", "check"])
    if parser.parse_args().verb == "update":
        update()
        return
    faults = check()
    for fault in faults:
        print(fault)
    if faults:
        sys.exit(1)


if __name__ == "__main__":
    main()
