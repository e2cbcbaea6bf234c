#!/bin/sh
# Prints where the browsers are that the tests drive: Chromium, Firefox, WebKit. Installs Debian's where one is missing
# and we may. What is then still missing: one line how, exit 1. Chromium without windows does most tests with half the
# work; where there is none, Chromium does them too.
set -eu

first() {
    for name; do
        [ -n "$name" ] && command -v "$name" && return 0
    done
    return 1
}

find_chromium() { first "${CHROMIUM:-}" chromium chromium-browser google-chrome google-chrome-stable; }
find_firefox() { first "${FIREFOX:-}" firefox-esr firefox; }
find_webkit() { first WebKitWebDriver && first Xvfb; }

# The packages of Debian that would bring what is missing
missing() {
    {
        find_chromium || echo "+chromium"
        find_firefox || echo "+firefox-esr"
        find_webkit || echo "+webkit2gtk-driver +xvfb"
    } | tr ' ' '\n' | sed -n 's/^+//p'
}

packages=$(missing)
light=chromium-headless-shell
if ! command -v "$light" >/dev/null && { [ -n "$packages" ] || apt-cache show "$light" >/dev/null 2>&1; }; then
    packages="$light $packages"
fi
if [ -n "$packages" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    log=$(mktemp)
    {
        apt-get update || true
        # One by one: other distributions lack some, and that shall not keep away the rest.
        for package in $packages; do
            DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$package" || true
        done
    } >"$log" 2>&1
    [ -z "$(missing)" ] || tail -n 5 "$log" >&2
    rm -f "$log"
fi
packages=$(missing)
if [ -n "$packages" ]; then
    packages=$(echo "$packages" | tr '\n' ' ')
    echo "Browser fehlen · browsers missing: sudo apt-get install $packages(oder/or CHROMIUM=, FIREFOX=/pfad/path)" >&2
    exit 1
fi
find_chromium && find_firefox && find_webkit
