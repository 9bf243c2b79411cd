//! Compose files (the Compose Specification).

use super::super::text::SourceError;
use super::Set;
use super::tree::{self, Tree, Value};

/// The variables of every service, or of one.
///
/// # Errors
/// When it is no YAML, or has no such service.
pub(super) fn read(file: &str, text: &str, service: Option<&str>) -> Result<Vec<Set>, SourceError> {
    let documents = tree::yaml(file, text)?;
    let services = documents.first().and_then(|root| root.get("services"));
    let services = services.map(Tree::entries).unwrap_or_default();
    if let Some(wanted) = service
        && !services.iter().any(|(name, ..)| name == wanted)
    {
        return Err(SourceError::new(
            file,
            (1, 1),
            format!("there is no service `{wanted}`"),
            "Name a service of this file, or leave `service` out for all of them.",
        ));
    }
    let chosen = services
        .iter()
        .filter(|(name, ..)| service.is_none_or(|wanted| wanted == name));
    Ok(chosen
        .flat_map(|(name, _, service_tree)| {
            let scope = if service.is_some() { "" } else { name.as_str() };
            let environment = service_tree.get("environment");
            environment
                .map(variables)
                .unwrap_or_default()
                .into_iter()
                .map(move |set| set.within(scope))
        })
        .collect())
}

fn variables(environment: &Tree) -> Vec<Set> {
    match &environment.value {
        Value::Map(entries) => entries
            .iter()
            .map(|(name, line, value)| Set::new(name, value.text(), *line))
            .collect(),
        Value::List(elements) => elements
            .iter()
            .filter_map(|element| Some((element.text()?, element.line)))
            .map(|(text, line)| match text.split_once('=') {
                Some((name, value)) => Set::new(name, Some(value), line),
                None => Set::new(text, None, line),
            })
            .collect(),
        Value::Null | Value::Scalar(_) => Vec::new(),
    }
}
