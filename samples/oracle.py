#!/usr/bin/env python3
"""Percentiles of a gw-format log by route, the slow and obvious way: every duration in a list, sorted.

usage: oracle.py --routes ROUTES [--keep-client-aborts] LOG…   (`.gz` too, `-` for standard input)

ROUTES is what `night --print-routes` prints: method, template and expression, separated by tabs; the first that fits
wins. Prints JSON: per method and route the count and the nearest-rank percentiles in µs. Requests that ended with 499
are counted but not measured, as their duration is the client's patience, unless `--keep-client-aborts`.
"""

import argparse
import gzip
import json
import re
import sys

PERCENTILES = ["50", "75", "90", "95", "99", "99.9"]

# $msec $remote_addr "$http_x_api_key" $host "$request" $status $bytes_sent $request_length $request_time …
LINE = re.compile(rb'(\d+\.\d{3}) (\S+) "([^"]*)" (\S+) "([^"]*)" (\d{3}) (\d+) (\d+) (\d+)\.(\d{3}) ')


def read_routes(path):
    with open(path, encoding="utf-8") as file:
        rows = [line.rstrip("\n").split("\t") for line in file if line.strip()]
    return [(method, template, re.compile(expression)) for method, template, expression in rows]


def lines(path):
    if path == "-":
        return sys.stdin.buffer
    return gzip.open(path, "rb") if path.endswith(".gz") else open(path, "rb")


class Router:
    """Finds the route of a method and path; remembers the answer for every path it saw."""

    def __init__(self, routes):
        self.routes = routes
        self.known = {}

    def route(self, method, path):
        key = (method, path)
        if key not in self.known:
            fits = (name for verb, name, expression in self.routes if verb == method and expression.match(path))
            self.known[key] = next(fits, "(none)")
        return self.known[key]


def nearest_rank(ordered, percentile):
    """The smallest value with at least this share of the values at or below it, in integer arithmetic."""
    thousandths = round(float(percentile) * 10)
    rank = -(-thousandths * len(ordered) // 1000)
    return ordered[max(rank, 1) - 1]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--routes", required=True)
    parser.add_argument("--keep-client-aborts", action="store_true")
    parser.add_argument("logs", nargs="+")
    options = parser.parse_args()

    router = Router(read_routes(options.routes))
    requests, durations, unread = {}, {}, 0
    for log in options.logs:
        with lines(log) as file:
            for line in file:
                match = LINE.match(line)
                target = match[5].decode("latin-1").split(" ") if match else []
                if len(target) != 3:
                    unread += 1
                    continue
                key = (target[0], router.route(target[0], target[1].split("?")[0]))
                requests[key] = requests.get(key, 0) + 1
                if match[6] != b"499" or options.keep_client_aborts:
                    durations.setdefault(key, []).append(int(match[9]) * 1_000_000 + int(match[10]) * 1000)

    rows = []
    for key in sorted(requests):
        ordered = sorted(durations.get(key, []))
        row = {"method": key[0], "route": key[1], "requests": requests[key], "measured": len(ordered)}
        for percentile in PERCENTILES if ordered else []:
            row[f"p{percentile}_us"] = nearest_rank(ordered, percentile)
        rows.append(row)
    json.dump({"unread": unread, "routes": rows}, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
