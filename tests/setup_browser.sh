#!/bin/sh
# Prints the path of a Chromium; installs Debian's when there is none and we may. Without one: one line how, exit 1.
set -eu

find_chromium() {
    for name in "${CHROMIUM:-}" chromium chromium-browser google-chrome google-chrome-stable; do
        [ -n "$name" ] && command -v "$name" && return 0
    done
    return 1
}

find_chromium && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    log=$(mktemp)
    if { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends chromium; } \
        >"$log" 2>&1; then
        rm -f "$log"
        find_chromium && exit 0
    fi
    tail -n 5 "$log" >&2
    rm -f "$log"
fi
echo "Kein Chromium gefunden · no Chromium found: sudo apt-get install chromium (oder/or CHROMIUM=/pfad/zu/chromium)" >&2
exit 1
