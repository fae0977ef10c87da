"""Our own words on what is exported, in the languages there are; authors' words stay as they are."""

from __future__ import annotations

from enum import StrEnum


class Locale(StrEnum):
    EN = "en"
    DE = "de"


LABELS = {
    "answer": {Locale.EN: "Answer", Locale.DE: "Antwort"},
    "points": {Locale.EN: "points", Locale.DE: "Punkte"},
    "point": {Locale.EN: "point", Locale.DE: "Punkt"},
    "choose": {Locale.EN: "choose", Locale.DE: "auswählen"},
    "right": {Locale.EN: "right", Locale.DE: "richtig"},
    "wrong": {Locale.EN: "wrong", Locale.DE: "falsch"},
    "key": {Locale.EN: "Key", Locale.DE: "Lösung"},
    "rubric": {Locale.EN: "Rubric", Locale.DE: "Bewertung"},
    "items": {
        Locale.EN: "Each letter belongs to one number at most.",
        Locale.DE: "Jeder Buchstabe gehört zu höchstens einer Nummer.",
    },
    "order": {
        Locale.EN: "Put the lines in order.",
        Locale.DE: "Bringen Sie die Zeilen in die richtige Reihenfolge.",
    },
    "letters": {
        Locale.EN: "Write the letters of your answer.",
        Locale.DE: "Schreiben Sie die Buchstaben Ihrer Antwort.",
    },
    "as_text": {Locale.EN: "Write", Locale.DE: "Schreiben Sie"},
    "version": {Locale.EN: "Version", Locale.DE: "Version"},
}


def label(name: str, locale: Locale) -> str:
    return LABELS[name][locale]


def decimal(number: str, locale: Locale) -> str:
    """A decimal number with the sign of a language."""
    return number.replace(".", ",") if locale is Locale.DE else number
