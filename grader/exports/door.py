"""A quiz to files for another program, or only the report of what would be lost."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

import msgspec
from msgspec import Struct

from grader import papers
from grader.exports.labels import Locale
from grader.exports.losses import Report
from grader.exports.package import Mode, Package, Selection, packed, who_has_which
from grader.exports.targets import Files, Plan, planned
from grader.papers import Bank


class Contents(Struct, frozen=True):
    """``manifest.json``: which exercise bears which code, on whose paper, and the files of this export; no secret is in it."""

    quiz: str
    title: str
    target: str
    mode: str
    papers: list[dict[str, object]]
    files: list[str]


class Exported(Struct, frozen=True):
    """The report, and the codes for whose sake nothing was written."""

    report: Report
    withheld: list[str]


def export(
    folder: Path,
    name: str,
    out: Path,
    known: Bank,
    selection: Selection,
    accepted: Collection[str] = (),
    locale: Locale = Locale.EN,
) -> Exported:
    """Write what a target reads, with the report of what it loses; the report alone where a loss is not accepted.

    Raises:
        UsageError: there are not as many papers, or the target does not take them in this way.
        AuthorError: an exercise no longer fits its papers.
    """
    package = packed(folder, known, selection, locale)
    plan = planned(name, package)
    withheld = plan.report.withheld(accepted)
    remove_earlier(out)
    files = {"losses.json": plan.report.json(), "losses.md": plan.report.markdown().encode()}
    if not withheld:
        files |= written(name, plan, package)
    for path, content in files.items():
        (out / path).parent.mkdir(parents=True, exist_ok=True)
        papers.write_bytes(out / path, content)
    return Exported(plan.report, withheld)


def remove_earlier(out: Path) -> None:
    """What an earlier export left, so that nobody imports files that the report does not speak of."""
    try:
        earlier = msgspec.json.decode((out / "manifest.json").read_bytes(), type=Contents)
    except (OSError, msgspec.DecodeError):
        return
    for path in [*earlier.files, "manifest.json"]:
        if not Path(path).is_absolute() and ".." not in Path(path).parts:
            (out / path).unlink(missing_ok=True)


def written(name: str, plan: Plan, package: Package) -> Files:
    """All files but the report."""
    files = {**plan.target.write(package, plan.report)}
    if package.mode is Mode.VERSIONS:
        files["versions.csv"] = who_has_which(package)
    files["README.md"] = readme(plan, package).encode()
    contents = Contents(
        package.quiz,
        package.title,
        name,
        package.mode.value,
        [*listed(package)],
        sorted([*files, "losses.json", "losses.md"]),
    )
    return files | {
        "manifest.json": msgspec.json.format(msgspec.json.encode(contents), indent=1) + b"\n"
    }


def listed(package: Package) -> Iterator[dict[str, object]]:
    for each in package.sets:
        items = {one.code: {"exercise": one.exercise, "seed": one.seed} for one in each.items}
        yield {"name": each.name, "students": each.students, "items": items}


def readme(plan: Plan, package: Package) -> str:
    """How the files are imported, and what to tell students."""
    steps = "\n".join(f"{place}. {one}" for place, one in enumerate(plan.target.steps, start=1))
    told = "\n".join(f"- {one}" for one in plan.report.students(package.locale))
    parts = [f"# {package.title} for {plan.target.title}", steps]
    if told:
        parts += ["Tell students:", told]
    parts.append("`losses.md` says what is not marked as gradmark marks it.")
    return "\n\n".join(parts) + "\n"
