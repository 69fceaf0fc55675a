"""One process that drives one target: `python -m fuzz.driver TARGET [arguments and folders of libFuzzer]`.

atheris watches the branches of the product's modules, so they are imported under its eye. What it finds it
writes where `-artifact_prefix` says, and ends with another status than 0.
"""

from __future__ import annotations

import sys

import atheris


def main(argv: list[str]) -> None:
    """Drive the target that is named first until libFuzzer's arguments end it."""
    with atheris.instrument_imports(include=["yeollak"]):
        from fuzz.targets import TARGETS
    target = TARGETS[argv[1]]
    atheris.Setup([argv[0], f"-max_len={target.longest}", *argv[2:]], target.one_input)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv)
