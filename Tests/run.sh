#!/bin/sh
# Builds Headroom, compares its percentiles with other engines where they can be had, and runs every test; ends with
# swift's own summary.
#
# usage: sh Tests/run.sh [arguments of swift test]
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
. "$root/samples/set-up.sh"
install_libraries

cd "$root"
# Acceptance tests run the release builds.
swift build -c release --product headroom
swift build -c release --product night
# The same percentiles from engines of other people; only with all tests, and only where pip finds them.
agreement=0
[ $# -gt 0 ] || sh Tests/Benchmarks/peers/agree.sh 20 || agreement=$?
case "$*" in
    "" | *Browser*) install_browser ;;
esac
# Real gateways for the proof tests, likewise; a test whose gateway is not there is skipped.
case "$*" in
    "" | *Proof*)
        HEADROOM_GATEWAYS=${HEADROOM_GATEWAYS:-"$root/.build/gateways"}
        export HEADROOM_GATEWAYS
        install_gateways "$HEADROOM_GATEWAYS"
        ;;
esac
if [ $# -gt 0 ]; then
    exec swift test "$@"
fi
failed=0
swift test --skip ProofTests || failed=$?
# By themselves: a gateway that waits for a core decides later than its log says it did.
swift test --skip-build --filter ProofTests || failed=$?
[ "$agreement" -eq 0 ] || exit "$agreement"
exit "$failed"
