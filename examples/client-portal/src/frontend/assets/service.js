
// The overview for admins reads past row security and refunds by itself.
const service = {
  supabaseKey: "{{service-role-key}}",
  stripeKey: "{{stripe-secret-key}}",
};
