//! What is hidden leaves nothing behind: afterwards no text of a draft has a secret in it.
//!
//! This happens text by text before anything is written, so that what is taken away changes neither the YAML
//! around it nor a reference beside it. Where a gate file resolves references one stands for the value;
//! everywhere else (names, comments, what could not be carried over) the name of its variable does.

use serde_json::{Map, Value as Json};
use tidegate_core::redact::Redactor;
use tidegate_kinds::draft::holds_secret;

use super::loose::masked;
use super::model::{Body, Draft, LeftOut, Source, Step};
use super::secrets::Secrets;
use super::values::{map_literals, meant, replace, visit, visit_json};

/// Takes every secret out of every text of a draft.
pub(crate) fn everywhere(draft: &mut Draft) {
    let secrets = std::mem::take(&mut draft.secrets);
    let hidden = Hidden::of(&secrets);
    for journey in &mut draft.journeys {
        hidden.called(&mut journey.name);
        for step in &mut journey.steps {
            hidden.step(step, &mut journey.left_out);
        }
        hidden.left_out(&mut journey.left_out);
    }
    for identity in &mut draft.identities {
        hidden.json(&mut identity.credential);
        hidden.prose(&mut identity.notes);
    }
    for check in &mut draft.checks {
        hidden.called(&mut check.name);
        hidden.prose(&mut check.notes);
    }
    for origin in draft
        .apis
        .iter_mut()
        .map(|api| &mut api.origin)
        .chain(&mut draft.origin)
    {
        hidden.template(origin);
    }
    for one in &mut draft.variables {
        // What has a secret in it has to be set.
        one.default.take_if(|default| hidden.is_in(default));
    }
    hidden.called(&mut draft.name);
    hidden.left_out(&mut draft.left_out);
    hidden.prose(&mut draft.notes);
    hidden.prose(&mut draft.proposals);
    drop(hidden);
    draft.secrets = secrets;
}

/// The secrets of a draft, ready to be found in each of their forms.
struct Hidden<'s> {
    redactor: Redactor,
    /// Value and name, the longest first.
    values: Vec<(&'s str, &'s str)>,
}

impl<'s> Hidden<'s> {
    fn of(secrets: &'s Secrets) -> Self {
        let (redactor, values) = (Redactor::new(), secrets.values());
        for (value, name) in &values {
            redactor.learn(name, &meant(value));
        }
        Self { redactor, values }
    }

    fn is_in(&self, text: &str) -> bool {
        self.redactor.redact(text) != text
    }

    /// Puts references for values; whether something was left of one in another form, which is taken away.
    fn template(&self, text: &mut String) -> bool {
        if !self.is_in(text) {
            return false;
        }
        for (value, name) in &self.values {
            replace(text, value, &format!("${{{name}}}"));
        }
        let kept = map_literals(text, &|literal| self.redactor.redact(literal));
        let lost = kept != *text;
        *text = kept;
        lost
    }

    /// A name without a secret in it; a word is none, even where somebody took it for a password.
    fn name(&self, name: &str) -> Option<String> {
        let is_word = |letter: char| letter.is_alphabetic() || "-_.$[]*' ".contains(letter);
        if name.chars().all(is_word) {
            return None;
        }
        if holds_secret(name) {
            return Some("removed".to_owned());
        }
        Some(self.redactor.redact(name)).filter(|kept| kept != name)
    }

    /// The same for what a gate file calls something.
    fn called(&self, name: &mut String) {
        if self.name(name).is_some() {
            "removed".clone_into(name);
        }
    }

    /// Keys of maps; whether one had a secret in it.
    fn keys(&self, json: &mut Json) -> bool {
        match json {
            Json::Array(elements) => {
                let changed = elements.iter_mut().map(|one| self.keys(one));
                changed.fold(false, |any, one| any | one)
            }
            Json::Object(entries) => self.keys_of(entries),
            _ => false,
        }
    }

    fn keys_of(&self, entries: &mut Map<String, Json>) -> bool {
        let mut any = false;
        for value in entries.values_mut() {
            any |= self.keys(value);
        }
        if entries.keys().all(|key| self.name(key).is_none()) {
            return any;
        }
        let renamed = std::mem::take(entries)
            .into_iter()
            .map(|(key, value)| (self.name(&key).unwrap_or(key), value));
        *entries = renamed.collect();
        true
    }

    /// A credential.
    fn json(&self, map: &mut Map<String, Json>) {
        for value in map.values_mut() {
            visit_json(value, "", &mut |_, text| {
                self.template(text);
            });
        }
        self.keys_of(map);
    }

    fn step(&self, step: &mut Step, left: &mut Vec<LeftOut>) {
        let mut lost = false;
        visit(step, &mut |_, text| lost |= self.template(text));
        lost |= self.names(step);
        if lost {
            left.push(LeftOut::new(
                &step.place,
                "a secret that is encoded, or a part of a name",
                "only a whole value can be a variable: look where a name stands in brackets, or `removed`",
            ));
        }
        self.redacted(&mut step.place);
        self.prose(&mut step.notes);
        self.prose(step.name.as_mut_slice());
        for capture in &mut step.captures {
            match &mut capture.source {
                Source::Json(text)
                | Source::Regex(text)
                | Source::Header(text)
                | Source::Cookie(text) => {
                    if let Some(kept) = self.name(text) {
                        *text = kept;
                    }
                }
                Source::Body | Source::Url => {}
            }
        }
    }

    /// The names in a request and in what is expected; whether one had a secret in it.
    fn names(&self, step: &mut Step) -> bool {
        let mut any = false;
        let mut name = |name: &mut String| {
            if let Some(kept) = self.name(name) {
                *name = kept;
                any = true;
            }
        };
        step.query.iter_mut().for_each(|(key, _)| name(key));
        step.headers.iter_mut().for_each(|(key, _)| name(key));
        match &mut step.body {
            Body::Form(fields) => fields.iter_mut().for_each(|(key, _)| name(key)),
            Body::Multipart(parts) => {
                for (key, part) in parts {
                    name(key);
                    for text in part.name.iter_mut().chain(&mut part.content_type) {
                        self.template(text);
                    }
                }
            }
            Body::Json(json) => any |= self.keys(json),
            Body::None | Body::Text(_) | Body::File(_) => {}
        }
        any | self.keys_of(&mut step.expect.parts)
    }

    /// A text for people that the import wrote itself.
    fn redacted(&self, text: &mut String) {
        *text = self.redactor.redact(text);
    }

    /// Texts for people.
    fn prose(&self, texts: &mut [String]) {
        for text in texts {
            *text = masked(&self.redactor.redact(text));
        }
    }

    fn left_out(&self, all: &mut [LeftOut]) {
        for one in all {
            self.redacted(&mut one.place);
            self.prose(std::slice::from_mut(&mut one.what));
            self.redacted(&mut one.why);
        }
    }
}
