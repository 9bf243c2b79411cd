// Where the portal's data are.
const SERVICE_ROLE_KEY = "{{supabase-service-role-key}}";

export const store = {
  headers: { apikey: SERVICE_ROLE_KEY, authorization: "Bearer " + SERVICE_ROLE_KEY },
  supabaseSecretKey: "{{supabase-secret-key}}",
  supabaseAccessToken: "{{supabase-access-token}}",
  url: "{{database-url}}",
  documents: "{{database-url/mongodb}}",
  neon: { apiKey: "{{neon-api-key}}" },
  planetscale: {
    username: "portal",
    password: "{{planetscale-password}}",
  },
  // Signs the links to files.
  signingKey: "{{private-key}}",
};
