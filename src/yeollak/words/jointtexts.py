"""Words for joint texts: where languages differ, where in a text that is, and how far a language binds.

It is given the codes of docs/spec/14-joint-texts.md as plain values and knows no text.
"""

from __future__ import annotations

from yeollak.words.catalogue import say


def difference_words(lang: str, code: str) -> str:
    """What differs at one place, as one sentence; the code itself where there are no words for it."""
    match code:
        case "articles-differ":
            return say(lang, "The languages have different articles.")
        case "paragraphs-differ":
            return say(lang, "The languages have different numbers of paragraphs.")
        case "heading-missing":
            return say(lang, "Only some of the languages have a heading here.")
        case "numbers-differ":
            return say(lang, "A number differs.")
        case "units-differ":
            return say(lang, "The number is the same and its unit is not.")
        case "amounts-differ":
            return say(lang, "An amount of money differs.")
        case "dates-differ":
            return say(lang, "A date differs.")
        case "times-differ":
            return say(lang, "A time of day differs.")
        case "weekdays-differ":
            return say(lang, "A day of the week differs.")
        case "weekday-wrong":
            return say(lang, "The day of the week is not that of the date.")
        case "names-differ":
            return say(lang, "A name stands in one language and not in another.")
        case "order-differs":
            return say(lang, "The sides are named in different orders.")
        case "not-compared":
            return say(lang, "There is more here than can be compared.")
        case "language-unread":
            return say(lang, "Numbers in words are not read in this language.")
        case _:
            return code


def severity_word(lang: str, severity: str) -> str:
    """How much a difference weighs, in a word."""
    match severity:
        case "grave":
            return say(lang, "Grave")
        case "check":
            return say(lang, "To be looked at")
        case "note":
            return say(lang, "For information")
        case _:
            return severity


def spot_words(lang: str, part: str, article: str, paragraph: int) -> str:
    """A place in a text. `paragraph` is 0 where none is meant."""
    match part:
        case "title":
            return say(lang, "Title")
        case "preamble" if paragraph:
            return say(lang, "Preamble, paragraph {paragraph}", paragraph=paragraph)
        case "preamble":
            return say(lang, "Preamble")
        case "heading":
            return say(lang, "Article {article}, heading", article=article)
        case "paragraph" if article and paragraph:
            return say(lang, "Article {article}, paragraph {paragraph}", article=article, paragraph=paragraph)
        case "paragraph" if article:
            return say(lang, "Article {article}", article=article)
        case _:
            return say(lang, "The whole text")


def force_words(lang: str, *, binds: bool, prevails: bool, equal: bool, stage: str) -> str:
    """How far a language may be relied on, as one sentence that stands beside every part of it."""
    if prevails:
        return say(lang, "It binds, and prevails where the languages differ.")
    if equal:
        return say(lang, "It binds; every authentic language has equal force.")
    if binds:
        return say(lang, "It binds.")
    match stage:
        case "sight":
            return say(lang, "For reference only: a sight translation.")
        case "rough":
            return say(lang, "For reference only: a rough translation.")
        case "official":
            return say(lang, "For reference only: an official translation, which does not bind either.")
        case _:
            return say(lang, "For reference only.")


def change_word(lang: str, change: str) -> str:
    """What became of an article or paragraph between two drafts."""
    match change:
        case "added":
            return say(lang, "Added")
        case "removed":
            return say(lang, "Taken out")
        case "changed":
            return say(lang, "Changed")
        case "moved":
            return say(lang, "Moved, otherwise the same")
        case "renumbered":
            return say(lang, "Renumbered, otherwise the same")
        case _:
            return say(lang, "The same")


def term_words(lang: str, name: str) -> str:
    """What a term beside the text is called: languages, places, orders, prevails, annexes."""
    match name:
        case "languages":
            return say(lang, "Languages and how far each binds")
        case "places":
            return say(lang, "Who signs where")
        case "orders":
            return say(lang, "The order of signatories in each side's own copy")
        case "prevails":
            return say(lang, "The language that prevails")
        case "annexes":
            return say(lang, "Annexes")
        case _:
            return name
