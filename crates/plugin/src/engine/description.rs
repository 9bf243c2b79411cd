//! A description, held against what it may say.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::outcome::clipped;
use crate::interface::types::{Capability, Code, Description, Power};
use crate::limits::{CAPABILITIES, CODES, LINE, NAME, PAGE, PARAGRAPH, SCHEMA, hidden};

/// Looks whether a description is what the interface says.
///
/// # Errors
/// What is wrong, as a lowercase fragment.
pub(super) fn check(description: &Description) -> Result<(), String> {
    name("its name", &description.name)?;
    version(&description.version)?;
    line("its summary", &description.summary)?;
    text("its documentation", &description.documentation, PAGE)?;
    schema(&description.config_schema)?;
    codes(&description.codes)?;
    capabilities(&description.capabilities)
}

fn codes(codes: &[Code]) -> Result<(), String> {
    if codes.len() > CODES {
        return Err(format!("it declares more than {CODES} codes"));
    }
    let mut slugs = BTreeSet::new();
    for code in codes {
        name("a code's slug", &code.slug)?;
        if !slugs.insert(&code.slug) {
            return Err(format!("it declares the code `{}` twice", code.slug));
        }
        line(&format!("the summary of `{}`", code.slug), &code.summary)?;
        line(&format!("the impact of `{}`", code.slug), &code.impact)?;
        text(
            &format!("the remedy of `{}`", code.slug),
            &code.remedy,
            PARAGRAPH,
        )?;
    }
    Ok(())
}

fn capabilities(capabilities: &[Capability]) -> Result<(), String> {
    if capabilities.len() > CAPABILITIES {
        return Err(format!("it asks for more than {CAPABILITIES} powers"));
    }
    for capability in capabilities {
        line("the reason of a power", &capability.reason)?;
        match &capability.power {
            Power::Host(what) | Power::Secret(what) | Power::Files(what) => {
                line("a power", what)?;
            }
            Power::TargetRead | Power::TargetWrite | Power::Apis | Power::Recorded => {}
        }
    }
    Ok(())
}

/// Lowercase words with hyphens between them, the first of which begins with a letter.
fn name(what: &str, name: &str) -> Result<(), String> {
    let word = |word: &str| {
        !word.is_empty()
            && word
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    let shaped =
        name.starts_with(|first: char| first.is_ascii_lowercase()) && name.split('-').all(word);
    match shaped && name.len() <= NAME {
        true => Ok(()),
        false => Err(format!(
            "{what} `{}` is not made of lowercase words with hyphens between them, at most {NAME} letters long",
            clipped(name)
        )),
    }
}

fn version(version: &str) -> Result<(), String> {
    let short = version.len() <= NAME;
    match short.then(|| semver::Version::parse(version)) {
        Some(Ok(_)) => Ok(()),
        _ => Err(format!(
            "its version `{}` is no semantic version such as `1.2.0`",
            clipped(version)
        )),
    }
}

fn line(what: &str, text: &str) -> Result<(), String> {
    if text.trim().is_empty() {
        return Err(format!("{what} is empty"));
    }
    if text.contains('\n') {
        return Err(format!("{what} has more than one line"));
    }
    self::text(what, text, LINE)
}

fn text(what: &str, text: &str, most: usize) -> Result<(), String> {
    if text.len() > most {
        return Err(format!("{what} is longer than {most} bytes"));
    }
    match text.chars().any(hidden) {
        true => Err(format!("{what} has control characters in it")),
        false => Ok(()),
    }
}

fn schema(schema: &str) -> Result<(), String> {
    if schema.len() > SCHEMA {
        return Err(format!(
            "the schema of its config is longer than {SCHEMA} bytes"
        ));
    }
    match serde_json::from_str::<Json>(schema) {
        Ok(Json::Object(_) | Json::Bool(_)) => Ok(()),
        Ok(_) => Err("the schema of its config is no JSON object".to_owned()),
        Err(error) => Err(format!("the schema of its config is no JSON: {error}")),
    }
}
