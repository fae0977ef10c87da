"""The tables. Times are whole milliseconds since 1970, what is structured is JSON, and people are named by number.

What happened is only ever added to: see :data:`ADDED_TO`, which triggers hold.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlalchemy import (
    BigInteger,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
tables = MetaData(naming_convention=NAMES)


def number() -> Column[int]:
    """The number that names a row."""
    return Column("id", Integer, primary_key=True)


def of(table: str, optional: bool = False, key: bool = False) -> Column[int]:
    """A reference to a row of another table."""
    target = ForeignKey(f"{table}.id")
    return Column(table, Integer, target, nullable=optional, primary_key=key)


def moment(name: str, optional: bool = False) -> Column[int]:
    return Column(name, BigInteger, nullable=optional)


def text(name: str, otherwise: str = "") -> Column[str]:
    return Column(name, Text, nullable=False, default=otherwise)


# Who


person = Table("person", tables, number(), text("name"), moment("emptied", optional=True))
identity = Table(
    "identity",
    tables,
    number(),
    of("person"),
    Column("issuer", String(200), nullable=False),  # "roster", "proxy", or an address
    Column("subject", String(200), nullable=False),
    UniqueConstraint("issuer", "subject"),
)
course = Table(
    "course",
    tables,
    number(),
    Column("name", String(100), nullable=False, unique=True),
    text("title"),
)
member = Table(
    "member",
    tables,
    number(),
    of("course"),
    of("person"),
    text("role", "student"),
    text("section"),
    Column("time_factor", Float, nullable=False, default=1.0),
    Column("left", Integer, nullable=False, default=0),  # no longer on the roster
    UniqueConstraint("course", "person"),
    Index(None, "person"),
)
session = Table(
    "session",
    tables,
    number(),
    Column("token", String(64), nullable=False, unique=True),  # its hash
    of("person"),
    Column("acting_as", Integer, ForeignKey("person.id"), nullable=True),
    moment("at"),
    moment("ends"),
)
link = Table(
    "link",
    tables,
    number(),
    Column("token", String(64), nullable=False, unique=True),  # its hash
    of("person"),
    moment("at"),
    moment("ends"),
    moment("used", optional=True),
)

# What is asked


bank_version = Table(
    "bank_version",
    tables,
    number(),
    Column("digest", String(64), nullable=False, unique=True),
    text("files"),  # name → YAML
    moment("at"),
)
quiz = Table(
    "quiz",
    tables,
    number(),
    of("course"),
    Column("name", String(100), nullable=False),
    text("title"),
    text("text"),
    moment("opens", optional=True),
    moment("closes", optional=True),
    Column("minutes", Integer, nullable=True),
    Column("attempts", Integer, nullable=True),
    Column("level", Integer, nullable=False),  # what is told at once
    Column("later", Integer, nullable=False),  # what is told once it has closed
    text("take", "best"),
    Column("practice", Integer, nullable=False, default=0),
    UniqueConstraint("course", "name"),
)
quiz_version = Table(
    "quiz_version",
    tables,
    number(),
    of("quiz"),
    of("bank_version"),
    text("source"),  # what was published: title, text, picks
    text("secret"),  # which draws and signs its papers
    moment("at"),
    of("person", optional=True),
    Index(None, "quiz"),
)
paper = Table(
    "paper",
    tables,
    number(),
    of("quiz"),
    of("person"),
    Column("number", Integer, nullable=False, default=1),
    of("quiz_version"),
    text("code"),
    text("drawn"),  # its exercises and their values
    text("outline", "[]"),  # what they are called, and how many blanks they have
    text("columns", "{}"),  # what else the roster says
    moment("begun", optional=True),
    UniqueConstraint("quiz", "person", "number"),
    Index(None, "person"),
)
override = Table(
    "override",
    tables,
    number(),
    of("quiz"),
    of("person", optional=True),  # of one, else of a section, else of all
    text("section"),
    moment("opens", optional=True),
    moment("closes", optional=True),
    Column("minutes", Integer, nullable=True),
    Column("attempts", Integer, nullable=True),
    text("reason"),
    Column("by", Integer, ForeignKey("person.id"), nullable=True),
    moment("at"),
    Index(None, "quiz"),
)

# What was answered


draft = Table(
    "draft",
    tables,
    of("paper", key=True),
    Column("item", String(100), primary_key=True),
    text("answers", "{}"),
    Column("version", Integer, nullable=False),
    moment("at"),
)
submission = Table(
    "submission",
    tables,
    number(),
    of("paper"),
    Column("number", Integer, nullable=False),
    Column("token", String(64), nullable=False),
    text("answers"),
    Column(
        "digest", String(64), nullable=False
    ),  # of the answers, and stays where these are emptied
    text("cause"),  # who handed it in: the student, or the deadline
    moment("at"),
    UniqueConstraint("paper", "token"),
    UniqueConstraint("paper", "number"),
)
marking = Table(
    "marking",
    tables,
    number(),
    of("submission"),
    text("engine"),
    Column("digest", String(64), nullable=False),  # of the bank that it was marked by
    Column("points", Float, nullable=True),  # nothing where it could not be marked
    Column("out_of", Float, nullable=False),
    text("marks"),
    text("cause"),
    Column("by", Integer, ForeignKey("person.id"), nullable=True),
    moment("at"),
    Index(None, "submission"),
)
decision = Table(
    "decision",
    tables,
    number(),
    of("quiz"),
    of("person", optional=True),  # whose answer; all answers alike where it is nobody's
    text("blank"),
    text("code"),
    text("record"),
    Column("withdraws", Integer, ForeignKey("decision.id"), nullable=True),
    Column("by", Integer, ForeignKey("person.id"), nullable=True),
    moment("at"),
    Index(None, "quiz"),
)
appeal_event = Table(
    "appeal_event",
    tables,
    number(),
    of("paper"),
    text("blank"),
    text("what"),  # asked, answered, withdrawn
    text("text"),
    Column("by", Integer, ForeignKey("person.id"), nullable=False),
    moment("at"),
    Index(None, "paper"),
)
practice = Table(
    "practice",
    tables,
    number(),
    of("course"),
    of("person"),
    Column("exercise", String(100), nullable=False),
    Column("number", Integer, nullable=False),
    of("bank_version"),
    text("drawn"),
    text("answers", "{}"),
    text("marks"),
    text("hints", "{}"),  # how many are open, by blank
    Column("told", Integer, nullable=False, default=0),  # is the solution shown?
    moment("at"),
    UniqueConstraint("course", "person", "exercise", "number"),
)

# What happened


event = Table(
    "event",
    tables,
    number(),
    moment("at"),
    Column("actor", Integer, ForeignKey("person.id"), nullable=True),
    Column("acting_as", Integer, ForeignKey("person.id"), nullable=True),
    of("course", optional=True),
    text("what"),
    text("about", "{}"),
    Column("digest", String(64), nullable=False),  # of what it is about
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False, unique=True),
)

ADDED_TO = {  # each with the column that is emptied with its person, if there is one
    "bank_version": "",
    "quiz_version": "",
    "override": "reason",
    "submission": "answers",
    "marking": "marks",
    "decision": "record",
    "appeal_event": "text",
    "event": "about",
}


def triggers(of: MetaData, added_to: Mapping[str, str], dialect: str) -> Iterator[str]:
    """Statements that keep rows which are there from being changed or deleted.

    A text that is about a person may be emptied, and nothing else of its row changed.
    """
    for name, emptied in added_to.items():
        distinct = "IS NOT" if dialect == "sqlite" else "IS DISTINCT FROM"
        same = [one.name for one in of.tables[name].columns if one.name != emptied]
        touched = [f'NEW."{one}" {distinct} OLD."{one}"' for one in same]
        refused = [*touched, f"NEW.\"{emptied}\" <> ''"] if emptied else []
        yield from guard(dialect, name, " OR ".join(refused))


def guard(dialect: str, table: str, when: str) -> Iterator[str]:
    """The triggers of one table; ``when`` an update is refused, always where it says nothing."""
    if dialect == "sqlite":
        refuse = f"BEGIN SELECT RAISE(ABORT, '{table} is only added to'); END"
        condition = f"WHEN {when} " if when else ""
        yield f"CREATE TRIGGER {table}_kept BEFORE UPDATE ON {table} {condition}{refuse}"
        yield f"CREATE TRIGGER {table}_stays BEFORE DELETE ON {table} {refuse}"
        return
    refuse = f"BEGIN RAISE EXCEPTION '{table} is only added to'; END"
    yield f"CREATE FUNCTION {table}_refused() RETURNS trigger LANGUAGE plpgsql AS $$ {refuse} $$"
    call = f"EXECUTE FUNCTION {table}_refused()"
    condition = f"WHEN ({when}) " if when else ""
    yield f"CREATE TRIGGER {table}_kept BEFORE UPDATE ON {table} FOR EACH ROW {condition}{call}"
    yield f"CREATE TRIGGER {table}_stays BEFORE DELETE ON {table} FOR EACH ROW {call}"
