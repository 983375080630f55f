#!/bin/sh
# Every night: import what is new, write the report of the last day, hold it against the rules.
#
#   headroom-nightly.sh [IMPORT OPTION…] LOG…
#
# HEADROOM_STORE    the store                     (/var/lib/headroom/gateway.db)
# HEADROOM_RULES    rules for 'headroom check'    (/etc/headroom/rules.json; without the file nothing is checked)
# HEADROOM_REPORTS  where reports go              (/var/lib/headroom/reports)
# HEADROOM_SINCE    what a night is               (1d)
# HEADROOM_BEFORE   what it is compared with      (previous)
# HEADROOM          the program                   (headroom)
#
# A report is called after the day of its newest request, not after the clock: running again writes the same bytes
# again. Every file appears whole or not at all. Exit 0: done and every rule kept; 1: a rule is broken, the reasons are on
# standard output and in DAY.check.txt; 2 and more: something went wrong, and 'latest' links stay as they were.
set -eu

headroom=${HEADROOM:-headroom}
store=${HEADROOM_STORE:-/var/lib/headroom/gateway.db}
rules=${HEADROOM_RULES:-/etc/headroom/rules.json}
reports=${HEADROOM_REPORTS:-/var/lib/headroom/reports}
since=${HEADROOM_SINCE:-1d}
before=${HEADROOM_BEFORE:-previous}

if [ $# -eq 0 ]; then
  echo "usage: headroom-nightly.sh [IMPORT OPTION…] LOG…" >&2
  exit 2
fi

umask 027
mkdir -p "$reports"
# One run at a time: a second one waits here for the folder and gives up.
lock=$reports/.running
if ! mkdir "$lock" 2>/dev/null; then
  echo "headroom-nightly: another run is at work, or was killed: remove $lock then" >&2
  exit 4
fi
trap 'rmdir "$lock"' EXIT
trap 'exit 130' HUP INT TERM

"$headroom" import --store "$store" --quiet "$@" >"$reports/.import.txt.partial"
mv "$reports/.import.txt.partial" "$reports/import.txt"

day=$("$headroom" sql --store "$store" --format csv \
  "SELECT strftime('%Y-%m-%d', max(last_arrival) / 1000000, 'unixepoch') AS day FROM sources" | tr -d '\r"' | tail -n 1)
case $day in
  [0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]) ;;
  *) echo "headroom-nightly: the store has no requests" >&2; exit 3 ;;
esac

# The program writes each file beside its name first and renames it.
set -- report --store "$store" --quiet --since "$since" --compare-to "$before"
[ ! -e "$rules" ] || set -- "$@" --mutes "$rules"
"$headroom" "$@" --html "$reports/$day.html" --markdown "$reports/$day.md"

status=0
if [ -e "$rules" ]; then
  "$headroom" check --store "$store" --quiet --since "$since" --compare-to "$before" --rules "$rules" \
    --junit "$reports/$day.junit.xml" -o "$reports/$day.check.txt" || status=$?
  [ "$status" -le 1 ] || exit "$status"
fi

link() {
  ln -sf "$1" "$reports/.link.partial" && mv -f "$reports/.link.partial" "$reports/$2"
}
link "$day.html" latest.html
link "$day.md" latest.md
if [ -e "$reports/$day.check.txt" ]; then
  link "$day.check.txt" latest.check.txt
  [ "$status" -eq 0 ] || cat "$reports/$day.check.txt"
fi
exit "$status"
