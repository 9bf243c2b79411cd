//! The fields that are tried: which, in which spelling, with which value.

use serde_json::{Map, Value as Json};

use super::family::{FAMILIES, Family, is_ordinary, usual_value};
use super::rules::Rules;
use super::value::other_than;
use crate::naming::{is_data, words};

/// A field that a client must not set, and what is tried to set it to.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Candidate {
    /// What it decides.
    pub(super) family: Family,
    /// Its name as it is sent.
    pub(super) name: String,
    /// Its value.
    pub(super) value: Json,
    /// Whether the thing or the document has it, so that it is tried first.
    pub(super) is_known: bool,
    /// Whether it may be an ordinary field that a client may set.
    pub(super) is_hint: bool,
    /// Whether it is the first spelling of its name.
    pub(super) is_first: bool,
}

/// What candidates are made from.
pub(super) struct Ground<'g> {
    /// The valid body.
    pub(super) body: &'g Json,
    /// The thing, read back.
    pub(super) thing: &'g Map<String, Json>,
    /// What the document says.
    pub(super) rules: &'g Rules,
    /// What the gate file names, with their values.
    pub(super) fields: &'g [(String, Json)],
    /// Fields that are tried although a client seems to be allowed to set them.
    pub(super) protected: &'g [String],
    /// Another tenant, declared or made up.
    pub(super) tenant: &'g str,
    /// Whether the thing exists already, so that its id must stay.
    pub(super) is_update: bool,
}

/// Words of names that take a thing away from where it can be found and removed.
const HIDING: &[&str] = &[
    "deleted", "archived", "trashed", "removed", "disabled", "blocked", "locked",
];

/// Names that only the portal sets, where no document says so.
const OWN: &[&str] = &[
    "id",
    "uuid",
    "version",
    "revision",
    "etag",
    "created",
    "created at",
    "created on",
    "updated",
    "updated at",
    "modified at",
    "last modified",
    "inserted at",
];

impl Ground<'_> {
    /// The fields that are tried.
    pub(super) fn candidates(&self) -> Vec<Candidate> {
        let mut all: Vec<Candidate> = Vec::new();
        for (name, value) in self.fields {
            self.push(
                &mut all,
                (Family::Declared, name),
                value.clone(),
                (true, true),
            );
        }
        for name in self.protected {
            let value = self.value(name, &usual_value(name, self.tenant));
            self.push(&mut all, (Family::Declared, name), value, (true, true));
        }
        for (name, sample) in &self.rules.read_only {
            if self.may_try(name) {
                let value = self.value(name, sample);
                self.push(&mut all, (Family::of(name), name), value, (true, true));
            }
        }
        for (name, current) in self.thing {
            if self.may_try(name) && self.is_own(name) {
                let value = other_than(name, current, self.tenant);
                self.push(&mut all, (Family::of(name), name), value, (true, true));
            }
        }
        for family in FAMILIES {
            for name in family.names().iter().filter(|name| self.may_try(name)) {
                for (spelled, is_first) in self.spellings(name) {
                    let value = usual_value(name, self.tenant);
                    self.push(&mut all, (*family, &spelled), value, (false, is_first));
                }
            }
        }
        all.sort_by_key(|one| (one.family, !one.is_known));
        all
    }

    fn push(
        &self,
        all: &mut Vec<Candidate>,
        (family, name): (Family, &str),
        value: Json,
        (is_known, is_first): (bool, bool),
    ) {
        let is_there = all
            .iter()
            .any(|one| one.name == name || (one.is_known && words(&one.name) == words(name)));
        if is_there || value.is_null() {
            return;
        }
        let is_marked = self
            .rules
            .read_only
            .iter()
            .any(|(marked, _)| marked == name);
        all.push(Candidate {
            family,
            name: name.to_owned(),
            value,
            is_known,
            is_hint: family != Family::Declared && !is_marked && self.is_hint(name),
            is_first,
        });
    }

    /// Whether it may be a field that clients set, as far as is known.
    fn is_hint(&self, name: &str) -> bool {
        !self.rules.is_known && (is_ordinary(name) || Family::of(name) == Family::ReadOnly)
    }

    /// The value of a field that the thing may have already.
    fn value(&self, name: &str, otherwise: &Json) -> Json {
        match self.thing.get(name) {
            Some(Json::Null) | None => otherwise.clone(),
            Some(current)
                if current == otherwise || current.is_number() || current.is_boolean() =>
            {
                other_than(name, current, self.tenant)
            }
            Some(current) if current.is_string() && otherwise.is_string() && is_free(otherwise) => {
                other_than(name, current, self.tenant)
            }
            Some(_) => otherwise.clone(),
        }
    }

    /// Whether setting it is not what the request is for, and does no lasting harm.
    fn may_try(&self, name: &str) -> bool {
        let own = words(name);
        let hides = own.iter().any(|word| HIDING.contains(&word.as_str()));
        let is_id = ["id", "uuid", "slug", "key"].contains(&own.join(" ").as_str());
        let does_harm = hides || is_data(name) || (is_id && self.is_update);
        let is_a_field = self.rules.allows(name)
            || self.may_be_a_field(name, &own)
            || has_name(self.body, &own, 4);
        !does_harm && !is_a_field
    }

    /// Whether it is rather a field that the form just left out: the thing has it, it is an ordinary one,
    /// and no document says more.
    fn may_be_a_field(&self, name: &str, own: &[String]) -> bool {
        let has = || self.thing.keys().any(|known| words(known) == own);
        !self.rules.is_known && is_ordinary(name) && has()
    }

    /// Whether only the portal sets a field that the thing has: the document says what else there is, or
    /// its name does.
    fn is_own(&self, name: &str) -> bool {
        let own = words(name).join(" ");
        let is_value = self.thing.get(name).is_some_and(|value| !value.is_object());
        let by_name = Family::of(name) != Family::ReadOnly || OWN.contains(&own.as_str());
        is_value && (self.rules.is_known || by_name)
    }

    /// A name in the spelling that the thing's names have, then in the other.
    fn spellings(&self, name: &str) -> Vec<(String, bool)> {
        let camel = camel(name);
        if camel == name {
            return vec![(camel, true)];
        }
        let has = |test: fn(&str) -> bool| self.thing.keys().any(|key| test(key));
        let is_camel =
            has(|key| key.chars().any(char::is_uppercase)) && !has(|key| key.contains('_'));
        let mut both = vec![(name.to_owned(), !is_camel), (camel, is_camel)];
        both.sort_by_key(|(_, is_first)| !is_first);
        both
    }
}

