#!/bin/bash
# SPDX-License-Identifier: MIT
# Compares what the child's object file calls with the list in tests/house/child_symbols: between
# fork and exec only async-signal-safe calls are allowed. In TEST_SOURCE: the project (.), in
# TEST_BUILD: where it was built (.), in NM: nm.
set -u -o pipefail
export LC_ALL=C

source=${TEST_SOURCE:-.}
build=${TEST_BUILD:-.}
list=$source/tests/house/child_symbols
nm=${NM:-nm}

fail()
{
    printf '%s\n' "$1"
    exit 1
}

if ! command -v "$nm" >/dev/null; then
    printf 'skipped: no %s\n' "$nm"
    exit 77
fi
[[ -f $list ]] || fail "there is no $list"
object=$build/src/process/libchild_a-child.o
[[ -f $object ]] || fail "there is no $object: build first"
symbols=$("$nm" -u "$object" | awk '{ print $2 }') || fail "$nm cannot read $object"

faults=0
found=0
for symbol in $symbols; do
    case $symbol in
    __asan_* | __ubsan_*) continue ;; # the sanitizers' own
    esac
    found=$((found + 1))
    if ! grep -qxF -- "$symbol" "$list"; then
        printf '%s: %s is not in %s\n' "$object" "$symbol" "$list"
        faults=$((faults + 1))
    fi
done
# An object that calls nothing is not the child's.
grep -qx execve <<<"$symbols" || fail "$object does not call execve"
printf '%d symbols, %d faults\n' "$found" "$faults"
((faults == 0))
