#!/usr/bin/env bash
# Puts the JSON-Schema-Test-Suite into FOLDER, from the Python package that carries it.
#
# Usage: schema-suite.sh FOLDER [PIP]
set -euo pipefail
folder=$1
pip=${2:-pip}
version=4.26.0
digest=0c26707e2efad8aa1bfc5b7ce170f3fccc2e4918ff85989ba9ffa9facb2be326
archive=jsonschema-$version.tar.gz

if [ -e "$folder/$version" ]; then
  exit
fi
rm -rf "$folder"
mkdir -p "$folder"
"$pip" download --quiet --no-deps --no-binary :all: --dest "$folder" "jsonschema==$version"
echo "$digest  $folder/$archive" | sha256sum --check --quiet
tar --extract --gzip --file "$folder/$archive" --directory "$folder" --strip-components 2 \
  "jsonschema-$version/json/tests" "jsonschema-$version/json/remotes"
rm "$folder/$archive"
touch "$folder/$version"
