"""The first tables, as they were when they were first made."""

import sqlalchemy as sa
from alembic import op

from grader.web.schema import triggers

revision, down_revision = "0001", None
ADDED_TO = {
    "bank_version": "",
    "quiz_version": "",
    "override": "reason",
    "submission": "answers",
    "marking": "marks",
    "decision": "record",
    "appeal_event": "text",
    "event": "about",
}
tables = sa.MetaData()
sa.Table(
    "bank_version",
    tables,
    sa.Column("id", sa.Integer(), nullable=False),
    sa.Column("digest", sa.String(length=64), nullable=False),
    sa.Column("files", sa.Text(), nullable=False),
    sa.Column("at", sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint("id", name="pk_bank_version"),
    sa.UniqueConstraint("digest", name="uq_bank_version_digest"),
)
sa.Table(
    "course",
    tables,
    sa.Column("id", sa.Integer(), nullable=False),
    sa.Column("name", sa.String(length=100), nullable=False),
    sa.Column("title", sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint("id", name="pk_course"),
    sa.UniqueConstraint("name", name="uq_course_name"),
)
sa.Table(
    "person",
    tables,
    sa.Column("id", sa.Integer(), nullable=False),
    sa.Column("name", sa.Text(), nullable=False),
    sa.Column("emptied", sa.BigInteger(), nullable=True),
    sa.PrimaryKeyConstraint("id", name="pk_person"),
)
sa.Table(
    "event",
    tables,
    sa.Column("id", sa.Integer(), nullable=False),
    sa.Column("at", sa.BigInteger(), nullable=False),
    sa.Column("actor", sa.Integer(), nullable=True),
    sa.Column("acting_as", sa.Integer(), nullable=True),
    sa.Column("course", sa.Integer(), nullable=True),
    sa.Column("what", sa.Text(), nullable=False),
    sa.Column("about", sa.Text(), nullable=False),
    sa.Column("digest", sa.String(length=64), nullable=False),
    sa.Column("previous", sa.String(length=64), nullable=False),
    sa.Column("hash", sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(["acting_as"], ["person.id"], name="fk_event_acting_as"),
    sa.ForeignKeyConstraint(["actor"], ["person.id"], name="fk_event_actor"),
    sa.ForeignKeyConstraint(["course"], ["course.id"], name="fk_event_course"),
    sa.PrimaryKeyConstraint("id", name="pk_event"),
    sa.UniqueConstraint("hash", name="uq_event_hash"),
)
sa.Table(
    "identity",
    tables,
    sa.Column("id", sa.Integer(), nullable=False),
    sa.Column("person", sa.Integer(), nullable=False),
    sa.Column("issuer", sa.String(length=200), nullable=False),
    sa.Column("subject", sa.String(length=200), nullable=False),
    sa.ForeignKeyConstraint(["person"], ["person.id"], name="fk_identity_person"),
    sa.PrimaryKeyConstraint("id", name="pk_identity"),
    sa.UniqueConstraint("issuer", "subject", name="uq_identity_issuer_subject"),
)
sa.Table(
    "link",
    tables,
    sa.Column("id", sa.Integer(), nullable=False),
    sa.Column("token", sa.String(length=64), nullable=False),
    sa.Column("person", sa.Integer(), nullable=False),
    sa.Column("at", sa.BigInteger(), nullable=False),
    sa.Column("ends", sa.BigInteger(), nullable=False),
    sa.Column("used", sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(["person"], ["person.id"], name="fk_link_person"),
    sa.PrimaryKeyConstraint("id", name="pk_link"),
    sa.UniqueConstraint("token", name="uq_link_token"),
)
sa.Table(
    "member",
    tables,
    sa.Column("id", sa.Integer(), nullable=False),
    sa.Column("course", sa.Integer(), nullable=False),
    sa.Column("person", sa.Integer(), nullable=False),
    sa.Column("role", sa.Text(), nullable=False),
    sa.Column("section", sa.Text(), nullable=False),
    sa.Column("time_factor", sa.Float(), nullable=False),
    sa.Column("left", sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(["course"], ["course.id"], name="fk_member_course"),
    sa.ForeignKeyConstraint(["person"], ["person.id"], name="fk_member_person"),
    sa.PrimaryKeyConstraint("id", name="pk_member"),
    sa.UniqueConstraint("course", "person", name="uq_member_course_person"),
)
sa.Index("ix_member_person", tables.tables["member"].c.person)
sa.Table(
    "practice",
    tables,
    sa.Column("id", sa.Integer(), nullable=False),
    sa.Column("course", sa.Integer(), nullable=False),
    sa.Column("person", sa.Integer(), nullable=False),
    sa.Column("exercise", sa.String(length=100), nullable=False),
    sa.Column("number", sa.Integer(), nullable=False),
    sa.Column("bank_version", sa.Integer(), nullable=False),
    sa.Column("drawn", sa.Text(), nullable=False),
    sa.Column("answers", sa.Text(), nullable=False),
    sa.Column("marks", sa.Text(), nullable=False),
    sa.Column("told", sa.Integer(), nullable=False),
    sa.Column("at", sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(["bank_version"], ["bank_version.id"], name="fk_practice_bank_version"),
    sa.ForeignKeyConstraint(["course"], ["course.id"], name="fk_practice_course"),
    sa.ForeignKeyConstraint(["person"], ["person.id"], name="fk_practice_person"),
    sa.PrimaryKeyConstraint("id", name="pk_practice"),
    sa.UniqueConstraint(
        "course", "person", "exercise", "number", name="uq_practice_course_person_exercise_number"
    ),
)
sa.Table(
    "quiz",
    tables,
    sa.Column("id", sa.Integer(), nullable=False),
    sa.Column("course", sa.Integer(), nullable=False),
    sa.Column("name", sa.String(length=100), nullable=False),
    sa.Column("title", sa.Text(), nullable=False),
    sa.Column("text", sa.Text(), nullable=False),
    sa.Column("opens", sa.BigInteger(), nullable=True),
    sa.Column("closes", sa.BigInteger(), nullable=True),
    sa.Column("minutes", sa.Integer(), nullable=True),
    sa.Column("attempts", sa.Integer(), nullable=True),
    sa.Column("level", sa.Integer(), nullable=False),
    sa.Column("later", sa.Integer(), nullable=False),
    sa.Column("take", sa.Text(), nullable=False),
    sa.Column("practice", sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(["course"], ["course.id"], name="fk_quiz_course"),
    sa.PrimaryKeyConstraint("id", name="pk_quiz"),
    sa.UniqueConstraint("course", "name", name="uq_quiz_course_name"),
)
sa.Table(
    "session",
    tables,
    sa.Column("id", sa.Integer(), nullable=False),
    sa.Column("token", sa.String(length=64), nullable=False),
    sa.Column("person", sa.Integer(), nullable=False),
    sa.Column("acting_as", sa.Integer(), nullable=True),
    sa.Column("at", sa.BigInteger(), nullable=False),
    sa.Column("ends", sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(["acting_as"], ["person.id"], name="fk_session_acting_as"),
    sa.ForeignKeyConstraint(["person"], ["person.id"], name="fk_session_person"),
    sa.PrimaryKeyConstraint("id", name="pk_session"),
    sa.UniqueConstraint("token", name="uq_session_token"),
)
sa.Table(
    "decision",
    tables,
    sa.Column("id", sa.Integer(), nullable=False),
    sa.Column("quiz", sa.Integer(), nullable=False),
    sa.Column("person", sa.Integer(), nullable=True),
    sa.Column("blank", sa.Text(), nullable=False),
    sa.Column("code", sa.Text(), nullable=False),
    sa.Column("record", sa.Text(), nullable=False),
    sa.Column("withdraws", sa.Integer(), nullable=True),
    sa.Column("by", sa.Integer(), nullable=True),
    sa.Column("at", sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(["by"], ["person.id"], name="fk_decision_by"),
    sa.ForeignKeyConstraint(["person"], ["person.id"], name="fk_decision_person"),
    sa.ForeignKeyConstraint(["quiz"], ["quiz.id"], name="fk_decision_quiz"),
    sa.ForeignKeyConstraint(["withdraws"], ["decision.id"], name="fk_decision_withdraws"),
    sa.PrimaryKeyConstraint("id", name="pk_decision"),
)
sa.Index("ix_decision_quiz", tables.tables["decision"].c.quiz)
sa.Table(
    "override",
    tables,
    sa.Column("id", sa.Integer(), nullable=False),
    sa.Column("quiz", sa.Integer(), nullable=False),
    sa.Column("person", sa.Integer(), nullable=True),
    sa.Column("section", sa.Text(), nullable=False),
    sa.Column("opens", sa.BigInteger(), nullable=True),
    sa.Column("closes", sa.BigInteger(), nullable=True),
    sa.Column("minutes", sa.Integer(), nullable=True),
    sa.Column("attempts", sa.Integer(), nullable=True),
    sa.Column("reason", sa.Text(), nullable=False),
    sa.Column("by", sa.Integer(), nullable=True),
    sa.Column("at", sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(["by"], ["person.id"], name="fk_override_by"),
    sa.ForeignKeyConstraint(["person"], ["person.id"], name="fk_override_person"),
    sa.ForeignKeyConstraint(["quiz"], ["quiz.id"], name="fk_override_quiz"),
    sa.PrimaryKeyConstraint("id", name="pk_override"),
)
sa.Index("ix_override_quiz", tables.tables["override"].c.quiz)
sa.Table(
    "quiz_version",
    tables,
    sa.Column("id", sa.Integer(), nullable=False),
    sa.Column("quiz", sa.Integer(), nullable=False),
    sa.Column("bank_version", sa.Integer(), nullable=False),
    sa.Column("source", sa.Text(), nullable=False),
    sa.Column("secret", sa.Text(), nullable=False),
    sa.Column("at", sa.BigInteger(), nullable=False),
    sa.Column("person", sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(
        ["bank_version"], ["bank_version.id"], name="fk_quiz_version_bank_version"
    ),
    sa.ForeignKeyConstraint(["person"], ["person.id"], name="fk_quiz_version_person"),
    sa.ForeignKeyConstraint(["quiz"], ["quiz.id"], name="fk_quiz_version_quiz"),
    sa.PrimaryKeyConstraint("id", name="pk_quiz_version"),
)
sa.Index("ix_quiz_version_quiz", tables.tables["quiz_version"].c.quiz)
sa.Table(
    "paper",
    tables,
    sa.Column("id", sa.Integer(), nullable=False),
    sa.Column("quiz", sa.Integer(), nullable=False),
    sa.Column("person", sa.Integer(), nullable=False),
    sa.Column("number", sa.Integer(), nullable=False),
    sa.Column("quiz_version", sa.Integer(), nullable=False),
    sa.Column("code", sa.Text(), nullable=False),
    sa.Column("drawn", sa.Text(), nullable=False),
    sa.Column("outline", sa.Text(), nullable=False),
    sa.Column("columns", sa.Text(), nullable=False),
    sa.Column("begun", sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(["person"], ["person.id"], name="fk_paper_person"),
    sa.ForeignKeyConstraint(["quiz"], ["quiz.id"], name="fk_paper_quiz"),
    sa.ForeignKeyConstraint(["quiz_version"], ["quiz_version.id"], name="fk_paper_quiz_version"),
    sa.PrimaryKeyConstraint("id", name="pk_paper"),
    sa.UniqueConstraint("quiz", "person", "number", name="uq_paper_quiz_person_number"),
)
sa.Index("ix_paper_person", tables.tables["paper"].c.person)
sa.Table(
    "appeal_event",
    tables,
    sa.Column("id", sa.Integer(), nullable=False),
    sa.Column("paper", sa.Integer(), nullable=False),
    sa.Column("blank", sa.Text(), nullable=False),
    sa.Column("what", sa.Text(), nullable=False),
    sa.Column("text", sa.Text(), nullable=False),
    sa.Column("by", sa.Integer(), nullable=False),
    sa.Column("at", sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(["by"], ["person.id"], name="fk_appeal_event_by"),
    sa.ForeignKeyConstraint(["paper"], ["paper.id"], name="fk_appeal_event_paper"),
    sa.PrimaryKeyConstraint("id", name="pk_appeal_event"),
)
sa.Index("ix_appeal_event_paper", tables.tables["appeal_event"].c.paper)
sa.Table(
    "draft",
    tables,
    sa.Column("paper", sa.Integer(), nullable=False),
    sa.Column("item", sa.String(length=100), nullable=False),
    sa.Column("answers", sa.Text(), nullable=False),
    sa.Column("version", sa.Integer(), nullable=False),
    sa.Column("at", sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(["paper"], ["paper.id"], name="fk_draft_paper"),
    sa.PrimaryKeyConstraint("paper", "item", name="pk_draft"),
)
sa.Table(
    "submission",
    tables,
    sa.Column("id", sa.Integer(), nullable=False),
    sa.Column("paper", sa.Integer(), nullable=False),
    sa.Column("number", sa.Integer(), nullable=False),
    sa.Column("token", sa.String(length=64), nullable=False),
    sa.Column("answers", sa.Text(), nullable=False),
    sa.Column("digest", sa.String(length=64), nullable=False),
    sa.Column("cause", sa.Text(), nullable=False),
    sa.Column("at", sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(["paper"], ["paper.id"], name="fk_submission_paper"),
    sa.PrimaryKeyConstraint("id", name="pk_submission"),
    sa.UniqueConstraint("paper", "number", name="uq_submission_paper_number"),
    sa.UniqueConstraint("paper", "token", name="uq_submission_paper_token"),
)
sa.Table(
    "marking",
    tables,
    sa.Column("id", sa.Integer(), nullable=False),
    sa.Column("submission", sa.Integer(), nullable=False),
    sa.Column("engine", sa.Text(), nullable=False),
    sa.Column("digest", sa.String(length=64), nullable=False),
    sa.Column("points", sa.Float(), nullable=True),
    sa.Column("out_of", sa.Float(), nullable=False),
    sa.Column("marks", sa.Text(), nullable=False),
    sa.Column("cause", sa.Text(), nullable=False),
    sa.Column("by", sa.Integer(), nullable=True),
    sa.Column("at", sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(["by"], ["person.id"], name="fk_marking_by"),
    sa.ForeignKeyConstraint(["submission"], ["submission.id"], name="fk_marking_submission"),
    sa.PrimaryKeyConstraint("id", name="pk_marking"),
)
sa.Index("ix_marking_submission", tables.tables["marking"].c.submission)


def upgrade() -> None:
    connection = op.get_bind()
    tables.create_all(connection)
    for statement in triggers(tables, ADDED_TO, connection.dialect.name):
        connection.exec_driver_sql(statement)
