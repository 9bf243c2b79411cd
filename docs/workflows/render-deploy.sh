#!/usr/bin/env bash
# Deploys the commit GITHUB_SHA to the Render service SERVICE and waits until it is live.
# Copy it to .github/render-deploy.sh; the workflow for Render calls it.
set -euo pipefail

deploys=https://api.render.com/v1/services/$SERVICE/deploys

# The key is read from standard input, so that no list of processes shows it.
render() {
  printf 'header = "Authorization: Bearer %s"\n' "$RENDER_API_KEY" |
    curl --config - --silent --show-error --fail --retry 3 "$@"
}

data=$(jq --null-input --arg commit "$GITHUB_SHA" '{ commitId: $commit }')
deploy=$(render --header 'Content-Type: application/json' --data "$data" "$deploys" | jq --raw-output .id)

for _ in $(seq 150); do
  status=$(render "$deploys/$deploy" | jq --raw-output .status)
  case $status in
    live)
      echo "$GITHUB_SHA is live"
      exit 0
      ;;
    *failed | canceled | deactivated)
      echo "the deploy ended as $status" >&2
      exit 1
      ;;
  esac
  sleep 10
done
echo "the deploy was not live after 25 minutes" >&2
exit 1
