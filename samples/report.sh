#!/bin/sh
# Writes the report of the sample night: two gateways on two days, the second with a slow route, a hot key, an hour
# missing in one log and a deployment that failed, compared with the first and replayed against a candidate.
#
# usage: sh samples/report.sh HEADROOM NIGHT FOLDER     (the two programs, and where night.html and night.md go)
set -eu

headroom=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
night=$(cd "$(dirname "$2")" && pwd)/$(basename "$2")
folder=$(cd "$3" && pwd)
samples=$(cd "$(dirname "$0")" && pwd)

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
# Names in the report are those given here: the same bytes on every machine.
cd "$work"
cp "$samples/nginx/night.conf" now.conf
cp "$samples/nginx/night-candidate.conf" candidate.conf
HEADROOM_STORE=night.db
export HEADROOM_STORE

format=$("$night" --print-log-format --format gw)
for node in gw1 gw2; do
    "$night" --lines 150000 --seed 7 --node "$node" --start 2026-11-20T00:00:00Z --calm -o "$node-20.log"
done
"$night" --lines 150000 --seed 8 --node gw1 --start 2026-11-21T00:00:00Z -o gw1-21.log \
    --fault slow-route:/v1/orders@03:00-04:00 --fault hot-key:0@13:00-13:30
"$night" --lines 150000 --seed 8 --node gw2 --start 2026-11-21T00:00:00Z -o gw2-21.log \
    --fault slow-route:/v1/orders@03:00-04:00 --fault hot-key:0@13:00-13:30 --fault missing-hour@05:00-06:00
for node in gw1 gw2; do
    "$headroom" import --quiet --log-format "$format" --node "$node" "$node-20.log" "$node-21.log" > /dev/null
done
"$headroom" report --since 2026-11-21 --until 2026-11-22 --compare-to 2026-11-20..2026-11-21 \
    --config now.conf --config candidate.conf --html "$folder/night.html" --markdown "$folder/night.md"
