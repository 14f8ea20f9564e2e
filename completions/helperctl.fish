# SPDX-License-Identifier: MIT
# fish completion for helperctl(1). Its tables are helperctl's own: make completions.

# The words of the line so far that are no options: the command and its arguments. With an argument
# it prints the socket that is named instead.
function __helperctl_words
    set -l pending ''
    for word in (commandline -opc)[2..-1]
        if test -n "$pending"
            test "$argv[1]" = socket; and contains -- $pending -s --socket; and echo -- $word
            set pending ''
        else if contains -- $word -s --socket --color --timeout -n --lines -d --delay --format
            set pending $word
        else if not string match -q -- '-*' $word; and test (count $argv) -eq 0
            echo -- $word
        end
    end
end

function __helperctl_needs_command
    test (count (__helperctl_words)) -eq 0
end

# Whether one of the commands was named, and so many arguments behind it or more: N COMMAND…
function __helperctl_at
    set -l words (__helperctl_words)
    test (count $words) -gt $argv[1]; and contains -- $words[1] $argv[2..-1]
end

# The same for exactly so many.
function __helperctl_just_at
    set -l words (__helperctl_words)
    test (count $words) -eq (math $argv[1] + 1); and contains -- $words[1] $argv[2..-1]
end

function __helperctl_helpers
    set -l socket (__helperctl_words socket)
    if test -n "$socket"
        helperctl -s $socket[-1] __names 2>/dev/null
    else
        helperctl __names 2>/dev/null
    end
end

