//! Config files and exports of hosting providers.

use super::super::model::Role;
use super::tree::{Tree, Value};
use super::{Set, Wanted};

fn pairs(tree: Option<&Tree>) -> Vec<Set> {
    let entries = tree.map(Tree::entries).unwrap_or_default();
    entries
        .iter()
        .map(|(name, line, value)| Set::new(name, value.text(), *line))
        .collect()
}

/// A map of names and values.
pub(super) fn flat(tree: &Tree) -> Vec<Set> {
    pairs(Some(tree))
}

/// `vercel.json`, or the list of `vercel env ls --json` and of Vercel's API.
pub(super) fn vercel(tree: &Tree, wanted: Wanted<'_>) -> Vec<Set> {
    let listed = match &tree.value {
        Value::List(elements) => Some(elements.as_slice()),
        _ => tree.get("envs").map(Tree::elements),
    };
    let Some(listed) = listed else {
        let mut set = pairs(tree.at(&["build", "env"]));
        set.extend(pairs(tree.get("env")));
        return set;
    };
    let target = match wanted.role {
        Role::Production => "production",
        Role::Local => "development",
        Role::Staging | Role::Preview | Role::Unsaid => "preview",
    };
    let applies = |entry: &&Tree| {
        let targets = entry.get("target");
        let names = targets.map(|targets| match targets.text() {
            Some(one) => vec![one],
            None => targets.elements().iter().filter_map(Tree::text).collect(),
        });
        names.is_none_or(|names| names.contains(&target) || names.contains(&wanted.name))
    };
    let entries = listed.iter().filter(applies);
    entries
        .filter_map(|entry| {
            let key = entry.get("key").or_else(|| entry.get("name"))?;
            let plain = entry.get("type").and_then(Tree::text) == Some("plain");
            let decrypted = entry.get("decrypted").and_then(Tree::text) == Some("true");
            let value = entry.get("value").and_then(Tree::text);
            Some(Set::new(
                key.text()?,
                value.filter(|_| plain || decrypted),
                key.line,
            ))
        })
        .collect()
}

/// `netlify.toml`: what every context has, and what the wanted one has.
pub(super) fn netlify(tree: &Tree, wanted: Wanted<'_>) -> Vec<Set> {
    let mut set = pairs(tree.at(&["build", "environment"]));
    for context in contexts(wanted) {
        set.extend(pairs(tree.at(&["context", context, "environment"])));
    }
    set
}

/// What `netlify env:list --json` and Netlify's API tell.
pub(super) fn netlify_export(tree: &Tree, wanted: Wanted<'_>) -> Vec<Set> {
    if matches!(tree.value, Value::Map(_)) {
        return flat(tree);
    }
    let contexts = contexts(wanted);
    let applies = |value: &&Tree| {
        let context = value.get("context").and_then(Tree::text);
        context.is_none_or(|context| context == "all" || contexts.contains(&context))
    };
    let entries = tree.elements().iter();
    entries
        .filter_map(|entry| {
            let key = entry.get("key")?;
            let values = entry.get("values").map(Tree::elements).unwrap_or_default();
            let value = values.iter().rfind(applies)?;
            Some(Set::new(
                key.text()?,
                value.get("value").and_then(Tree::text),
                key.line,
            ))
        })
        .collect()
}

/// The contexts of Netlify that make up an environment, the general one first.
fn contexts(wanted: Wanted<'_>) -> Vec<&str> {
    let usual = match wanted.role {
        Role::Production => "production",
        Role::Preview => "deploy-preview",
        Role::Staging => "branch-deploy",
        Role::Local | Role::Unsaid => "dev",
    };
    if wanted.name == usual {
        vec![usual]
    } else {
        vec![usual, wanted.name]
    }
}

/// `[env]` of `fly.toml`.
pub(super) fn fly(tree: &Tree) -> Vec<Set> {
    pairs(tree.get("env"))
}

/// `render.yaml`: the services and the groups; previews may have values of their own.
pub(super) fn render(documents: &[Tree], wanted: Wanted<'_>) -> Vec<Set> {
    let Some(root) = documents.first() else {
        return Vec::new();
    };
    let parts = ["services", "envVarGroups"]
        .iter()
        .filter_map(|name| root.get(name));
    parts
        .flat_map(Tree::elements)
        .flat_map(|part| {
            let scope = part.get("name").and_then(Tree::text).unwrap_or("");
            let variables = part.get("envVars").map(Tree::elements).unwrap_or_default();
            variables.iter().filter_map(move |variable| {
                let key = variable.get("key")?;
                let own = variable
                    .get("previewValue")
                    .filter(|_| wanted.role == Role::Preview);
                let value = own.or_else(|| variable.get("value")).and_then(Tree::text);
                Some(Set::new(key.text()?, value, key.line).within(scope))
            })
        })
        .collect()
}
