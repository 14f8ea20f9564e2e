# SPDX-License-Identifier: MIT
# bash completion for helperctl(1). Its tables are helperctl's own: make completions.

# What the argument of an option can be: "file", "any", or its words behind "words"; nothing for one
# that takes none.
_helperctl_argument()
{
    case $1 in
    -s | --socket) argument='file' ;;
    --color) argument='words auto always never' ;;
    --timeout) argument='any' ;;
    -n | --lines) argument='any' ;;
    -d | --delay) argument='any' ;;
    --format) argument='words qgoda supervisord yaml' ;;
    *) argument='' ;;
    esac
}

# What a command takes: its options, its first argument, the others.
_helperctl_command()
{
    case $1 in
    status) first=helper rest=helper options='--socket --json --color --help --version' ;;
    why) first=helper rest=none options='--socket --json --color --help --version' ;;
    start) first=helper rest=helper options='--socket --json --color --wait --timeout --all --help --version' ;;
    stop) first=helper rest=helper options='--socket --json --color --wait --timeout --all --help --version' ;;
    restart) first=helper rest=helper options='--socket --json --color --wait --timeout --all --help --version' ;;
    reset) first=helper rest=helper options='--socket --json --color --wait --timeout --all --help --version' ;;
    signal) first=signal rest=helper options='--socket --json --color --help --version' ;;
    wait) first=helper rest=goal options='--socket --json --color --timeout --help --version' ;;
    logs) first=helper rest=helper options='--socket --json --color --follow --lines --help --version' ;;
    events) first=none rest=none options='--socket --json --color --help --version' ;;
    top) first=none rest=none options='--socket --color --delay --help --version' ;;
    reload) first=none rest=none options='--socket --json --color --dry-run --help --version' ;;
    reopen) first=none rest=none options='--socket --json --color --help --version' ;;
    shutdown) first=none rest=none options='--socket --json --color --wait --help --version' ;;
    version) first=none rest=none options='--socket --json --color --help --version' ;;
    convert) first=file rest=none options='--socket --color --format --help --version' ;;
    help) first=command rest=none options='--socket --color --help --version' ;;
    '') first=command rest=none options='--socket --json --color --help --version' ;;
    *) options='' first=none rest=none ;;
    esac
}

_helperctl_candidates()
{
    case $1 in
    helper) helperctl "${socket[@]}" __names 2>/dev/null | cut -f 1 ;;
    command) echo status why start stop restart reset signal wait logs events top reload reopen shutdown version convert help ;;
    goal) echo stopped waiting starting running stopping backoff completed failed ready ended ;;
    signal) echo HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS ;;
    words) shift && printf '%s\n' "$@" ;;
    esac
}

_helperctl()
{
    local line=${COMP_LINE:0:COMP_POINT} command='' pending='' count=0
    local cur=${line##*[[:blank:]]} word kind head argument options first rest
    local -a words socket=()
    read -ra words <<<"${line%"$cur"}"
    for word in "${words[@]:1}"; do
        if [[ -n $pending ]]; then
            [[ $pending != -s && $pending != --socket ]] || socket=(-s "$word")
            pending=''
            continue
        fi
        [[ $word != --socket=* ]] || socket=(-s "${word#*=}")
        _helperctl_argument "$word"
        if [[ $word == -* ]]; then
            [[ -z $argument ]] || pending=$word
        elif [[ -z $command ]]; then
            command=$word
        else
            count=$((count + 1))
        fi
    done

    _helperctl_command "$command"
    kind=$first
    ((count == 0)) || kind=$rest
    [[ -n $command ]] || kind=command
    head=''
    if [[ -n $pending ]]; then
        _helperctl_argument "$pending"
        kind=$argument
    elif [[ $cur == --*=* ]]; then
        _helperctl_argument "${cur%%=*}"
        kind=$argument
        head=${cur%%=*}=
        cur=${cur#*=}
    elif [[ $cur == -* ]]; then
        kind="words $options"
    fi

    COMPREPLY=()
    if [[ $kind == file ]]; then
        compopt -o filenames 2>/dev/null
        mapfile -t COMPREPLY < <(compgen -f -- "$cur")
        return
    fi
    # shellcheck disable=SC2086 # the words of a kind are to be split
    mapfile -t COMPREPLY < <(compgen -W "$(_helperctl_candidates $kind)" -- "$cur")
    # bash completes only what stands behind the last of these characters.
    for word in @ : =; do
        if [[ $COMP_WORDBREAKS == *"$word"* && $cur == *"$word"* ]]; then
            cur=${cur%"$word"*}$word
            COMPREPLY=("${COMPREPLY[@]#"$cur"}")
            head=''
        fi
    done
    [[ -z $head || $COMP_WORDBREAKS == *=* ]] || COMPREPLY=("${COMPREPLY[@]/#/"$head"}")
}

complete -F _helperctl helperctl
