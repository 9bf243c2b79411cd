#!/usr/bin/env bash
# Runs the checks and writes the reports. The step succeeds whatever the verdict is, so that what comes
# after it happens; the last step of the action fails for it.
set -euo pipefail
# shellcheck source=action/common.sh
source "${BASH_SOURCE[0]%/*}/common.sh"

arguments=(run)

argue() {
  arguments[${#arguments[@]}]=$1
}

# option NAME VALUE: the option, when its value is not empty. One word, so that no value is taken for
# an option.
option() {
  if [ -n "$2" ]; then
    argue "$1=$2"
  fi
}

# report FORMAT: asks for a report in a file, once.
reports=' '
report() {
  case $reports in
    *" $1 "*) return ;;
  esac
  reports="$reports$1 "
  argue "--report=$1=$folder/$(file_of "$1")"
}

# file_of FORMAT: the name of its file.
file_of() {
  case $1 in
    html) printf tidegate.html ;;
    json) printf tidegate.json ;;
    junit) printf tidegate.junit.xml ;;
    sarif) printf tidegate.sarif ;;
    markdown) printf tidegate.md ;;
    gitlab) printf tidegate.gitlab.json ;;
    *) return 1 ;;
  esac
}

ask_for_reports() {
  local wanted format
  argue --report=terminal
  argue --report=annotations="$folder/annotations"
  argue --report=step-summary="$folder/step-summary"
  argue --report=outputs="$folder/outputs"
  report json
  # Words at commas and blanks; read stops at the end of the text, which is no mistake.
  read -r -d '' -a wanted <<<"${INPUT_REPORTS//,/ }" || true
  for format in ${wanted[@]+"${wanted[@]}"}; do
    file_of "$format" >/dev/null || fail "There is no report '$format', which the input reports asks for." \
      "There are html, json, junit, sarif, markdown and gitlab."
    report "$format"
  done
}

ask() {
  local line
  option --gate "$INPUT_GATE"
  option --env "$INPUT_ENVIRONMENT"
  option --url "$INPUT_URL"
  option --changed-since "$INPUT_BASE"
  option --previous "$INPUT_PREVIOUS"
  if asked advisory "$INPUT_ADVISORY"; then
    argue --advisory
  fi
  while IFS= read -r line || [ -n "$line" ]; do
    line=${line%$'\r'}
    if [ -n "$line" ]; then
      argue "$line"
    fi
  done <<<"$INPUT_ARGS"
  say "Runs: tidegate ${arguments[*]}"
  ask_for_reports
  say "Writes the reports:$reports(into $folder)"
}

# Waits for the program, hands on what the runner signals when the job is cancelled, so that the run
# cleans up, and sets code.
follow() {
  local signalled
  trap 'signalled=yes; kill -INT "$child" 2>/dev/null || true' INT TERM
  while true; do
    signalled=
    code=0
    wait "$child" || code=$?
    [ -n "$signalled" ] || break
  done
  trap - INT TERM
}

# What the checks start gets no token of the job, and nothing to write its summary, outputs and later steps with.
withhold() {
  outputs=$GITHUB_OUTPUT summary=$GITHUB_STEP_SUMMARY
  unset GITHUB_TOKEN GH_TOKEN ACTIONS_RUNTIME_TOKEN ACTIONS_ID_TOKEN_REQUEST_TOKEN ACTIONS_ID_TOKEN_REQUEST_URL
  unset GITHUB_OUTPUT GITHUB_STEP_SUMMARY GITHUB_ENV GITHUB_PATH GITHUB_STATE
}

# hand_over FILE: prints a report that was made for the runner, if there is one.
hand_over() {
  if [ -f "$1" ]; then
    cat "$1"
    rm "$1"
  fi
}

asked compare "$INPUT_COMPARE" || true
asked comment "$INPUT_COMMENT" || true
asked check-run "$INPUT_CHECK_RUN" || true
asked sarif "$INPUT_SARIF" || true
asked status "$INPUT_STATUS" || true
asked deployment "$INPUT_DEPLOYMENT" || true
cd "$INPUT_WORKING_DIRECTORY" 2>/dev/null || fail "There is no folder $INPUT_WORKING_DIRECTORY, which working-directory names." \
  "It is relative to the workspace. Was the repository checked out?"
folder=$(mktemp -d "$temporary/tidegate-XXXXXX")
ask
withhold

mute
# One stream, because lines of another may arrive before the mark or after it. Git for Windows would
# rewrite what looks like a path to it.
MSYS_NO_PATHCONV=1 MSYS2_ARG_CONV_EXCL='*' "$TIDEGATE" "${arguments[@]}" 2>&1 &
child=$!
follow
unmute
hand_over "$folder/annotations"
hand_over "$folder/step-summary" >>"$summary"
hand_over "$folder/outputs" >>"$outputs"

GITHUB_OUTPUT=$outputs
output exit-code "$code"
output report-folder "$folder"
for format in $reports; do
  file=$folder/$(file_of "$format")
  if [ -f "$file" ]; then
    output "report-$format" "$file"
  fi
done
