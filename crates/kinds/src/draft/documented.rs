//! What an OpenAPI document offers for checks: what can be read, and what can be created, read and removed.

use serde_json::{Map, Value as Json};
use tidegate_core::check::CheckError;
use tidegate_core::ports::Files;
use tidegate_core::request::{BodyTemplate, RequestTemplate};
use tidegate_core::scope::BUILT_IN;
use tidegate_core::secret::Sensitive;
use tidegate_core::template::{Lookup, Template, TemplateError, escape};

use crate::attack::resource::{Resource, derive, item_operation, json_body};
use crate::documents::open_api;
use crate::filling::caution::{does_more, is_endless};
use crate::naming::words;
use crate::specification::At;
use crate::specification::openapi::{OpenApi, Operation};

/// The names of ids in answers, the likeliest first.
const IDS: &[&str] = &["id", "uuid", "_id", "key", "slug"];

/// The keys of tokens in the answers of logins.
const TOKENS: &[&str] = &[
    "token",
    "access_token",
    "accessToken",
    "jwt",
    "id_token",
    "idToken",
];

/// What a document offers.
#[derive(Debug, Default)]
pub struct Documented {
    /// Its title.
    pub title: String,
    /// The address of its first server, where that is a whole one.
    pub server: Option<String>,
    /// How many operations read and can be asked without being told how.
    pub reads: usize,
    /// Whether any of those needs a login.
    pub reads_need_login: bool,
    /// What can be created, read and removed.
    pub things: Vec<Thing>,
    /// How somebody proves who they are.
    pub schemes: Vec<Scheme>,
    /// The request that logs in, as a gate file has it, with `bearer` where its answer has a token.
    pub login: Option<Map<String, Json>>,
    /// What is left to a person, each a phrase that begins with what it is.
    pub left_out: Vec<String>,
    /// What is wrong with the document, each with its place.
    pub faults: Vec<String>,
}

/// Something that can be created, read and removed again.
#[derive(Debug)]
pub struct Thing {
    /// What it is called: `records`.
    pub name: String,
    /// Where the document has its create: file and line.
    pub place: String,
    /// The create, as a gate file has it, with a mark in its texts.
    pub create: Map<String, Json>,
    /// The status of a create that succeeds.
    pub created: u16,
    /// Where its answer has the id: a JSONPath.
    pub id: String,
    /// Whether the document says so; else it is the usual place.
    pub id_is_known: bool,
    /// Whether the answer repeats what was sent under these names.
    pub repeats: Vec<(String, Json)>,
    /// The read of one.
    pub read: Map<String, Json>,
    /// The removal of one.
    pub delete: Map<String, Json>,
    /// The status of a removal that succeeds.
    pub deleted: u16,
    /// Whether it needs a login.
    pub needs_login: bool,
}

/// A security scheme.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scheme {
    /// A bearer token.
    Bearer,
    /// Basic authentication.
    Basic,
    /// A key in a header.
    Header(String),
    /// A key in a cookie.
    Cookie(String),
    /// OAuth 2 client credentials, with the address of its tokens.
    ClientCredentials(String),
    /// OAuth 2 with user and password, with the address of its tokens.
    Password(String),
    /// Another one, which an identity cannot have, by its name.
    Other(String),
}

/// Reads what a document offers; its path is relative to the folder of the gate file.
///
/// # Errors
/// When it cannot be read or is no OpenAPI document of a known version, at the place in it if there is one.
pub fn documented(path: &str, files: &dyn Files) -> Result<Documented, CheckError> {
    let api = open_api(path, files)?;
    let root = api.library.root();
    let span = root.span();
    let title = root.get("info").and_then(|info| info.text_of("title"));
    let server = root
        .get("servers")
        .and_then(|servers| servers.elements().next());
    let server = server.and_then(|server| server.text_of("url"));
    let mut documented = Documented {
        title: title.unwrap_or_default().to_owned(),
        server: server
            .filter(|url| {
                (url.starts_with("http://") || url.starts_with("https://")) && !url.contains('{')
            })
            .map(str::to_owned),
        schemes: schemes(root),
        login: login(&api),
        ..Documented::default()
    };
    for operation in api.operations.iter().filter(|one| one.method == "GET") {
        let effect = does_more(&operation.path, operation.id.as_deref()).is_some();
        if !effect && !is_endless(operation) {
            documented.reads += 1;
            documented.reads_need_login |= !operation.anonymous();
        }
    }
    let derived = derive(&api, "", &span, &[], &[]);
    for resource in &derived.resources {
        match thing(&api, resource) {
            Some(thing) => documented.things.push(thing),
            None => documented.left_out.push(format!(
                "{}: its create has a body that is no JSON, or its answer names nothing",
                resource.create.name()
            )),
        }
    }
    documented.left_out.extend(derived.notes());
    let faults = api.faults.iter().take(20);
    documented.faults = faults
        .map(|fault| match &fault.span {
            Some(span) => format!(
                "{}:{}: {}",
                span.source().name(),
                span.line(),
                fault.message
            ),
            None => fault.message.clone(),
        })
        .collect();
    Ok(documented)
}

