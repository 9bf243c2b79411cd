//! The gate file's own view of findings: levels and waivers.

use std::collections::{BTreeMap, HashSet};

use serde::Deserialize;
use tidegate_core::baseline::Waiver;
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::fingerprint::Fingerprint;
use tidegate_core::located::{Entries, Located};
use tidegate_core::meta::Level;
use tidegate_core::name::{CheckId, Code};
use tidegate_core::node::{Node, Value};
use tidegate_core::registry::Registry;

use crate::faults::{Faults, wrong_type};
use crate::schema::parts;

/// What findings mean here.
#[derive(Default, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(deny_unknown_fields)]
pub(crate) struct RawPolicy {
    /// Levels that differ from what the severity says, by code: allow, warn or deny.
    #[schemars(schema_with = "parts::levels")]
    #[serde(default)]
    levels: Entries<Level>,
}

/// A finding somebody answers for until a day.
#[derive(Default, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(deny_unknown_fields)]
pub(crate) struct RawWaiver {
    /// The code it covers, as in `flow/status`.
    #[schemars(with = "String")]
    code: Option<Located<String>>,
    /// The check it covers; every check when absent.
    #[schemars(with = "String")]
    #[serde(default)]
    check: Option<Located<String>>,
    /// The one finding it covers; every finding of the code when absent.
    #[serde(default)]
    fingerprint: Option<String>,
    /// Who answers for it.
    #[schemars(with = "String", length(min = 1))]
    owner: Option<Located<String>>,
    /// Why.
    #[schemars(with = "String", length(min = 1))]
    reason: Option<Located<String>>,
    /// The last day it applies, as in `2026-12-31`.
    #[schemars(with = "String", regex(pattern = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"))]
    expires: Option<Located<String>>,
}

/// Reads `policy:`.
pub(crate) fn levels(
    section: Option<&Node>,
    registry: &Registry,
    faults: &mut Faults,
) -> BTreeMap<Code, Level> {
    let Some(section) = section else {
        return BTreeMap::new();
    };
    let raw: RawPolicy = faults.read_fields(section, &[]);
    raw.levels
        .0
        .iter()
        .filter_map(|(code, level)| Some((known_code(code, registry, faults)?, *level)))
        .collect()
}

/// Reads `waivers:`.
pub(crate) fn waivers(
    section: Option<&Node>,
    registry: &Registry,
    checks: &HashSet<&str>,
    faults: &mut Faults,
) -> Vec<Waiver> {
    let Some(section) = section else {
        return Vec::new();
    };
    let Value::Sequence(elements) = &section.value else {
        faults.push(wrong_type(section, "a list of waivers"));
        return Vec::new();
    };
    elements
        .iter()
        .filter_map(|node| waiver(node, registry, checks, faults))
        .collect()
}

fn waiver(
    node: &Node,
    registry: &Registry,
    checks: &HashSet<&str>,
    faults: &mut Faults,
) -> Option<Waiver> {
    let raw: RawWaiver = faults.read_fields(node, &[]);
    let code = faults
        .required(raw.code, "code", node)
        .and_then(|code| known_code(&code, registry, faults));
    if let Some(check) = raw
        .check
        .as_ref()
        .filter(|check| !checks.contains(check.value.as_str()))
    {
        let mut names: Vec<&str> = checks.iter().copied().collect();
        names.sort_unstable();
        faults.push(Diagnostic::unknown(
            check.span.clone(),
            "check",
            &check.value,
            &names,
        ));
    }
    let owner = said(raw.owner, "owner", node, faults);
    let reason = said(raw.reason, "reason", node, faults);
    let expires = faults
        .required(raw.expires, "expires", node)
        .and_then(|day| {
            let read = day.value.parse().ok();
            if read.is_none() {
                faults.push(
                    Diagnostic::at(day.span, format!("`{}` is not a day", day.value))
                        .label("expected year, month and day, as in 2026-12-31"),
                );
            }
            read
        });
    Some(Waiver {
        code: code?,
        check: raw.check.map(|check| CheckId::new(check.value.as_str())),
        fingerprint: raw.fingerprint.map(Fingerprint::from_text),
        owner: owner?,
        reason: reason?,
        expires: expires?,
        span: node.span.clone(),
    })
}

/// A text that is there and says something.
fn said(
    text: Option<Located<String>>,
    key: &str,
    node: &Node,
    faults: &mut Faults,
) -> Option<String> {
    let text = faults.required(text, key, node)?;
    if text.value.trim().is_empty() {
        faults.push(
            Diagnostic::at(text.span, format!("`{key}` says nothing")).label("expected text"),
        );
        return None;
    }
    Some(text.value)
}

fn known_code(code: &Located<String>, registry: &Registry, faults: &mut Faults) -> Option<Code> {
    let name = code.value.as_str();
    let found = registry
        .metas()
        .find_map(|meta| meta.code(name))
        .map(|info| info.code.clone());
    if found.is_none() {
        let codes = registry.codes();
        let names: Vec<&str> = codes.iter().map(|info| info.code.as_str()).collect();
        faults.push(Diagnostic::unknown(code.span.clone(), "code", name, &names));
    }
    found
}
