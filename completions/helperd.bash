# SPDX-License-Identifier: MIT
# bash completion for helperd(8). Its tables are helperd's own: make completions.

# What the argument of an option can be: "file", "any", or its words behind "words"; nothing for one
# that takes none.
_helperd_argument()
{
    case $1 in
    -c | --config) argument='file' ;;
    --format) argument='words qgoda supervisord yaml' ;;
    --pidfile) argument='file' ;;
    -s | --socket) argument='file' ;;
    --log-format) argument='words auto text dev json logfmt qgoda syslog' ;;
    --log-file) argument='file' ;;
    --color) argument='words auto always never' ;;
    *) argument='' ;;
    esac
}

_helperd()
{
    local line=${COMP_LINE:0:COMP_POINT} pending='' word kind=helper head='' argument
    local cur=${line##*[[:blank:]]}
    local -a words config=()
    read -ra words <<<"${line%"$cur"}"
    for word in "${words[@]:1}"; do
        if [[ -n $pending ]]; then
            [[ $pending != -c && $pending != --config ]] || config=(-c "$word")
            pending=''
            continue
        fi
        [[ $word != --config=* ]] || config=(-c "${word#*=}")
        [[ $word != --dev && $word != -f ]] || config+=(--dev)
        _helperd_argument "$word"
        [[ $word != -* || -z $argument ]] || pending=$word
    done
    if [[ -n $pending ]]; then
        _helperd_argument "$pending"
        kind=$argument
    elif [[ $cur == --*=* ]]; then
        _helperd_argument "${cur%%=*}"
        kind=$argument
        [[ $COMP_WORDBREAKS == *=* ]] || head=${cur%%=*}=
        cur=${cur#*=}
    elif [[ $cur == -* ]]; then
        kind='words --config --format --check --print-config --print-schema --foreground --dev --daemon --pidfile --socket --log-format --log-file --color --verbose --quiet --help --version'
    fi

    COMPREPLY=()
    case $kind in
    file)
        compopt -o filenames 2>/dev/null
        mapfile -t COMPREPLY < <(compgen -f -- "$cur")
        ;;
    helper)
        word=$(helperd "${config[@]}" --print-config 2>/dev/null | sed -n 's/^  "\(.*\)":$/\1/p')
        mapfile -t COMPREPLY < <(compgen -W "$word" -- "$cur")
        # bash completes only what stands behind the last @.
        [[ $COMP_WORDBREAKS != *@* || $cur != *@* ]] || COMPREPLY=("${COMPREPLY[@]#"${cur%@*}@"}")
        ;;
    words*)
        mapfile -t COMPREPLY < <(compgen -W "${kind#words }" -- "$cur")
        COMPREPLY=("${COMPREPLY[@]/#/"$head"}")
        ;;
    esac
}

complete -F _helperd helperd