fn thing(api: &OpenApi, resource: &Resource) -> Option<Thing> {
    let place = resource.documented.as_ref()?;
    let create_path = |operation: &&Operation| {
        operation.method == "POST" && api.at(operation.place).location().line == place.line
    };
    let create = api.operations.iter().find(create_path)?;
    let (remove, _) = item_operation(&api.operations, create, "DELETE")?;
    let body = as_map(&resource.create)?;
    let (id, id_is_known) = match id_place(api, create) {
        Some(path) => (path, true),
        None => ("$.id".to_owned(), false),
    };
    let sent = body.get("json").and_then(Json::as_object);
    let answered = answer_schema(api, create);
    let repeats = sent.into_iter().flatten().filter(|(name, value)| {
        let plain = value.as_str().is_some_and(|text| text.starts_with("${"));
        plain && answered.is_some_and(|schema| property(schema, name).is_some())
    });
    Some(Thing {
        name: resource.name.clone(),
        place: format!("{}:{}", place.file, place.line),
        repeats: repeats
            .map(|(name, value)| (name.clone(), value.clone()))
            .take(2)
            .collect(),
        created: success(create).unwrap_or(201),
        deleted: success(remove).unwrap_or(204),
        read: as_map(&resource.read)?,
        delete: as_map(resource.delete.as_ref()?)?,
        needs_login: !create.anonymous(),
        create: body,
        id,
        id_is_known,
    })
}

/// The first status of success that an operation tells.
fn success(operation: &Operation) -> Option<u16> {
    let statuses = operation
        .responses
        .iter()
        .map(|response| response.status.as_str());
    statuses
        .filter(|status| status.starts_with('2'))
        .find_map(|status| status.parse().ok())
}

/// What the answer of a success must be.
fn answer_schema<'a>(api: &'a OpenApi, operation: &Operation) -> Option<At<'a>> {
    let response = operation
        .responses
        .iter()
        .find(|one| one.status.starts_with('2'))?;
    let content = response
        .content
        .iter()
        .find(|content| content.parsed.is_json())?;
    api.at(content.schema?).follow().ok()
}

/// A property of a schema, also where it is put together of several.
fn property<'a>(schema: At<'a>, name: &str) -> Option<At<'a>> {
    let own = schema
        .get("properties")
        .and_then(|properties| properties.get(name));
    own.or_else(|| {
        let mut parts = schema.get("allOf").into_iter().flat_map(At::elements);
        parts.find_map(|part| part.follow().ok()?.get("properties")?.get(name))
    })
}

/// The JSONPath of the id of what a create makes: at the top, or in the one thing that is wrapped.
fn id_place(api: &OpenApi, create: &Operation) -> Option<String> {
    let schema = answer_schema(api, create)?;
    if let Some(id) = IDS.iter().find(|id| property(schema, id).is_some()) {
        return Some(format!("$.{id}"));
    }
    let wrapped = schema.get("properties").into_iter().flat_map(At::entries);
    let mut found = wrapped.filter_map(|(name, part)| {
        let part = part.follow().ok()?;
        let id = IDS.iter().find(|id| property(part, id).is_some())?;
        let plain = name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        plain.then(|| format!("$.{name}.{id}"))
    });
    found.next()
}

