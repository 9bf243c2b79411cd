# django-admin startproject, an app with one page, and what Django's checklist says for production.
# shellcheck shell=bash
: "${here:?}" "${python:?}"

scaffold_django() {
  mkdir -p portal/home
  "$python/django-admin" startproject config portal
  "$python/django-admin" startapp home portal/home
  cp -R "$here/django/page/." portal/
  printf '%s\n' __pycache__/ db.sqlite3 staticfiles/ >portal/.gitignore
  node "$here/plant.mjs" django production portal
}

build_django() {
  "$python/python" manage.py collectstatic --noinput --verbosity 0
}

serve_django() {
  exec "$python/gunicorn" --bind "127.0.0.1:$1" --workers 2 --threads 4 config.wsgi
}
