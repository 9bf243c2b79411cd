#!/usr/bin/env bash
# Says whether a version can be released from the sources at hand.
#
# Usage: check.sh VERSION
set -euo pipefail
version=${1:?the version}
cd "$(dirname "${BASH_SOURCE[0]}")/.."

fail() {
  printf '%s\n' "$1" >&2
  exit 1
}

[[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.]+)?$ ]] || fail "$version is no version like 1.2.3"
stated=$(sed -n '/^\[workspace.package\]/,/^\[/s/^version = "\(.*\)"$/\1/p' Cargo.toml)
[ "$stated" = "$version" ] || fail "Cargo.toml has the version $stated instead of $version"
bash release/notes.sh "$version" | grep -q . || fail "CHANGELOG.md says nothing about $version"
if git rev-parse --quiet --verify "refs/tags/v$version" >/dev/null; then
  fail "the tag v$version is there already"
fi
echo "$version can be released from $(git rev-parse HEAD)"
