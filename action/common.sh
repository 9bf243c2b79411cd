# What the scripts of the action share. They run in bash 3.2 as well, which macOS has, and use no
# program that Git for Windows lacks.
# shellcheck shell=bash

# RUNNER_TEMP has backslashes on Windows; slashes are understood there by every program.
temporary=${RUNNER_TEMP:-${TMPDIR:-/tmp}}
temporary=${temporary//\\//}

# show TEXT: sets shown to the text on one line, cut, and without what the runner takes for a command.
show() {
  shown=${1//[[:cntrl:]]/ }
  shown=${shown:0:400}
  shown=${shown//::/: :}
  shown=${shown//##[/# # [}
}

# say TEXT: one line of the log.
say() {
  show "$1"
  printf '%s\n' "$shown"
}

# annotate LEVEL TEXT: shows a text on the page of the run.
annotate() {
  show "$2"
  printf '::%s title=Tidegate::%s\n' "$1" "${shown//%/%25}"
}

# fail TEXT HELP: ends the step; says what is wrong and how to mend it.
fail() {
  annotate error "$1 $2"
  exit 1
}

# asked NAME VALUE: whether an input is true; anything but true and false is a mistake.
asked() {
  case $2 in
    true | True | TRUE) return 0 ;;
    false | False | FALSE | '') return 1 ;;
    *) fail "The input $1 is '$2', which is neither true nor false." "Write $1: true or leave it out." ;;
  esac
}

# output NAME VALUE: an output of the step.
output() {
  printf '%s=%s\n' "$1" "${2//[[:cntrl:]]/ }" >>"$GITHUB_OUTPUT"
}

# mute: what is printed from here on holds foreign text. Until unmute, the runner takes nothing in it for a
# command: the mark that ends that cannot be guessed.
mute() {
  mark=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
  echo "::stop-commands::$mark"
}

unmute() {
  printf '\n::%s::\n' "$mark"
}
