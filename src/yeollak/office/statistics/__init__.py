"""Statistics: figures of the office's work, derived from the record as of a named point of it.

They are recomputed by every side from its own copy, so that a published figure is either the sum of its parts
or shown not to be. Rules: docs/spec/17-statistics.md.
"""

from yeollak.office.statistics.checking import Difference, check, compare
from yeollak.office.statistics.figures import Figures, figures, zones_of
from yeollak.office.statistics.period import Period
from yeollak.office.statistics.reading import Index
from yeollak.office.statistics.stating import Answer, answer, facts_of
from yeollak.office.statistics.tally import Figure

__all__ = [
    "Answer",
    "Difference",
    "Figure",
    "Figures",
    "Index",
    "Period",
    "answer",
    "check",
    "compare",
    "facts_of",
    "figures",
    "zones_of",
]
