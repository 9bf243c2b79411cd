//! What an importer makes of a file before it is written as a gate file.
//!
//! Every text is in the form of a gate file's template: `${UPPER}` is a variable of the environment,
//! `${lower}` a capture, and `$${` stands for itself.

use serde_json::{Map, Value as Json};

use super::secrets::Secrets;

/// What was made of a file.
#[derive(Debug, Default)]
pub(crate) struct Draft {
    /// What the portal is called, in kebab-case.
    pub(crate) name: String,
    /// Where the portal is; `None` when the file does not say.
    pub(crate) origin: Option<String>,
    /// Other origins that requests go to.
    pub(crate) apis: Vec<Api>,
    /// Variables that are no secrets.
    pub(crate) variables: Vec<Plain>,
    /// Who sends requests.
    pub(crate) identities: Vec<Identity>,
    /// What becomes a flow.
    pub(crate) journeys: Vec<Journey>,
    /// What becomes a check of another kind.
    pub(crate) checks: Vec<Check>,
    /// The OpenAPI document of the portal.
    pub(crate) openapi: Option<String>,
    /// What belongs to no journey.
    pub(crate) left_out: Vec<LeftOut>,
    /// What a person should know before running it, a sentence each.
    pub(crate) notes: Vec<String>,
    /// Proposals that a person has to fill in, as lines of YAML.
    pub(crate) proposals: Vec<String>,
    /// Which secrets are named, and how.
    pub(crate) secrets: Secrets,
}

/// Another origin that the portal talks to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Api {
    /// Its name in the gate file.
    pub(crate) name: String,
    /// Scheme, host and port, without a slash at the end.
    pub(crate) origin: String,
}

/// A variable that is no secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Plain {
    /// Its name in capitals.
    pub(crate) name: String,
    /// Its value where the file has one.
    pub(crate) default: Option<String>,
}

/// Somebody who sends requests.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Identity {
    /// Its name in the gate file.
    pub(crate) name: String,
    /// How it proves who it is, as the gate file has it: one key of a credential.
    pub(crate) credential: Map<String, Json>,
    /// What a person should know, a sentence each.
    pub(crate) notes: Vec<String>,
}

/// Requests one after the other, of which later ones use what earlier ones answered.
#[derive(Debug, Clone, Default)]
pub(crate) struct Journey {
    /// What people call it.
    pub(crate) name: String,
    /// Its requests.
    pub(crate) steps: Vec<Step>,
    /// What could not be carried over.
    pub(crate) left_out: Vec<LeftOut>,
}

/// A check of another kind than `flow`.
#[derive(Debug, Clone)]
pub(crate) struct Check {
    /// What people call it.
    pub(crate) name: String,
    /// Who it is.
    pub(crate) identity: Option<String>,
    /// Its kind.
    pub(crate) kind: &'static str,
    /// The value of the kind's key.
    pub(crate) config: Json,
    /// What a person should know, a sentence each.
    pub(crate) notes: Vec<String>,
}

/// Something that a gate file has no place for, or that was left out on purpose.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LeftOut {
    /// Where it stands: the file with a line, or the name of an entry.
    pub place: String,
    /// What it is; never a value that could be a secret.
    pub what: String,
    /// Why it was left out.
    pub why: String,
}

/// One request with what its answer must be.
#[derive(Debug, Clone, Default)]
pub(crate) struct Step {
    /// Where it comes from.
    pub(crate) place: String,
    /// What reports call it, where the file has a name.
    pub(crate) name: Option<String>,
    /// In capitals.
    pub(crate) method: String,
    /// Where it goes.
    pub(crate) target: Target,
    /// Added to the path.
    pub(crate) query: Vec<(String, String)>,
    /// Names in small letters.
    pub(crate) headers: Vec<(String, String)>,
    /// What is sent.
    pub(crate) body: Body,
    /// How long it may take.
    pub(crate) timeout: Option<String>,
    /// How many redirects are followed, where that is not the usual.
    pub(crate) redirects: Option<u32>,
    /// How it is repeated: the pause, and for how long.
    pub(crate) retry: Option<(String, String)>,
    /// How it proves who sends it, until that becomes an identity.
    pub(crate) auth: Option<Auth>,
    /// Who sends it.
    pub(crate) identity: Option<String>,
    /// What the answer must be.
    pub(crate) expect: Expect,
    /// What is kept of the answer.
    pub(crate) captures: Vec<Capture>,
    /// How what it creates is removed.
    pub(crate) cleanup: Option<Cleanup>,
    /// What a person should know, a sentence each.
    pub(crate) notes: Vec<String>,
}

