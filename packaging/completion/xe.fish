# fish completion for xe. bash's completion finds the words: the file xe next to this one, or where bash looks for it.

set -g __xe_bash (status dirname)/xe
test -f $__xe_bash; or set -g __xe_bash /usr/share/bash-completion/completions/xe

function __xe_words
    bash $__xe_bash (commandline -cp) 2>/dev/null
end

complete -c xe -f -a '(__xe_words)'
