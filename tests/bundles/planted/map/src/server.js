import { registries } from "./registries.js";

// Runs the portal.
export const server = {
  registries,
  aws: {
    region: "eu-central-1",
    accessKeyId: "{{aws-access-key-id}}",
    secretAccessKey: "{{aws-secret-access-key}}",
  },
  google: JSON.parse("{{gcp-service-account}}"),
  vercel: "{{vercel-token}}",
  render: "{{render-api-key}}",
  fly: { authorization: "{{fly-token}}" },
  digitalocean: "{{digitalocean-token}}",
  doppler: "{{doppler-token}}",
  databricks: "{{databricks-token}}",
  vault: { "x-vault-token": "{{vault-token}}" },
  onePassword: "{{onepassword-service-account-token}}",
  sentry: { authToken: "{{sentry-auth-token}}" },
  posthog: "{{posthog-personal-api-key}}",
  mapbox: "{{mapbox-secret-token}}",
  cloudinary: "{{cloudinary-api-secret}}",
};
