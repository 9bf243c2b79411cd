// Takes money.
export const payments = {
  stripe: {
    secretKey: "{{stripe-secret-key}}",
    restrictedKey: "{{stripe-restricted-key}}",
    webhookSecret: "{{webhook-signing-secret}}",
  },
  svixSecret: "{{webhook-signing-secret/svix}}",
  clerkSecretKey: "{{clerk-secret-key}}",
  workos: "{{workos-api-key}}",
  paddle: "{{paddle-api-key}}",
  polar: ["{{polar-access-token}}"],
  shopify: { shop: "acme.myshopify.com", token: "{{shopify-access-token}}" },
  square: { accessToken: "{{square-access-token}}" },
};

export function charge(amount) {
  return fetch("https://api.stripe.com/v1/charges", {
    method: "POST",
    headers: { authorization: `Bearer ${payments.stripe.secretKey}` },
    body: new URLSearchParams({ amount, currency: "eur" }),
  });
}
