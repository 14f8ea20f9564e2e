#!/bin/bash
# SPDX-License-Identifier: MIT
# Gives every kept input to its target again.
set -u
for source in "${TEST_SOURCE:-.}"/tests/fuzz/fuzz_*.c; do
    target=$(basename "$source" .c)
    echo "$target"
    "${TEST_BUILD:-.}/tests/fuzz/$target" "${TEST_SOURCE:-.}/tests/fuzz/corpus/${target#fuzz_}"/* || exit 1
done
