"""Prints what run.sh measured as Markdown: table.py FOLDER LOG LINES LOAD"""

import csv
import os
import platform
import sys
from typing import NamedTuple

# Row, its step in the results, how many times its measured work fits into the whole log.
IMPORTS = [
    ("`wc -l`", "wc -l", 1),
    ("`gzip -1`", "gzip -1", 1),
    ("`gzip -dc \\| wc -l`", "gzip -dc", 1),
    ("**Headroom import**", "headroom import", 1),
    ("Headroom import of the `.gz`", "headroom import-gz", 1),
    ("ClickHouse, expression → table", "clickhouse import", 1),
    ("ClickHouse, split at spaces → table", "clickhouse import-by-field", 1),
    ("DuckDB, expression → table", "duckdb import", 1),
    ("DuckDB, split at spaces → table", "duckdb import-by-field", 1),
    ("GoAccess, a tenth of the log × 10", "goaccess tenth", 10),
]
SIZES = [
    ("**Headroom**", "headroom size"),
    ("ClickHouse, as imported (LZ4)", "clickhouse size"),
    ("ClickHouse, after merging (ZSTD when large), time not counted", "clickhouse merge"),
    ("DuckDB", "duckdb size"),
    ("`gzip -1`", "gzip size"),
]
# The databases' values in their order; Headroom prints no p75.
VALUES = ["p50_us", None, "p90_us", "p95_us", "p99_us", "p999_us"]
QUERIES = [
    ("**Headroom**, whole process", "headroom percentiles"),
    ("ClickHouse, statement", "clickhouse percentiles"),
    ("DuckDB, statement", "duckdb percentiles"),
]


class Step(NamedTuple):
    """What /usr/bin/time saw of one step, in seconds and KiB, and the first line that it printed."""

    wall: float
    processor: float
    peak: int
    said: str


NOT_RUN = Step(0, 0, 0, "0")


def read_results(path):
    results = {}
    with open(path, encoding="utf-8") as file:
        for line in file:
            step, seen, said = line.rstrip("\n").split("\t")
            wall, user, system, peak = seen.split()
            results[step] = Step(float(wall), float(user) + float(system), int(peak), said)
    return results


def seconds(results, step):
    """What the peer says its statement took, without its interpreter's start; else the whole process."""
    seen = results.get(step, NOT_RUN)
    return float(seen.said) if step.split()[0] in ("clickhouse", "duckdb") else seen.wall


def ratio(value, base):
    return f"{value / base:.1f}×" if value and base else "–"


def number(value, form):
    return form.format(value) if value else "–"


def print_row(*cells):
    print("|", " | ".join(cells), "|")


def print_imports(results, log_bytes, lines):
    base = seconds(results, "headroom import")
    print("| import | s | MB/s | M lines/s | of Headroom's time | CPU s | peak RSS |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    for name, step, scale in IMPORTS:
        seen = results.get(step, NOT_RUN)
        took = seconds(results, step) * scale
        rates = f"{log_bytes / took / 1e6:.0f} | {lines / took / 1e6:.2f}" if took else "– | –"
        processor_time = number(seen.processor * scale, "{:.1f}")
        peak = number(seen.peak / 1024, "{:.0f} MiB")
        print_row(name, number(took, "{:.2f}"), rates, ratio(took, base), processor_time, peak)


def print_sizes(results, log_bytes):
    base = int(results.get("headroom size", NOT_RUN).said)
    print("\n| store of the same fields | MB | of the log | of Headroom's |\n|---|---:|---:|---:|")
    for name, step in SIZES:
        size = int(results.get(step, NOT_RUN).said)
        share = number(100 * size / log_bytes, "{:.1f} %")
        print_row(name, number(size / 1e6, "{:.1f}"), share, ratio(size, base))


def print_queries(results):
    base = seconds(results, "headroom percentiles")
    print("\n| exact p50 … p99.9 of every route, cold process | s | of Headroom's time | peak RSS |")
    print("|---|---:|---:|---:|")
    for name, step in QUERIES:
        took = seconds(results, step)
        peak = results.get(step, NOT_RUN).peak
        print_row(name, number(took, "{:.3f}"), ratio(took, base), number(peak / 1024, "{:.0f} MiB"))


def database_answer(path):
    """Requests and values in seconds, by method and route, out of a database's tab-separated answer."""
    with open(path, encoding="utf-8") as file:
        rows = [line.rstrip("\n").split("\t") for line in file if line.count("\t") > 3]
    return {(row[0], row[1]): [float(value) for value in row[2:]] for row in rows}


def headroom_answer(path):
    """The same out of Headroom's CSV; empty until it prints one."""
    with open(path, encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row.get("p999_us")]
    return {
        (row["method"], row["route"]): [int(row["requests"])] + [int(row[key]) / 1e6 if key else None for key in VALUES]
        for row in rows
    }


def agreement(name, answer, reference):
    """How many values of an answer equal the reference's, over the routes that both have."""
    pairs = [(a, b) for key in answer.keys() & reference.keys() for a, b in zip(answer[key][1:], reference[key][1:]) if a is not None]
    apart = [abs(a - b) for a, b in pairs if abs(a - b) > 1e-9]
    equal = f"{len(pairs) - len(apart)} of {len(pairs)} values equal DuckDB's"
    return f"{name}: {equal}, the others are at most {max(apart, default=0):.3f} s apart"


def processor():
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        models = [line.split(":", 1)[1].strip() for line in file if line.startswith("model name")]
    return models[0] if models else platform.processor()


def main():
    folder, log, lines, load = sys.argv[1:]
    results, log_bytes = read_results(os.path.join(folder, "results.tsv")), os.path.getsize(log)
    import chdb
    import duckdb

    print(f"{processor()}, {os.cpu_count()} cores, load {load} before and {os.getloadavg()[0]:.1f} after; ", end="")
    print(f"chdb {chdb.__version__} (ClickHouse {chdb.engine_version}), duckdb {duckdb.__version__}; ", end="")
    print(f"{int(lines):,} lines, {log_bytes / 1e6:,.0f} MB, in the page cache.\n")
    print_imports(results, log_bytes, int(lines))
    print_sizes(results, log_bytes)
    print_queries(results)
    print(
        "\nHeadroom's times are whole processes; the databases' are the statements alone, without the\n"
        "interpreter's start. Headroom learns its routes while it imports. The databases get their\n"
        "routes afterwards from four expressions in SQL, which no row above counts. `split at spaces` works because\n"
        "a gw line happens to be quoted like CSV; it checks no line's shape. Requests with status 499 are left out of\n"
        "the percentiles everywhere. Every step ran once."
    )
    reference = database_answer(os.path.join(folder, "duckdb.tsv"))
    print("\n" + agreement("ClickHouse", database_answer(os.path.join(folder, "clickhouse.tsv")), reference) + ".")
    print(agreement("Headroom", headroom_answer(os.path.join(folder, "headroom.csv")), reference) + ".")


if __name__ == "__main__":
    main()
