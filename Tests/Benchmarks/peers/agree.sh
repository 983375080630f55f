#!/bin/sh
# Whether exact percentiles agree with DuckDB and ClickHouse on 20 generated nights; see percentiles_agree.py.
#
# usage: sh Tests/Benchmarks/peers/agree.sh [NIGHTS]
#
# Takes the release builds. The peers come from pip, by name, into PEERS_CACHE or .build/peers; where they cannot be
# had within two minutes it says so and ends with 0.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
bin="$here/../../../.build/release"
cache=${PEERS_CACHE:-"$here/../../../.build/peers"}
python="$cache/python/bin/python"

if ! "$python" -c 'import chdb, duckdb' > /dev/null 2>&1; then
    mkdir -p "$cache"
    if ! python3 -m venv "$cache/python" > /dev/null 2>&1 \
        || ! timeout 120 "$cache/python/bin/pip" install -q chdb duckdb > /dev/null 2>&1; then
        echo "SKIPPED: agreement with DuckDB and ClickHouse (python3 with venv, or the packages chdb and duckdb, are missing)"
        exit 0
    fi
fi
timeout 600 "$python" "$here/percentiles_agree.py" "$bin/night" "$bin/headroom" "${1:-20}"
