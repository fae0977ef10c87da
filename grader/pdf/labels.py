"""Our own words on paper, in each language; authors' words stay as they are."""

from __future__ import annotations

from msgspec import Struct


class Labels(Struct, frozen=True):
    """What stands on a paper beside the exercise itself; ``lang`` as PDF names the language."""

    lang: str
    student: str
    exercise: str
    question: str
    point: str
    points: str
    total: str
    signature: str
    page: str
    of: str
    answer_sheet: str
    key: str
    answer: str
    each_is: str
    one_letter: str
    continued: str
    none: str
    on_the_sheet: str
    how_to_mark: str
    for_staff: str

    def worth(self, points: str) -> str:
        return f"{points} {self.point if points == '1' else self.points}"


ENGLISH = Labels(
    lang="en",
    student="Name",
    exercise="Exercise",
    question="Question",
    point="point",
    points="points",
    total="Total",
    signature="Signature",
    page="Page",
    of="of",
    answer_sheet="Answer sheet",
    key="Key for staff",
    answer="Answer",
    each_is="Each is ",
    one_letter="Each letter belongs to one number at most:",
    continued="continued",
    none="none",
    on_the_sheet="Write all answers on the answer sheet at the end: only this sheet is marked.",
    how_to_mark="Fill in or cross the circle of a letter, and write everything else into its box with a dark pen. "
    "If a mark is not what you mean, write so beside it: a person looks at it then.",
    for_staff="For staff",
)
GERMAN = Labels(
    lang="de",
    student="Name",
    exercise="Aufgabe",
    question="Frage",
    point="Punkt",
    points="Punkte",
    total="Summe",
    signature="Unterschrift",
    page="Seite",
    of="von",
    answer_sheet="Antwortbogen",
    key="Lösung für Lehrende",
    answer="Antwort",
    each_is="Jeweils ",
    one_letter="Jeder Buchstabe gehört zu höchstens einer Nummer:",
    continued="Fortsetzung",
    none="keine",
    on_the_sheet="Schreiben Sie alle Antworten auf den Antwortbogen am Ende: Nur er wird bewertet.",
    how_to_mark="Füllen Sie den Kreis eines Buchstabens aus oder kreuzen Sie ihn an; alles andere schreiben Sie mit dunklem "
    "Stift in sein Feld. Gilt eine Markierung nicht, schreiben Sie es daneben: Dann sieht ein Mensch sie an.",
    for_staff="Für Lehrende",
)
LABELS = {"en": ENGLISH, "de": GERMAN}
