"""The gw line as both database peers read it, so that they read the same: names, types and one expression."""

# Field, ClickHouse type, DuckDB type; in the order of the line, the request split into its three parts.
FIELDS = [
    ("time", "DateTime64(3, 'UTC')", "DECIMAL(14,3)"),
    ("client", "IPv4", "VARCHAR"),
    ("consumer", "LowCardinality(String)", "VARCHAR"),
    ("host", "LowCardinality(String)", "VARCHAR"),
    ("method", "LowCardinality(String)", "VARCHAR"),
    ("path", "String", "VARCHAR"),
    ("protocol", "LowCardinality(String)", "VARCHAR"),
    ("status", "UInt16", "USMALLINT"),
    ("bytes_out", "UInt32", "UINTEGER"),
    ("bytes_in", "UInt32", "UINTEGER"),
    ("duration", "Decimal(9, 3)", "DECIMAL(9,3)"),
    ("upstream_duration", "String", "VARCHAR"),
    ("upstream", "LowCardinality(String)", "VARCHAR"),
    ("upstream_status", "LowCardinality(String)", "VARCHAR"),
    ("cache", "LowCardinality(String)", "VARCHAR"),
    ("rate_limit", "LowCardinality(String)", "VARCHAR"),
    ("referer", "LowCardinality(String)", "VARCHAR"),
    ("user_agent", "LowCardinality(String)", "VARCHAR"),
]

PATTERN = (
    r'^(\S+) (\S+) "([^"]*)" (\S+) "(\S+) (\S+) (\S+)" (\d+) (\d+) (\d+) (\S+) '
    r'"([^"]*)" "([^"]*)" "([^"]*)" (\S+) (\S+) "([^"]*)" "([^"]*)"$'
)

# The route of a path without its query, by replacing what varies; the order matters.
ROUTE_STEPS = [
    (r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "{uuid}"),
    (r"[0-9]{4}-[0-9]{2}-[0-9]{2}", "{date}"),
    (r"[0-9a-f]{11}[0-9]", "{hash}"),
    (r"/[0-9]+", "/{int}"),
]

QUANTILES = [0.5, 0.75, 0.9, 0.95, 0.99, 0.999]


def route_expression(path, replace):
    """Nested calls that turn the SQL expression `path` into a route; `replace` writes one of them."""
    for pattern, value in ROUTE_STEPS:
        path = replace(path, pattern, value)
    return path
