"""DuckDB (the pip package duckdb): duckdb_peer.py TASK LOG DATABASE

TASK is import-by-expression, import-by-field, route or percentiles.

Prints the seconds that the statement itself took, without the interpreter's start.
"""

import sys
import time

import duckdb

from line_pattern import FIELDS, PATTERN, QUANTILES, route_expression


def quoted(text):
    return "'" + text.replace("'", "''") + "'"


def import_by_expression(database, log):
    """One regular expression over each line."""
    names = ", ".join(quoted(name) for name, _, _ in FIELDS)
    columns = ", ".join(f"CAST(fields.{name} AS {kind}) AS {name}" for name, _, kind in FIELDS)
    lines = (
        f"read_csv({quoted(log)}, columns = {{'line': 'VARCHAR'}}, delim = '\x01', quote = '', escape = '', "
        "header = false, auto_detect = false)"
    )
    run(
        database,
        f"CREATE TABLE requests AS SELECT {columns} FROM "
        f"(SELECT regexp_extract(line, {quoted(PATTERN)}, [{names}]) AS fields FROM {lines})",
    )
    run(database, "CHECKPOINT")


def import_by_field(database, log):
    """As text with spaces for commas, which a gw line happens to be; no check of its shape."""
    types = {name: kind for name, _, kind in FIELDS if name not in REQUEST_PARTS}
    names = list(types)
    names.insert(names.index("status"), "request")
    columns = ", ".join(f"{quoted(name)}: {quoted(types.get(name, 'VARCHAR'))}" for name in names)
    fields = ", ".join(f"{REQUEST_PARTS.get(name, name)} AS {name}" for name, _, _ in FIELDS)
    run(
        database,
        f"CREATE TABLE requests AS SELECT {fields} FROM read_csv({quoted(log)}, columns = {{{columns}}}, "
        "delim = ' ', quote = '\"', escape = '\"', header = false, auto_detect = false)",
    )
    run(database, "CHECKPOINT")


PARTS = ["method", "path", "protocol"]
REQUEST_PARTS = {name: f"split_part(request, ' ', {index})" for index, name in enumerate(PARTS, 1)}


def add_route(database):
    route = route_expression(
        "split_part(path, '?', 1)",
        lambda text, pattern, value: f"regexp_replace({text}, {quoted(pattern)}, {quoted(value)}, 'g')",
    )
    run(database, f"CREATE TABLE routed AS SELECT *, {route} AS route FROM requests")
    run(database, "CHECKPOINT")


def percentiles(database):
    rows = run(
        database,
        f"SELECT method, route, count(*), quantile_disc(duration, {QUANTILES}) "
        "FROM routed WHERE status != 499 GROUP BY method, route ORDER BY method, route",
    )
    for method, route, count, values in rows:
        numbers = [f"{value.normalize():f}" for value in values]
        print(method, route, count, *numbers, sep="\t", file=sys.stderr)


def run(database, statement):
    return database.execute(statement).fetchall()


def main():
    task, log, path = sys.argv[1:]
    database = duckdb.connect(path)
    begin = time.perf_counter()
    if task == "import-by-expression":
        import_by_expression(database, log)
    elif task == "import-by-field":
        import_by_field(database, log)
    elif task == "route":
        add_route(database)
    else:
        percentiles(database)
    print(f"{time.perf_counter() - begin:.3f}")
    database.close()


if __name__ == "__main__":
    main()
