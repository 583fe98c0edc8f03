#!/bin/sh
# Installs what building and testing need: Debian packages that are missing, and a private Python
# environment in .venv. Run by `make setup`; takes a moment when nothing is missing. With --packages
# only the former, which is all that a build needs.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
packages_file=$root/Config/setup/debian-packages.txt
requirements=$root/Config/requirements.txt
venv=$root/.venv
stamp=$venv/setup-stamp

say() { printf 'setup: %s\n' "$*"; }
fail() { printf 'setup: %s\n' "$*" >&2; exit 1; }

command -v swift >/dev/null 2>&1 || fail "swift is not on PATH; install Swift 6.2 or later"

# The manifest's tools version would refuse an older one too, in words about the manifest.
version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9][0-9.]*\).*/\1/p')
major=${version%%.*}
minor=${version#*.}
minor=${minor%%.*}
if [ "${major:-0}" -lt 6 ] || { [ "$major" -eq 6 ] && [ "${minor:-0}" -lt 2 ]; }; then
    fail "Swift 6.2 or later is needed; $(command -v swift) is ${version:-of a version it does not say}"
fi

wanted=$(sed -e 's/#.*//' -e '/^[[:space:]]*$/d' "$packages_file")
# One question for all: cheap enough to be asked at every start.
installed=$(dpkg-query -W -f '${Package}=${db:Status-Status} ' $wanted 2>/dev/null || true)

# Some may be there by another way, as nginx-light is by nginx.
is_there() {
    case " $installed" in *" $1=installed "*) return 0 ;; esac
    case "$1" in
        nginx-light) command -v nginx >/dev/null 2>&1 || [ -x /usr/sbin/nginx ] ;;
        haproxy) [ -x /usr/sbin/haproxy ] ;;
        nodejs) command -v node >/dev/null 2>&1 ;;
        wrk) command -v wrk >/dev/null 2>&1 ;;
        postgresql) ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 ;;
        python3 | python3-venv) python3 -c 'import venv, ensurepip' >/dev/null 2>&1 ;;
        *) return 1 ;;
    esac
}

missing=
for package in $wanted; do
    is_there "$package" || missing="$missing $package"
done

if [ -n "$missing" ]; then
    command -v apt-get >/dev/null 2>&1 || fail "these packages are missing, and there is no apt:$missing"
    as_root=
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null 2>&1 \
            || fail "these packages are missing; install them as root:$missing"
        as_root=sudo
    fi
    say "these Debian packages are missing:$missing"
    say "about to run: ${as_root:+sudo }apt-get update, then apt-get install for exactly these"
    $as_root apt-get update -q
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing
fi

[ "${1:-}" != --packages ] || exit 0

fingerprint() {
    { cat "$packages_file" "$requirements" "$0"; python3 --version; } 2>/dev/null | sha256sum
}

if [ -f "$stamp" ] && [ -x "$venv/bin/python" ] && [ "$(cat "$stamp")" = "$(fingerprint)" ]; then
    exit 0
fi

say "making the Python environment in .venv"
if ! [ -x "$venv/bin/python" ] || ! "$venv/bin/python" -c 'import pip' >/dev/null 2>&1; then
    rm -rf "$venv"
    python3 -m venv "$venv"
fi
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-input \
    --require-virtualenv -r "$requirements"

fingerprint >"$stamp"
say "done"
