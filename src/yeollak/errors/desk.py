"""Codes of the desk: accounts, sessions, drafts, what a person there may not do.

Each has a sentence and a next step, which are also the message ids of the catalogues.
"""

from __future__ import annotations

CODES: dict[str, tuple[str, str]] = {
    "account-exists": (
        "There is an account {name} already.",
        "Choose another name, or give that account what it lacks.",
    ),
    "account-unknown": (
        "There is no account {name}.",
        "Look at the list of accounts.",
    ),
    "draft-moved": (
        "The draft was changed in another window or by a colleague since it was opened here.",
        "Nothing was lost: both versions are shown. Choose what stays.",
    ),
    "factor-needed": (
        "This act needs a fresh code of your second factor.",
        "Nothing was signed. Enter the code, or set up a second factor on your own page.",
    ),
    "factor-wrong": (
        "The code is not the one that is expected now, or was used already.",
        "Wait for the next one; check the clock of the device that shows it.",
    ),
    "four-eyes": (
        "An act of this kind is released by another person than the one who drafted it.",
        "Hand the draft to a colleague who may release it.",
    ),
    "passphrase-weak": (
        "The passphrase has fewer than {least} characters, or is one of the first that would be tried.",
        "Take several words that nobody would put together.",
    ),
    "permission-missing": (
        "Your role does not have the permission {permission}.",
        "Nothing was done. The table of roles shows who has it.",
    ),
    "sign-in-refused": (
        "The name, the passphrase or the code is not right, or the name is locked for a time.",
        "Try again later, or ask whoever keeps the accounts of this desk.",
    ),
}
