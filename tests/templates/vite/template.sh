# create-vite: React with TypeScript.
# shellcheck shell=bash
: "${here:?}" "${python:?}"

vite_version=9.3.0

scaffold_vite() {
  npx --yes "create-vite@$vite_version" portal --template react-ts --no-interactive
  cp "$here/vite/package-lock.json" portal/
  npm --prefix portal ci --no-audit --no-fund --loglevel error --prefer-offline
}

build_vite() {
  npm run --silent build
}

serve_vite() {
  exec node node_modules/vite/bin/vite.js preview --port "$1" --strictPort --host 127.0.0.1
}
