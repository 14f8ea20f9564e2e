#!/bin/bash
# SPDX-License-Identifier: MIT
# Runs every benchmark with next to no work: that it does what it is for, not how fast. In
# TEST_BUILD: where it was built (.), in BENCHES: the programs.
set -u
export LC_ALL=C

cd "${TEST_BUILD:-.}" || exit 1
faults=0
found=0

for program in ${BENCHES:-}; do
    found=$((found + 1))
    if ! said=$("./$program" -q 2>&1); then
        printf '%s failed: %s\n' "$program" "$said"
        faults=$((faults + 1))
    elif ! grep -qE ' [0-9.]+ to [0-9.]+$' <<<"$said"; then
        printf '%s printed no table: %s\n' "$program" "$said"
        faults=$((faults + 1))
    fi
done
if ((found == 0)); then
    printf 'no benchmark was named\n'
    faults=1
fi
printf '%d benchmarks, %d faults\n' "$found" "$faults"
((faults == 0))
