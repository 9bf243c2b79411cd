# fastapi-new, which sets a project up with uv.
# shellcheck shell=bash
: "${here:?}" "${python:?}"

scaffold_fastapi() {
  UV_CONSTRAINT=$here/fastapi/constraints.txt "$python/fastapi-new" portal
}

build_fastapi() {
  :
}

serve_fastapi() {
  exec .venv/bin/python -m fastapi run --host 127.0.0.1 --port "$1"
}
