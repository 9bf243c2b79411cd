#!/usr/bin/env bash
# The first hour on real project templates: `tests/templates/run.sh FOLDER [TEMPLATE...]`.
#
# TIDEGATE names the program. Each template is scaffolded by its own generator at a pinned version, built, made a git
# repository and started as in production. `tidegate init` writes a gate file and runs it, and must allow the project as
# it is; then one fault at a time is planted into a copy, and the run must block it with the codes that stand below, and
# no others. At the end the questions of `init` are answered at a terminal (needs `expect`). FOLDER keeps what was
# scaffolded, a transcript for each template, and `times.txt`.
#
# Templates are scaffolded beside one another, and so are their faults planted and built. Each run of a gate is alone, as
# it measures time.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
mkdir -p "$1"
folder=$(cd "$1" && pwd)
shift
tidegate=$(realpath "${TIDEGATE:?the program tidegate}")
templates=(next vite fastapi django)
if [ "$#" -gt 0 ]; then
  templates=("$@")
fi
python=$folder/python/bin
times=$folder/times.txt
failures=$folder/failures.txt
transcript=/dev/null
name=
declare -A ports
took=0
server_pid=
export npm_config_cache=$folder/npm-cache
export UV_CACHE_DIR=$folder/uv-cache UV_PYTHON_DOWNLOADS=never UV_NO_PROGRESS=1 UV_LINK_MODE=copy
export NEXT_TELEMETRY_DISABLED=1 PYTHONDONTWRITEBYTECODE=1 FORCE_COLOR=0
exec </dev/null

for template in next vite fastapi django; do
  # shellcheck source=/dev/null
  . "$here/$template/template.sh"
done

say() {
  printf '%s\n' "$@" | tee -a "$transcript"
}

now() {
  date +%s%3N
}

# quietly COMMAND...: what a command prints is shown only when it fails.
quietly() {
  local log=$folder/$name.log
  "$@" >"$log" 2>&1 || {
    tail -n 60 "$log"
    return 1
  }
}

# timed COMMAND...: runs a command as somebody types it, and says how long it took; sets `took`.
timed() {
  local begun status=0
  begun=$(now)
  say "\$ ${*//"$tidegate"/tidegate}"
  "$@" 2>&1 | tee -a "$transcript" || status=${PIPESTATUS[0]}
  took=$(($(now) - begun))
  say "($took ms, exit code $status)" ""
  return "$status"
}

tools() {
  local wanted
  wanted=$(cat "$here/requirements.txt" "$here/django/page/requirements.txt")
  if [ "$(cat "$folder/python/wanted" 2>/dev/null)" != "$wanted" ]; then
    rm -rf "$folder/python"
    python3 -m venv "$folder/python"
    "$python/pip" install --quiet --disable-pip-version-check --requirement "$here/requirements.txt"
    printf '%s\n' "$wanted" >"$folder/python/wanted"
  fi
  # fastapi-new starts uv.
  export PATH=$python:$PATH
}

# A project that was scaffolded from what stands in the template's folder is not scaffolded again.
scaffold() {
  local app=$folder/apps/$name recipe
  recipe=$(find "$here/$name" "$here/requirements.txt" -type f -print0 | sort --zero-terminated | xargs --null cat | sha256sum)
  if [ "$(cat "$app/recipe" 2>/dev/null)" = "$recipe" ]; then
    return
  fi
  rm -rf "$app"
  mkdir -p "$app"
  cd "$app"
  quietly "scaffold_$name"
  cd portal
  quietly "build_$name"
  [ -d .git ] || git init --quiet --initial-branch main
  commit "$name"
  printf '%s\n' "$recipe" >"$app/recipe"
}

# Files that git leaves out are no change to it.
commit() {
  git add --all
  git -c user.name=Ada -c user.email=ada@acme.example -c commit.gpgsign=false commit --quiet --allow-empty --message "$1"
}

# copy FROM TO: a project of its own; packages are shared.
copy() {
  local from=$1 to=$2 part
  rm -rf "$to"
  mkdir -p "$to"
  for part in "$from"/* "$from"/.[!.]*; do
    case ${part##*/} in
      node_modules | .venv) cp --archive --link "$part" "$to/" ;;
      *) cp --archive "$part" "$to/" ;;
    esac
  done
}

# Below those that the system gives to clients: a server that starts again finds it free.
free_port() {
  python3 - <<'PYTHON'
import random, socket

while True:
    port = random.randint(20000, 30000)
    with socket.socket() as server:
        try:
            server.bind(("127.0.0.1", port))
        except OSError:
            continue
    print(port)
    break
PYTHON
}

start() {
  local port=${ports[$name]} log=$folder/$name-server.log
  "serve_$name" "$port" >"$log" 2>&1 &
  server_pid=$!
  for _ in $(seq 300); do
    if curl --silent --output /dev/null --max-time 5 "http://127.0.0.1:$port/"; then
      return
    fi
    kill -0 "$server_pid" 2>/dev/null || break
    sleep 0.1
  done
  tail -n 60 "$log"
  echo "$name: the server did not start" >&2
  return 1
}

