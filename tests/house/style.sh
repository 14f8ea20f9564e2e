#!/bin/bash
# SPDX-License-Identifier: MIT
# What a formatter cannot see: licence lines, lengths, leftovers, and that every suite of unit
# tests is run. In TEST_SOURCE: the project (.).
set -u
export LC_ALL=C

cd "${TEST_SOURCE:-.}" || exit 1
longest=500 # lines of a file in src
faults=0

fault()
{
    printf '%s\n' "$1"
    faults=$((faults + 1))
}

# fault_lines WHAT PATTERN FILE...: each line that matches is a fault.
fault_lines()
{
    local what=$1 pattern=$2 line
    shift 2
    while read -r line; do
        fault "${line%%:*}:$(cut -d : -f 2 <<<"$line"): $what"
    done < <(grep -HnE -- "$pattern" "$@" </dev/null)
}

check_licence()
{
    local file first
    for file in "${code[@]}"; do
        read -r first <"$file"
        [[ $first == '// SPDX-License-Identifier: MIT' ]] || fault "$file: does not start with the SPDX line"
    done
    for file in "${scripts[@]}"; do
        head -n 2 "$file" | grep -qx '# SPDX-License-Identifier: MIT' ||
            fault "$file: the SPDX line is not among its first two"
    done
}

check_length()
{
    local file lines
    for file in "${code[@]}"; do
        [[ $file == src/* ]] || continue
        lines=$(wc -l <"$file")
        ((lines <= longest)) || fault "$file: $lines lines, more than $longest"
    done
}

check_text()
{
    # The brackets keep this very line from being found.
    fault_lines 'a promise instead of code' '\b(TO[D]O|FIX[M]E|X[X]X)\b' "${code[@]}" "${scripts[@]}"
    fault_lines 'blanks at the end' '[[:blank:]]+$' "${code[@]}" "${scripts[@]}"
    LC_ALL=C.UTF-8 fault_lines 'more than 100 columns' '.{101,}' "${code[@]}"
    fault_lines 'a tab' $'\t' "${code[@]}"
    fault_lines 'a carriage return' $'\r' "${code[@]}" "${scripts[@]}"
}

# A trap for EXIT of a scenario's own would replace the one of lib.sh, which keeps the exit status.
check_traps()
{
    local file scenarios=()
    for file in "${scripts[@]}"; do
        [[ $file != tests/scenario/* || $file == tests/scenario/lib.sh ]] || scenarios+=("$file")
    done
    fault_lines 'a trap of its own for EXIT: define undo' '\btrap .*\bEXIT\b' "${scenarios[@]}"
}

# compare_suites LEFT RIGHT LEFT_NAMES RIGHT_NAMES: what is in one list only is a fault.
compare_suites()
{
    local suite
    for suite in $(comm -23 <(printf '%s\n' "$3") <(printf '%s\n' "$4")); do
        fault "$suite is in $1, but not in $2"
    done
    for suite in $(comm -13 <(printf '%s\n' "$3") <(printf '%s\n' "$4")); do
        fault "$suite is in $2, but not in $1"
    done
}

# Each file tests/unit/ROOM/test_X.c defines X_suite with the name "X"; suites.h declares all of
# them, and main.c runs all of them.
check_suites()
{
    local file module files='' declared run
    for file in tests/unit/*/test_*.c; do
        module=$(basename "$file" .c)
        module=${module#test_}
        files+="${module}_suite"$'\n'
        grep -qxF "Suite *${module}_suite(void)" "$file" || fault "$file: does not define ${module}_suite"
        grep -qF "suite_create(\"$module\")" "$file" || fault "$file: its suite is not called \"$module\""
    done
    files=$(sort <<<"${files%$'\n'}")
    declared=$(sed -nE 's/^Suite \*([a-z0-9_]+_suite)\(void\);$/\1/p' tests/unit/suites.h | sort)
    run=$(sed -n '/suites\[\]/,/^};/p' tests/unit/main.c | grep -oE '[a-z0-9_]+_suite\b' | sort)
    compare_suites 'tests/unit' 'suites.h' "$files" "$declared"
    compare_suites 'suites.h' 'main.c' "$declared" "$run"
}

mapfile -t code < <(find src bench tests -name '*.[ch]' | sort)
mapfile -t scripts < <(find tests -name '*.sh' | sort; find scripts -type f 2>/dev/null | sort)
if ((${#code[@]} == 0)); then
    fault "no code found in $PWD"
else
    check_licence
    check_length
    check_text
    check_traps
    check_suites
fi
printf '%d files, %d faults\n' "$((${#code[@]} + ${#scripts[@]}))" "$faults"
((faults == 0))
