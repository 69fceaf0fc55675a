"""The table `[alarm]` of `node.toml`: whom the node tells of an urgent act that nobody has acknowledged.

Secrets never stand in the settings: a file in the node's folder holds each, and is read when it is used.
docs/operator/alarms.md tells an operator what to write.
"""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from yeollak.words import LANGUAGES

_PORTS: Final = {"tls": 465, "starttls": 587, "none": 25}
_MAIL: Final = {"host", "port", "security", "user", "password_file", "sender", "to", "authority"}
_WEBHOOK: Final = {"url", "secret_file", "authority"}


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail server and who is written to. `security` is `tls`, `starttls` or, on this machine alone, `none`;
    `authority` a file of certificates that are trusted instead of the system's.
    """

    host: str
    port: int
    sender: str
    to: tuple[str, ...]
    security: str = "tls"
    user: str = ""
    password_file: str = ""
    authority: str = ""


@dataclass(frozen=True, slots=True)
class Webhook:
    """An address that is told by a signed POST; `secret_file` holds the key of the signature."""

    url: str
    secret_file: str
    authority: str = ""


@dataclass(frozen=True, slots=True)
class AlarmSettings:
    """Whom the node tells, in which language, and how often again while nobody acknowledges."""

    mail: Mail | None = None
    webhook: Webhook | None = None
    language: str = "en"
    again: timedelta = timedelta(minutes=30)

    @property
    def channels(self) -> tuple[str, ...]:
        """The ways by which somebody is told."""
        ways = {"mail": self.mail, "webhook": self.webhook}
        return tuple(name for name, way in ways.items() if way is not None)

    @classmethod
    def read(cls, value: Mapping[str, Any]) -> AlarmSettings:
        """The settings of the table. Raises KeyError, TypeError or ValueError for any other form."""
        _only(value, {"mail", "webhook", "language", "again_minutes"}, "alarm")
        language, again = str(value.get("language", "en")), value.get("again_minutes", 30)
        if language not in LANGUAGES:
            raise ValueError("the alarm's language is none of the office's")
        if type(again) is not int or not 1 <= again <= 24 * 60:
            raise ValueError("again_minutes is not a number from 1 to 1440")
        mail = _mail(value["mail"]) if "mail" in value else None
        webhook = _webhook(value["webhook"]) if "webhook" in value else None
        return cls(mail, webhook, language, timedelta(minutes=again))

    def lines(self) -> list[str]:
        """The table as `node.toml` has it; nothing where nobody is told."""
        if self == AlarmSettings():
            return []
        again = int(self.again.total_seconds()) // 60
        found = ["", "[alarm]", f"language = {json.dumps(self.language)}", f"again_minutes = {again}"]
        if self.mail is not None:
            found += ["", "[alarm.mail]", *_written(self.mail)]
        if self.webhook is not None:
            found += ["", "[alarm.webhook]", *_written(self.webhook)]
        return found


def _mail(value: Mapping[str, Any]) -> Mail:
    _only(value, _MAIL, "alarm.mail")
    security, to = str(value.get("security", "tls")), value["to"]
    if security not in _PORTS:
        raise ValueError("the security of mail is tls, starttls or none")
    if not isinstance(to, list) or not to or not all(_is_address(one) for one in [*to, value["sender"]]):
        raise ValueError("mail needs a sender and a list of addresses")
    host = str(value["host"])
    if security == "none" and not _is_here(host):
        raise ValueError("mail without TLS goes to this machine alone")
    port = value.get("port", _PORTS[security])
    if type(port) is not int or not 0 < port < 65536:
        raise ValueError("the port of mail is none")
    return Mail(
        host,
        port,
        value["sender"],
        tuple(to),
        security,
        str(value.get("user", "")),
        str(value.get("password_file", "")),
        str(value.get("authority", "")),
    )


def _webhook(value: Mapping[str, Any]) -> Webhook:
    _only(value, _WEBHOOK, "alarm.webhook")
    url = str(value["url"])
    parts = urlsplit(url)
    if not parts.hostname or parts.scheme not in ("https", "http") or parts.username is not None:
        raise ValueError("the address of the webhook is no https address")
    if parts.scheme == "http" and not _is_here(parts.hostname):
        raise ValueError("a webhook without TLS goes to this machine alone")
    return Webhook(url, str(value["secret_file"]), str(value.get("authority", "")))


def _written(one: Mail | Webhook) -> list[str]:
    found = []
    for name in type(one).__dataclass_fields__:
        value = getattr(one, name)
        if value != "":
            found.append(f"{name} = {json.dumps(list(value) if isinstance(value, tuple) else value)}")
    return found


def _only(value: object, known: set[str], what: str) -> None:
    if not isinstance(value, Mapping) or not set(value) <= known:
        raise ValueError(f"[{what}] has other settings than {', '.join(sorted(known))}")


def _is_address(value: object) -> bool:
    return (
        isinstance(value, str)
        and 3 <= len(value) <= 254
        and value.isascii()
        and value.isprintable()
        and " " not in value
        and value.count("@") == 1
        and not value.startswith("@")
        and not value.endswith("@")
    )


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