/// Where a request goes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Target {
    /// The name of an entry under `apis:`, once it is known.
    pub(crate) on: Option<String>,
    /// Scheme, host and port, or a reference to a variable with them; `None` for the portal's own.
    pub(crate) origin: Option<String>,
    /// From the slash on, without the query.
    pub(crate) path: String,
}

/// How a request proves who sends it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Auth {
    /// User and password (RFC 7617).
    Basic {
        /// The user.
        user: String,
        /// The password.
        password: String,
    },
    /// A token (RFC 6750).
    Bearer(String),
    /// The header `authorization` in another scheme.
    Other(String),
    /// Cookies.
    Cookies(Vec<(String, String)>),
    /// The cookies that the step at this place got.
    Session(String),
}

/// What is sent.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) enum Body {
    /// Nothing.
    #[default]
    None,
    /// A JSON value with templates in its texts.
    Json(Json),
    /// The fields of a form.
    Form(Vec<(String, String)>),
    /// The parts of a multipart body.
    Multipart(Vec<(String, Part)>),
    /// A text.
    Text(String),
    /// The path of a file.
    File(String),
}

/// A part of a multipart body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Part {
    /// The text, or the path of the file.
    pub(crate) content: Content,
    /// The name of the file.
    pub(crate) name: Option<String>,
    /// The content type.
    pub(crate) content_type: Option<String>,
}

/// What a part of a multipart body holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Content {
    /// A text.
    Text(String),
    /// The path of a file.
    File(String),
}

/// What an answer must be.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Expect {
    /// The statuses that are accepted, as in `201` or `2xx`.
    pub(crate) status: Vec<String>,
    /// Predicates about the status, where it is no list.
    pub(crate) status_is: Map<String, Json>,
    /// The other keys of `expect:` with what the gate file has below them: predicates by subject for
    /// `headers`, `cookies` and `json`, predicates for the rest.
    pub(crate) parts: Map<String, Json>,
}

/// What is kept of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Capture {
    /// The name under which later requests use it.
    pub(crate) name: String,
    /// Where it comes from.
    pub(crate) source: Source,
}

/// Where a capture comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Source {
    /// A JSONPath.
    Json(String),
    /// The first group of a regular expression over the body.
    Regex(String),
    /// A header.
    Header(String),
    /// A cookie.
    Cookie(String),
    /// The whole body.
    Body,
    /// The address of the answer.
    Url,
}

/// How what a step creates is removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cleanup {
    /// The path of the DELETE.
    pub(crate) path: String,
    /// The name of an entry under `apis:`.
    pub(crate) on: Option<String>,
}

impl LeftOut {
    /// Something at a place that was left out for a reason.
    pub(crate) fn new(
        place: impl Into<String>,
        what: impl Into<String>,
        why: impl Into<String>,
    ) -> Self {
        Self {
            place: place.into(),
            what: what.into(),
            why: why.into(),
        }
    }
}

impl Expect {
    /// Adds a predicate about a whole part, such as the body; whether there was room for it.
    #[must_use]
    pub(crate) fn whole(&mut self, part: &str, predicate: &str, value: Json) -> bool {
        add(&mut self.parts, part, predicate, value)
    }

    /// Adds a predicate about one subject of a part, such as a header; whether there was room for it.
    #[must_use]
    pub(crate) fn about(
        &mut self,
        part: &str,
        subject: &str,
        predicate: &str,
        value: Json,
    ) -> bool {
        let subjects = self.parts.entry(part).or_insert_with(|| Map::new().into());
        let Some(subjects) = subjects.as_object_mut() else {
            return false;
        };
        add(subjects, subject, predicate, value)
    }

    /// Whether nothing is expected.
    pub(crate) fn is_empty(&self) -> bool {
        self.status.is_empty() && self.status_is.is_empty() && self.parts.is_empty()
    }
}

/// Each predicate stands once in a map; `not` takes several that differ.
fn add(subjects: &mut Map<String, Json>, subject: &str, predicate: &str, value: Json) -> bool {
    let predicates = subjects.entry(subject).or_insert_with(|| Map::new().into());
    let Some(predicates) = predicates.as_object_mut() else {
        return false;
    };
    match (predicates.get_mut(predicate), value) {
        (None, value) => {
            predicates.insert(predicate.to_owned(), value);
            true
        }
        (Some(known), value) if *known == value => true,
        // Nothing of what is named in a `not` may hold.
        (Some(Json::Object(known)), Json::Object(more)) if predicate == "not" => {
            let free = more.keys().all(|key| !known.contains_key(key));
            if free {
                known.extend(more);
            }
            free
        }
        _ => false,
    }
}

impl Step {
    /// How it is named in messages: method and path.
    pub(crate) fn title(&self) -> String {
        format!("{} {}", self.method, self.target.path)
    }
}
