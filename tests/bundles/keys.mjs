// Keys in the forms that their providers document, the same at each call and in no file of the repository.

import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";

const digits = "0123456789";
const lower = "abcdefghijklmnopqrstuvwxyz";
const upper = lower.toUpperCase();
const hex = digits + "abcdef";
const base32 = upper + "234567";
const lowerAlnum = digits + lower;
const upperAlnum = digits + upper;
const alnum = digits + upper + lower;
const base64 = alnum + "+/";
const base64url = alnum + "_-";

const project = "wzkqpmvhtdjxrnbslcyf";

// Characters of a set, spread like random ones; `seed` tells one value from the next.
function spread(seed, length, characters = alnum) {
  let text = "";
  for (let block = 0; text.length < length; block += 1) {
    for (const byte of createHash("sha256").update(`${seed} ${block}`).digest()) {
      text += characters[byte % characters.length];
    }
  }
  return text.slice(0, length);
}

const encode = (text) => Buffer.from(text).toString("base64url");

// A JSON web token (RFC 7519) whose signature nobody can check.
function token(claims) {
  const signed = [{ alg: "HS256", typ: "JWT" }, claims].map((part) => encode(JSON.stringify(part))).join(".");
  return `${signed}.${createHash("sha256").update(signed).digest("base64url")}`;
}

const supabaseKey = (role) =>
  token({ iss: "supabase", ref: project, role, iat: 1767225600, exp: 2082801600 });

// The CRC-32 of the characters in base62, which ends the tokens of GitHub and npm.
function checksum(characters) {
  let text = "";
  for (let rest = crc32(characters); rest > 0; rest = Math.floor(rest / 62)) {
    text = alnum[rest % 62] + text;
  }
  return text.padStart(6, "0");
}

function checkedToken(prefix) {
  const characters = spread(prefix, 30);
  return prefix + characters + checksum(characters);
}

// As long as an RSA key of 2048 bits, and with its first bytes; the rest is no key.
function pem(seed) {
  const body = `MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQ${spread(seed, 1574, base64)}`;
  const label = ["PRIVATE", "KEY"].join(" ");
  return [`-----BEGIN ${label}-----`, ...body.match(/.{1,64}/g), `-----END ${label}-----`, ""].join("\n");
}

function serviceAccount() {
  const email = "reports@acme-portal-4711.iam.gserviceaccount.com";
  return JSON.stringify({
    type: "service_account",
    project_id: "acme-portal-4711",
    private_key_id: spread("gcp key id", 40, hex),
    private_key: pem("gcp"),
    client_email: email,
    client_id: spread("gcp client", 21, digits),
    token_uri: "https://oauth2.googleapis.com/token",
  });
}

function uuid(seed) {
  const text = spread(seed, 32, hex);
  return `${text.slice(0, 8)}-${text.slice(8, 12)}-4${text.slice(13, 16)}-a${text.slice(17, 20)}-${text.slice(20)}`;
}

// What a portal's browser part may hold: public by design.
export const publicKeys = {
  "supabase-url": `https://${project}.supabase.co`,
  "supabase-anon-key": supabaseKey("anon"),
  "supabase-publishable-key": `sb_publishable_${spread("sbp", 22, base64url)}_${spread("sbp check", 8, base64url)}`,
  "firebase-api-key": `AIzaSy${spread("firebase", 33, base64url)}`,
  "firebase-app-id": `1:${spread("sender", 12, digits)}:web:${spread("app", 22, hex)}`,
  "stripe-publishable-key": `pk_live_51${spread("stripe pk", 97)}`,
  "clerk-publishable-key": `pk_live_${Buffer.from("clerk.acme.example$").toString("base64").replace(/=+$/, "")}`,
  "sentry-dsn": `https://${spread("dsn", 32, hex)}@o4509128456.ingest.de.sentry.io/4509128460`,
  "posthog-project-key": `phc_${spread("posthog", 43)}`,
  "mapbox-public-token": `pk.${encode(JSON.stringify({ u: "acme", a: spread("mapbox", 25, lowerAlnum) }))}.${spread("mapbox sign", 22, base64url)}`,
  "algolia-app-id": spread("algolia app", 10, upperAlnum),
  "algolia-search-key": spread("algolia search", 32, hex),
  "analytics-id": `G-${spread("analytics", 10, upperAlnum)}`,
  "recaptcha-site-key": `6L${spread("recaptcha", 38, base64url)}`,
  "turnstile-site-key": `0x4AAAAAAA${spread("turnstile", 14)}`,
  "segment-write-key": spread("segment", 32),
  "launchdarkly-client-id": spread("launchdarkly", 24, hex),
  "pusher-key": spread("pusher", 20, hex),
  "paypal-client-id": `A${spread("paypal", 79, base64url)}`,
  "vapid-public-key": `B${spread("vapid", 86, base64url)}`,
  "intercom-app-id": spread("intercom", 8, lowerAlnum),
  "auth0-client-id": spread("auth0", 32),
  // Looks like a token of GitHub's, but its checksum is wrong: an example out of somebody's manual.
  "mistyped-github-token": `ghp_${spread("mistyped", 30)}000000`,
};

