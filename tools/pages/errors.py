"""The page of error codes, from `errors.CODES`: what each says and what may be done next."""

from __future__ import annotations

from tools.pages import NOTICE
from yeollak.errors import CODES, LineFault, OurFault, RecordFault, TheirFault

_KINDS = (OurFault, TheirFault, LineFault, RecordFault)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def pages() -> dict[str, str]:
    """One page: the four kinds with their exit codes, then every code in alphabetical order."""
    lines = [
        NOTICE,
        "# Errors\n",
        "Every error of Yeollak says what happened, what may be done next, and a code in brackets that stays",
        "the same in every language and version. A program should look at the code (with `--json`, the field",
        "`code`), never at the sentence. Words in braces are filled in.\n",
        "## Whose fault, and the exit code\n",
        "| kind | exit code | meaning |",
        "|---|---|---|",
    ]
    for kind in _KINDS:
        meaning = " ".join((kind.__doc__ or "").split("\n\n")[0].split())
        lines.append(f"| `{kind.__name__}` | {kind.exit_status} | {_cell(meaning)} |")
    lines += ["\n## Codes\n", "| code | what happened | next step |", "|---|---|---|"]
    lines += [f"| `{code}` | {_cell(said)} | {_cell(step)} |" for code, (said, step) in sorted(CODES.items())]
    return {"errors.md": "\n".join(lines) + "\n"}
