"""What may go wrong, chosen by one seeded generator and written down as it happens."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field


class Violation(AssertionError):
    """Something that was promised does not hold."""


class Crash(BaseException):
    """A machine ends here; what is durable is durable. No handler of the product may take it for a fault."""


@dataclass
class Faults:
    """One schedule's chance. `bad` is how often a point at which something may fail is asked what does; 0 is
    calm.
    """

    rng: random.Random
    bad: float = 0.0
    #: What has happened, and how often.
    happened: Counter[str] = field(default_factory=Counter)
    #: What has happened, in order, for whoever replays a seed.
    trace: list[str] = field(default_factory=list)
    #: What was found broken while product code was running, which may have taken it for a fault of its own.
    broken: list[str] = field(default_factory=list)

    def fate(self, who: str, share: float, *fates: str) -> str:
        """One of the fates, with probability `share` where it is bad; else empty."""
        if not self.bad or self.rng.random() >= share * self.bad:
            return ""
        found = self.rng.choice(fates)
        self.note(who, found)
        return found

    def note(self, who: str, what: str, **more: object) -> None:
        self.happened[what] += 1
        self.trace.append(" ".join([who, what, *(f"{name}={value}" for name, value in more.items())]))

    def violated(self, what: str) -> None:
        """Note that a promise is broken, and go no further."""
        self.broken.append(what)
        raise Violation(what)

    def held(self) -> None:
        """Raise Violation where anything was found broken."""
        if self.broken:
            raise Violation(self.broken[0])
