#!/usr/bin/env bash
# Builds the released binary of a target into a folder and starts it once.
#
# Usage: build.sh TARGET FOLDER
set -euo pipefail
target=${1:?the target} folder=${2:?where it goes}
toolchain=1.95
rustup toolchain install "$toolchain" --profile minimal --target "$target"

suffix=
case $target in
  *windows*)
    suffix=.exe
    export RUSTFLAGS='-C target-feature=+crt-static'
    ;;
  *linux-musl)
    sudo apt-get -qq update
    sudo apt-get -qq install --no-install-recommends --yes musl-tools
    # The names that the crates with C code look for.
    export "CC_${target//-/_}=musl-gcc"
    ;;
esac

cargo "+$toolchain" build --release --locked --features full --target "$target" --bin tidegate
mkdir -p "$folder"
binary=$folder/tidegate-$target$suffix
cp "target/$target/release/tidegate$suffix" "$binary"
"$binary" --version
case $target in
  *linux-musl) ldd "$binary" 2>&1 | grep -E 'statically linked|not a dynamic executable' ;;
esac
