# create-next-app: TypeScript, app router, everything else as it proposes.
# shellcheck shell=bash
: "${here:?}" "${python:?}"

next_version=16.4.3

scaffold_next() {
  npx --yes "create-next-app@$next_version" portal --yes --ts --app --no-eslint --use-npm --disable-git --skip-install
  cp "$here/next/package-lock.json" portal/
  npm --prefix portal ci --no-audit --no-fund --loglevel error --prefer-offline
}

build_next() {
  NEXT_TELEMETRY_DISABLED=1 NEXT_FONT_GOOGLE_MOCKED_RESPONSES=$here/next/fonts.cjs npx --no-install next build
}

serve_next() {
  NEXT_TELEMETRY_DISABLED=1 exec node node_modules/next/dist/bin/next start --port "$1" --hostname 127.0.0.1
}
