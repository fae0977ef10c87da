"""Hints that were opened in practice."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0002", "0001"


def upgrade() -> None:
    added = sa.Column("hints", sa.Text(), nullable=False, server_default="{}")
    op.add_column("practice", added)
