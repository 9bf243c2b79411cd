"use strict";

// Made for browsers: whoever opens the portal may read all of it.
const config = {
  api: "{{api}}",
  supabase: { url: "https://{{project}}.supabase.co", anonKey: "{{anon-key}}" },
  stripe: { mode: "{{stripe-mode}}", publishableKey: "{{publishable-key}}" },
  sentry: { dsn: "{{dsn}}" },
};

