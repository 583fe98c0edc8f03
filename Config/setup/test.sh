#!/bin/sh
# Every test, part by part, each with its time. Run by `make test`; stops at the first part that
# fails. The parts are targets of the Makefile and can be run alone.
set -u

cd "$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)" || exit 1
began=$(date +%s)
times=
beside=
besides=

part() {
    started=$(date +%s)
    "${MAKE:-make}" --no-print-directory "$1"
    code=$?
    seconds=$(($(date +%s) - started))
    times="$times$(printf '\ntest: %-14s %4d s' "$1" "$seconds")"
    [ "$code" -eq 0 ] || finish "$1 failed" "$code"
}

finish() {
    [ -z "$beside" ] || kill "$beside" 2>/dev/null
    printf '%s\n' "$times"
    printf 'test: %-14s %4d s, %s\n' total "$(($(date +%s) - began))" "$1"
    exit "$2"
}

# Runs a target beside the parts, with its output in a file until it is asked for.
beside() {
    mkdir -p .build
    nice "${MAKE:-make}" --no-print-directory "$@" >.build/beside.log 2>&1 &
    beside=$!
    besides="$*"
}

join() {
    started=$(date +%s)
    wait "$beside"
    code=$?
    beside=
    if [ "$code" -ne 0 ]; then
        cat .build/beside.log
        finish "$besides failed" "$code"
    fi
    tail -n 40 .build/beside.log
    times="$times$(printf '\ntest: %-14s %4d s' 'then beside' "$(($(date +%s) - started))")"
}

part packages
beside setup
part build-tests
join
# Tests wait much of the time, for databases and for each other.
beside build-fuzz test-fuzz test-model test-vectors
part test-swift
part test-scenarios
join
finish "all passed" 0