// What must never be served; the names are those of Tidegate's rules.
export const secrets = {
  "supabase-service-role-key": supabaseKey("service_role"),
  "supabase-secret-key": `sb_secret_${spread("sbs", 22, base64url)}_${spread("sbs check", 8, base64url)}`,
  "supabase-access-token": `sbp_${spread("supabase access", 40, hex)}`,
  "stripe-secret-key": `sk_live_51${spread("stripe sk", 97)}`,
  "stripe-restricted-key": `rk_live_51${spread("stripe rk", 97)}`,
  "webhook-signing-secret": `whsec_${spread("stripe whsec", 32)}`,
  "webhook-signing-secret/svix": `whsec_${Buffer.from(spread("svix", 24)).toString("base64")}`,
  "clerk-secret-key": `sk_live_${spread("clerk", 42)}`,
  "workos-api-key": `sk_live_a2V5Xz${spread("workos", 69)}`,
  "paddle-api-key": `pdl_live_apikey_${spread("paddle", 26, lowerAlnum)}_${spread("paddle key", 22)}_${spread("paddle end", 3)}`,
  "polar-access-token": `polar_oat_${spread("polar", 43)}`,
  "shopify-access-token": `shpat_${spread("shopify", 32, hex)}`,
  "square-access-token": `EAAA${spread("square", 60, base64url)}`,
  "database-url": `postgresql://portal:${spread("postgres", 24)}@db.${project}.supabase.co:5432/postgres`,
  "database-url/mongodb": `mongodb+srv://portal:${spread("mongodb", 20)}@cluster0.k3x9q.mongodb.net/portal`,
  "neon-api-key": `napi_${spread("neon", 64, lowerAlnum)}`,
  "planetscale-password": `pscale_pw_${spread("planetscale", 43, base64url)}`,
  "private-key": pem("portal"),
  "openai-api-key": `sk-proj-${spread("openai", 74, base64url)}T3BlbkFJ${spread("openai end", 74, base64url)}`,
  "anthropic-api-key": `sk-ant-api03-${spread("anthropic", 93, base64url)}AA`,
  "gemini-api-key": `AQ.Ab8RN6${spread("gemini", 44, base64url)}`,
  "groq-api-key": `gsk_${spread("groq", 52)}`,
  "hugging-face-token": `hf_${spread("hugging face", 34, upper + lower)}`,
  "replicate-api-token": `r8_${spread("replicate", 37)}`,
  "xai-api-key": `xai-${spread("xai", 80)}`,
  "openrouter-api-key": `sk-or-v1-${spread("openrouter", 64, hex)}`,
  "perplexity-api-key": `pplx-${spread("perplexity", 48)}`,
  "deepseek-api-key": `sk-${spread("deepseek", 32, hex)}`,
  "elevenlabs-api-key": `sk_${spread("elevenlabs", 48, hex)}`,
  "together-api-key": `tgp_v1_${spread("together", 43, base64url)}`,
  "pinecone-api-key": `pcsk_${spread("pinecone id", 6)}_${spread("pinecone", 63)}`,
  "langsmith-api-key": `lsv2_pt_${spread("langsmith", 32, hex)}_${spread("langsmith end", 10, hex)}`,
  "langfuse-secret-key": `sk-lf-${uuid("langfuse")}`,
  "aws-access-key-id": `AKIA${spread("aws id", 16, base32)}`,
  "aws-secret-access-key": spread("aws secret", 40, base64),
  "gcp-service-account": serviceAccount(),
  "github-token": checkedToken("ghp_"),
  "github-fine-grained-token": `github_pat_${spread("github id", 22)}_${spread("github fine", 59)}`,
  "npm-token": checkedToken("npm_"),
  "gitlab-token": `glpat-${spread("gitlab", 20, base64url)}`,
  "pypi-token": `pypi-AgEIcHlwaS5vcmc${spread("pypi", 160, base64url)}`,
  "crates-io-token": `cio${spread("crates.io", 32)}`,
  "vercel-token": `vcp_${spread("vercel", 56)}`,
  "render-api-key": `rnd_${spread("render", 28)}`,
  "fly-token": `FlyV1 fm2_${spread("fly", 200, base64)}`,
  "digitalocean-token": `dop_v1_${spread("digitalocean", 64, hex)}`,
  "doppler-token": `dp.pt.${spread("doppler", 43)}`,
  "databricks-token": `dapi${spread("databricks", 32, hex)}`,
  "vault-token": `hvs.${spread("vault", 95, base64url)}`,
  "onepassword-service-account-token": `ops_${encode(JSON.stringify({ signInAddress: "acme.1password.eu", userAuth: { method: "SRPg-4096", alg: "PBES2g-HS256", iterations: 650000, salt: spread("1password", 22, base64url) }, secretKey: spread("1password key", 34, upperAlnum) }))}`,
  "sentry-auth-token": `sntrys_${Buffer.from(JSON.stringify({ iat: 1767225600.25, url: "https://sentry.io", region_url: "https://de.sentry.io", org: "acme" })).toString("base64")}_${spread("sentry", 43, base64)}`,
  "posthog-personal-api-key": `phx_${spread("posthog personal", 47)}`,
  "mapbox-secret-token": `sk.${encode(JSON.stringify({ u: "acme", a: spread("mapbox sk", 25, lowerAlnum) }))}.${spread("mapbox sk sign", 22, base64url)}`,
  "cloudinary-api-secret": `cloudinary://${spread("cloudinary", 15, digits)}:${spread("cloudinary secret", 27, base64url)}@acme-portal`,
  "resend-api-key": `re_${spread("resend", 8)}_${spread("resend end", 24)}`,
  "sendgrid-api-key": `SG.${spread("sendgrid", 22, base64url)}.${spread("sendgrid end", 43, base64url)}`,
  "mailgun-api-key": `key-${spread("mailgun", 32, hex)}`,
  "brevo-api-key": `xkeysib-${spread("brevo", 64, hex)}-${spread("brevo end", 16)}`,
  "twilio-api-key-sid": `SK${spread("twilio key", 32, hex)}`,
  "twilio-auth-token": spread("twilio auth", 32, hex),
  "slack-token": `xoxb-${spread("slack", 12, digits)}-${spread("slack bot", 13, digits)}-${spread("slack end", 24)}`,
  "slack-webhook": `https://hooks.slack.com/services/T${spread("slack team", 10, upperAlnum)}/B${spread("slack hook", 10, upperAlnum)}/${spread("slack hook end", 24)}`,
  "discord-webhook": `https://discord.com/api/webhooks/${spread("discord", 19, "123456789")}/${spread("discord end", 68, base64url)}`,
  "telegram-bot-token": `${spread("telegram", 10, "123456789")}:A${spread("telegram end", 34, base64url)}`,
  "notion-token": `ntn_${spread("notion", 11, digits)}${spread("notion end", 35)}`,
  "linear-api-key": `lin_api_${spread("linear", 40)}`,
  "airtable-token": `pat${spread("airtable", 14)}.${spread("airtable end", 64, hex)}`,
};
