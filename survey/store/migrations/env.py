"""Alembic's entry: works inside the transaction that :mod:`survey.store.migrate` opened."""

from alembic import context

from survey.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
context.run_migrations()