/// Whether a sample is just some text.
fn is_free(sample: &Json) -> bool {
    sample
        .as_str()
        .is_some_and(|text| text.starts_with("tidegate") || text.starts_with("2001-02-03"))
}

/// Whether a body has a field of these words, at the top or inside.
fn has_name(body: &Json, wanted: &[String], depth: usize) -> bool {
    match body {
        Json::Object(entries) if depth > 0 => entries
            .iter()
            .any(|(name, inner)| words(name) == wanted || has_name(inner, wanted, depth - 1)),
        _ => false,
    }
}

fn camel(name: &str) -> String {
    let mut parts = name.split('_');
    let mut camel = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let mut letters = part.chars();
        camel.extend(letters.next().into_iter().flat_map(char::to_uppercase));
        camel.push_str(letters.as_str());
    }
    camel
}

/// Puts fields into a body: at the top, and into every map in it.
pub(super) fn add(body: &mut Json, candidates: &[&Candidate]) {
    let Json::Object(entries) = body else { return };
    for inner in entries.values_mut().filter(|inner| inner.is_object()) {
        add_here(inner, candidates);
    }
    add_here(body, candidates);
}

fn add_here(body: &mut Json, candidates: &[&Candidate]) {
    let Json::Object(entries) = body else { return };
    for one in candidates {
        entries.insert(one.name.clone(), one.value.clone());
    }
}

/// The thing in an answer: the answer itself, or what it wraps, by the names of the body.
pub(super) fn thing(document: &Json, body: &Json) -> Map<String, Json> {
    let fits = |value: &Json| {
        let names = body
            .as_object()
            .map(|body| body.keys().collect::<Vec<_>>())
            .unwrap_or_default();
        names.is_empty()
            || names.iter().any(|name| {
                value
                    .get(name.as_str())
                    .is_some_and(|inner| !inner.is_object())
            })
    };
    let entries = document.as_object();
    let mut inside = entries.into_iter().flat_map(|entries| entries.values());
    let found = if fits(document) {
        None
    } else {
        inside.find(|value| value.is_object() && fits(value))
    };
    found
        .and_then(Json::as_object)
        .or(entries)
        .cloned()
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn names(thing: &Json, rules: &Rules, protected: &[String]) -> Vec<String> {
        let body = json!({ "title": "a", "amount": 3 });
        let ground = Ground {
            body: &body,
            thing: thing.as_object().unwrap(),
            rules,
            fields: &[],
            protected,
            tenant: "globex",
            is_update: false,
        };
        ground
            .candidates()
            .into_iter()
            .map(|one| one.name)
            .collect()
    }

    #[test]
    fn the_spelling_of_the_thing_comes_first_and_what_the_body_has_is_left_out() {
        let all = names(
            &json!({ "title": "a", "createdAt": "2026-03-02T10:15:00Z" }),
            &Rules::default(),
            &[],
        );
        let at = |name: &str| all.iter().position(|one| one == name);
        assert!(at("isAdmin") < at("is_admin"), "{all:?}");
        assert!(at("createdAt").is_some());
        assert!(at("amount").is_none() && at("title").is_none());
        let all = names(
            &json!({ "created_at": "2026" }),
            &Rules::default(),
            &["amount".into()],
        );
        assert_eq!(all[0], "amount");
    }

    #[test]
    fn what_hides_a_thing_or_may_be_a_field_of_its_form_is_never_sent() {
        let thing = json!({
            "deleted_at": null, "is_archived": false, "version": 1, "note": "x", "status": "open", "external_id": null,
        });
        let all = names(&thing, &Rules::default(), &[]);
        assert!(all.contains(&"version".to_owned()));
        for name in ["deleted_at", "is_archived", "note", "status", "external_id"] {
            assert!(!all.contains(&name.to_owned()), "{name}");
        }
    }

    #[test]
    fn fields_go_to_the_top_and_into_the_wrapper() {
        let one = Candidate {
            family: Family::Privilege,
            name: "role".to_owned(),
            value: json!("admin"),
            is_known: false,
            is_hint: false,
            is_first: true,
        };
        let mut body = json!({ "record": { "title": "a" } });
        add(&mut body, &[&one]);
        assert_eq!(
            body,
            json!({ "record": { "title": "a", "role": "admin" }, "role": "admin" })
        );
        let found = thing(
            &json!({ "data": { "title": "a", "id": 1 } }),
            &json!({ "title": "a" }),
        );
        assert_eq!(found.len(), 2);
    }
}
