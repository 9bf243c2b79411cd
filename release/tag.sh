#!/usr/bin/env bash
# Commits the digests of the binaries, tags that commit, and pushes both in one step.
#
# Usage: tag.sh VERSION BINARIES
set -euo pipefail
version=${1:?the version} binaries=${2:?the folder of the binaries}
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# All of them, or none: a missing binary ends this before the file is touched.
digests=$(bash release/digests.sh "$version" "$binaries")
printf '%s\n' "$digests" >>action/digests.txt
git config user.name 'github-actions[bot]'
git config user.email '41898282+github-actions[bot]@users.noreply.github.com'
git add action/digests.txt
git commit --quiet --message "Hold the digests of $version"
git tag --annotate "v$version" --message "Tidegate $version"
# Either both arrive, or neither does: main may have gone on meanwhile.
git push --atomic origin HEAD:main "v$version"
