"""ClickHouse, embedded (the pip package chdb): clickhouse_peer.py TASK LOG FOLDER

TASK is import-by-expression, import-by-field, size, merge, route or percentiles.

Prints the seconds that the statement itself took, without the interpreter's start.
"""

import sys
import time

from chdb import session

from line_pattern import FIELDS, PATTERN, QUANTILES, route_expression

TYPES = ", ".join(f"{name} {kind}" for name, kind, _ in FIELDS)


def quoted(text):
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def create_table(database):
    database.query("CREATE DATABASE night ENGINE = Atomic")
    database.query(f"CREATE TABLE night.requests ({TYPES}) ENGINE = MergeTree ORDER BY time")


def import_by_expression(database, log):
    """One regular expression over each line; faster here than the `Regexp` input format."""
    create_table(database)
    casts = [f"CAST(field[{index}] AS {kind})" for index, (_, kind, _) in enumerate(FIELDS, 1)]
    casts[0] = "toDateTime64(toDecimal64(field[1], 3), 3, 'UTC')"
    timed(
        database,
        f"INSERT INTO night.requests SELECT {', '.join(casts)} FROM ("
        f"SELECT extractGroups(line, {quoted(PATTERN)}) AS field "
        f"FROM file({quoted(log)}, 'LineAsString', 'line String'))",
    )


def import_by_field(database, log):
    """As text with spaces for commas, which a gw line happens to be; no check of its shape."""
    create_table(database)
    types = TYPES.replace(REQUEST_TYPES, "request String")
    names = [REQUEST_PARTS.get(name, name) for name, _, _ in FIELDS]
    timed(
        database,
        f"INSERT INTO night.requests SELECT {', '.join(names)} FROM "
        f"file({quoted(log)}, 'CustomSeparated', {quoted(types)}) "
        "SETTINGS format_custom_field_delimiter = ' ', format_custom_escaping_rule = 'CSV'",
    )


PARTS = ["method", "path", "protocol"]
REQUEST_TYPES = ", ".join(f"{name} {kind}" for name, kind, _ in FIELDS if name in PARTS)
REQUEST_PARTS = {name: f"splitByChar(' ', request)[{index}]" for index, name in enumerate(PARTS, 1)}


def add_route(database):
    route = route_expression(
        "path(path)",
        lambda text, pattern, value: f"replaceRegexpAll({text}, {quoted(pattern)}, {quoted(value)})",
    )
    timed(
        database,
        "CREATE TABLE night.routed ENGINE = MergeTree ORDER BY time AS "
        f"SELECT *, CAST({route} AS LowCardinality(String)) AS route FROM night.requests",
    )


def print_size(database):
    """Bytes of the table; parts that a merge replaced are not held against it."""
    parts = "FROM system.parts WHERE active AND database = 'night' AND table = 'requests'"
    print(str(database.query(f"SELECT sum(bytes_on_disk) {parts}", "TSV")).strip())


def percentiles(database):
    levels = ", ".join(map(str, QUANTILES))
    values = f"arrayStringConcat(arrayMap(x -> toString(x), quantilesExact({levels})(duration)), '\t')"
    timed(
        database,
        f"SELECT method, route, count(), {values} "
        "FROM night.routed WHERE status != 499 GROUP BY method, route ORDER BY method, route",
        "TSVRaw",
    )


def timed(database, statement, output="Null"):
    begin = time.perf_counter()
    result = database.query(statement, output)
    print(f"{time.perf_counter() - begin:.3f}")
    if output != "Null":
        sys.stderr.write(str(result))


def main():
    task, log, folder = sys.argv[1:]
    database = session.Session(folder)
    if task == "import-by-expression":
        import_by_expression(database, log)
    elif task == "import-by-field":
        import_by_field(database, log)
    elif task == "merge":
        # Also changes the codec of the one part that is left from LZ4 to ZSTD.
        database.query("OPTIMIZE TABLE night.requests FINAL")
        print_size(database)
    elif task == "size":
        print_size(database)
    elif task == "route":
        add_route(database)
    else:
        percentiles(database)


if __name__ == "__main__":
    main()
