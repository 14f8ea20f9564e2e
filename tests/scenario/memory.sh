#!/bin/bash
# SPDX-License-Identifier: MIT
# Memory that is not to be had while a configuration is read: one line, status 1, nothing started.
. "$(dirname "$0")/lib.sh"
ulimit -c 0

# Sanitizers end a program that gets no memory in their own way, reserve terabytes of addresses, and
# want to be loaded before any other library.
is_sanitized && skip "memory that runs out is the sanitizers' own"

works=0 ended=0

# expect_good_end STATUS PATTERN: either it did what it was to do, or there is that one line of ours.
expect_good_end()
{
    case $1 in
    0)
        works=$((works + 1))
        expect_line "$2"
        ;;
    1)
        ended=$((ended + 1))
        [[ $(<"$LOG") == "helperd: out of memory, ending" ]] || fail "other words than ours"
        ;;
    *) fail "it ended with status $1" ;;
    esac
}

# Neither of the two ends stands for all.
expect_both_ends()
{
    ((works > 0 && ended > 0)) || fail "$works tries worked, and $ended had no memory"
    works=0 ended=0
}

step "single allocations of a small configuration"
cat >"$T/small.yaml" <<YAML
include: more*.yaml
defaults: {backoff: {initial: 10ms}}
helpers:
  a:
    command: "echo \$HOME | cat"
    environment: {A: "1.5", B: two}
    env_file: small.env
    log: {rules: [{match: "err(or)?|panic", level: error}, {match: "^x", drop: true}]}
    start_limit: {burst: 3, interval: 1.5s}
YAML
echo 'helpers: {b: {command: [true], depends_on: [a], stop_signal: SIGINT}}' >"$T/more.yaml"
echo 'X=1' >"$T/small.env"
for ((number = 1; works < 3; number += number < 20 ? 1 : 7)); do
    ((number < 5000)) || fail "there is no end of allocations"
    timeout "$END_LIMIT" env LD_PRELOAD="$PROGRAMS/fail_calls.so" FAIL_ALLOCATION=$number \
        "$HELPERD" --check -c "$T/small.yaml" >"$LOG" 2>&1
    expect_good_end $? 'no errors, 2 helpers'
done
expect_both_ends

step "all memory from some point on, in a large configuration"
{
    echo 'helpers:'
    for ((i = 0; i < 10000; i++)); do
        echo "  h$i: {command: [/bin/true, x$i], restart: never, environment: {A: x$i}, log: {rules: [{match: 'e$i', level: error}]}}"
    done
} >"$T/large.yaml"
for size in 16 32 48 64 256; do # MiB
    (ulimit -v $((size * 1024)) && exec timeout "$END_LIMIT" "$HELPERD" --check -c "$T/large.yaml") >"$LOG" 2>&1
    expect_good_end $? 'no errors, 10000 helpers'
done
expect_both_ends

step "it is no other where it is to run them"
for size in 16 48; do
    (ulimit -v $((size * 1024)) && exec timeout "$END_LIMIT" "$HELPERD" --dev -c "$T/large.yaml") >"$LOG" 2>&1
    expect_good_end $? 'started'
done
((ended == 2)) || fail "it ran"
expect_no_process_left
