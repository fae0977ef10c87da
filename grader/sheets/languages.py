"""What gradmark itself says on a sheet, in German: its phrases are rows of tables; what an author wrote stays as it is.

A row is what is looked for in English, as a regular expression, and what stands there instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from msgspec.structs import replace

from grader.sheets.asking import Asked
from grader.sheets.printing import Question, Sheet

Rows = Iterable[tuple[str, str]]

FORMULA = r"\$[^$]*\$"
FORMULAS = rf"({FORMULA}(?:, {FORMULA})*)"
LISTED = rf"(`[^`]+`) for ({FORMULA})"
COUNTED = {
    "one": "eine", "two": "zwei", "three": "drei", "four": "vier", "five": "fünf", "six": "sechs", "seven": "sieben",
    "eight": "acht", "nine": "neun", "ten": "zehn", "eleven": "elf", "twelve": "zwölf",
}  # fmt: skip

NAMES = ((r"^new (?=\$|\w)", "neues "),)

# How to write an answer
HOW = (
    (r"^a whole number\b", "eine ganze Zahl"),
    (r"^a number\b", "eine Zahl"),
    (r"^an expression\b( in\b)?", r"ein Ausdruck\1"),
    (r", for the entry at (.+?), with sums as ", r", für den Eintrag \1, mit Summen wie "),
    (r"^a (column|row) of 1 entry\b", r"\1 mit 1 Eintrag"),
    (r"^a (column|row) of (\d+) entries\b", r"\1 mit \2 Einträgen"),
    (r"^column\b", "eine Spalte"),
    (r"^row\b", "eine Zeile"),
    (r"^a matrix of (.+?), row by row\b", r"eine Matrix mit \1, Zeile für Zeile"),
    (r"^a matrix$", "eine Matrix"),
    (r"^values of (.+?), slice by slice\b", r"Werte mit \1, Schicht für Schicht"),
    (r"^a shape\b", "eine Form"),
    (r"^(eine Form.*) or (?=\()", r"\1 oder "),
    (r"^a product of partial derivatives\b", "ein Produkt partieller Ableitungen"),
    (r"^the letter of one option$", "der Buchstabe einer Möglichkeit"),
    (
        r"^the letters of all that are right, such as (.+), or none$",
        r"die Buchstaben aller richtigen, etwa \1, oder none, falls keine es ist",
    ),
    (
        r"^the letters of the lines in their order, such as ",
        "die Buchstaben der Zeilen in ihrer Reihenfolge, etwa ",
    ),
    (r"^pairs of a number and a letter, such as ", "Paare aus Nummer und Buchstabe, etwa "),
    (r"^numbers in brackets, as (\(.+?\))(?:, or |$)", r"Zahlen in Klammern, etwa \1, oder "),
    (r", oder $", ""),
    (r"^a sequence of whole numbers, written as ", "eine Folge ganzer Zahlen, geschrieben als "),
    (r"^a sequence of (.+), written as ", r"eine Folge aus \1, geschrieben als "),
    (
        r"^those of (.+) that belong, in any order, written as (.+), or none$",
        r"diejenigen aus \1, die dazugehören, in beliebiger Reihenfolge, geschrieben als \2, oder none, falls keine",
    ),
    (r"\bof whole numbers that belong\b", "ganze Zahlen, die dazugehören"),
    (r", as (?=[\[(\d−-]|da/db)", ", etwa "),
    (r", exactly$", ", genau"),
    (r", to (\d+) decimals?$", r", auf \1 Nachkommastellen"),
    (r", to (\d+) significant figures?$", r", auf \1 gültige Ziffern"),
    (r", to within (.+?) or (.+)$", r", bis auf \1 oder \2"),
    (r", to within (.+)$", r", bis auf \1"),
    (r"\(positive\)$", "(positiv)"),
    (r"\(whole numbers\)$", "(ganze Zahlen)"),
    (r"\(the whole numbers from 1 on, each once\)$", "(die ganzen Zahlen ab 1, jede einmal)"),
    (r"\(from (\S+) to ([^,)]+)(?:, with the sum (\S+))?\)$", r"(von \1 bis \2, Summe \3)"),
    (r", Summe \)$", ")"),
    (r"\(0 or 1\)$", "(0 oder 1)"),
    (r"\(0 but for one 1\)$", "(0 bis auf eine 1)"),
    (r"^a few sentences, which staff will read$", "einige Sätze, die Lehrende lesen"),
    (r"^what is constructed$", "was konstruiert wird"),
)

# What a sheet takes for granted, between "Conventions:" and the end of the line
TAKEN = (
    (rf"each entry of ({FORMULA}) is 0 or 1", r"jeder Eintrag von \1 ist 0 oder 1"),
    (rf"({FORMULA}) is positive", r"\1 ist positiv"),
    (rf"the entries of ({FORMULA}) are positive and add up to 1", r"die Einträge von \1 sind positiv mit der Summe 1"),
    (rf"the entries of ({FORMULA}) are positive", r"die Einträge von \1 sind positiv"),
    (rf"({FORMULA}) lies between 0 and 1", r"\1 liegt zwischen 0 und 1"),
    (rf"the entries of ({FORMULA}) lie between 0 and 1", r"die Einträge von \1 liegen zwischen 0 und 1"),
    (rf"({FORMULA}) is 0 or 1", r"\1 ist 0 oder 1"),
    (rf"one entry of ({FORMULA}) is 1 and all others are 0", r"ein Eintrag von \1 ist 1, alle anderen sind 0"),
    (rf"({FORMULA}) is a whole number", r"\1 ist eine ganze Zahl"),
    (rf"the entries of ({FORMULA}) are whole numbers", r"die Einträge von \1 sind ganze Zahlen"),
    (rf"({FORMULA}) is 1", r"\1 ist 1"),
    (rf"({FORMULA}) runs from 1 to ", r"\1 läuft von 1 bis "),
    (rf"({FORMULA}) run from 1 to ", r"\1 laufen von 1 bis "),
    (r"terms with a place that does not exist are left out", "Terme mit einer Stelle, die es nicht gibt, fallen weg"),
    (rf"({FORMULA}) is the natural logarithm", r"\1 ist der natürliche Logarithmus"),
    (rf"({FORMULA}) is 1 where the condition holds, and 0 elsewhere", r"\1 ist 1, wo die Bedingung gilt, und sonst 0"),
    (r"a leaky ReLU multiplies what is negative by ", "eine Leaky ReLU multipliziert Negatives mit "),
    (r"the derivative of a leaky ReLU at 0 is 1", "die Ableitung einer Leaky ReLU bei 0 ist 1"),
    (r"the derivative of a ReLU at 0 is 0", "die Ableitung einer ReLU bei 0 ist 0"),
    (r"the derivative of an absolute value at 0 is 0", "die Ableitung eines Betrags bei 0 ist 0"),
    (r"where the two arguments of a (.+) are equal, it is the first one", r"sind die beiden Argumente von \1 gleich, so zählt das erste"),
    (r"where several entries are the (.+), it is the first of them", r"haben mehrere Einträge den Wert \1, so zählt der erste"),
    (r"what a formula says where several entries are the largest does not count", "was eine Formel sagt, wo mehrere Einträge am größten sind, zählt nicht"),
    (r"a gradient has the shape of what it is taken by", "ein Gradient hat die Form dessen, wonach abgeleitet wird"),
    (rf"({FORMULA}) has a row for each entry of ", r"\1 hat eine Zeile für jeden Eintrag von "),
    (r"features stand last in a shape", "Merkmale stehen in einer Form zuletzt"),
    (r"nothing is padded unless it says so, and sizes are rounded down", "ohne Angabe gibt es kein Padding, und Größen werden abgerundet"),
    (r"a pooling window moves by its own size unless a stride is given", "ein Pooling-Fenster rückt um seine eigene Größe weiter, wenn kein Stride angegeben ist"),
    (r"parameters are weights and biases", "Parameter sind Gewichte und Biases"),
    (
        r"each gate, and the candidate, has one matrix for what comes in, one for the state, and one bias vector",
        "jedes Gate und der Kandidat haben eine Matrix für die Eingabe, eine für den Zustand und einen Bias-Vektor",
    ),
    (
        r"queries, keys, values and what leaves the heads each have a matrix",
        "Queries, Keys, Values und das Ergebnis der Heads haben je eine Matrix",
    ),
    (r"a mask saves nothing", "eine Maske spart nichts"),
    (
        r"multiply-adds are those of products with matrices and kernels, for one example",
        "Multiply-Adds sind die der Produkte mit Matrizen und Kernen, für ein Beispiel",
    ),
    (
        r"the receptive field is the length of the stretch of the input that one place sees",
        "das rezeptive Feld ist die Länge des Stücks der Eingabe, das eine Stelle sieht",
    ),
)  # fmt: skip

# Whole sentences and lines of a sheet
UNITS = r"(?=.*\. Every unit sees all units of)"
SENTENCES = (
    (rf", which feed {UNITS}", ", diese "),
    (rf" feed {UNITS}", " speisen "),
    (rf"(?<=\$) to (?=\$){UNITS}", " bis "),
    (rf"(?<=\$) and (?=\$){UNITS}", " und "),
    (rf"\(passes on its sum\){UNITS}", "(gibt die Summe weiter)"),
    (rf"^Inputs (?=\$){UNITS}", "Die Eingaben "),
    (
        rf"Every unit sees all units of the layer before it, and there are no biases\. The weight from unit ({FORMULA}) to unit "
        rf"({FORMULA}) is called ({FORMULA}), and ({FORMULA}) is what unit {FORMULA} puts out\.",
        r"Jede Einheit sieht alle Einheiten der Schicht davor, und es gibt keine Biases. Das Gewicht von Einheit \1 zu Einheit \2 "
        r"heißt \3, und \4 ist, was Einheit \1 ausgibt.",
    ),
    (r"(?<=ausgibt\. )The derivative of a ReLU at 0 is 0\.", "Die Ableitung einer ReLU bei 0 ist 0."),
    (rf"^Here {FORMULAS}\.$", r"Hier \1."),
    (rf"^Write {FORMULAS}\.$", r"Schreiben Sie \1."),
    (rf"^Given: {FORMULAS}\.$", r"Gegeben: \1."),
    (rf"^Entry by entry, {FORMULAS}\.$", r"Eintrag für Eintrag: \1."),
    (rf"^for ({FORMULA}), where {FORMULAS} and ({FORMULA})\.$", r"für \1, mit \2 und \3."),
    (rf"^for ({FORMULA}), where {FORMULAS}\.$", r"für \1, mit \2."),
    (rf"^for ({FORMULA})\.$", r"für \1."),
    (
        rf"The subscript (\*\w+\*) marks what comes out with {FORMULAS} in place of {FORMULAS}\.",
        r"Der Index \1 bezeichnet, was sich mit \2 anstelle von \3 ergibt.",
    ),
    (rf"The entries of ({FORMULA}) are independent: each is 1 with probability ({FORMULA}), else 0\.", r"Die Einträge von \1 sind unabhängig: Jeder ist 1 mit Wahrscheinlichkeit \2, sonst 0."),
    (rf"({FORMULA}) is 1 with probability ({FORMULA}), else 0\.", r"\1 ist 1 mit Wahrscheinlichkeit \2, sonst 0."),
    (rf"The entries of ({FORMULA}) are independent: each has the mean ({FORMULA}) and the variance ({FORMULA})\.", r"Die Einträge von \1 sind unabhängig: Jeder hat den Mittelwert \2 und die Varianz \3."),
    (rf"({FORMULA}) has the mean ({FORMULA}) and the variance ({FORMULA})\.", r"\1 hat den Mittelwert \2 und die Varianz \3."),
    (r"What is random is independent of all else that is\.", "Was zufällig ist, ist von allem anderen Zufälligen unabhängig."),
    (
        r"Carry at least (\w+) decimals?, and at least three significant figures of numbers below (\S+)\. Give answers to three "
        r"significant figures or more, and exact values such as 12, −3 or 0\.25 in full\.",
        r"Rechnen Sie mit mindestens <\1> Nachkommastellen, und mit mindestens drei gültigen Ziffern bei Zahlen unter \2. Geben Sie "
        r"Antworten auf mindestens drei gültige Ziffern an, und genaue Werte wie 12, −3 oder 0.25 ganz.",
    ),
    (
        r"What you construct may be rounded to (\w+) decimals, and below 0\.1 to (\w+) significant figures\.",
        r"Was Sie konstruieren, darf auf <\1> Nachkommastellen gerundet sein, unter 0.1 auf <\2> gültige Ziffern.",
    ),
    (r"Any answer that does this is right, and its parts count together\.", "Jede Antwort, die das leistet, ist richtig; ihre Teile zählen zusammen."),
    (rf"You may type {LISTED}", r"Sie dürfen \1 für \2"),
    (rf"(?<=\$)(, | and ){LISTED}", r"\1\2 für \3"),
    (rf"(?<= für )({FORMULA}) and (?=`)", r"\1 und "),
    (rf"(Sie dürfen (?:`[^`]+` für {FORMULA}(?:, | und )?)+)\.", r"\1 schreiben."),
    (r"^- Item \((\d)\): ", r"- Angabe (\1): "),
)  # fmt: skip
CHOICES = (
    (r"^Item \((\d)\) is enough by itself, item \((\d)\) is not\.$", r"Angabe (\1) reicht allein, Angabe (\2) nicht."),
    (r"^Neither item is enough by itself, but both together are\.$", "Keine Angabe reicht allein, aber beide zusammen reichen."),
    (r"^Each of the items is enough by itself\.$", "Jede der Angaben reicht allein."),
    (r"^Even both items together are not enough\.$", "Auch beide Angaben zusammen reichen nicht."),
)  # fmt: skip
CONVENTIONS = re.compile(rf"^Conventions: ((?:[^$\n.]|{FORMULA})*)\.", re.MULTILINE)


def in_german(sheet: Sheet) -> Sheet:
    """A sheet with gradmark's own phrases in German."""
    return replace(
        sheet, stem=text(sheet.stem), questions=tuple(question(one) for one in sheet.questions)
    )


def question(of: Question) -> Question:
    return replace(
        of,
        text=text(of.text),
        blanks={address: asked(one) for address, one in of.blanks.items()},
        options=tuple((letter, translated(said, CHOICES)) for letter, said in of.options),
    )


def asked(of: Asked) -> Asked:
    name, told = of.in_characters
    return replace(
        of,
        name=translated(of.name, NAMES),
        how=how(of.how),
        in_characters=(translated(name, NAMES), how(told)),
    )


def how(told: str) -> str:
    """How to write an answer."""
    return translated(told, HOW)


def text(markdown: str) -> str:
    """The sentences of gradmark among those of an author."""
    found = CONVENTIONS.sub(lambda one: f"Konventionen: {conventions(one[1])}.", markdown)
    found = translated(found, SENTENCES)
    return re.sub(r"<(\w+)>", lambda one: COUNTED.get(one[1], one[0]), found)


def conventions(listed: str) -> str:
    """The conventions of a line, one after the other."""
    return "; ".join(translated(one, TAKEN) for one in listed.split("; "))


def translated(said: str, rows: Rows) -> str:
    for english, german in rows:
        said = re.sub(english, german, said, flags=re.MULTILINE)
    return said
