"""The glossary page, from `words/glossary.toml`: one word for one thing, in every language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tools.pages import NOTICE
from yeollak.words.terms import glossary


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _row(term: Mapping[str, Any]) -> str:
    korean = term["ko"] + (f" (North: {term['ko_north']})" if term.get("ko_north") else "")
    avoid = ", ".join(term.get("avoid", ()))
    cells = (
        f"**{term['en']}**",
        term["definition"],
        korean,
        f'<bdi lang="ar" dir="rtl">{term["ar"]}</bdi>',
        avoid,
    )
    return f"| {' | '.join(_cell(cell) for cell in cells)} |"


def pages() -> dict[str, str]:
    """One page: the terms by the module they belong to, then the words that are never used."""
    lines = [
        NOTICE,
        "# Glossary\n",
        "One word for one thing. Code, specification and screens use these words and no others; the last",
        "column names the words that stand for the same and are not used. Notes on grammar and style for",
        "translators stand beside the terms in `src/yeollak/words/glossary.toml`.\n",
    ]
    terms = glossary()["term"]
    for module in dict.fromkeys(term["module"] for term in terms):
        lines += [f"## {module}\n", "| word | meaning | Korean | Arabic | not |", "|---|---|---|---|---|"]
        lines += [_row(term) for term in terms if term["module"] == module]
        lines.append("")
    lines += ["## Never, in any text of the office\n"]
    for lang, words in glossary()["style"]["never"].items():
        lines.append(f"- {lang}: <bdi>{', '.join(words)}</bdi>")
    return {"glossary.md": "\n".join(lines) + "\n"}
