#!/usr/bin/env bash
# Finds the program for this runner and verifies it; the output `program` says where it is.
#
# The first that there is: binary-path, the tool cache, a download. What is cached or downloaded has to
# have the digest that is committed beside this script: a digest that lay beside the program would come
# from whoever put the program there.
set -euo pipefail
here=${BASH_SOURCE[0]%/*}
# shellcheck source=action/common.sh
source "$here/common.sh"

digests=$here/digests.txt
releases=https://github.com/tidegate/tidegate/releases/download

# Sets target and suffix.
find_target() {
  suffix=
  case "${RUNNER_OS:-?} ${RUNNER_ARCH:-?}" in
    "Linux X64") target=x86_64-unknown-linux-musl ;;
    "Linux ARM64") target=aarch64-unknown-linux-musl ;;
    "macOS X64") target=x86_64-apple-darwin ;;
    "macOS ARM64") target=aarch64-apple-darwin ;;
    "Windows X64") target=x86_64-pc-windows-msvc suffix=.exe ;;
    "Windows ARM64") target=aarch64-pc-windows-msvc suffix=.exe ;;
    *)
      fail "There is no Tidegate for this runner (${RUNNER_OS:-unknown system}, ${RUNNER_ARCH:-unknown processor})." \
        "It runs on Linux, macOS and Windows, x64 and arm64. Build it with cargo, and give it with binary-path."
      ;;
  esac
}

# version_of PROGRAM: what it says of itself, or nothing.
version_of() {
  "$1" --version 2>/dev/null | head -n 1 || true
}

use_own() {
  local program=$INPUT_BINARY_PATH version
  case $program in
    /* | [A-Za-z]:*) ;;
    *) program=$PWD/$program ;;
  esac
  [ -f "$program" ] || fail "There is no program at $INPUT_BINARY_PATH, which binary-path names." \
    "The path is relative to the workspace. Build or download the program in a step before this one."
  [ -x "$program" ] || fail "The file $INPUT_BINARY_PATH, which binary-path names, cannot be executed." \
    "Make it executable with chmod +x; artifacts lose that."
  version=$(version_of "$program")
  case $version in
    "tidegate "[0-9]*) ;;
    *) fail "The program $INPUT_BINARY_PATH, which binary-path names, does not answer as Tidegate does." \
      "Is it Tidegate, and built for this runner (${RUNNER_OS:-}, ${RUNNER_ARCH:-})?" ;;
  esac
  say "Uses $version at $INPUT_BINARY_PATH as it is: binary-path was given, nothing is verified."
  output program "$program"
}

# Sets version and digest from the digests.
find_digest() {
  local line_digest line_target line_version newest='' known=''
  version=${INPUT_VERSION#v}
  digest=
  while read -r line_digest line_target line_version _; do
    case $line_digest in '' | '#'*) continue ;; esac
    known=yes
    [ "$line_target" = "$target" ] || continue
    if [ -z "$version" ] || [ "$version" = "$line_version" ]; then
      newest=$line_version digest=$line_digest
    fi
  done <"$digests"
  [ -n "$known" ] || fail "There is no release of Tidegate yet that this action could download." \
    "Build the program in a step before this one, with cargo install --locked --git https://github.com/tidegate/tidegate --features full tidegate, and give its path with binary-path."
  [ -n "$digest" ] || fail "This version of the action knows no Tidegate ${version:-at all} for $target." \
    "Leave version out, or use the version of the action that was released with it."
  version=$newest
  case $version in
    *[!0-9A-Za-z.-]*) fail "The version in action/digests.txt is no version: $version." "Restore the file." ;;
  esac
  case $digest in
    *[!0-9a-f]*) digest= ;;
  esac
  [ "${#digest}" -eq 64 ] || fail "The digest of Tidegate $version for $target is no SHA-256 digest." "Restore action/digests.txt."
}

# digest_of FILE: its SHA-256 digest.
digest_of() {
  if command -v sha256sum >/dev/null; then
    sha256sum <"$1" | cut -c 1-64
  else
    shasum -a 256 <"$1" | cut -c 1-64
  fi
}

# without_login URL: without name and password.
without_login() {
  case $1 in
    *://*@*) printf '%s://%s' "${1%%://*}" "${1#*@}" ;;
    *) printf '%s' "$1" ;;
  esac
}

# download URL FILE: tries again what may work the next time.
download() {
  local attempt code protocols='=https'
  # A mirror may be asked in the clear, because the digest holds; nobody is sent from https to that.
  case $1 in http://*) protocols='=https,http' ;; esac
  for attempt in 1 2 3; do
    code=0
    curl --fail --silent --show-error --location --proto "$protocols" --proto-redir "$protocols" \
      --connect-timeout 15 --max-time 300 --max-filesize 500000000 --retry 2 --output "$2" -- "$1" || code=$?
    # 22: the server answered, and curl has tried again where that helps.
    case $code in
      0) return ;;
      22) break ;;
    esac
    [ "$attempt" -eq 3 ] || sleep "$attempt"
  done
  fail "Tidegate $version could not be downloaded from $(without_login "$1") (curl ended with $code)." \
    "Is the address reachable from this runner? Give another with mirror, or the program with binary-path."
}

# The download, until it has its place; removed when the step ends before that.
fresh=

# Takes the program out of the tool cache, or downloads it there.
use_release() {
  local base url folder program
  base=${INPUT_MIRROR:-$releases}
  url=${base%/}/v$version/tidegate-$target$suffix
  folder=${RUNNER_TOOL_CACHE:-$temporary}
  folder=${folder//\\//}/tidegate/$version/$target
  program=$folder/tidegate$suffix
  if [ -f "$program" ]; then
    if [ "$(digest_of "$program")" = "$digest" ]; then
      say "Uses Tidegate $version for $target from the tool cache; its digest is right."
      output program "$program"
      return
    fi
    annotate warning "The cached Tidegate $version has another digest than it must have. It was removed and is downloaded anew."
    rm -f "$program"
  fi
  command -v curl >/dev/null || fail "There is no curl on this runner to download Tidegate with." \
    "Install curl, or give the program with binary-path."
  say "Downloads Tidegate $version for $target from $(without_login "$base")."
  fresh=$(mktemp "$temporary/tidegate-download-XXXXXX")
  trap 'rm -f "$fresh"' EXIT
  download "$url" "$fresh"
  if [ "$(digest_of "$fresh")" != "$digest" ]; then
    rm -f "$fresh"
    fail "What was downloaded is not Tidegate $version: its digest is not $digest. It was removed." \
      "Somebody changed it on the way, or the mirror has another build. Do not go around this."
  fi
  chmod 755 "$fresh"
  if ! { mkdir -p "$folder" && mv -f "$fresh" "$program"; } 2>/dev/null; then
    # A tool cache that may only be read: the program lasts as long as the job.
    program=$fresh$suffix
    [ "$program" = "$fresh" ] || mv -f "$fresh" "$program"
    trap - EXIT
  fi
  say "The digest is right."
  output program "$program"
}

echo "::group::Tidegate: find the program"
if [ -n "${INPUT_BINARY_PATH:-}" ]; then
  use_own
else
  find_target
  find_digest
  use_release
fi
echo "::endgroup::"
