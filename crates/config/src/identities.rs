//! Identities: who the gate can be and how each proves it.

use serde::Deserialize;
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::gate::{Credential, Identity, OAuth2};
use tidegate_core::located::{Entries, Located};
use tidegate_core::name::IdentityName;
use tidegate_core::node::{Key, Node};
use tidegate_core::period::Period;
use tidegate_core::template::Template;

use crate::environments::{no_captures, sent};
use crate::faults::{Faults, head};
use crate::login;
use crate::schema::parts;

/// The keys that say how an identity proves who it is; each has exactly one.
pub(crate) const CREDENTIAL_KEYS: [&str; 7] = [
    "login", "bearer", "basic", "cookies", "headers", "oauth2", "supabase",
];

/// Somebody the gate can be, with exactly one way to prove it.
#[derive(Default, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(deny_unknown_fields)]
pub(crate) struct RawIdentity {
    /// Whose data they see.
    #[serde(default)]
    tenant: Option<String>,
    /// What they may do, in the portal's own words.
    #[serde(default)]
    role: Option<String>,
    /// How long a login lasts when the credential does not say so itself, as in `30m`.
    #[schemars(schema_with = "parts::period")]
    #[serde(default)]
    lifetime: Option<Period>,
    /// Requests that log in, like a user would: one, or several under `steps:`.
    #[schemars(schema_with = "parts::login")]
    #[serde(default)]
    login: Option<Node>,
    /// A ready token, sent as `Authorization: Bearer`.
    #[schemars(schema_with = "parts::scalar")]
    #[serde(default)]
    bearer: Option<Template>,
    /// User name and password with every request.
    #[schemars(with = "RawBasic")]
    #[serde(default)]
    basic: Option<Node>,
    /// Ready cookies.
    #[schemars(schema_with = "parts::pairs")]
    #[serde(default)]
    cookies: Option<Entries<Template>>,
    /// Ready headers.
    #[schemars(schema_with = "parts::pairs")]
    #[serde(default)]
    headers: Option<Entries<Template>>,
    /// A token from an OAuth 2 token endpoint: the password grant when a user is named, else client credentials.
    #[schemars(with = "RawOAuth2")]
    #[serde(default)]
    oauth2: Option<Node>,
    /// A password login of Supabase Auth.
    #[schemars(with = "RawSupabase")]
    #[serde(default)]
    supabase: Option<Node>,
}

/// User name and password (RFC 7617).
#[derive(Default, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(deny_unknown_fields)]
struct RawBasic {
    /// The user name.
    #[schemars(schema_with = "parts::scalar")]
    user: Option<Template>,
    /// The password.
    #[schemars(schema_with = "parts::scalar")]
    password: Option<Template>,
}

/// An OAuth 2 token endpoint (RFC 6749).
#[derive(Default, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(deny_unknown_fields)]
struct RawOAuth2 {
    /// The address of the token endpoint, or its path in the environment.
    #[schemars(with = "String")]
    token_url: Option<Located<Template>>,
    /// The client's id.
    #[schemars(schema_with = "parts::scalar")]
    client_id: Option<Template>,
    /// The client's secret.
    #[schemars(schema_with = "parts::scalar")]
    #[serde(default)]
    client_secret: Option<Template>,
    /// The user, for the password grant.
    #[schemars(schema_with = "parts::scalar")]
    #[serde(default)]
    user: Option<Template>,
    /// The user's password.
    #[schemars(schema_with = "parts::scalar")]
    #[serde(default)]
    password: Option<Template>,
    /// What is asked for, separated by spaces.
    #[serde(default)]
    scope: Option<String>,
    /// Added to the form, as `audience` often is.
    #[schemars(schema_with = "parts::pairs")]
    #[serde(default)]
    parameters: Entries<Template>,
}

/// A user of a Supabase project.
#[derive(Default, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(deny_unknown_fields)]
struct RawSupabase {
    /// The project's address.
    #[schemars(with = "String")]
    url: Option<Template>,
    /// The project's anon or publishable key.
    #[schemars(schema_with = "parts::scalar")]
    key: Option<Template>,
    /// The user's address.
    #[schemars(schema_with = "parts::scalar")]
    email: Option<Template>,
    /// The user's password.
    #[schemars(schema_with = "parts::scalar")]
    password: Option<Template>,
}

/// Reads every identity; those with a fault are left out.
pub(crate) fn read(entries: &[(Key, Node)], faults: &mut Faults) -> Vec<Identity> {
    entries
        .iter()
        .filter_map(|(key, node)| identity(key, node, faults))
        .collect()
}

