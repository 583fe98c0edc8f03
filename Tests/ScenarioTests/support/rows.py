"""What the database of a fleet holds, each question on a connection of its own."""

import psycopg

from .gateway import Fleet


def rows(fleet: Fleet, statement: str, *values: object) -> list[tuple]:
    """None of a statement that has none; what it changes stays."""
    with psycopg.connect(fleet.database_url) as connection:
        cursor = connection.execute(statement, values or None)
        return cursor.fetchall() if cursor.description else []


def count(fleet: Fleet, statement: str, *values: object) -> int:
    """The one number that it asks for."""
    [(number,)] = rows(fleet, statement, *values)
    return number
