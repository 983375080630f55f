#!/bin/sh
# Headroom beside its peers on one generated night, in one run: import, store size, exact percentiles, peak memory.
#
# usage: sh Tests/Benchmarks/peers/run.sh [LINES]        4000000 lines of seed 7 unless said otherwise
#
# PEERS_CACHE   folder that keeps the log and the Python environment for the next run; a temporary one otherwise
# PEERS_SKIP    names of peers to leave out, such as "goaccess clickhouse"
#
# Prints a Markdown table. Steps run one after the other; each has a time limit, and one that fails leaves a dash.
set -eu

lines=${1:-4000000}
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
. "$root/samples/set-up.sh"
install_libraries
install_missing python3 python3
[ -x /usr/bin/time ] || install_packages time
case " ${PEERS_SKIP:-} " in *" goaccess "*) ;; *) install_missing goaccess goaccess ;; esac

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
cache=${PEERS_CACHE:-$work}
mkdir -p "$cache"
results="$work/results.tsv"
load=$(cut -d' ' -f1 /proc/loadavg)

# Progress goes to standard error; the table alone to standard output.
say() { echo "peers: $*" >&2; }

# measure STEP SECONDS COMMAND…: runs a command for at most so many seconds and appends step, times and
# peak memory, and the first line that the command printed.
measure() {
    step=$1
    limit=$2
    shift 2
    case " ${PEERS_SKIP:-} " in *" ${step%% *} "*) return 0 ;; esac
    say "$step"
    if timeout "$limit" /usr/bin/time -q -f '%e %U %S %M' -o "$work/time" "$@" > "$work/out" 2> "$work/err"; then
        printf '%s\t%s\t%s\n' "$step" "$(cat "$work/time")" "$(head -n 1 "$work/out")" >> "$results"
    else
        say "$step did not finish: $(tail -n 1 "$work/err")"
    fi
}

# size STEP FILE: appends the bytes of a file.
size() {
    [ -e "$2" ] || return 0
    printf '%s\t0 0 0 0\t%s\n' "$1" "$(wc -c < "$2")" >> "$results"
}

# headroom STEP SECONDS ARGUMENT…: measures the product on $store, and not at all until it writes one.
headroom() {
    task=$1
    most=$2
    shift 2
    measure "headroom $task" "$most" "$bin/headroom" "$@" --store "$store"
    [ -s "$store" ] && return 0
    say "headroom $task left no store: not counted"
    sed -i "/^headroom $task\t/d" "$results"
}

say "building"
swift build --package-path "$root" -c release --product night >&2
swift build --package-path "$root" -c release --product headroom >&2 || say "headroom does not build yet"
bin=$(swift build --package-path "$root" -c release --show-bin-path)

if [ ! -x "$cache/python/bin/python" ]; then
    say "installing chdb and duckdb into $cache/python"
    python3 -m venv "$cache/python"
    timeout 600 "$cache/python/bin/pip" install -q chdb duckdb >&2
fi
python="$cache/python/bin/python"

log="$cache/night-$lines.log"
[ -s "$log" ] || "$bin/night" --lines "$lines" --seed 7 -o "$log"
head -n "$((lines / 10))" "$log" > "$work/tenth.log"
"$bin/night" --print-log-format > "$work/log-format.conf"

measure "wc -l" 60 wc -l "$log"
measure "gzip -1" 300 sh -c 'gzip -1 -c "$1" > "$2"' gzip "$log" "$work/log.gz"
measure "gzip -dc" 300 sh -c 'gzip -dc "$1" | wc -l' gzip "$work/log.gz"

store="$work/headroom.db"
headroom import 600 import --quiet --log-format-from "$work/log-format.conf" "$log"
size "headroom size" "$store"
headroom percentiles 120 show routes --all --format csv
cp "$work/out" "$work/headroom.csv"
store="$work/headroom-gz.db"
headroom import-gz 600 import --quiet --log-format-from "$work/log-format.conf" "$work/log.gz"

measure "clickhouse import" 600 "$python" "$here/clickhouse_peer.py" import-by-expression "$log" "$work/clickhouse"
measure "clickhouse size" 300 "$python" "$here/clickhouse_peer.py" size "$log" "$work/clickhouse"
measure "clickhouse merge" 300 "$python" "$here/clickhouse_peer.py" merge "$log" "$work/clickhouse"
measure "clickhouse route" 600 "$python" "$here/clickhouse_peer.py" route "$log" "$work/clickhouse"
measure "clickhouse percentiles" 120 "$python" "$here/clickhouse_peer.py" percentiles "$log" "$work/clickhouse"
cp "$work/err" "$work/clickhouse.tsv"
measure "clickhouse import-by-field" 600 "$python" "$here/clickhouse_peer.py" import-by-field "$log" "$work/clickhouse-2"

measure "duckdb import" 600 "$python" "$here/duckdb_peer.py" import-by-expression "$log" "$work/duckdb"
size "duckdb size" "$work/duckdb"
measure "duckdb route" 600 "$python" "$here/duckdb_peer.py" route "$log" "$work/duckdb"
measure "duckdb percentiles" 120 "$python" "$here/duckdb_peer.py" percentiles "$log" "$work/duckdb"
cp "$work/err" "$work/duckdb.tsv"
measure "duckdb import-by-field" 600 "$python" "$here/duckdb_peer.py" import-by-field "$log" "$work/duckdb-2"

measure "goaccess tenth" 600 sh "$here/goaccess.sh" "$work/tenth.log" "$work/goaccess.json"
size "gzip size" "$work/log.gz"

"$python" "$here/table.py" "$work" "$log" "$lines" "$load"
