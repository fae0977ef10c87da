"""How Alembic reaches the tables: over the connection that the store hands it, or one of ``DATABASE_URL``."""

from __future__ import annotations

import os

from alembic import context
from sqlalchemy import create_engine

from grader.web import schema

connection = context.config.attributes.get("connection")
if connection is None:
    connection = create_engine(os.environ["DATABASE_URL"]).connect()
context.configure(connection=connection, target_metadata=schema.tables, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
