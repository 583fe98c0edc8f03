#!/bin/sh
# Every test, part by part, each with its time. Run by `make test`; stops at the first part that
# fails. The parts are targets of the Makefile and can be run alone.
set -u

cd "$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)" || exit 1
began=$(date +%s)
times=
beside=

part() {
    started=$(date +%s)
    "${MAKE:-make}" --no-print-directory "$1"
    code=$?
    seconds=$(($(date +%s) - started))
    times="$times$(printf '\ntest: %-14s %4d s' "$1" "$seconds")"
    [ "$code" -eq 0 ] || finish "$1 failed" "$code"
}

# Waits for what was started beside the parts; with its output where it failed.
join() {
    wait "$1" && return
    code=$?
    cat "$2"
    finish "$3 failed" "$code"
}

finish() {
    [ -z "$beside" ] || kill "$beside" 2>/dev/null
    printf '%s\n' "$times"
    printf 'test: %-14s %4d s, %s\n' total "$(($(date +%s) - began))" "$1"
    exit "$2"
}

part setup
part build-tests
# Builds in folders of their own, while the Swift tests wait for their databases.
mkdir -p .build
nice "${MAKE:-make}" --no-print-directory build build-fuzz >.build/beside.log 2>&1 &
beside=$!
part test-swift
started=$(date +%s)
join "$beside" .build/beside.log "build or build-fuzz"
times="$times$(printf '\ntest: %-14s %4d s' 'then build' "$(($(date +%s) - started))")"
beside=
part test-scenarios
part test-fuzz
part test-model
part test-vectors
finish "all passed" 0