fn identity(key: &Key, node: &Node, faults: &mut Faults) -> Option<Identity> {
    let raw: RawIdentity = faults.read_fields(node, &[]);
    exactly_one(key, node, faults)?;
    let (tenant, role, lifetime) = (raw.tenant.clone(), raw.role.clone(), raw.lifetime);
    Some(Identity {
        name: IdentityName::new(key.text.as_str()),
        role,
        tenant,
        credential: credential(raw, faults)?,
        lifetime: lifetime.map(|Period(length)| length),
        span: key.span.clone(),
    })
}

/// Tells an identity without a credential or with two.
fn exactly_one(key: &Key, node: &Node, faults: &mut Faults) -> Option<()> {
    let named: Vec<&Key> = node
        .entries()
        .iter()
        .map(|(key, _)| key)
        .filter(|key| CREDENTIAL_KEYS.contains(&key.text.as_str()))
        .collect();
    let listed = CREDENTIAL_KEYS.join(", ");
    match named.as_slice() {
        [_] => return Some(()),
        [] => faults.push(
            Diagnostic::at(
                key.span.clone(),
                format!("`{}` has no way to prove who it is", key.text),
            )
            .label("needs a credential")
            .help(format!("Add one of {listed}.")),
        ),
        [first, second, ..] => faults.push(
            Diagnostic::at(
                second.span.clone(),
                format!("`{}` has two credentials", key.text),
            )
            .label(format!("`{}` is given already", first.text))
            .help("Keep one, or declare a second identity."),
        ),
    }
    None
}

fn credential(raw: RawIdentity, faults: &mut Faults) -> Option<Credential> {
    let plain = |template: Template, faults: &mut Faults| {
        no_captures(&template, faults);
        template
    };
    if let Some(node) = raw.login {
        login::read(&node, faults).map(Credential::Login)
    } else if let Some(token) = raw.bearer {
        Some(Credential::Bearer(plain(token, faults)))
    } else if let Some(node) = raw.basic {
        basic(&node, faults)
    } else if let Some(cookies) = raw.cookies {
        Some(Credential::Cookies(sent(&cookies, faults)))
    } else if let Some(headers) = raw.headers {
        Some(Credential::Headers(sent(&headers, faults)))
    } else if let Some(node) = raw.oauth2 {
        oauth2(&node, faults)
    } else {
        raw.supabase.and_then(|node| supabase(&node, faults))
    }
}

fn basic(node: &Node, faults: &mut Faults) -> Option<Credential> {
    let raw: RawBasic = faults.read_fields(node, &[]);
    let user = mandatory(raw.user, "user", node, faults);
    let password = mandatory(raw.password, "password", node, faults);
    Some(Credential::Basic {
        user: user?,
        password: password?,
    })
}

fn oauth2(node: &Node, faults: &mut Faults) -> Option<Credential> {
    let raw: RawOAuth2 = faults.read_fields(node, &[]);
    let token_url = faults.required(raw.token_url, "token-url", node);
    let client_id = mandatory(raw.client_id, "client-id", node, faults);
    let optional = [&raw.client_secret, &raw.user, &raw.password];
    optional
        .into_iter()
        .flatten()
        .for_each(|template| no_captures(template, faults));
    if raw.user.is_some() != raw.password.is_some() {
        faults.push(
            Diagnostic::at(
                head(node),
                "the password grant needs both `user` and `password`",
            )
            .label("one of the two is missing")
            .help("Remove both for the client-credentials grant."),
        );
    }
    Some(Credential::OAuth2(OAuth2 {
        token_url: token_url?,
        client_id: client_id?,
        client_secret: raw.client_secret,
        user: raw.user.zip(raw.password),
        scope: raw.scope,
        parameters: sent(&raw.parameters, faults),
    }))
}

fn supabase(node: &Node, faults: &mut Faults) -> Option<Credential> {
    let raw: RawSupabase = faults.read_fields(node, &[]);
    let url = mandatory(raw.url, "url", node, faults);
    let key = mandatory(raw.key, "key", node, faults);
    let email = mandatory(raw.email, "email", node, faults);
    let password = mandatory(raw.password, "password", node, faults);
    Some(Credential::Supabase {
        url: url?,
        key: key?,
        email: email?,
        password: password?,
    })
}

fn mandatory(
    value: Option<Template>,
    key: &str,
    node: &Node,
    faults: &mut Faults,
) -> Option<Template> {
    let template = faults.required(value, key, node)?;
    no_captures(&template, faults);
    Some(template)
}
