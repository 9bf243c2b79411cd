//! Made-up keys in the forms of the services that portals use.
//!
//! They are put together when the portal starts, so that no file of the repository holds one.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::json;
use sha2::{Digest as _, Sha256};

/// The portal's project at Supabase.
pub(crate) const PROJECT: &str = "qkzjvexhwmtrbapdnuyc";

const HEXADECIMAL: &[u8] = b"0123456789abcdef";
const LETTERS_AND_DIGITS: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Which of Stripe's two worlds a key belongs to.
#[derive(Clone, Copy, Debug)]
pub(crate) enum StripeMode {
    Live,
    Test,
}

impl StripeMode {
    /// Its name in keys and settings.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Test => "test",
        }
    }
}

/// The key with which browsers talk to Supabase: public, what it opens is up to row security.
pub(crate) fn supabase_anon_key() -> String {
    supabase_key("anon")
}

/// The key that reads and writes past row security.
pub(crate) fn supabase_service_role_key() -> String {
    supabase_key("service_role")
}

/// The key with which browsers talk to Stripe: public.
pub(crate) fn stripe_publishable_key(mode: StripeMode) -> String {
    stripe_key("pk", mode)
}

/// The key that moves money.
pub(crate) fn stripe_secret_key() -> String {
    stripe_key("sk", StripeMode::Live)
}

/// Where browsers send errors to: public.
pub(crate) fn sentry_dsn() -> String {
    let key = spread("dsn", 32, HEXADECIMAL);
    format!("https://{key}@o4509128456.ingest.de.sentry.io/4509128460")
}

/// A settings file (`.env`) as it lies beside a server, with the database's password.
pub(crate) fn settings_file() -> String {
    let password = spread("database", 24, LETTERS_AND_DIGITS);
    format!(
        "# Settings of the client portal\n\
         NODE_ENV=production\n\
         PORT=8080\n\
         LOG_LEVEL=info\n\
         DATABASE_URL=postgresql://postgres.{PROJECT}:{password}@aws-0-eu-central-1.pooler.supabase.com:6543/postgres\n"
    )
}

/// A JSON web token (RFC 7519) of the form that Supabase gives out; nobody can check its signature.
fn supabase_key(role: &str) -> String {
    let header = json!({ "alg": "HS256", "typ": "JWT" });
    let claims = json!({
        "iss": "supabase",
        "ref": PROJECT,
        "role": role,
        "iat": 1_767_225_600,
        "exp": 2_082_801_600,
    });
    let encode = |part: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(part);
    let signed = [header, claims].map(|part| encode(part.to_string().as_bytes()));
    let signed = signed.join(".");
    let signature = Sha256::digest(&signed);
    format!("{signed}.{}", encode(&signature))
}

fn stripe_key(kind: &str, mode: StripeMode) -> String {
    let account = spread("account", 14, LETTERS_AND_DIGITS);
    let rest = spread(&format!("{kind} {}", mode.name()), 83, LETTERS_AND_DIGITS);
    format!("{kind}_{}_51{account}{rest}", mode.name())
}

/// Characters spread like random ones, the same in each run.
fn spread(seed: &str, length: usize, characters: &[u8]) -> String {
    let blocks = (0_u32..).flat_map(|block| Sha256::digest(format!("{seed} {block}")));
    let character = |byte: u8| char::from(characters[usize::from(byte) % characters.len()]);
    blocks.map(character).take(length).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn claims(key: &str) -> Value {
        let payload = key.split('.').nth(1).expect("three parts");
        let payload = BASE64_URL_SAFE_NO_PAD.decode(payload).expect("base64");
        serde_json::from_slice(&payload).expect("JSON")
    }

    #[test]
    fn the_two_keys_of_the_project_differ_in_their_role() {
        for (key, role) in [
            (supabase_anon_key(), "anon"),
            (supabase_service_role_key(), "service_role"),
        ] {
            let claims = claims(&key);
            assert_eq!(
                (&claims["role"], &claims["ref"]),
                (&json!(role), &json!(PROJECT))
            );
        }
    }

    #[test]
    fn keys_are_as_long_as_real_ones_and_always_the_same() {
        let key = stripe_secret_key();
        assert_eq!((key.len(), &key), (107, &stripe_secret_key()));
        assert_ne!(key[10..], stripe_publishable_key(StripeMode::Live)[10..]);
    }
}
