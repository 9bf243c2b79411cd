#!/usr/bin/env bash
# Tries what a release is made of, with small programs in the place of the binaries: digests, the commit
# with its tag, installers against a server on loopback, npm packages.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
sources=$PWD
work=$(mktemp -d)
server=
finish() {
  if [ -n "$server" ]; then
    kill "$server" 2>/dev/null || true
  fi
  rm -rf "$work"
}
trap finish EXIT

# expect WHAT WANTED FOUND
expect() {
  if [ "$2" != "$3" ]; then
    printf '%s: %s instead of %s\n' "$1" "$3" "$2" >&2
    exit 1
  fi
  printf 'ok: %s\n' "$1"
}

binaries() {
  mkdir -p "$work/site/v9.9.9"
  grep -v '^#' release/targets.txt | while read -r target _; do
    suffix=
    case $target in *windows*) suffix=.exe ;; esac
    # shellcheck disable=SC2016 # the program expands it
    printf '#!/bin/sh\necho "%s: $*"\nexit 3\n' "$target" >"$work/site/v9.9.9/tidegate-$target$suffix"
    chmod +x "$work/site/v9.9.9/tidegate-$target$suffix"
  done
}

tagging() {
  git init --quiet --bare --initial-branch main "$work/origin.git"
  git clone --quiet "$work/origin.git" "$work/clone" 2>/dev/null
  cp -r release "$work/clone/release"
  mkdir "$work/clone/action"
  echo '# digests' >"$work/clone/action/digests.txt"
  (
    cd "$work/clone"
    git checkout --quiet -B main
    git add .
    git -c user.name=test -c user.email=test@tidegate.invalid commit --quiet --message sources
    git push --quiet origin main
    bash release/tag.sh 9.9.9 "$work/site/v9.9.9" 2>/dev/null
  )
  expect 'the tag is one commit after the sources' "$(git -C "$work/origin.git" rev-parse main)" \
    "$(git -C "$work/origin.git" rev-parse 'v9.9.9^{commit}')"
  expect 'each target has a digest' 6 "$(grep -c ' 9.9.9$' "$work/clone/action/digests.txt")"
  expect 'the digests fit' 6 \
    "$(cd "$work/clone" && bash release/sums.sh 9.9.9 "$work/site/v9.9.9" | sha256sum --check | grep -c ': OK$')"
}

installers() {
  bash release/installers.sh 9.9.9 "$work/clone/action/digests.txt" "$work/installers"
  python3 -u -c '
import functools, http.server, sys
handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=sys.argv[1])
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
print(server.server_port)
server.serve_forever()' "$work/site" >"$work/port" 2>/dev/null &
  server=$!
  for _ in $(seq 100); do
    if [ -s "$work/port" ]; then break; fi
    sleep 0.1
  done
  TIDEGATE_MIRROR=http://127.0.0.1:$(<"$work/port")
  export TIDEGATE_MIRROR TIDEGATE_FOLDER="$work/installed folder"
  sh "$work/installers/install.sh" >/dev/null
  code=0
  "$TIDEGATE_FOLDER/tidegate" run >/dev/null || code=$?
  expect 'the installed program runs' 3 "$code"

  for binary in "$work"/site/v9.9.9/tidegate-*-linux-*; do echo '# changed' >>"$binary"; done
  code=0
  sh "$work/installers/install.sh" 2>"$work/refusal" || code=$?
  expect 'a changed binary is refused' 1 "$code"
  expect 'and the refusal says why' 1 "$(grep -c 'has the digest' "$work/refusal")"
  expect 'and nothing is left of it' 1 "$(find "$TIDEGATE_FOLDER" -type f | wc -l)"
  expect 'and what was there stays' 0 "$(grep -c changed "$TIDEGATE_FOLDER/tidegate")"
}

packages() {
  node release/npm/build.mjs 9.9.9 "$work/site/v9.9.9" "$work/packages"
  here=$(node -p 'process.platform + "-" + process.arch')
  for name in "$here" tidegate; do
    npm pack --silent --pack-destination "$work" "$work/packages/$name" >/dev/null
  done
  mkdir "$work/user"
  cd "$work/user"
  echo '{ "private": true }' >package.json
  npm install --silent --no-audit --no-fund --no-package-lock "$work/tidegate-$here-9.9.9.tgz" "$work/tidegate-9.9.9.tgz"
  code=0
  said=$(npx --no-install tidegate run --all) || code=$?
  cd "$sources"
  expect 'the npm package hands the exit code on' 3 "$code"
  expect 'and the arguments' 'run --all' "${said##*: }"
}

expect 'the matrix has every target' 6 "$(bash release/matrix.sh | jq '.include | length')"
binaries
tagging
installers
packages
