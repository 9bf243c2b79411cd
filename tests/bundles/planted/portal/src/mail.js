// Tells people what happened.
const SENDGRID = "{{sendgrid-api-key}}";

export const mail = {
  resend: "{{resend-api-key}}",
  sendgrid: { authorization: `Bearer ${SENDGRID}` },
  mailgun: "{{mailgun-api-key}}",
  brevo: { "api-key": "{{brevo-api-key}}" },
  twilioApiKey: "{{twilio-api-key-sid}}",
  twilioAuthToken: "{{twilio-auth-token}}",
  slack: { token: "{{slack-token}}" },
  alerts: ["{{slack-webhook}}", "#alerts"],
  discord: (text) =>
    fetch("{{discord-webhook}}", { method: "POST", body: JSON.stringify({ content: text }) }),
  telegram: "{{telegram-bot-token}}",
  notion: "{{notion-token}}",
  linear: "{{linear-api-key}}",
  airtable: "{{airtable-token}}",
};
