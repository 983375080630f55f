#!/bin/sh
# Builds Headroom and shows it on the logs of a real nginx (samples/logs): imports them, prints the routes, and
# writes reports/routes.md.
#
# usage: sh samples/run.sh
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
. "$root/samples/set-up.sh"
install_libraries

cd "$root"
swift build -c release --product headroom
headroom="$(swift build -c release --show-bin-path)/headroom"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
HEADROOM_STORE="$work/night.db"
export HEADROOM_STORE

# The other files in samples/logs are the same requests in other formats; one view of them is enough.
"$headroom" import --log-format-from samples/nginx/gateway.conf samples/logs/gw.log samples/logs/gw.log.1.gz
"$headroom" show routes
mkdir -p reports
"$headroom" show routes --format markdown -o reports/routes.md
echo "wrote reports/routes.md" >&2
