#!/usr/bin/env bash
# Writes the installers of a release: the digests of its binaries stand in them.
#
# Usage: installers.sh VERSION DIGESTS FOLDER
set -euo pipefail
version=${1:?the version} digests=${2:?the file of digests} folder=${3:?where they go}
here=$(dirname "${BASH_SOURCE[0]}")
mkdir -p "$folder"
for name in install.sh install.ps1; do
  while IFS= read -r line; do
    case $line in
      *@DIGESTS@*)
        while read -r digest target of; do
          if [ "$of" = "$version" ]; then
            printf '%s %s\n' "$digest" "$target"
          fi
        done <"$digests"
        ;;
      *) printf '%s\n' "${line//@VERSION@/$version}" ;;
    esac
  done <"$here/$name" >"$folder/$name"
done
