//! The first gate file of a project, and what goes with it.

use crate::project::App;

/// What a starter set is made for.
#[derive(Debug, Clone, Default)]
pub struct Wish {
    /// The portal's name in kebab-case.
    pub name: String,
    /// The app, where a project is known.
    pub app: Option<App>,
    /// The address of a deploy, without a trailing slash.
    pub url: Option<String>,
    /// Whether that address is one that may be written to (`preview`, `staging`); production otherwise.
    pub kind: Option<String>,
}

/// The text of a gate file with the starter set: checks that need no account, then the journeys with
/// accounts as comments.
pub fn gate(wish: &Wish) -> String {
    let url = wish.url.as_deref().unwrap_or("http://127.0.0.1:3000");
    format!(
        "version: 1\nname: {}\nenvironments:\n  production: {{ url: \"{url}\" }}\nchecks:\n  \
         home-page: {{ page: {{}} }}\n  no-secrets: {{ secrets: {{}} }}\n  \
         environments-apart: {{ environment: {{}} }}\n  nothing-exposed: {{ exposure: {{}} }}\n  \
         home-page-is-fast: {{ latency: {{ get: / }} }}\n",
        wish.name
    )
}