stop() {
  if [ -n "$server_pid" ]; then
    local pid=$server_pid
    server_pid=
    kill "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  fi
}
trap stop EXIT

# of NAME FUNCTION: runs a function for a template.
of() {
  trap stop EXIT
  name=$1
  "$2"
}

# beside FUNCTION NAME...: runs a function for each template at the same time; what it prints comes one after the other.
beside() {
  local function=$1 one status=0
  local -A jobs
  shift
  for one in "$@"; do
    of "$one" "$function" >"$folder/$one.shown" 2>&1 &
    jobs[$one]=$!
  done
  for one in "$@"; do
    wait "${jobs[$one]}" || status=1
    cat "$folder/$one.shown"
  done
  return "$status"
}

# note CASE: keeps how long the last command took.
note() {
  printf '%-10s %-14s %6d ms\n' "$name" "$1" "$took" >>"$times"
}

wrong() {
  printf '!!! %s\n' "$*" | tee -a "$transcript" "$failures"
}

# Writes a gate file and runs it, as somebody does who has just installed Tidegate.
first_run() {
  timed "$tidegate" init --yes --url "http://127.0.0.1:${ports[$name]}" || wrong "$name: init ended with $?"
  note "init"
  if ! grep --quiet --fixed-strings 'Verdict: allow. ' "$transcript"; then
    wrong "$name: the project as it was made is not allowed"
  fi
}

# gate FAULT: runs the gate on a copy with a fault, which must block with exactly its codes.
gate() {
  local fault=$1 status=0 found wanted report=$folder/reports/$name-$1.json
  mkdir -p "$folder/reports"
  cd "$folder/copies/$name-$fault"
  start
  timed "$tidegate" run --env local --report terminal=- --report "json=$report" || status=$?
  stop
  note "$fault"
  found=$(jq -r '[.results[].findings[]? | select(.level != "allow") | .code] | unique | join(" ")' "$report")
  wanted=$(codes "$fault" | tr ' ' '\n' | LC_ALL=C sort | xargs)
  if [ "$status" -ne 1 ] || [ "$found" != "$wanted" ]; then
    wrong "$name, $fault: exit code $status instead of 1, found: ${found:-nothing}, expected: $wanted"
  fi
  cd "$folder"
  rm -rf "$folder/copies/$name-$fault"
}

# The codes that a planted fault must bring.
codes() {
  case $name/$1 in
    # What a page or an answer shows itself is seen a second time, in the answers to all checks.
    fastapi/key | django/key) echo secrets/supabase-service-role-key response-secrets/secret ;;
    */key) echo secrets/supabase-service-role-key ;;
    */staging) echo environment/bundle-host ;;
    */staging-file) echo environment/staging-host ;;
    */error) echo page/status ;;
    */slow) echo latency/over-budget ;;
  esac
}

# plant FAULT: a copy with one fault, built anew where the fault is in what is built.
plant() {
  local fault=$1 to=$folder/copies/$name-$1
  copy "$folder/copies/$name" "$to"
  cd "$to"
  git switch --quiet --create change
  node "$here/plant.mjs" "$name" "$fault" .
  commit "$fault"
  if [ "$fault" != staging-file ]; then
    quietly "build_$name"
  fi
}

transcribe() {
  mkdir -p "$folder/transcripts"
  transcript=$folder/transcripts/$name.txt
}

# The project as it was made.
as_made() {
  transcribe
  : >"$transcript"
  ports[$name]=$(free_port)
  say "=== $name, as it was scaffolded"
  copy "$folder/apps/$name/portal" "$folder/copies/$name"
  cd "$folder/copies/$name"
  start
  first_run
  stop
  commit "a gate"
}

# The faults of a template; a file of variables is the same whatever is built.
faults() {
  echo key staging error slow
  if [ "$name" = vite ]; then
    echo staging-file
  fi
}

plant_all() {
  local fault
  for fault in $(faults); do
    plant "$fault"
  done
}

gate_all() {
  local fault
  transcribe
  for fault in $(faults); do
    say "=== $name with a planted fault: $fault"
    gate "$fault"
  done
}

# The questions of `tidegate init`, at a terminal.
terminal() {
  transcript=$folder/transcripts/terminal.txt
  copy "$folder/apps/$1/portal" "$folder/copies/terminal"
  say "=== questions at a terminal"
  "$here/terminal.exp" "$tidegate" "$folder/copies/terminal" 2>&1 | tee "$transcript" || wrong "questions at a terminal"
}

: >"$times"
: >"$failures"
tools
beside scaffold "${templates[@]}"
rm -rf "$npm_config_cache" "$UV_CACHE_DIR"
for template in "${templates[@]}"; do
  of "$template" as_made
done
beside plant_all "${templates[@]}"
for template in "${templates[@]}"; do
  of "$template" gate_all
done
terminal "${templates[0]}"
printf '\n=== times\n'
cat "$times"
if [ -s "$failures" ]; then
  printf '\n=== FAILED\n'
  cat "$failures"
  exit 1
fi
