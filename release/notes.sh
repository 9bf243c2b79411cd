#!/usr/bin/env bash
# Prints what CHANGELOG.md says about a version.
#
# Usage: notes.sh VERSION
set -euo pipefail
version=${1:?the version}
awk -v version="$version" '
  /^## / { inside = ($2 == version || $2 == "[" version "]"); next }
  inside { print }
' "$(dirname "${BASH_SOURCE[0]}")/../CHANGELOG.md" | sed -e '/./,$!d'
