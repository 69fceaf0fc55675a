"""Codes of the desk: accounts, sessions, drafts, what a person there may not do.

Each has a sentence and a next step, which are also the message ids of the catalogues.
"""

from __future__ import annotations

CODES: dict[str, tuple[str, str]] = {
    "check-running": (
        "The record is being verified already; {by} has begun it.",
        "Wait until it has ended, or stop it on the page of the record.",
    ),
    "account-exists": (
        "There is an account {name} already.",
        "Choose another name, or give that account what it lacks.",
    ),
    "account-last": (
        "This is the last account that may keep the accounts of this desk.",
        "Give another one such a role first.",
    ),
    "account-name": (
        "{name} cannot be the name of an account.",
        "Take letters of one script, figures and single spaces, 64 at most: the name is read in a log.",
    ),
    "account-own": (
        "Nobody changes his own role, or disables his own account.",
        "Ask another who keeps accounts, or use `yeollak account` at the machine.",
    ),
    "account-unknown": (
        "There is no account {name}.",
        "Look at the list of accounts.",
    ),
    "confirm-needed": (
        "For this, your passphrase is asked for again.",
        "Nothing was done. Give it, and do it again.",
    ),
    "confirm-refused": (
        "The passphrase, or the code of your second factor, is not right.",
        "Nothing was done. After five wrong answers in a row the session ends.",
    ),
    "desk-certificate-unreadable": (
        "The certificate of the desk in {path} cannot be used ({why}).",
        "Put tls/desk.pem and tls/desk.key, which belong together, back into the folder of the node.",
    ),
    "desk-without-certificate": (
        "The desk listens at {host}, which others can reach, and has no certificate.",
        "Put tls/desk.pem and tls/desk.key into the folder of the node, or let it listen on 127.0.0.1.",
    ),
    "draft-moved": (
        "The draft was changed in another window or by a colleague since it was opened here.",
        "Nothing was lost: both versions are shown. Choose what stays.",
    ),
    "draft-of-another": (
        "The draft is in the hands of {owner}.",
        "Take it over from the list of drafts, or ask for it.",
    ),
    "draft-sent": (
        "The draft has become an act already.",
        "Nothing was signed twice. The page of the act tells what became of it.",
    ),
    "draft-not-theirs": (
        "{name} may not draft at this desk.",
        "Hand the draft to a colleague who may.",
    ),
    "draft-too-large": (
        "A draft holds at most {most} MiB in at most {files} files.",
        "Nothing of this was kept. Leave something out, or send it in several acts.",
    ),
    "factor-needed": (
        "This act needs a fresh code of your second factor.",
        "Nothing was signed. Enter the code, or set up a second factor on your own page.",
    ),
    "factor-none": (
        "The account has no second factor.",
        "Set one up first.",
    ),
    "factor-wrong": (
        "The code is not the one that is expected now, or was used already.",
        "Wait for the next one; check the clock of the device that shows it.",
    ),
    "four-eyes": (
        "An act of this kind is released by another person than the one who drafted it.",
        "Hand the draft to a colleague who may release it.",
    ),
    "feed-empty": (
        "A calendar feed has at least one sort of entry.",
        "Choose what is to be in it.",
    ),
    "feeds-too-many": (
        "At most {limit} calendar feeds of one office are kept for one account.",
        "End one that is not needed any more.",
    ),
    "filter-unnamed": (
        "A filter is kept under a name.",
        "Give it one.",
    ),
    "filters-too-many": (
        "At most {limit} filters of one list are kept.",
        "Drop one that is not needed any more.",
    ),
    "no-such-alarm": (
        "No alarm stands for this act: it is not urgent, or it arrived too long ago.",
        "Look at the page Today: it has every alarm that stands.",
    ),
    "officer-not-posted": (
        "{officer} is no key of an officer of ours who is posted in this office.",
        "Look at the list of officers; post him first with `yeollak officer add`.",
    ),
    "officer-taken": (
        "The key {officer} is given to the account {name}.",
        "One key is one person's: take it from that account first.",
    ),
    "paper-fonts-missing": (
        "This machine has no font for {scripts}, so the paper would have empty boxes.",
        "Nothing was made. Have fonts installed (on Debian: fonts-noto-core, fonts-noto-cjk), and ask again.",
    ),
    "paper-not-set": (
        "The paper could not be set ({why}).",
        "Nothing was made. Print the page from the browser, and report this to the maintainers.",
    ),
    "paper-too-large": (
        "The paper would hold more than {most} MiB of text.",
        "Nothing was made. Export the record, or download the enclosures one by one.",
    ),
    "passphrase-long": (
        "The passphrase has more than {most} characters.",
        "Take a shorter one.",
    ),
    "answer-unreadable": (
        "The file is no answer to a signing request [{why}].",
        "Choose the file that `yeollak key sign` has written.",
    ),
    "authority-otherwise": (
        "This is not the authority key that the act names: {expected}.",
        "Sign with that key. Nothing was appended.",
    ),
    "key-role-unknown": (
        "There are no keys of the role {role}.",
        "Choose the authority key, or the register, receipt or seal keys.",
    ),
    "signed-otherwise": (
        "The answer is over the act {act}, not over {expected}: other bytes were signed than these.",
        "Take the answer to the request that was made last, or make a new request.",
    ),
    "officer-passphrase-otherwise": (
        "The officer's passphrase is empty, or was not written twice alike.",
        "No key was made. Let the officer write it again.",
    ),
    "no-officer": (
        "This account is no posted officer of the office.",
        "You may draft. Hand the draft to a colleague who may sign it, or have yourself posted.",
    ),
    "no-such-draft": (
        "There is no such draft, or it was discarded.",
        "Look at the list of drafts.",
    ),
    "passphrase-twice": (
        "The passphrase was not the same both times.",
        "Nothing was changed. Type it twice.",
    ),
    "not-offered": (
        "{kind}: this cannot be done here now.",
        "Look at what may be done now; the state of the matter may have changed since.",
    ),
    "passphrase-weak": (
        "The passphrase has fewer than {least} characters, or is one of the first that would be tried.",
        "Take several words that nobody would put together.",
    ),
    "permission-missing": (
        "Your role does not have this permission: {permission}.",
        "Nothing was done. The table of roles shows who has it.",
    ),
    "role-unknown": (
        "There is no role {role}.",
        "The table of roles shows those that there are.",
    ),
    "sign-in-locked": (
        "Too much was tried: nothing is taken from here before {until} UTC.",
        (
            "Wait until then, use a browser in which you have signed in before, or ask whoever "
            "keeps the accounts of this desk."
        ),
    ),
    "sign-in-over": (
        "Too long ago, or tried too often: sign in anew.",
        "Nothing was done.",
    ),
    "sign-in-refused": (
        "The name, the passphrase or both are not right.",
        "Try again. After five failures nothing is taken for a time, first for a minute.",
    ),
}
