# winroots.bash - completion for bash.  Every word comes from the program's own --help when it is
# asked for, so that none can be out of date.

# The help of `winroots COMMAND SUBCOMMAND`, else that of the command.
_winroots_help()
{
    "$@" --help 2>/dev/null || { (($# > 2)) && "$1" "$2" --help 2>/dev/null; }
}

# The values of "--format FMT": the words after it, what is in parentheses left out.
_winroots_formats()
{
    sed -n '/--format FMT/,/^ *$/p' <<<"$1" | sed -e '1s/.*--format FMT//' -e '2,$ { /^  -/,$d; }' |
        tr '\n' ' ' | sed 's/([^)]*)//g' | grep -oE '[a-z][a-z0-9]*' | grep -vx or
}

# What an option takes, such as FILE; nothing where it takes nothing.
_winroots_argument()
{
    grep -oE -- "(-o, )?--[a-z-]+ [A-Z][A-Z/.=]*" <<<"$1" | sed -nE "s/^(.*, )?$2 //p; s/^$2, .* //p" | head -n 1
}

_winroots()
{
    local program=${COMP_WORDS[0]} cur=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
    local command=${COMP_WORDS[1]} help subcommands kind words=
    COMPREPLY=()
    if ((COMP_CWORD == 1)); then
        words="--help --version $("$program" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z][a-z]*\) .*/\1/p')"
        mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
        return
    fi
    help=$(_winroots_help "$program" "$command")
    subcommands=$(sed -nE "s/^winroots $command ([a-z][a-z|]*)( .*)?$/\1/p" <<<"$help" | tr '|' '\n')
    if ((COMP_CWORD > 2)) && grep -qxF -- "${COMP_WORDS[2]}" <<<"$subcommands"; then
        kind=$(sed -nE "s/^winroots $command ${COMP_WORDS[2]} ([A-Z]+).*/\1/p" <<<"$help" | head -n 1)
        help=$(_winroots_help "$program" "$command" "${COMP_WORDS[2]}")
    fi
    case $previous in -o | --*) kind=$(_winroots_argument "$help" "$previous") ;; esac
    case $cur in -*) kind=OPTION ;; esac
    case $kind in
    OPTION) words=$(grep -oE -- '--[a-z][a-z-]+' <<<"--help $help") ;;
    FMT) words=$(_winroots_formats "$help") ;;
    ID | PROFILE) words=$("$program" profile list | cut -d ' ' -f 1) ;;
    TIME | DAYS | MAJOR*) return ;;
    *) ((COMP_CWORD == 2)) && words=$subcommands ;;
    esac
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
    case $kind in
    OPTION | FMT | ID) ;;
    *) ((${#COMPREPLY[@]})) || compopt -o default 2>/dev/null || true ;;
    esac
}

complete -F _winroots winroots