complete -c helperctl -f
complete -c helperctl -s s -l socket -r -F -d 'where helperd is: a socket, or http://127.0.0.1:PORT'
complete -c helperctl -l color -x -a 'auto always never' -d 'auto (a terminal without NO_COLOR), always or never'
complete -c helperctl -s h -l help -d 'print this help and exit'
complete -c helperctl -s V -l version -d 'print the version and exit'
complete -c helperctl -n __helperctl_needs_command -a status -d 'show how helpers are; of a single one all that is known'
complete -c helperctl -n '__helperctl_at 0 status' -l json -d 'print what helperd answers, as JSON; of a stream an object a line'
complete -c helperctl -n '__helperctl_just_at 0 status' -a '(__helperctl_helpers)'
complete -c helperctl -n '__helperctl_at 1 status' -a '(__helperctl_helpers)'
complete -c helperctl -n __helperctl_needs_command -a why -d 'say why a helper is in its state; its last exits and lines'
complete -c helperctl -n '__helperctl_at 0 why' -l json -d 'print what helperd answers, as JSON; of a stream an object a line'
complete -c helperctl -n '__helperctl_just_at 0 why' -a '(__helperctl_helpers)'
complete -c helperctl -n __helperctl_needs_command -a start -d 'start helpers, and what they depend on'
complete -c helperctl -n '__helperctl_at 0 start' -l json -d 'print what helperd answers, as JSON; of a stream an object a line'
complete -c helperctl -n '__helperctl_at 0 start' -l wait -d 'return when it has come to its end'
complete -c helperctl -n '__helperctl_at 0 start' -l timeout -x -d 'wait at most so long, as in 10s or 5m (60s; 0: as long as it takes)'
complete -c helperctl -n '__helperctl_at 0 start' -l all -d 'all helpers, instead of names'
complete -c helperctl -n '__helperctl_just_at 0 start' -a '(__helperctl_helpers)'
complete -c helperctl -n '__helperctl_at 1 start' -a '(__helperctl_helpers)'
complete -c helperctl -n __helperctl_needs_command -a stop -d 'stop helpers'
complete -c helperctl -n '__helperctl_at 0 stop' -l json -d 'print what helperd answers, as JSON; of a stream an object a line'
complete -c helperctl -n '__helperctl_at 0 stop' -l wait -d 'return when it has come to its end'
complete -c helperctl -n '__helperctl_at 0 stop' -l timeout -x -d 'wait at most so long, as in 10s or 5m (60s; 0: as long as it takes)'
complete -c helperctl -n '__helperctl_at 0 stop' -l all -d 'all helpers, instead of names'
complete -c helperctl -n '__helperctl_just_at 0 stop' -a '(__helperctl_helpers)'
complete -c helperctl -n '__helperctl_at 1 stop' -a '(__helperctl_helpers)'
complete -c helperctl -n __helperctl_needs_command -a restart -d 'stop helpers and start them again'
complete -c helperctl -n '__helperctl_at 0 restart' -l json -d 'print what helperd answers, as JSON; of a stream an object a line'
complete -c helperctl -n '__helperctl_at 0 restart' -l wait -d 'return when it has come to its end'
complete -c helperctl -n '__helperctl_at 0 restart' -l timeout -x -d 'wait at most so long, as in 10s or 5m (60s; 0: as long as it takes)'
complete -c helperctl -n '__helperctl_at 0 restart' -l all -d 'all helpers, instead of names'
complete -c helperctl -n '__helperctl_just_at 0 restart' -a '(__helperctl_helpers)'
complete -c helperctl -n '__helperctl_at 1 restart' -a '(__helperctl_helpers)'
complete -c helperctl -n __helperctl_needs_command -a reset -d 'forget failures; a failed or completed helper is stopped then'
complete -c helperctl -n '__helperctl_at 0 reset' -l json -d 'print what helperd answers, as JSON; of a stream an object a line'
complete -c helperctl -n '__helperctl_at 0 reset' -l wait -d 'return when it has come to its end'
complete -c helperctl -n '__helperctl_at 0 reset' -l timeout -x -d 'wait at most so long, as in 10s or 5m (60s; 0: as long as it takes)'
complete -c helperctl -n '__helperctl_at 0 reset' -l all -d 'all helpers, instead of names'
complete -c helperctl -n '__helperctl_just_at 0 reset' -a '(__helperctl_helpers)'
complete -c helperctl -n '__helperctl_at 1 reset' -a '(__helperctl_helpers)'
complete -c helperctl -n __helperctl_needs_command -a signal -d 'send a signal to the processes of helpers'
complete -c helperctl -n '__helperctl_at 0 signal' -l json -d 'print what helperd answers, as JSON; of a stream an object a line'
complete -c helperctl -n '__helperctl_just_at 0 signal' -a ' HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS'
complete -c helperctl -n '__helperctl_at 1 signal' -a '(__helperctl_helpers)'
complete -c helperctl -n __helperctl_needs_command -a wait -d 'wait until a helper is in a state'
complete -c helperctl -n '__helperctl_at 0 wait' -l json -d 'print what helperd answers, as JSON; of a stream an object a line'
complete -c helperctl -n '__helperctl_at 0 wait' -l timeout -x -d 'wait at most so long, as in 10s or 5m (60s; 0: as long as it takes)'
complete -c helperctl -n '__helperctl_just_at 0 wait' -a '(__helperctl_helpers)'
complete -c helperctl -n '__helperctl_at 1 wait' -a ' stopped waiting starting running stopping backoff completed failed ready ended'
complete -c helperctl -n __helperctl_needs_command -a logs -d 'print the latest lines, without names those of all and helperd'
complete -c helperctl -n '__helperctl_at 0 logs' -l json -d 'print what helperd answers, as JSON; of a stream an object a line'
complete -c helperctl -n '__helperctl_at 0 logs' -s f -l follow -d 'go on with lines as they come'
complete -c helperctl -n '__helperctl_at 0 logs' -s n -l lines -x -d 'at most the latest N lines (all that are kept; with -f 10)'
complete -c helperctl -n '__helperctl_just_at 0 logs' -a '(__helperctl_helpers)'
complete -c helperctl -n '__helperctl_at 1 logs' -a '(__helperctl_helpers)'
complete -c helperctl -n __helperctl_needs_command -a events -d 'print what happens to helpers as it happens'
complete -c helperctl -n '__helperctl_at 0 events' -l json -d 'print what helperd answers, as JSON; of a stream an object a line'
complete -c helperctl -n __helperctl_needs_command -a top -d 'show a live table of the helpers and the log of one of them'
complete -c helperctl -n '__helperctl_at 0 top' -s d -l delay -x -d 'look again after so long (1s)'
complete -c helperctl -n __helperctl_needs_command -a reload -d 'read the configuration again and apply what is different'
complete -c helperctl -n '__helperctl_at 0 reload' -l json -d 'print what helperd answers, as JSON; of a stream an object a line'
complete -c helperctl -n '__helperctl_at 0 reload' -l dry-run -d 'change nothing, say what would be changed'
complete -c helperctl -n __helperctl_needs_command -a reopen -d 'open all log files again by their names'
complete -c helperctl -n '__helperctl_at 0 reopen' -l json -d 'print what helperd answers, as JSON; of a stream an object a line'
complete -c helperctl -n __helperctl_needs_command -a shutdown -d 'stop all helpers in order, then helperd'
complete -c helperctl -n '__helperctl_at 0 shutdown' -l json -d 'print what helperd answers, as JSON; of a stream an object a line'
complete -c helperctl -n '__helperctl_at 0 shutdown' -l wait -d 'return when it has come to its end'
complete -c helperctl -n __helperctl_needs_command -a version -d 'print the versions of helperctl and of helperd'
complete -c helperctl -n '__helperctl_at 0 version' -l json -d 'print what helperd answers, as JSON; of a stream an object a line'
complete -c helperctl -n __helperctl_needs_command -a convert -d 'print a configuration of any format as YAML for helperd'
complete -c helperctl -n '__helperctl_at 0 convert' -l format -x -a 'qgoda supervisord yaml' -d 'the format of FILE (by its name)'
complete -c helperctl -n '__helperctl_just_at 0 convert' -F
complete -c helperctl -n __helperctl_needs_command -a help -d 'print this help, or that of a command'
complete -c helperctl -n '__helperctl_just_at 0 help' -a 'status why start stop restart reset signal wait logs events top reload reopen shutdown version convert help  '
