"""Migrations of the store. A table whose rows the database guards gets its triggers again when it is rebuilt."""
