//! What is wrong with what a check says about itself.

use serde_json::Value;

use crate::{Check, check};

/// What is wrong with what a check says about itself, in plain sentences; nothing when all is well.
///
/// What [`check!`](crate::check) sees at compile time is not looked at again.
///
/// ```
/// use tidegate_plugin_sdk::prelude::*;
/// use tidegate_plugin_sdk::testing;
///
/// check! {
///     name: "nothing",
///     summary: "Finds nothing",
///     documentation: "## What it does\n\nNothing.\n",
///     config: NoConfig,
///     codes: [],
///     asks: [],
///     run: |_, _| Ok(Outcome::new()),
/// }
/// # fn main() {
/// assert_eq!(testing::faults::<Plugin>(), [] as [String; 0]);
/// # }
/// ```
pub fn faults<C: Check>() -> Vec<String> {
    let mut faults = Vec::new();
    let page = C::DOCUMENTATION;
    if page.trim().is_empty() {
        faults.push("its page is empty".to_owned());
    }
    if page.lines().any(|line| line.starts_with("# ")) {
        faults.push("headings of its page begin at `##`".to_owned());
    }
    for code in C::CODES {
        if !page.contains(code.slug) {
            faults.push(format!(
                "its page does not mention the code `{}`",
                code.slug
            ));
        }
        if code.summary.ends_with('.') {
            faults.push(format!(
                "the summary of `{}` ends with a full stop",
                code.slug
            ));
        }
    }
    let description = check::describe::<C>();
    let schema: Value = serde_json::from_str(&description.config_schema).unwrap_or_default();
    if schema["type"] != "object" {
        faults.push("its config is no map: a gate file says `plugin/NAME: { … }`".to_owned());
    }
    let properties = schema["properties"].as_object();
    for (name, property) in properties.into_iter().flatten() {
        if property["description"].is_null() {
            faults.push(format!("the key `{name}` of its config has no doc comment"));
        }
        if name.contains('_') || name.chars().any(char::is_uppercase) {
            faults.push(format!(
                "the key `{name}` of its config is not in kebab-case: use `#[serde(rename_all = \"kebab-case\")]`"
            ));
        }
    }
    if schema["additionalProperties"] != Value::Bool(false) {
        faults
            .push("its config takes unknown keys: use `#[serde(deny_unknown_fields)]`".to_owned());
    }
    faults
}
