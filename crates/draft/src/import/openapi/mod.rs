//! OpenAPI documents: the kinds `contract` and `rejects` read them, and what can be created, read and removed
//! becomes a flow.

#[cfg(test)]
mod tests;

use serde_json::{Map, Value as Json, json};
use tidegate_core::ports::Files;
use tidegate_core::template::escape;
use tidegate_kinds::draft::{Documented, Scheme, Thing, documented};

use super::Source;
use super::error::ImportError;
use super::model::{
    Body, Capture, Check, Cleanup, Draft, Identity, Journey, LeftOut, Source as From, Step,
};
use super::names::{kebab, singular};
use super::request::address;
use super::values::{rename, visit};

/// How to mend a document that is of no use.
const HELP: &str =
    "Swagger 2.0 is converted by `npx swagger2openapi`; other faults are mended in the document.";

/// What somebody who logs in is called.
const USER: &str = "user";

/// Reads a document; what it refers to comes from the files.
///
/// # Errors
/// When it is of no use, with its place.
pub(crate) fn read(source: &Source<'_>, files: &dyn Files) -> Result<Draft, ImportError> {
    let offers = documented(source.name, files).map_err(|error| {
        let place = error.location.as_ref();
        ImportError::Syntax {
            file: source.name.to_owned(),
            line: place.map_or(1, |place| place.line),
            column: place.map_or(1, |place| place.column),
            what: error.message.clone(),
            help: HELP,
        }
    })?;
    let mut draft = Draft {
        name: kebab(&offers.title, "portal"),
        openapi: Some(source.name.to_owned()),
        ..Draft::default()
    };
    if let Some(server) = &offers.server {
        draft.origin = address(server, "https").target.origin;
    }
    let identity = identity(&offers);
    let needed = offers.reads_need_login || offers.things.iter().any(|thing| thing.needs_login);
    let user = identity.is_some() && needed;
    draft.identities.extend(identity.filter(|_| needed));
    if needed && !user {
        draft.left_out.push(LeftOut::new(
            source.name,
            "its security schemes",
            "an identity has none of them; declare one under `identities:` and name it with `as:`",
        ));
    }
    checks(&mut draft, &offers, user);
    for thing in &offers.things {
        draft.journeys.push(journey(thing, user));
    }
    draft.left_out.extend(offers.left_out.iter().map(|what| {
        LeftOut::new(
            source.name,
            what.trim_end_matches('.'),
            "it is for a person to decide",
        )
    }));
    draft.left_out.extend(offers.faults.iter().map(|what| {
        LeftOut::new(
            source.name,
            what,
            "this part of the document cannot be used",
        )
    }));
    draft.notes.push(
        "`tidegate draft access` proposes who may use which route of this document.".to_owned(),
    );
    Ok(draft)
}

/// The checks that read the document themselves.
fn checks(draft: &mut Draft, offers: &Documented, user: bool) {
    let with = |needs: bool| (needs && user).then(|| USER.to_owned());
    if offers.reads > 0 {
        draft.checks.push(Check {
            name: "api-as-agreed".to_owned(),
            identity: with(offers.reads_need_login),
            kind: "contract",
            config: json!({}),
            notes: Vec::new(),
        });
    }
    if !offers.things.is_empty() {
        draft.checks.push(Check {
            name: "bad-input-is-refused".to_owned(),
            identity: with(offers.things.iter().any(|thing| thing.needs_login)),
            kind: "rejects",
            config: json!({}),
            notes: Vec::new(),
        });
    }
}

/// Somebody who proves who they are as the document says.
fn identity(offers: &Documented) -> Option<Identity> {
    let mut notes =
        vec!["Fill in an account of a test client: set the variables below.".to_owned()];
    let login = offers.login.clone().filter(|login| {
        login.contains_key("bearer")
            || offers
                .schemes
                .iter()
                .any(|scheme| matches!(scheme, Scheme::Cookie(_)))
    });
    let credential = match login {
        Some(login) => ("login".to_owned(), Json::Object(login)),
        None => offers.schemes.iter().find_map(credential)?,
    };
    if offers.schemes.len() > 1 {
        notes.push("The document has other security schemes, too; this is the first that an identity can have.".to_owned());
    }
    Some(Identity {
        name: USER.to_owned(),
        credential: Map::from_iter([credential]),
        notes,
    })
}

