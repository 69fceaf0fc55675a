"""Yeollak (연락, "liaison"): a joint liaison office in software.

Each side runs its own node; what the sides hold is one record that none of them can rewrite, and that anyone
given the keys can check without any of them. `docs/architecture.md` says where things go. This module holds
the version alone: importing it must stay free of any other import.
"""

from typing import Final

__version__: Final = "0.1.0"
