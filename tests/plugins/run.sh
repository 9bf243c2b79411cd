#!/usr/bin/env bash
# Plugins in Rust, JavaScript and Python, from source to a blocked deploy: `tests/plugins/run.sh FOLDER`.
#
# TIDEGATE and CLIENT_PORTAL name the two programs. FOLDER keeps the toolchains, what was built, and `transcript.txt`;
# toolchains that it has are not fetched again. Rust guests need the standard library for wasm32-unknown-unknown: the
# installed one, or that of rustup, or that which TIDEGATE_WASM_TOOLCHAIN (../shared/tools/wasm-toolchain) unpacks. A
# language whose toolchain cannot be had is skipped, loudly; everything else must pass.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
mkdir -p "$1"
folder=$(cd "$1" && pwd)
tidegate=$(realpath "${TIDEGATE:?the program tidegate}")
portal=$(realpath "${CLIENT_PORTAL:?the program client-portal}")
transcript=$folder/transcript.txt
sdk=$root/crates/plugin/sdk
examples=$root/checks/plugins
tools=$root/tests/plugins
languages=()
portal_pid=
# What plugins in Rust are built of is built once for all of them.
export CARGO_TARGET_DIR=$folder/rust-target
: >"$transcript"
exec </dev/null

say() {
  printf '%s\n' "$@" | tee -a "$transcript"
}

now() {
  date +%s%3N
}

# timed COMMAND...: runs a command as somebody types it, and says how long it took.
timed() {
  local begun status=0
  begun=$(now)
  say "\$ ${*//"$tidegate"/tidegate}"
  "$@" 2>&1 | tee -a "$transcript" || status=${PIPESTATUS[0]}
  say "($(($(now) - begun)) ms, exit code $status)"
  return "$status"
}

stop_portal() {
  if [ -n "$portal_pid" ]; then
    kill "$portal_pid" 2>/dev/null || true
    wait "$portal_pid" 2>/dev/null || true
    portal_pid=
  fi
}
trap stop_portal EXIT

# start_portal [OPTION...]: sets PORTAL_URL.
start_portal() {
  : >"$folder/portal-url"
  "$portal" --quiet --print-url "$@" >"$folder/portal-url" &
  portal_pid=$!
  for _ in $(seq 100); do
    PORTAL_URL=$(<"$folder/portal-url")
    export PORTAL_URL
    if [ -n "$PORTAL_URL" ]; then
      return
    fi
    sleep 0.1
  done
  echo "the portal did not start" >&2
  return 1
}

skip() {
  say "!!! SKIPPED: plugins in $1: $2 !!!"
}

# unlike the host's, guests need a standard library of their own.
rust_toolchain() {
  local unpack=${TIDEGATE_WASM_TOOLCHAIN:-$root/../shared/tools/wasm-toolchain} name=wasm32-unknown-unknown
  if [ -e "$folder/wasm/env" ]; then
    # shellcheck source=/dev/null
    . "$folder/wasm/env"
    return
  fi
  if compgen -G "$(rustc --print target-libdir --target "$name" 2>/dev/null)/libstd-*.rlib" >/dev/null; then
    return
  fi
  if command -v rustup >/dev/null && timeout 120 rustup target add "$name" >/dev/null 2>&1; then
    return
  fi
  [ -x "$unpack" ] || return 1
  rm -rf "$folder/wasm"
  timeout 180 "$unpack" trixie "$folder/wasm" >"$folder/wasm.log" 2>&1 || return 1
  # shellcheck source=/dev/null
  . "$folder/wasm/env"
}

javascript_toolchain() {
  command -v node >/dev/null && command -v npm >/dev/null || return 1
  timeout 180 npm --prefix "$tools" ci --no-audit --no-fund --loglevel error
}

python_toolchain() {
  local wanted=$tools/requirements.txt
  if ! cmp -s "$wanted" "$folder/python/requirements.txt"; then
    rm -rf "$folder/python"
    python3 -m venv "$folder/python" || return 1
    timeout 180 "$folder/python/bin/pip" install --quiet --disable-pip-version-check --requirement "$wanted" || return 1
    cp "$wanted" "$folder/python/"
  fi
  # What `tidegate plugin build` looks for.
  export PATH=$folder/python/bin:$PATH
}

toolchains() {
  local language
  for language in rust javascript python; do
    if "${language}_toolchain"; then
      languages+=("$language")
    else
      skip "$language" "its toolchain cannot be had here"
    fi
  done
}

has() {
  [[ " ${languages[*]} " = *" $1 "* ]]
}

# The packages as they are, without a component: types, drift from the interface, native tests.
packages() {
  if has javascript; then
    node "$sdk/js/types.mjs" --check
    (cd "$sdk/js" && npm test --silent >"$folder/sdk-js.log" 2>&1) || { tail -n 60 "$folder/sdk-js.log"; return 1; }
    "$tools/node_modules/.bin/tsc" --project "$tools/tsconfig.json"
  fi
  if has python; then
    rm -rf "$folder/bindings"
    componentize-py --quiet --wit-path "$root/crates/plugin/wit" --world plugin bindings "$folder/bindings"
    diff --recursive --exclude __pycache__ "$folder/bindings/wit_world" "$sdk/py/wit_world"
    diff "$folder/bindings/componentize_py_types.py" "$sdk/py/componentize_py_types.py"
    (cd "$sdk/py" && python3 -m unittest --quiet && mypy)
  fi
}

