"""Whether anything has happened in a database since it was last asked: cheap enough to ask all the time."""

from __future__ import annotations

from django.db.models import Max

from yeollak.storage import models, plain

#: By database: how often something has moved that is no row, such as a check of the record that goes on.
_moved: dict[str, int] = {}


def move(alias: str) -> None:
    """Tell whoever asks for the pulse of a database that something has moved in this process."""
    _moved[alias] = moved(alias) + 1


def moved(alias: str) -> int:
    """How often something has moved in this process that is no row of a database."""
    return _moved.get(alias, 0)


def pulse(alias: str) -> object:
    """A value that is another one once somebody else has written, or something has moved in this process;
    cheap enough to be asked all the time.

    On SQLite what other connections have committed, as the database counts it; elsewhere the newest rows.
    """
    mend(alias)
    return moved(alias), _written(alias)


def mend(alias: str) -> None:
    """Let go of this thread's connection where the database has cut it off, as after a restart of its server:
    what comes next finds the server that is there now. Threads that serve for months have nobody else to do
    it.
    """
    connection = plain.connection_of(alias)
    if connection.errors_occurred:
        connection.close_if_unusable_or_obsolete()


def _written(alias: str) -> object:
    if plain.connection_of(alias).vendor == "sqlite":
        return plain.first(alias, "PRAGMA data_version")
    tables = (models.Entry, models.Checkpoint, models.Receipt, models.Finding, models.Large, models.Office)
    return tuple(model.objects.using(alias).aggregate(most=Max("pk"))["most"] for model in tables)