/// The operation that logs in: a POST with a password whose answer has a token.
fn login(api: &OpenApi) -> Option<Map<String, Json>> {
    let logs_in = |operation: &&Operation| {
        let words: Vec<String> = operation.path.split('/').flat_map(words).collect();
        let named = words.iter().any(|word| {
            ["login", "signin", "token", "sessions", "session", "auth"].contains(&word.as_str())
        });
        operation.method == "POST" && named && !operation.path.contains('{')
    };
    api.operations.iter().filter(logs_in).find_map(|operation| {
        let content = json_body(operation)?;
        let schema = api.at(content.schema?).follow().ok()?;
        let properties = schema.get("properties")?;
        let is_password = |name: &str| words(name).iter().any(|word| word == "password");
        let fields: Vec<&str> = properties.entries().map(|(name, _)| name).collect();
        let password = fields.iter().find(|name| is_password(name))?;
        let user = fields.iter().find(|name| {
            let words = words(name).concat();
            ["email", "username", "login", "user", "mail"].contains(&words.as_str())
        })?;
        let others = schema
            .get("required")
            .into_iter()
            .flat_map(At::elements)
            .filter_map(At::text);
        if others
            .into_iter()
            .any(|name| name != *password && name != *user)
        {
            return None;
        }
        let body = Map::from_iter([
            ((*user).to_owned(), Json::from("${USER_EMAIL}")),
            ((*password).to_owned(), Json::from("${USER_PASSWORD}")),
        ]);
        let path = format!("{}{}", api.base(operation), operation.path);
        let mut login = Map::from_iter([
            ("post".to_owned(), Json::from(escape(&path))),
            ("json".to_owned(), Json::Object(body)),
        ]);
        let answered = answer_schema(api, operation);
        let token = answered.and_then(|schema| {
            TOKENS
                .iter()
                .find(|token| property(schema, token).is_some())
        });
        if let Some(token) = token {
            login.insert("bearer".to_owned(), format!("$.{token}").into());
        }
        Some(login)
    })
}

fn schemes(root: At<'_>) -> Vec<Scheme> {
    let schemes = root
        .get("components")
        .and_then(|all| all.get("securitySchemes"));
    let schemes = schemes.into_iter().flat_map(At::entries);
    schemes
        .filter_map(|(name, scheme)| Some((name, scheme.follow().ok()?)))
        .map(|(name, scheme)| {
            let named = || scheme.text_of("name").unwrap_or_default().to_owned();
            let flow = |flow: &str| {
                let flows = scheme.get("flows")?.get(flow)?;
                Some(flows.text_of("tokenUrl")?.to_owned())
            };
            match (scheme.text_of("type"), scheme.text_of("in")) {
                (Some("http"), _) => match scheme
                    .text_of("scheme")
                    .map(str::to_ascii_lowercase)
                    .as_deref()
                {
                    Some("bearer") => Scheme::Bearer,
                    Some("basic") => Scheme::Basic,
                    _ => Scheme::Other(name.to_owned()),
                },
                (Some("apiKey"), Some("header")) => Scheme::Header(named()),
                (Some("apiKey"), Some("cookie")) => Scheme::Cookie(named()),
                (Some("oauth2"), _) => flow("clientCredentials")
                    .map(Scheme::ClientCredentials)
                    .or_else(|| flow("password").map(Scheme::Password))
                    .unwrap_or(Scheme::Bearer),
                (Some("openIdConnect"), _) => Scheme::Bearer,
                _ => Scheme::Other(name.to_owned()),
            }
        })
        .collect()
}

/// A request as a gate file has it; nothing where its body is none of JSON.
fn as_map(request: &RequestTemplate) -> Option<Map<String, Json>> {
    let pairs = |all: &[(String, Template)]| -> Map<String, Json> {
        all.iter()
            .map(|(name, value)| (name.clone(), value.to_string().into()))
            .collect()
    };
    let mut map = Map::new();
    map.insert(
        request.method.to_lowercase(),
        request.path.to_string().into(),
    );
    for (key, all) in [("query", &request.query), ("headers", &request.headers)] {
        if !all.is_empty() {
            map.insert(key.to_owned(), Json::Object(pairs(all)));
        }
    }
    match &request.body {
        BodyTemplate::Empty => {}
        BodyTemplate::Json(body) => {
            let mut body = body.render(&AsWritten).ok()?;
            written(&mut body);
            map.insert("json".to_owned(), body);
        }
        _ => return None,
    }
    Some(map)
}

/// Gives every reference a value that tells it again; no document has these signs.
struct AsWritten;

impl Lookup for AsWritten {
    fn secret(&self, name: &str) -> Result<Sensitive, TemplateError> {
        Err(TemplateError::SecretNotSet {
            name: name.to_owned(),
        })
    }

    fn value(&self, name: &str) -> Option<Json> {
        Some(Json::from(format!("\u{1}{name}\u{2}")))
    }
}

fn written(value: &mut Json) {
    match value {
        // Marks around anything else stand in the document, and mean nothing.
        Json::String(text) => {
            *text = BUILT_IN.iter().fold(escape(text), |text, name| {
                text.replace(&format!("\u{1}{name}\u{2}"), &format!("${{{name}}}"))
            });
        }
        Json::Array(elements) => elements.iter_mut().for_each(written),
        Json::Object(entries) => entries.values_mut().for_each(written),
        _ => {}
    }
}
