#!/bin/sh
# Installs what building and testing need: Debian packages that are missing, and a private Python
# environment in .venv. Run by `make setup`; quick when nothing has changed since the last time.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
packages_file=$root/Config/setup/debian-packages.txt
requirements=$root/Config/requirements.txt
venv=$root/.venv
stamp=$venv/setup-stamp

say() { printf 'setup: %s\n' "$*"; }
fail() { printf 'setup: %s\n' "$*" >&2; exit 1; }

command -v swift >/dev/null 2>&1 || fail "swift is not on PATH; install Swift 6.2 or later"

wanted() { sed -e 's/#.*//' -e '/^[[:space:]]*$/d' "$packages_file"; }

fingerprint() {
    { cat "$packages_file" "$requirements" "$0"; python3 --version; } 2>/dev/null | sha256sum
}

if [ -f "$stamp" ] && [ -x "$venv/bin/python" ] && [ "$(cat "$stamp")" = "$(fingerprint)" ]; then
    exit 0
fi

missing=
for package in $(wanted); do
    state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
    # A package may be provided by another one, as nginx-light is by nginx.
    case "$package" in
        nginx-light) command -v nginx >/dev/null 2>&1 && state=installed
            [ -x /usr/sbin/nginx ] && state=installed ;;
        haproxy) [ -x /usr/sbin/haproxy ] && state=installed ;;
        nodejs) command -v node >/dev/null 2>&1 && state=installed ;;
        postgresql) ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 && state=installed ;;
        python3 | python3-venv)
            python3 -c 'import venv, ensurepip' >/dev/null 2>&1 && state=installed ;;
    esac
    [ "$state" = installed ] || missing="$missing $package"
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

say "making the Python environment in .venv"
if ! [ -x "$venv/bin/python" ] || ! "$venv/bin/python" -c 'import pip' >/dev/null 2>&1; then
    rm -rf "$venv"
    python3 -m venv "$venv"
fi
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-input \
    --require-virtualenv -r "$requirements"

fingerprint >"$stamp"
say "done"
