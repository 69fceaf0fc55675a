"""The audit log in words: what each line's action is called.

An action is a code that stands in the store for ever; one that was written by another version and has no
words here is shown as it is.
"""

from __future__ import annotations

from django.utils.translation import pgettext


def action_words() -> dict[str, str]:
    """Action -> its words in the language that is active, in the order in which a filter lists them."""
    return {
        "signed-in": pgettext("audit", "signed in"),
        "passphrase-right": pgettext("audit", "gave the passphrase; the code is awaited"),
        "sign-in-refused": pgettext("audit", "was not let in: name or passphrase"),
        "sign-in-locked": pgettext("audit", "was not heard: too many failures before"),
        "factor-refused": pgettext("audit", "gave a wrong code"),
        "factor-shown": pgettext("audit", "gave a code for a joint act"),
        "recovery-used": pgettext("audit", "used a recovery code"),
        "confirmed": pgettext("audit", "gave the passphrase again"),
        "confirm-refused": pgettext("audit", "gave a wrong passphrase or code again"),
        "session-ended": pgettext("audit", "ended a session"),
        "sessions-ended": pgettext("audit", "ended several sessions"),
        "session-guessed": pgettext("audit", "answered wrong too often; the session was ended"),
        "node-started": pgettext("audit", "started the node anew; all sessions ended"),
        "account-made": pgettext("audit", "made an account"),
        "account-changed": pgettext("audit", "changed an account"),
        "account-disabled": pgettext("audit", "disabled an account"),
        "account-enabled": pgettext("audit", "enabled an account"),
        "account-unlocked": pgettext("audit", "ended the waiting time of a name"),
        "passphrase-changed": pgettext("audit", "changed a passphrase"),
        "factor-set": pgettext("audit", "set up a second factor"),
        "factor-reset": pgettext("audit", "took a second factor away"),
        "codes-made": pgettext("audit", "made recovery codes"),
        "feed-made": pgettext("audit", "made an address for a calendar program"),
        "feed-ended": pgettext("audit", "ended the address of a calendar program"),
        "feed-fetched": pgettext("audit", "had the calendar fetched by a program"),
        "feed-refused": pgettext("audit", "asked for a calendar under an address that opens none"),
        "draft-handed": pgettext("audit", "handed a draft to a colleague"),
        "draft-taken": pgettext("audit", "took a draft over"),
        "draft-discarded": pgettext("audit", "discarded a draft"),
        "act-signed": pgettext("audit", "signed an act"),
        "signature-refused": pgettext("audit", "was refused a signature"),
        "key-refused": pgettext("audit", "gave a wrong passphrase of a key"),
        "alarm-acknowledged": pgettext("audit", "acknowledged an alarm"),
        "permission-missing": pgettext("audit", "asked for what the role does not allow"),
        "signing-requested": pgettext("audit", "took an act away to be signed by the authority key"),
    }
