"""``gradmark show``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from grader.cli.options import BANK, PRINTED, SEED, chosen_seed


@click.command("show")
@click.argument("exercise")
@SEED
@PRINTED
@click.option("--solution", is_flag=True, help="Add the right answers, for staff.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "markdown", "html", "json"]),
    default="text",
    show_default=True,
)
@BANK
def command(
    exercise: str,
    seed: str | None,
    printed: bool,
    solution: bool,
    form: str,
    folders: tuple[Path, ...],
) -> None:
    """Show one variant of EXERCISE (an id of the bank, or a file).

    \b
    gradmark show layer-sizes --seed 17
    gradmark show my-exercise.yaml --solution --format html > page.html
    """
    from grader import bank, drawing, sheets
    from grader.sheets import Notation, document

    variant = drawing.variant_of(bank.find(exercise, folders), chosen_seed(seed, printed))
    notation = Notation.PLAIN if form == "text" else Notation.LATEX
    keys = sheets.solution(variant) if solution else []
    why = sheets.worked(variant, notation) if solution else {}
    sheet = sheets.in_print(variant, notation)
    if form == "json":
        import msgspec

        record: dict[str, Any] = {"sheet": sheet, "draw": variant.draw}
        if solution:
            record["solution"] = {name: key.show() for name, (_, key) in variant.keys.items()}
            record["explanations"] = why
        click.echo(msgspec.json.format(msgspec.json.encode(record), indent=2).decode())
        return
    graph = sheets.graph(variant) if solution and form in ("html", "markdown") else None
    if form == "html":
        from grader.sheets import page

        drawn = [*sheet.figures, *([graph] if graph else [])]
        known = {address: (key, within) for address, key, within in keys}
        text = page("paper", sheet=sheet, keys=known, why=why, graph=graph, figures=drawn)
        click.echo(text, nl=False)
        return
    text = document(sheet, "#")
    if keys:
        called = {
            address: f"{question.number} {one.called}".rstrip() + (" =" if one.name else ":")
            for question in sheet.questions
            for address, one in question.blanks.items()
        }
        lines = [f"- {called[address]} `{key}` ({within})" for address, key, within in keys]
        text += "\n**Solution**\n\n" + "\n".join(lines) + "\n"
        text += "".join(
            f"\n**{called[address].rstrip(' =:')}**\n\n{reason}\n"
            for address, reason in why.items()
        )
    if graph is not None:
        text += f"\n{graph.markdown}\n"
    if form == "text":
        text = sheets.plain_text(text)
    click.echo(text, nl=False)
