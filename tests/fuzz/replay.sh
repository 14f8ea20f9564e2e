#!/bin/bash
# SPDX-License-Identifier: MIT
# Gives every kept input to its reader again.
set -u
for target in splitter yaml; do
    "${TEST_BUILD:-.}/tests/fuzz/replay_$target" "${TEST_SOURCE:-.}/tests/fuzz/corpus/$target" || exit 1
done
