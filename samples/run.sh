#!/bin/sh
# Builds Headroom and shows it on the logs of a real nginx (samples/logs): imports them, prints the routes, replays them
# under the configuration that wrote them and under a candidate, finds the smallest safe limit, and writes reports/.
#
# usage: sh samples/run.sh
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
. "$root/samples/set-up.sh"
install_libraries

cd "$root"
swift build -c release --product headroom
swift build -c release --product night
programs=$(swift build -c release --show-bin-path)
headroom="$programs/headroom"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
HEADROOM_STORE="$work/night.db"
export HEADROOM_STORE

# The other files in samples/logs are the same requests in other formats; one view of them is enough.
"$headroom" import --log-format-from samples/nginx/gateway.conf samples/logs/gw.log samples/logs/gw.log.1.gz
"$headroom" show routes
# How well a replay gives what that nginx really decided, then the question itself.
"$headroom" calibrate --config samples/nginx/gateway.conf
"$headroom" simulate --config samples/nginx/gateway.conf --config samples/nginx/candidate.conf --top 5
"$headroom" limits --key consumer --rates 50r/s,75r/s,100r/s,150r/s --recommend --tolerate 0.1% --for nginx
mkdir -p reports
"$headroom" show routes --format markdown -o reports/routes.md
"$headroom" simulate --config samples/nginx/gateway.conf --config samples/nginx/candidate.conf --format markdown \
    -o reports/simulation.md
sh samples/report.sh "$headroom" "$programs/night" reports
echo "wrote reports/routes.md, reports/simulation.md, reports/night.html and reports/night.md" >&2
