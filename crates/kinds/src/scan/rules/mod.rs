//! The rules, one file for each group of providers.

mod ai;
mod ai_services;
mod cloud;
mod data;
mod developer;
mod generic;
mod hosting;
mod messaging;
mod names;
mod operations;
mod payments;
mod public;
mod saas;
#[cfg(test)]
mod tests;

use serde_json::{Value as Json, json};
use tidegate_core::diagnostic::{Diagnostic, nearest};
use tidegate_core::located::Located;

use super::rule::{Part, Rule, Set};

/// The rule that guesses by a name alone; it only warns.
pub(crate) const GENERIC: &str = "generic-secret";

/// The rule for keys of Google's, which are public in the settings of Firebase.
pub(crate) const GOOGLE: &str = "google-web-key";

/// The rules for values that nobody issues and only an everyday name tells.
pub(crate) const EVERYDAY: [&str; 2] = [GENERIC, "jwt-signing-secret"];

/// Every rule, in the order people are told of them.
pub(crate) static RULES: &[&[Rule]] = &[
    payments::RULES,
    data::RULES,
    ai::RULES,
    ai_services::RULES,
    cloud::RULES,
    hosting::RULES,
    developer::RULES,
    operations::RULES,
    messaging::RULES,
    saas::RULES,
    generic::RULES,
    names::RULES,
    public::RULES,
];

/// Every rule, one after the other.
pub(crate) fn all() -> impl Iterator<Item = &'static Rule> {
    RULES.iter().copied().flatten()
}

fn slugs() -> Vec<&'static str> {
    all().map(|rule| rule.slug).collect()
}

/// The JSON Schema of a list under `without:`.
pub(crate) fn without_schema() -> Json {
    json!({
        "type": "array",
        "items": { "enum": slugs() },
        "description": "Rules that stay silent.",
    })
}

/// The fault of a name under `without:` that no rule has, with the nearest that one has.
pub(crate) fn unknown(name: &Located<String>) -> Option<Diagnostic> {
    let slugs = slugs();
    if slugs.contains(&&*name.value) {
        return None;
    }
    let help = match nearest(&name.value, &slugs) {
        Some(near) => format!("Did you mean `{near}`? `tidegate explain secrets` lists all."),
        None => "`tidegate explain secrets` lists all.".to_owned(),
    };
    let message = format!("there is no rule `{}`", name.value);
    Some(Diagnostic::at(name.span.clone(), message).help(help))
}

/// A JSON web token (RFC 7519), for values that their names tell.
const JWT: &[Part] = &[
    Part::Text("eyJ"),
    Part::Run(Set::Base64Url, 10, 600),
    Part::Text("."),
    Part::Run(Set::Base64Url, 20, 2000),
    Part::Text("."),
    Part::Run(Set::Base64Url, 20, 1000),
];

/// A UUID (RFC 9562), for values that their names tell.
const UUID: &[Part] = &[
    Part::Run(Set::Hex, 8, 8),
    Part::Text("-"),
    Part::Run(Set::Hex, 4, 4),
    Part::Text("-"),
    Part::Run(Set::Hex, 4, 4),
    Part::Text("-"),
    Part::Run(Set::Hex, 4, 4),
    Part::Text("-"),
    Part::Run(Set::Hex, 12, 12),
];
