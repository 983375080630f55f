"""Whether exact percentiles by route agree on random nights: percentiles_agree.py NIGHT HEADROOM [NIGHTS]

For each seed a small night is written and asked for in four ways: a plain sorted list (samples/oracle.py), DuckDB's
`quantile_disc`, ClickHouse's `quantilesExact`, and Headroom. NIGHT and HEADROOM are the built programs. Prints one line
a night and ends with 1 when Headroom differs from the sorted list anywhere.

ClickHouse takes the element at ⌊q·n⌋ counted from zero, which is the nearest rank except where q·n is whole; there it
is one element later, and such values are not compared.
"""

import csv
import io
import json
import os
import random
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ORACLE = os.path.join(HERE, "..", "..", "..", "samples", "oracle.py")
KEYS = ["p50_us", "p75_us", "p90_us", "p95_us", "p99_us", "p99.9_us"]
THOUSANDTHS = [500, 750, 900, 950, 990, 999]


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=300)


def sorted_lists(log, routes):
    rows = json.loads(run(sys.executable, ORACLE, "--routes", routes, log).stdout)["routes"]
    rows = [row for row in rows if "{probe}" not in row["route"]]
    counts = {(row["method"], row["route"]): row["measured"] for row in rows}
    return counts, {(row["method"], row["route"]): [row.get(key) for key in KEYS] for row in rows}


def database(script, log, folder):
    for task in ("import-by-expression", "route"):
        run(sys.executable, os.path.join(HERE, script), task, log, folder)
    answer = run(sys.executable, os.path.join(HERE, script), "percentiles", log, folder).stderr
    rows = [line.split("\t") for line in answer.splitlines() if line.count("\t") > 3]
    return {(row[0], row[1]): [round(float(value) * 1e6) for value in row[3:]] for row in rows}


def headroom(program, log, log_format, store):
    run(program, "import", "--quiet", "--store", store, "--log-format-from", log_format, log)
    if not os.path.exists(store):
        return None
    answer = run(program, "show", "routes", "--exact", "--store", store, "--format", "csv").stdout
    rows = csv.DictReader(io.StringIO(answer))
    return {(row["method"], row["route"]): [int(row[key] or 0) for key in KEYS] for row in rows}


def differences(expected, found, is_compared=lambda route, thousandths: True):
    if found is None:
        return "-"
    return sum(
        value != found.get(route, {index: None for index in range(len(KEYS))})[index]
        for route, values in expected.items()
        for index, value in enumerate(values)
        if is_compared(route, THOUSANDTHS[index])
    )


def compare(night, program, seed):
    with tempfile.TemporaryDirectory() as folder:
        log, routes, log_format = (os.path.join(folder, name) for name in ("access.log", "routes.tsv", "format.conf"))
        lines = random.Random(seed).randint(2_000, 60_000)
        run(night, "--lines", str(lines), "--seed", str(seed), "-o", log)
        for option, path in (("--print-routes", routes), ("--print-log-format", log_format)):
            with open(path, "w", encoding="utf-8") as file:
                file.write(run(night, option).stdout)
        counts, expected = sorted_lists(log, routes)
        values = sum(len(row) for row in expected.values())
        duck = differences(expected, database("duckdb_peer.py", log, os.path.join(folder, "duckdb")))
        house = differences(
            expected,
            database("clickhouse_peer.py", log, os.path.join(folder, "clickhouse")),
            lambda route, thousandths: counts[route] * thousandths % 1000 != 0,
        )
        own = differences(expected, headroom(program, log, log_format, os.path.join(folder, "headroom.db")))
        print(
            f"seed {seed}: {lines} lines, {values} values; different from the sorted list: "
            f"Headroom {own}, DuckDB {duck}, ClickHouse {house}"
        )
        return own


def main():
    night, program, *count = sys.argv[1:]
    wrong = [compare(night, program, seed) for seed in range(1, int(count[0] if count else 20) + 1)]
    sys.exit(1 if any(value != 0 for value in wrong) else 0)


if __name__ == "__main__":
    main()
