"""Alarming: telling somebody elsewhere of an urgent act that nobody at the desk has acknowledged in time.

The node does this and no browser: a desk that is closed rings nobody. It runs in a thread of its own, so that
a mail server that does not answer holds up neither the keeper nor the line. What was tried stands in a local
log before anything else is tried, and the log alone says what is tried next: a node that was killed goes on
where it was. What is told is that an act came, from whom and of which kind; never what it says.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import smtplib
import ssl
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from pathlib import Path
from typing import Final

import urllib3

from yeollak.errors import Fault
from yeollak.node.alarm_settings import Mail, Webhook
from yeollak.node.open import Node
from yeollak.office.calendar import calendar_of
from yeollak.storage import journal, reading, watching
from yeollak.storage.leases import Fence
from yeollak.storage.reading import OfficeView
from yeollak.storage.watching import SENT, Try, Urgent, Watching
from yeollak.words import instant, say, term
from yeollak.words.acts import kind_word
from yeollak.words.called import office_name, own_zone, side_name

#: How often it is looked whether anybody must be told, in seconds, and how long one attempt may take.
_LOOK: Final = 1.0
_TIMEOUT: Final = 10.0
#: What is waited after the first attempt that failed; it doubles to the longest.
FIRST, LONGEST = timedelta(seconds=30), timedelta(minutes=15)
#: So many attempts are made about one act over one channel, and no more.
MOST: Final = 200


def next_try(tried: Sequence[Try], until: datetime, again: timedelta) -> datetime | None:
    """When an act is told next over a channel: at the end of the handling time, after a failure in time that
    doubles, and after a success once `again` is over; None after `MOST` attempts. `tried` is in order.
    """
    if len(tried) >= MOST:
        return None
    if not tried:
        return until
    if tried[-1].result == SENT:
        return tried[-1].at + again
    failed = next((n for n, one in enumerate(reversed(tried)) if one.result == SENT), len(tried))
    pause: timedelta = FIRST * (1 << min(failed - 1, 16))
    return tried[-1].at + min(pause, LONGEST)


class Alarming:
    """Tells whoever the settings of a node name. `run` is its thread. `held` are the offices that this
    process tells of, each with what keeps other processes out of it: all, where nothing else is said.
    """

    def __init__(self, node: Node, held: Callable[[], Mapping[str, Fence | None]] | None = None) -> None:
        self._node, self._settings = node, node.config.alarm
        self._held = held or (lambda: dict.fromkeys(reading.offices(node.alias)))
        self._log = Watching(node.alias)

    def run(self, ending: threading.Event) -> None:
        """Look and tell until `ending`; whatever goes wrong is an alarm of the office, and it goes on."""
        while not ending.wait(_LOOK):
            for office, fence in self._offices().items():
                try:
                    self.step(office, ending, fence)
                except Exception as problem:  # noqa: BLE001 (a thread that dies would tell nobody any more)
                    if isinstance(problem, Fault) and problem.code == "lease-lost":
                        continue  # another process tells of this office now
                    with suppress(Exception):
                        why = {"why": type(problem).__name__}
                        self._log.raise_alarm(office, "alarm-loop", why, self._node.clock.now())
        journal.close(self._node.alias)

    def step(self, office: str, ending: threading.Event | None = None, fence: Fence | None = None) -> int:
        """Tell what is to be told now of one office; how many attempts were made. Raises
        OurFault(`lease-lost`) once another process has followed this one.
        """
        log = self._log if fence is None else Watching(self._node.alias, fence=fence.check)
        view, made = reading.office_view(self._node.alias, office), 0
        waiting = watching.unseen(view, self._node.clock.now())
        if not waiting:
            return 0
        calendar = calendar_of(view.office, view.office.terms())
        for one in waiting:
            until = watching.handled_by(calendar, one)
            tried = watching.tries(view, one.act)
            for channel in self._settings.channels:
                now = self._node.clock.now()
                mine = [each for each in tried if each.channel == channel]
                due = next_try(mine, until, self._settings.again)
                if due is None or now < due or (ending is not None and ending.is_set()):
                    continue
                # Somebody may have acknowledged while another channel was tried.
                if one.act in watching.seen(view, [one.act]):
                    break
                if fence is not None:
                    fence.stands()  # what is sent cannot be taken back: two letters are better than none
                result = self._tell(channel, view, one, until, len(mine))
                log.note_try(office, one.act, channel, result, self._node.clock.now())
                made += 1
        return made

    def _offices(self) -> Mapping[str, Fence | None]:
        with suppress(Exception):  # a database that is away for a moment is asked again
            return self._held()
        return {}

    def _tell(self, channel: str, view: OfficeView, one: Urgent, until: datetime, before: int) -> str:
        """One attempt; `sent`, or why not in a code that holds no secret and nothing that a server said."""
        now, settings = self._node.clock.now(), self._settings
        folder = self._node.config.folder
        try:
            if channel == "mail" and settings.mail is not None:
                message = letter(settings.mail, settings.language, view, one, until, now)
                send_mail(settings.mail, message, folder)
            elif settings.webhook is not None:
                post(settings.webhook, call(view, one, until, now, before), now, folder)
        except smtplib.SMTPResponseException as problem:
            return f"refused {problem.smtp_code}"
        except smtplib.SMTPRecipientsRefused:
            return "refused recipients"
        except _Answered as problem:
            return f"refused {problem.status}"
        except (OSError, ValueError, smtplib.SMTPException, urllib3.exceptions.HTTPError, Fault) as problem:
            return f"failed {type(problem).__name__}"
        return SENT


def letter(
    mail: Mail, lang: str, view: OfficeView, one: Urgent, until: datetime, now: datetime
) -> EmailMessage:
    """The mail about an urgent act: who, what kind, when, and until when; nothing of its content."""
    office, side = office_name(view.charter, lang), side_name(view.charter, one.side, lang)
    zone = own_zone() or UTC
    word = term(one.precedence, lang)
    message = EmailMessage()
    message["Subject"] = say(
        lang,
        "{precedence}: {side}, nobody has acknowledged",
        precedence=word[:1].upper() + word[1:],
        side=side,
    )
    message["From"], message["To"] = mail.sender, ", ".join(mail.to)
    message["Date"], message["Message-ID"] = format_datetime(now), make_msgid(domain="yeollak.invalid")
    message["Auto-Submitted"] = "auto-generated"
    message["X-Priority"] = "1"
    lines = (
        say(lang, "An urgent act of the other side has arrived, and nobody at our desk has acknowledged it."),
        "",
        f"{say(lang, 'Office')}: {office}",
        f"{say(lang, 'Side')}: {side}",
        f"{say(lang, 'Precedence')}: {word}",
        f"{say(lang, 'Kind of act')}: {kind_word(lang, one.kind)}",
        f"{say(lang, 'Arrived')}: {instant(one.arrived.astimezone(zone), lang)}",
        f"{say(lang, 'To be acknowledged by')}: {instant(until.astimezone(zone), lang)}",
        f"{say(lang, 'Act')}: {one.act}",
        "",
        say(
            lang,
            "Sign in at the desk, read it and acknowledge it there. This mail does not say what it says.",
        ),
    )
    message.set_content("\n".join(lines) + "\n")
    return message


def send_mail(mail: Mail, message: EmailMessage, folder: Path) -> None:
    """Hand a mail to its server. Raises OSError, ValueError or smtplib.SMTPException."""
    context = None if mail.security == "none" else _context(mail.authority, folder)
    server: smtplib.SMTP
    if mail.security == "tls":
        server = smtplib.SMTP_SSL(mail.host, mail.port, timeout=_TIMEOUT, context=context)
    else:
        server = smtplib.SMTP(mail.host, mail.port, timeout=_TIMEOUT)
    with server:
        if mail.security == "starttls":
            server.starttls(context=context)  # raises where the server does not offer it
        if mail.user:
            server.login(mail.user, _secret(mail.password_file, folder).decode())
        server.send_message(message)


def call(view: OfficeView, one: Urgent, until: datetime, now: datetime, before: int) -> bytes:
    """The body of a webhook: deterministic JSON, of codes, ids and instants alone."""
    said = {
        "act": one.act,
        "arrived": _instant(one.arrived),
        "at": _instant(now),
        "before": before,
        "event": "unacknowledged",
        "kind": one.kind,
        "matter": one.matter,
        "office": view.id,
        "precedence": one.precedence,
        "side": one.side,
        "until": _instant(until),
        "v": 1,
    }
    return json.dumps(said, sort_keys=True, separators=(",", ":")).encode()


def signature(secret: bytes, moment: str, body: bytes) -> str:
    """What proves that a call is from this node: HMAC-SHA256 over the POSIX second, a point, and the body."""
    return "v1=" + hmac.new(secret, moment.encode() + b"." + body, hashlib.sha256).hexdigest()


def post(webhook: Webhook, body: bytes, now: datetime, folder: Path) -> None:
    """Tell an address. Raises OSError, ValueError, urllib3.exceptions.HTTPError, or _Answered for an answer
    that is no success. No redirect is followed, and nothing of an answer is read.
    """
    moment = str(int(now.timestamp()))
    secret = _secret(webhook.secret_file, folder)
    if len(secret) < 16:
        raise ValueError("the secret of the webhook has fewer than 16 bytes")
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "yeollak",
        "Yeollak-Signature": signature(secret, moment, body),
        "Yeollak-Time": moment,
    }
    context = _context(webhook.authority, folder)
    with urllib3.PoolManager(retries=False, timeout=urllib3.Timeout(_TIMEOUT), ssl_context=context) as pool:
        answer = pool.request(
            "POST", webhook.url, body=body, headers=headers, redirect=False, preload_content=False
        )
        answer.close()
    if not 200 <= answer.status < 300:
        raise _Answered(answer.status)


class _Answered(Exception):
    """An answer that is no success."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


def _context(authority: str, folder: Path) -> ssl.SSLContext:
    """TLS that verifies the other end by its name, against the system's authorities or those of a file."""
    return ssl.create_default_context(cafile=str(folder / authority) if authority else None)


def _secret(name: str, folder: Path) -> bytes:
    """A secret from its file, without the line's end. Raises OSError or ValueError."""
    if not name:
        raise ValueError("a file of the secret is not named")
    return (folder / name).read_bytes().strip()


def _instant(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"
