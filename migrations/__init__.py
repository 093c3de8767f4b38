"""Alembic migrations; ``insop db upgrade`` runs them."""
