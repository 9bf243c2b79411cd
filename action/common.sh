# What the scripts of the action share. They run in bash 3.2 as well, which macOS has, and use no
# program that Git for Windows lacks.
# shellcheck shell=bash

# RUNNER_TEMP has backslashes on Windows; slashes are understood there by every program.
temporary=${RUNNER_TEMP:-${TMPDIR:-/tmp}}
temporary=${temporary//\\//}

# shown TEXT: the text on one line, cut, and without what the runner takes for a command.
shown() {
  local text=${1//[[:cntrl:]]/ }
  text=${text//::/: :}
  printf '%s' "${text//##[/# # [}" | cut -c 1-300
}

# annotate LEVEL TEXT: shows a text on the page of the run.
annotate() {
  local text
  text=$(shown "$2")
  printf '::%s title=Tidegate::%s\n' "$1" "${text//%/%25}"
}

# fail TEXT HELP: ends the step; says what is wrong and how to mend it.
fail() {
  annotate error "$1 $2"
  exit 1
}

# say TEXT: one line of the log.
say() {
  printf '%s\n' "$(shown "$1")"
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

# random: 32 characters that nobody can guess.
random() {
  od -An -N16 -tx1 /dev/urandom | tr -d ' \n'
}
