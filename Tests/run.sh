#!/bin/sh
# Builds Headroom and runs every test; ends with swift's own summary.
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
swift test "$@"
