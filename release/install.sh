#!/bin/sh
# Installs Tidegate @VERSION@ into a folder: $TIDEGATE_FOLDER, else ~/.local/bin.
#
# The binary is held against the SHA-256 digest in this file, and nothing is installed when they differ.
# TIDEGATE_MIRROR names another place to download from, as in https://mirror.acme.example/tidegate.
set -eu

version='@VERSION@'
digests='
@DIGESTS@
'
mirror=${TIDEGATE_MIRROR:-https://github.com/tidegate/tidegate/releases/download}
folder=${TIDEGATE_FOLDER:-$HOME/.local/bin}

fail() {
  printf 'tidegate was not installed: %s\n' "$1" >&2
  exit 1
}

target() {
  case $(uname -s) in
    Linux) system=unknown-linux-musl ;;
    Darwin) system=apple-darwin ;;
    *) fail "there is no binary for $(uname -s); \`cargo install tidegate --features full\` builds one" ;;
  esac
  case $(uname -m) in
    x86_64 | amd64) processor=x86_64 ;;
    aarch64 | arm64) processor=aarch64 ;;
    *) fail "there is no binary for $(uname -m); \`cargo install tidegate --features full\` builds one" ;;
  esac
  printf '%s-%s' "$processor" "$system"
}

digest_of() {
  if command -v sha256sum >/dev/null; then
    sha256sum "$1"
  elif command -v shasum >/dev/null; then
    shasum -a 256 "$1"
  else
    fail 'neither sha256sum nor shasum is there to verify it with'
  fi | cut -d ' ' -f 1
}

main() {
  target=$(target)
  wanted=$(printf '%s\n' "$digests" | sed -n "s/^\([0-9a-f]\{64\}\) $target\$/\1/p")
  [ -n "$wanted" ] || fail "this installer knows no digest for $target"
  command -v curl >/dev/null || fail 'curl is missing'
  mkdir -p "$folder" || fail "$folder cannot be made; set TIDEGATE_FOLDER"
  new=$(mktemp "$folder/.tidegate.XXXXXX") || fail "$folder cannot be written to; set TIDEGATE_FOLDER"
  trap 'rm -f "$new"' EXIT
  curl --proto '=https,http' --location --fail --silent --show-error --retry 3 \
    --output "$new" "$mirror/v$version/tidegate-$target" || fail "$mirror cannot be reached or has no version $version"
  found=$(digest_of "$new")
  [ "$found" = "$wanted" ] || fail "the download has the digest $found instead of $wanted"
  chmod 755 "$new"
  mv "$new" "$folder/tidegate"
  printf 'tidegate %s is in %s\n' "$version" "$folder"
  case :$PATH: in
    *:"$folder":*) ;;
    *) printf 'Add %s to your PATH.\n' "$folder" ;;
  esac
}

# The last line, so that a download that broke off runs nothing.
main
