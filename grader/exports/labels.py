"""Our own words on what is exported, in the languages there are; authors' words stay as they are."""

from __future__ import annotations

from enum import StrEnum


class Locale(StrEnum):
    EN = "en"
    DE = "de"


LABELS = {
    "answer": {Locale.EN: "Answer", Locale.DE: "Antwort"},
    "right": {Locale.EN: "right", Locale.DE: "richtig"},
    "wrong": {Locale.EN: "wrong", Locale.DE: "falsch"},
    "key": {Locale.EN: "Key", Locale.DE: "Lösung"},
    "rubric": {Locale.EN: "Rubric", Locale.DE: "Bewertung"},
}


def label(name: str, locale: Locale) -> str:
    return LABELS[name][locale]
