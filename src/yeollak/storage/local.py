"""The local tables of a node: who works at its desk, what they are drafting, and what was done there.

Nothing here is ever part of the record, travels, or decides what an act means; losing it loses no word of
either side. Only `staffing.py` writes these tables.
"""

# mypy: disable-error-code="var-annotated"

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Account(models.Model):
    """One person at this desk.

    name        for signing in: folded, unique; `shown` is how the person writes it
    role        of `desk.staff.access`
    passphrase  Argon2id in its own string form
    given       whether somebody else has chosen the passphrase
    totp        the secret of the second factor in base32, empty without one; `totp_new` one that no code has
                shown yet, `totp_used` a JSON list of the half minutes whose codes were taken
    recovery    JSON list of SHA-256 digests of recovery codes that are still good
    officers    JSON {office: key id}: the posted officer that the person is
    offices     JSON list of the offices that the account was given; one in which it has an officer needs no
                other leave
    """

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=64, unique=True)
    shown = models.CharField(max_length=64)
    role = models.CharField(max_length=16)
    passphrase = models.CharField(max_length=256)
    totp = models.CharField(max_length=64, default="")
    totp_new = models.CharField(max_length=64, default="")
    totp_used = models.TextField(default="[]")
    given = models.BooleanField(default=False)
    recovery = models.TextField(default="[]")
    officers = models.TextField(default="{}")
    offices = models.TextField(default="[]")
    language = models.CharField(max_length=8, default="en")
    settings = models.TextField(default="{}")
    created = models.DateTimeField()
    disabled = models.DateTimeField(null=True)


class DeskSession(models.Model):
    """A signed-in browser. `digest` is the SHA-256 of its token, which the store never has.

    `half` while the code of the second factor is awaited; `factor` and `confirmed` when one was last given,
    and the passphrase with it; `wrong` how often in a row they were not right, `wrong_keys` JSON {key: how
    often in a row its passphrase was not}.
    """

    digest = models.CharField(primary_key=True, max_length=64)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="sessions")
    created = models.DateTimeField()
    used = models.DateTimeField()
    half = models.BooleanField(default=False)
    factor = models.DateTimeField(null=True)
    confirmed = models.DateTimeField(null=True)
    wrong = models.PositiveSmallIntegerField(default=0)
    wrong_keys = models.TextField(default="{}")
    address = models.CharField(max_length=64)
    agent = models.CharField(max_length=200)
    revoked = models.DateTimeField(null=True)


class DeskDevice(models.Model):
    """A browser in which an account has signed in before; `digest` is the SHA-256 of its token."""

    id = models.BigAutoField(primary_key=True)
    digest = models.CharField(max_length=64)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    used = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["digest", "account"], name="one_device")]


class SignInCount(models.Model):
    """Failures to sign in, by what they are counted under (`storage.throttle`)."""

    key = models.CharField(primary_key=True, max_length=96)
    failures = models.PositiveIntegerField(default=0)
    last = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["last"], name="signin_last")]


class Audit(models.Model):
    """One line of the local audit log: who did or tried what, and from where.

    `about` is the account that it was done to, where it was another's; `times` how often the same was tried
    while it was locked; `detail` JSON without secrets.
    """

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    account = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    name = models.CharField(max_length=64)
    action = models.CharField(max_length=32)
    office = models.CharField(max_length=64, default="")
    address = models.CharField(max_length=64, default="")
    detail = models.TextField(default="{}")
    about = models.CharField(max_length=64, default="")
    times = models.PositiveIntegerField(default=1)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["-at"], name="audit_at"),
            models.Index(fields=["name", "-id"], name="audit_name"),
            models.Index(fields=["about", "-id"], name="audit_about"),
            models.Index(fields=["action", "-id"], name="audit_action"),
        ]


class DeskDraft(models.Model):
    """An act that somebody is writing. `data` is JSON as `desk.staff.drafts` keeps it; `version` moves by
    compare-and-swap, so that two windows cannot overwrite each other unseen.
    """

    id = models.BigAutoField(primary_key=True)
    office = models.CharField(max_length=64)
    kind = models.CharField(max_length=64)
    matter = models.CharField(max_length=64, default="")
    owner = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="drafts")
    author = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    released_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    data = models.TextField(default="{}")
    version = models.PositiveIntegerField(default=1)
    created = models.DateTimeField()
    updated = models.DateTimeField()
    act = models.CharField(max_length=64, default="")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["owner", "act"], name="draft_owner")]


class DraftFile(models.Model):
    """A text or file that a draft will enclose."""

    id = models.BigAutoField(primary_key=True)
    draft = models.ForeignKey(DeskDraft, on_delete=models.CASCADE, related_name="files")
    number = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=200, default="")
    type = models.CharField(max_length=127)
    lang = models.CharField(max_length=35, default="")
    content = models.BinaryField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["draft", "number"], name="one_draft_file")]


class Acknowledged(models.Model):
    """That somebody here has seen an urgent act, which ends its alarm."""

    id = models.BigAutoField(primary_key=True)
    office = models.CharField(max_length=64)
    act = models.CharField(max_length=64)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["office", "act"], name="one_acknowledgement")
        ]


class Escalation(models.Model):
    """One attempt to reach somebody about an urgent act that nobody acknowledged."""

    id = models.BigAutoField(primary_key=True)
    office = models.CharField(max_length=64)
    act = models.CharField(max_length=64)
    channel = models.CharField(max_length=32)
    at = models.DateTimeField()
    result = models.CharField(max_length=200)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["office", "act"], name="escalation_act")]


class SavedFilter(models.Model):
    """A filter of a list that a person has kept under a name."""

    id = models.BigAutoField(primary_key=True)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="filters")
    page = models.CharField(max_length=32)
    name = models.CharField(max_length=64)
    query = models.CharField(max_length=500)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "page", "name"], name="one_saved_filter")
        ]


class CalendarFeed(models.Model):
    """An address under which a calendar program fetches the calendar of an office for one account. `digest`
    is the SHA-256 of its token, which the store never has; `sorts` JSON list of what is in it; `subjects`
    whether the words of matters are.
    """

    id = models.BigAutoField(primary_key=True)
    digest = models.CharField(max_length=64, unique=True)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="feeds")
    office = models.CharField(max_length=64)
    name = models.CharField(max_length=64)
    sorts = models.TextField()
    subjects = models.BooleanField()
    created = models.DateTimeField()
    used = models.DateTimeField(null=True)
    revoked = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["account", "office"], name="feed_account")]
