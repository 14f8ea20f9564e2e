#!/bin/bash
# SPDX-License-Identifier: MIT
# Compares every #include of src with the table in tests/house/layers, so that the drawing of the
# house cannot lie. In TEST_SOURCE: the project (.).
set -u
export LC_ALL=C

cd "${TEST_SOURCE:-.}" || exit 1
table=tests/house/layers
faults=0
found=0

declare -A rooms     # of the table
declare -A may       # "ROOM WHAT": the room may include that room or header
declare -A libraries # headers of libraries
declare -A external  # "HEADER FILE": the file may include the library's header
declare -A system    # headers for everybody
declare -a pure      # "HEADER WHAT": that room or file never sees the header
declare -A first     # what a file includes first
declare -A included  # all that a file includes, in a row

fault()
{
    printf '%s\n' "$1"
    faults=$((faults + 1))
}

read_table()
{
    local kind name rest what
    while read -r kind name rest; do
        case $kind in
        '' | '#'*) continue ;;
        room) rooms[$name]=1 ;;
        external) libraries[$name]=1 ;;
        system) rest="$name $rest" ;;
        pure) ;;
        *) fault "$table: \"$kind\" is no kind of line" ;;
        esac
        for what in $rest; do
            case $kind in
            room) may["$name $what"]=1 ;;
            external) external["$name $what"]=1 ;;
            system) system[$what]=1 ;;
            pure) pure+=("$name $what") ;;
            esac
        done
    done <"$table"
}

room_of()
{
    case $1 in
    */*) printf '%s' "${1%%/*}" ;;
    *) printf 'top' ;;
    esac
}

check_own()
{
    local place=$1 file=$2 header=$3 from to
    from=$(room_of "$file")
    to=$(room_of "$header")
    if [[ ! -f src/$header ]]; then
        fault "$place: there is no src/$header"
    elif [[ $from != "$to" && -z ${may["$from $to"]:-} && -z ${may["$from $header"]:-} ]]; then
        fault "$place: $from may not include \"$header\""
    fi
}

check_foreign()
{
    local place=$1 file=$2 header=$3
    if [[ -n ${libraries[$header]:-} ]]; then
        [[ -n ${external["$header $file"]:-} ]] || fault "$place: <$header> is not for this file"
    elif [[ -z ${system[$header]:-} ]]; then
        fault "$place: <$header> is not in $table"
    fi
}

check_includes()
{
    local line place file quote header
    local form='^(src/([^:]+):[0-9]+):[[:space:]]*#[[:space:]]*include[[:space:]]*([<"])([^>"]+)[>"]'
    while read -r line; do
        if ! [[ $line =~ $form ]]; then
            fault "${line%%:*}: cannot be read: ${line#*:*:}"
            continue
        fi
        place=${BASH_REMATCH[1]} file=${BASH_REMATCH[2]}
        quote=${BASH_REMATCH[3]} header=${BASH_REMATCH[4]}
        found=$((found + 1))
        first[$file]=${first[$file]:-$header}
        included[$file]+=" $header"
        if [[ $quote == '"' ]]; then
            check_own "$place" "$file" "$header"
        else
            check_foreign "$place" "$file" "$header"
        fi
    done < <(grep -rnE --include='*.[ch]' '^[[:space:]]*#[[:space:]]*include' src)
}

# A .c includes its own header first, which proves that the header stands alone.
check_order()
{
    local file
    for file in "${!first[@]}"; do
        [[ $file == *.c && -f src/${file%.c}.h ]] || continue
        [[ ${first[$file]} == "${file%.c}.h" ]] || fault "src/$file: does not include its own header first"
    done
}

# The way on which a file sees a header, as text; nothing when it does not.
way_to()
{
    local header=$1 file next i
    local -a ways=("$2")
    local -A seen=()
    for ((i = 0; i < ${#ways[@]}; i++)); do
        file=${ways[i]##* }
        for next in ${included[$file]:-}; do
            if [[ $next == "$header" ]]; then
                printf '%s' "${ways[i]} $next"
                return
            fi
            [[ -z ${seen[$next]:-} ]] || continue
            seen[$next]=1
            ways+=("${ways[i]} $next")
        done
    done
}

check_pure()
{
    local row header what file way files
    for row in "${pure[@]}"; do
        read -r header what <<<"$row"
        [[ -e src/$what ]] || fault "$table: there is no src/$what"
        mapfile -t files < <(find "src/$what" -name '*.[ch]' -printf '%p\n' 2>/dev/null | sort)
        for file in "${files[@]}"; do
            way=$(way_to "$header" "${file#src/}")
            [[ -z $way ]] || fault "$file: must not see <$header>: ${way// / -> }"
        done
    done
}

# What the table names is there and in use.
check_table()
{
    local folder row header file
    for folder in src/*/; do
        folder=$(basename "$folder")
        [[ -n ${rooms[$folder]:-} ]] || fault "$table: src/$folder is missing"
    done
    for folder in "${!rooms[@]}"; do
        [[ $folder == top || -d src/$folder ]] || fault "$table: there is no src/$folder"
    done
    for row in "${!external[@]}"; do
        read -r header file <<<"$row"
        [[ " ${included[$file]:-} " == *" $header "* ]] ||
            fault "$table: src/$file does not include <$header>"
    done
}

[[ -f $table ]] || fault "there is no $PWD/$table"
((faults == 0)) || exit 1
read_table
check_includes
check_order
check_pure
check_table
if ((found == 0)); then
    fault "no #include found in $PWD/src"
fi
printf '%d includes, %d faults\n' "$found" "$faults"
((faults == 0))
