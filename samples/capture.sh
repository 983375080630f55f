#!/bin/sh
# Captures samples/logs from a real nginx.
#
# Starts the nginx of samples/nginx/gateway.conf on loopback ports 18080 to 18141 with a temporary prefix, small
# servers behind it, sends it a few thousand seeded requests and keeps its access logs. Ends what it started.
#
# usage: sh samples/capture.sh
set -eu

samples=$(cd "$(dirname "$0")" && pwd)
. "$samples/set-up.sh"
install_missing nginx nginx
install_missing python3 python3

prefix=$(mktemp -d)
upstreams=
gateway=

clean_up() {
    for process in $gateway $upstreams; do
        kill "$process" 2> /dev/null || true
        wait "$process" 2> /dev/null || true
    done
    rm -rf "$prefix"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

# The workers run as another user when this runs as root.
chmod 755 "$prefix"
mkdir -p "$prefix/logs" "$prefix/temp"
cp "$samples/nginx/gateway.conf" "$prefix/"

# wait_for FILE: up to five seconds until a file has something in it.
wait_for() {
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        [ -s "$1" ] && return 0
        sleep 0.5
    done
    echo "capture: $1 did not appear" >&2
    return 1
}

timeout 120 python3 "$samples/capture/upstreams.py" > "$prefix/upstreams.out" &
upstreams=$!
wait_for "$prefix/upstreams.out"

nginx -p "$prefix" -c gateway.conf -e logs/error.log -g 'daemon off;' &
gateway=$!
wait_for "$prefix/nginx.pid"
echo "capture: $(nginx -v 2>&1), prefix $prefix" >&2

# A first stretch becomes the rotated log.
timeout 60 python3 "$samples/capture/client.py" 3000 1
for log in combined.log main.log gw.log gateway.jsonl; do
    mv "$prefix/logs/$log" "$prefix/logs/$log.1"
done
kill -USR1 "$gateway"
sleep 1
timeout 60 python3 "$samples/capture/client.py" 960 2
sleep 1

mkdir -p "$samples/logs"
for log in combined.log main.log gw.log gateway.jsonl; do
    cp "$prefix/logs/$log" "$samples/logs/$log"
done
gzip -9 -n -c "$prefix/logs/gw.log.1" > "$samples/logs/gw.log.1.gz"
wc -lc "$samples"/logs/*.log "$samples"/logs/*.jsonl >&2
