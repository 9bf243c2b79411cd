//! The project's public key: whether it is one.
//!
//! Keys: <https://supabase.com/docs/guides/api/api-keys>.

use tidegate_core::check::{CheckError, Context};
use tidegate_core::gate::Api;
use tidegate_core::scope::Scope;
use tidegate_core::secret::Sensitive;
use tidegate_core::template::Template;

use super::config::Config;
use crate::scan::jwt::Jwt;

/// The header that the gateway asks for.
pub(super) const HEADER: &str = "apikey";

/// The beginning of secret keys of the newer form.
const SECRET: &str = "sb_secret_";

/// The key as it is sent, and what it says of itself.
pub(super) struct Key {
    /// The key.
    pub(super) value: Sensitive,
    /// Whether it is sent by the check and not by the headers of the api.
    pub(super) is_own: bool,
    /// What sort of key it is.
    pub(super) sort: Sort,
}

/// What sort of key it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    /// A signed token with the role of strangers, which also stands in for a login.
    Token,
    /// Any other text.
    Plain,
    /// The key that row security does not apply to.
    Secret,
    /// A token that is over.
    Over,
}

impl Key {
    /// Finds the key in the config or in the headers of the api.
    ///
    /// # Errors
    /// When there is none, or its secret is not set.
    pub(super) fn find(config: &Config, context: &Context) -> Result<Self, CheckError> {
        let apis = &context.environment().apis;
        let api = apis.iter().find(|api| api.name == config.api.value);
        let template = config.key.as_ref().or_else(|| header(api?));
        let Some(template) = template else {
            return Err(CheckError::new(
                format!("`{}` has no key of the project", config.api.value),
                "Give the anon or publishable key, as in `headers: { apikey: \"${SUPABASE_ANON_KEY}\" }` under the api, \
                 or with `key:`.",
            )
            .at(config.api.span.location()));
        };
        let scope = Scope::new(context.values().clone(), context.secrets().clone());
        let value = template.render(&scope)?;
        let now = context.clock().wall().as_second();
        Ok(Self {
            sort: sort(value.expose(), now),
            is_own: config.key.is_some(),
            value,
        })
    }
}

fn header(api: &Api) -> Option<&Template> {
    let mut headers = api.headers.iter();
    headers
        .find(|(name, _)| name.eq_ignore_ascii_case(HEADER))
        .map(|(_, value)| value)
}

fn sort(key: &str, now: i64) -> Sort {
    if key.starts_with(SECRET) {
        return Sort::Secret;
    }
    match Jwt::read(key.as_bytes()) {
        Some(token) if token.claim("role") == Some("service_role") => Sort::Secret,
        Some(token) if token.ended_before(now) => Sort::Over,
        Some(_) => Sort::Token,
        None => Sort::Plain,
    }
}
