#!/usr/bin/env bash
# Puts the JSONPath Compliance Test Suite (RFC 9535) into FOLDER, from the crate that carries it.
#
# Usage: jsonpath-suite.sh FOLDER
set -euo pipefail
folder=$1
version=8.0.1
digest=ecf3f420a81c1ee22868fba85872fb7146bd4f4bc1185de579655a4c71849e8a
archive=hurl-$version.crate

if [ -e "$folder/$version" ]; then
  exit
fi
rm -rf "$folder"
mkdir -p "$folder"
curl --fail --silent --show-error --retry 3 --output "$folder/$archive" \
  "https://static.crates.io/crates/hurl/$archive"
echo "$digest  $folder/$archive" | sha256sum --check --quiet
tar --extract --gzip --file "$folder/$archive" --directory "$folder" --strip-components 4 \
  "hurl-$version/src/jsonpath/tests/cts.json"
rm "$folder/$archive"
touch "$folder/$version"
