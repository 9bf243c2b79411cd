// What the settings form shows before anything is typed.
export const hints = {
  stripeKey: "sk_live_…",
  webhookSecret: "whsec_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
  databaseUrl: "postgres://user:password@localhost:5432/database",
  openaiKey: "sk-your-key-here",
  githubToken: "{{mistyped-github-token}}",
  password: "Password",
};