# check_rust|javascript|python FOLDER: the author's own tests.
test_rust() {
  cargo test --quiet
}

test_javascript() {
  if grep --quiet '^// @ts-check' check.js; then
    "$tools/node_modules/.bin/tsc" --noEmit --allowJs --checkJs --strict --target es2023 --module nodenext --types '' check.js
  fi
  npm test --silent
}

test_python() {
  PYTHONPATH=$(python_sdk) python3 -m unittest --quiet
  MYPYPATH=$(python_sdk) mypy --strict ./*.py
}

# Where a project in Python has its SDK.
python_sdk() {
  sed -n 's/^sdk = "\(.*\)"$/\1/p' pyproject.toml
}

prepare_javascript() {
  npm ci --no-audit --no-fund --loglevel error --prefer-offline
}

# project LANGUAGE FOLDER: tests, builds and tests a plugin as its author does.
project() {
  local language=$1
  cd "$2"
  if [ "$language" = javascript ]; then
    timed "prepare_$language"
  fi
  timed "test_$language"
  timed "$tidegate" plugin build
  timed "$tidegate" plugin test
}

example_of() {
  case $1 in
    rust) echo invoice-totals ;;
    javascript) echo retention-rule ;;
    python) echo report-header ;;
  esac
}

# Nothing of it is left in the repository: the examples are built in a copy beside their SDKs.
examples() {
  local language copy=$folder/source
  rm -rf "$copy"
  mkdir -p "$copy/checks" "$copy/crates/plugin" "$folder/gate/plugins"
  cp -R "$root/crates/plugin-sdk" "$copy/crates/"
  cp -R "$root/crates/plugin/sdk" "$root/crates/plugin/wit" "$copy/crates/plugin/"
  cp -R "$examples" "$copy/checks/"
  rm -rf "$copy"/checks/plugins/*/node_modules "$copy"/checks/plugins/*/target
  # Where `tidegate plugin build` looks for the SDK of a project in Python, and for what is installed already.
  ln -s "$copy/crates/plugin/sdk/py" "$copy/checks/plugins/report-header/sdk"
  ln -s "$folder/python" "$copy/checks/plugins/report-header/.venv"
  for language in "${languages[@]}"; do
    say "" "=== $(example_of "$language"), in $language"
    (project "$language" "$copy/checks/plugins/$(example_of "$language")")
    cp "$copy/checks/plugins/$(example_of "$language")/$(example_of "$language").wasm" "$folder/gate/plugins/"
  done
}

fresh() {
  local language short
  for language in "${languages[@]}"; do
    case $language in
      rust) short=rust ;;
      javascript) short=js ;;
      python) short=py ;;
    esac
    say "" "=== a new plugin in $language"
    rm -rf "$folder/new-$short"
    cd "$folder"
    timed "$tidegate" plugin new "new-$short" --lang "$short"
    (project "$language" "$folder/new-$short")
  done
}

# gate NAME EXPECTED CODE...: runs the gate, and holds what it found against these codes.
gate() {
  local name=$1 expected=$2 status=0 found wanted
  shift 2
  timed "$tidegate" run --all --report terminal=- --report "json=$name.json" || status=$?
  found=$(jq -r '[.. | .findings? // empty | .[] | .code] | unique | join(" ")' "$name.json")
  wanted=$(printf '%s\n' "$@" | LC_ALL=C sort | xargs)
  if [ "$status" -ne "$expected" ] || [ "$found" != "$wanted" ]; then
    printf 'the %s portal: exit code %s instead of %s, found: %s, expected: %s\n' "$name" "$status" "$expected" "$found" "$wanted" >&2
    return 1
  fi
}

gates() {
  local codes=() breaks=() language
  cd "$folder/gate"
  cp "$tools/gate/tidegate.yaml" .
  rm -f tidegate.lock
  for language in rust javascript python; do
    if ! has "$language"; then
      say "(the gate goes without $(example_of "$language"))"
      without "$(example_of "$language")"
    fi
  done
  export ANNA_PASSWORD=anna-demo-password
  say "" "=== the gate"
  timed "$tidegate" plugin update
  start_portal
  say "" "--- the portal as it should be"
  gate good 0
  stop_portal
  if has rust; then
    breaks+=(--break wrong-invoice-total)
    codes+=(plugin/invoice-totals/{sum-differs,total-differs})
  fi
  if has javascript; then
    breaks+=(--break export-keeps-old)
    codes+=(plugin/retention-rule/kept-too-long plugin/retention-rule/personal-data-kept)
  fi
  if has python; then
    breaks+=(--break export-without-header)
    codes+=(plugin/report-header/{client-missing,date-missing,not-marked-confidential,title-missing})
  fi
  start_portal "${breaks[@]}"
  say "" "--- the portal with ${breaks[*]//--break/}"
  gate broken 1 "${codes[@]}"
  stop_portal
}

# Leaves a plugin and its check out of the gate file.
without() {
  python3 - "$1" <<'PYTHON'
import re, sys
name = sys.argv[1]
text = open("tidegate.yaml").read()
text = re.sub(rf"^  {name}:\n(    .*\n)+", "", text, flags=re.M)
text = re.sub(rf"^  [\w-]+:\n    as: .*\n    plugin/{name}:.*\n(      .*\n)*", "", text, flags=re.M)
open("tidegate.yaml", "w").write(text)
PYTHON
}

toolchains
if [ "${#languages[@]}" -eq 0 ]; then
  exit 0
fi
packages
examples
fresh
gates
say "" "the transcript is in $transcript"
