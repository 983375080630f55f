"""Whether exact percentiles by route agree on random nights: percentiles_agree.py [--no-peers] NIGHT HEADROOM [NIGHTS]

For each seed a small night is written and asked for in five ways: a plain sorted list (samples/oracle.py), `headroom
sql`, `headroom show routes`, DuckDB's `quantile_disc` and ClickHouse's `quantilesExact`. NIGHT and HEADROOM are the
built programs. Prints one line a night and ends with 1 when Headroom differs from the sorted list anywhere.

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
SHOWN_KEYS = ["p50_us", None, "p90_us", "p95_us", "p99_us", "p999_us"]
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


def headroom(program, log, log_format, routes, store):
    """What `sql` and `show routes` say, by method and route; the second has no value where samples are few."""
    declared = routes + ".txt"
    with open(routes, encoding="utf-8") as rows, open(declared, "w", encoding="utf-8") as file:
        file.writelines(" ".join(row.split("\t")[:2]) + "\n" for row in rows)
    run(program, "import", "--quiet", "--store", store, "--log-format-from", log_format, "--routes", declared, log)
    levels = ", ".join(f"percentile(duration, {level / 10})" for level in THOUSANDTHS)
    statement = f"SELECT method, route, {levels} FROM requests WHERE status != 499 GROUP BY method, route"
    answer = run(program, "sql", statement, "--store", store, "--format", "csv", "--all").stdout
    exact = {(row[0], row[1]): [int(value) for value in row[2:]] for row in list(csv.reader(io.StringIO(answer)))[1:]}
    answer = json.loads(run(program, "show", "routes", "--all", "--store", store, "--format", "json").stdout)
    shown = {
        (row["method"], row["route"]): (row["samples"], [row.get(key) for key in SHOWN_KEYS])
        for row in answer["routes"]
    }
    return exact, shown


def shown_differences(counts, expected, shown):
    """Differences of the values that `show routes` prints, and how many it prints; a wrong sample count is one."""
    different, compared = 0, 0
    for route, values in expected.items():
        samples, found = shown.get(route, (None, []))
        different += samples != counts[route]
        pairs = [pair for pair in zip(found, values) if pair[0] is not None]
        compared += len(pairs)
        different += sum(own != value for own, value in pairs)
    return different, compared


def differences(expected, found, is_compared=lambda route, thousandths: True):
    return sum(
        value != found.get(route, {index: None for index in range(len(KEYS))})[index]
        for route, values in expected.items()
        for index, value in enumerate(values)
        if is_compared(route, THOUSANDTHS[index])
    )


def compare(night, program, seed, with_peers):
    with tempfile.TemporaryDirectory() as folder:
        log, routes, log_format = (os.path.join(folder, name) for name in ("access.log", "routes.tsv", "format.conf"))
        lines = random.Random(seed).randint(2_000, 60_000)
        run(night, "--lines", str(lines), "--seed", str(seed), "-o", log)
        for option, path in (("--print-routes", routes), ("--print-log-format", log_format)):
            with open(path, "w", encoding="utf-8") as file:
                file.write(run(night, option).stdout)
        counts, expected = sorted_lists(log, routes)
        values = sum(len(row) for row in expected.values())
        exact, shown = headroom(program, log, log_format, routes, os.path.join(folder, "headroom.db"))
        own = differences(expected, exact)
        table, compared = shown_differences(counts, expected, shown)
        others = peers(log, folder, counts, expected) if with_peers else "peers not asked"
        print(
            f"seed {seed}: {lines} lines, {len(expected)} routes, {values} values; different from the sorted list: "
            f"headroom sql {own}, show routes {table} of {compared} shown; {others}",
            flush=True,
        )
        return own + table


def peers(log, folder, counts, expected):
    duck = differences(expected, database("duckdb_peer.py", log, os.path.join(folder, "duckdb")))
    house = differences(
        expected,
        database("clickhouse_peer.py", log, os.path.join(folder, "clickhouse")),
        lambda route, thousandths: counts[route] * thousandths % 1000 != 0,
    )
    return f"DuckDB {duck}, ClickHouse {house}"


def main():
    arguments = [word for word in sys.argv[1:] if word != "--no-peers"]
    night, program, *count = arguments
    with_peers = len(arguments) == len(sys.argv) - 1
    seeds = range(1, int(count[0] if count else 20) + 1)
    wrong = sum(compare(night, program, seed, with_peers) for seed in seeds)
    print(f"{len(seeds)} nights: {wrong} differences from the sorted lists")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
