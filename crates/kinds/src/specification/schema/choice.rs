//! Alternatives that a discriminator chooses from.

use serde_json::{Map, Value as Json, json};

use super::translate::{Part, Translator};
use super::{At, Library};

/// The alternatives of a schema by the names that its discriminator gives them.
pub(super) struct Choice<'l> {
    /// The property that holds the name.
    pub(super) property: &'l str,
    /// The names with what they stand for; the document's own names come first.
    pub(super) names: Vec<(&'l str, At<'l>)>,
    /// What a name that is not among them stands for.
    pub(super) otherwise: Option<At<'l>>,
}

impl<'l> Choice<'l> {
    /// The choice of a schema, when its discriminator can name every alternative.
    pub(super) fn of(at: At<'l>) -> Option<Self> {
        let discriminator = at.get("discriminator")?;
        let property = discriminator.text_of("propertyName")?;
        let alternatives = at.get("oneOf").or_else(|| at.get("anyOf"))?;
        let mut names: Vec<(&str, At<'l>)> = Vec::new();
        let mapping = discriminator.get("mapping").into_iter();
        for (name, target) in mapping.flat_map(At::entries) {
            names.push((name, named(target, target.text()?)?));
        }
        for alternative in alternatives.elements() {
            let reference = alternative.reference()?;
            let target = alternative.library().target(alternative, reference).ok()?;
            let name = reference.rsplit(['/', '#']).next().unwrap_or(reference);
            if names.iter().all(|(known, _)| *known != name) {
                names.push((name, target));
            }
        }
        let otherwise = discriminator.get("defaultMapping");
        let otherwise = match otherwise {
            Some(target) => Some(named(target, target.text()?)?),
            None => None,
        };
        Some(Self {
            property,
            names,
            otherwise,
        })
    }
}

/// What a value of a mapping leads to: a reference, or the name of a component.
fn named<'l>(from: At<'l>, text: &str) -> Option<At<'l>> {
    let library: &'l Library = from.library();
    let component = format!("#/components/schemas/{text}");
    let plain = text
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
    let component = plain
        .then(|| library.target(from, &component).ok())
        .flatten();
    component.or_else(|| library.target(from, text).ok())
}

impl<'l> Translator<'l, '_> {
    /// Whether a discriminator decides which of the alternatives a value is held against.
    pub(super) fn chooses(&self, at: At<'l>) -> bool {
        at.get("discriminator").is_some() && Choice::of(at).is_some()
    }

    /// The alternative that the value names, or all of them when it names none.
    pub(super) fn choice(&mut self, at: At<'l>, names: usize) -> Json {
        let Some(choice) = Choice::of(at) else {
            return Json::Bool(true);
        };
        let property = choice.property;
        let known: Vec<Json> = choice
            .names
            .iter()
            .map(|(name, _)| Json::from(*name))
            .collect();
        let says = |what: Json| {
            let properties = Map::from_iter([(property.to_owned(), what)]);
            json!({ "type": "object", "required": [property], "properties": properties })
        };
        let mut all = Vec::new();
        for (name, target) in &choice.names {
            let target = self.refer(*target, Part::Whole, names);
            all.push(json!({ "if": says(json!({ "const": name })), "then": { "$ref": target } }));
        }
        let is_known = says(json!({ "enum": known }));
        all.push(match choice.otherwise {
            None => is_known,
            Some(target) => {
                let target = self.refer(target, Part::Whole, names);
                json!({ "if": is_known, "else": { "$ref": target } })
            }
        });
        let alternatives = self.refer(at, Part::Alternatives, names);
        json!({
            "if": says(json!({ "type": "string" })),
            "then": { "allOf": all },
            "else": { "$ref": alternatives }
        })
    }
}