fn credential(scheme: &Scheme) -> Option<(String, Json)> {
    let (key, value) = match scheme {
        Scheme::Bearer => ("bearer", json!("${USER_TOKEN}")),
        Scheme::Basic => (
            "basic",
            json!({ "user": "${USER_NAME}", "password": "${USER_PASSWORD}" }),
        ),
        Scheme::Header(name) => ("headers", json!({ name: "${USER_API_KEY}" })),
        Scheme::Cookie(name) => ("cookies", json!({ name: "${USER_SESSION}" })),
        Scheme::ClientCredentials(url) => (
            "oauth2",
            json!({ "token-url": escape(url), "client-id": "${CLIENT_ID}", "client-secret": "${CLIENT_SECRET}" }),
        ),
        Scheme::Password(url) => (
            "oauth2",
            json!({ "token-url": escape(url), "client-id": "${CLIENT_ID}", "user": "${USER_NAME}", "password": "${USER_PASSWORD}" }),
        ),
        Scheme::Other(_) => return None,
    };
    Some((key.to_owned(), value))
}

/// Create, read, remove, and see that it is gone.
fn journey(thing: &Thing, user: bool) -> Journey {
    let name = singular(&kebab(&thing.name, "thing"));
    let capture = super::names::capture(&name);
    let identity = (user && thing.needs_login).then(|| USER.to_owned());
    let step = |title: String, request: &Map<String, Json>, status: u16| {
        let mut step = step(request, &thing.place);
        visit(&mut step, &mut |_, text| {
            rename(text, &mut |old| (old == "id").then(|| capture.clone()));
        });
        step.name = Some(title);
        step.identity.clone_from(&identity);
        step.expect.status = vec![status.to_string()];
        step
    };
    let mut create = step(format!("create a {name}"), &thing.create, thing.created);
    create.captures.push(Capture {
        name: capture.clone(),
        source: From::Json(thing.id.clone()),
    });
    if !thing.id_is_known {
        create
            .notes
            .push("Guess: the document does not say where the answer has the id.".to_owned());
    }
    let mut read = step("open it again".to_owned(), &thing.read, 200);
    for (field, value) in &thing.repeats {
        let path = format!("${}", super::har::correlate::member(field));
        let _ = read.expect.about("json", &path, "equals", value.clone());
    }
    let delete = step("remove it".to_owned(), &thing.delete, thing.deleted);
    create.cleanup = Some(Cleanup {
        path: delete.target.path.clone(),
        on: None,
    });
    let gone = Step {
        name: Some("it is gone".to_owned()),
        ..step(String::new(), &thing.read, 404)
    };
    Journey {
        name: format!("{name}-journey"),
        steps: vec![create, read, delete, gone],
        left_out: Vec::new(),
    }
}

/// A request of a gate file as a step.
fn step(request: &Map<String, Json>, place: &str) -> Step {
    let mut step = Step {
        place: place.to_owned(),
        ..Step::default()
    };
    let pairs = |value: &Json| -> Vec<(String, String)> {
        let pairs = value.as_object().into_iter().flatten();
        pairs
            .map(|(name, value)| (name.clone(), value.as_str().unwrap_or_default().to_owned()))
            .collect()
    };
    for (key, value) in request {
        match key.as_str() {
            "query" => step.query = pairs(value),
            "headers" => step.headers = pairs(value),
            "json" => step.body = Body::Json(value.clone()),
            method => {
                step.method = method.to_ascii_uppercase();
                step.target.path = value.as_str().unwrap_or_default().to_owned();
            }
        }
    }
    step
}
