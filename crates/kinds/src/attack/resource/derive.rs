//! Resources of an OpenAPI document: what can be created, read, and removed again.

use serde_json::Value as Json;
use tidegate_core::node::{Key, Node, Value};
use tidegate_core::request::RequestTemplate;
use tidegate_core::span::Span;
use tidegate_core::template::escape;

use super::operations::{
    address_of, is_dangerous, item_operation, json_body, needed, sampled, search_parameter,
};
use super::{ID, IdPlace, LeftOut, Resource};
use crate::filling::caution::does_more;
use crate::naming::words;
use crate::specification::At;
use crate::specification::openapi::{Content, OpenApi, Operation};
use crate::specification::schema::{Dialect, Schemas};

/// Stand for `${canary}` and `${unique}` while a body is made; as long as these are.
const CANARY: &str = "tidegate-00000000-canary-000000000000";
const UNIQUE: &str = "tidegate-00000000-000000000000";

/// How many texts of a made body have the mark.
const MARKED: usize = 2;

/// Words of a path where things of several sorts are told.
const TELLING: &[&str] = &[
    "search", "find", "export", "download", "report", "feed", "activity", "recent",
];

/// Words of a path that works on several things at once.
const BULK: &[&str] = &["bulk", "batch", "many", "multiple", "all"];

/// What is derived from a document, and what is left out.
#[derive(Debug, Default)]
pub(crate) struct Derived {
    /// What can be created, read and removed.
    pub(crate) resources: Vec<Resource>,
    left_out: LeftOut,
}

const BY_NAME: &str = "their names speak of logins, mail, payments or accounts (declare them under `resources`, or list them under `include`)";
const NO_READ: &str = "the document has no GET for one of what they create";
const NO_REMOVAL: &str = "the document has no DELETE for what they create";
const NO_BODY: &str = "no valid body with room for a mark could be made";
const BY_EFFECT: &str =
    "their names speak of more than showing something (list them under `include`)";
const SKIPPED: &str = "they are skipped";

impl Derived {
    /// What is left out, for the reader of a report.
    pub(crate) fn notes(&self) -> Vec<String> {
        self.left_out.notes()
    }
}

/// Finds the resources of a document; `include` and `skip` name operations such as `POST /api/orders`.
pub(crate) fn derive(
    api: &OpenApi,
    address: &str,
    span: &Span,
    include: &[String],
    skip: &[String],
) -> Derived {
    let deriving = Deriving {
        api,
        address,
        span,
        include,
        skip,
        schemas: Schemas::new(Dialect::of_openapi(api.library.root())),
    };
    let mut derived = Derived::default();
    for create in &api.operations {
        if create.method != "POST" || create.path.contains('{') {
            continue;
        }
        match deriving.resource(create) {
            Ok(resource) => {
                derived.resources.push(resource);
                for name in deriving.effectful(create) {
                    derived.left_out.add(BY_EFFECT, name);
                }
            }
            Err(Some(reason)) => derived.left_out.add(reason, create.name()),
            Err(None) => {}
        }
    }
    derived
}

/// What a collection is called: the last word of its path.
pub(crate) fn resource_name(path: &str) -> String {
    let segments = path.split('/').filter(|segment| !segment.is_empty());
    let mut named = segments.filter(|segment| !segment.contains(['{', '$']));
    named.next_back().unwrap_or("things").to_owned()
}

struct Deriving<'d> {
    api: &'d OpenApi,
    address: &'d str,
    span: &'d Span,
    include: &'d [String],
    skip: &'d [String],
    schemas: Schemas,
}

impl<'d> Deriving<'d> {
    /// A resource; an error without a reason when the operation creates nothing that is read.
    fn resource(&self, create: &'d Operation) -> Result<Resource, Option<&'static str>> {
        let all = &self.api.operations;
        let read = item_operation(all, create, "GET");
        let delete = item_operation(all, create, "DELETE");
        if read.is_none() && delete.is_none() {
            return Err(None);
        }
        if self.skip.contains(&create.name()) {
            return Err(Some(SKIPPED));
        }
        if !self.is_allowed(create) {
            return Err(Some(BY_NAME));
        }
        let (read, id) = read.ok_or(Some(NO_READ))?;
        let (delete, _) = delete.ok_or(Some(NO_REMOVAL))?;
        let create_template = self.with_body(create, None).ok_or(Some(NO_BODY))?;
        let bare = |operation| self.request(operation, Some(&id), Vec::new());
        let changes = ["PUT", "PATCH"].into_iter();
        let changes = changes.filter_map(|method| Some(item_operation(all, create, method)?.0));
        let update = changes.filter_map(|update| self.with_body(update, Some(&id)));
        Ok(Resource {
            name: resource_name(&create.path),
            span: self.span.clone(),
            documented: Some(self.api.at(create.place).location()),
            create: create_template,
            id: IdPlace::Usual,
            delete: Some(bare(delete).ok_or(Some(NO_REMOVAL))?),
            read: bare(read).ok_or(Some(NO_READ))?,
            update: update.chain(self.bulk(create)).collect(),
            lists: self.lists(create),
            nested: self.nested(create, &id),
        })
    }

    fn is_allowed(&self, operation: &Operation) -> bool {
        let name = operation.name();
        !self.skip.contains(&name) && (self.include.contains(&name) || !is_dangerous(operation))
    }

    /// Whether looking at something may do more, by its name.
    fn is_effectful(&self, operation: &Operation) -> bool {
        !self.include.contains(&operation.name())
            && does_more(&operation.path, operation.id.as_deref()).is_some()
    }

    /// The looks below a collection that are left out for their names.
    fn effectful(&self, create: &Operation) -> Vec<String> {
        let own = format!("{}/", create.path.trim_end_matches('/'));
        let all = self.api.operations.iter();
        let left_out = all.filter(|one| {
            let is_look = one.method == "GET" && one.path.starts_with(&own);
            is_look && !self.skip.contains(&one.name()) && self.is_effectful(one)
        });
        left_out.map(Operation::name).collect()
    }

    /// Lists, searches and exports that may tell of it.
    fn lists(&self, create: &Operation) -> Vec<RequestTemplate> {
        let own = create.path.trim_end_matches('/');
        let tells = |operation: &&Operation| {
            let rest = operation.path.strip_prefix(own);
            let is_below = rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
            let mut words = operation.path.split('/').flat_map(words);
            let tells = words.any(|word| TELLING.contains(&word.as_str()));
            let is_look = operation.method == "GET" && !operation.path.contains('{');
            let is_wanted = !self.skip.contains(&operation.name()) && !self.is_effectful(operation);
            is_look && (is_below || tells) && is_wanted
        };
        let found = self.api.operations.iter().filter(tells);
        let mut lists: Vec<RequestTemplate> = found
            .filter_map(|list| {
                let search = search_parameter(list);
                let query = search.map(|name| (name.to_owned(), "${canary}".to_owned()));
                self.request(list, None, query.into_iter().collect())
            })
            .collect();
        let plain = self
            .api
            .operations
            .iter()
            .find(|operation| operation.method == "GET" && operation.path == create.path);
        // Besides the search the list as it is: it may forget the tenant only there.
        if let Some(plain) = plain.filter(|plain| search_parameter(plain).is_some()) {
            lists.extend(self.request(plain, None, Vec::new()));
        }
        lists
    }

    /// What lies below one of them.
    fn nested(&self, create: &Operation, id: &str) -> Vec<RequestTemplate> {
        let item = format!("{}/{{{id}}}/", create.path.trim_end_matches('/'));
        let all = self.api.operations.iter();
        let below = all.filter(|operation| {
            let rest = operation.path.strip_prefix(&item);
            rest.is_some_and(|rest| !rest.contains('{'))
                && operation.method != "DELETE"
                && self.is_allowed_below(operation)
        });
        below
            .filter_map(|operation| match operation.method.as_str() {
                "GET" => self.request(operation, Some(id), Vec::new()),
                "POST" | "PUT" | "PATCH" => self.with_body(operation, Some(id)),
                _ => None,
            })
            .collect()
    }

    /// To look at something sets nothing off, unless its name says so.
    fn is_allowed_below(&self, operation: &Operation) -> bool {
        if operation.method == "GET" {
            return !self.skip.contains(&operation.name()) && !self.is_effectful(operation);
        }
        self.is_allowed(operation)
    }

    /// Writes to several of them at once, which name them in the body.
    fn bulk(&self, create: &'d Operation) -> Vec<RequestTemplate> {
        let own = create.path.trim_end_matches('/');
        let all = self.api.operations.iter();
        let several = all.filter(|operation| {
            let Some(rest) = operation.path.strip_prefix(own) else {
                return false;
            };
            let mut words = rest.split('/').flat_map(words);
            let is_bulk = words.any(|word| BULK.contains(&word.as_str()));
            let is_whole = rest.is_empty() && operation.method != "POST";
            let writes = matches!(operation.method.as_str(), "POST" | "PUT" | "PATCH");
            writes && !rest.contains('{') && (is_bulk || is_whole) && self.is_allowed(operation)
        });
        several
            .filter_map(|operation| {
                let content = json_body(operation)?;
                let mut body = self.sampled(content, CANARY)?;
                name_ids(&mut body).then_some(())?;
                let body = self.node(&body);
                self.build(operation, None, Vec::new(), Some(("json", body)))
            })
            .collect()
    }

    /// The request of an operation with a body that has a mark, when it takes one.
    fn with_body(&self, operation: &'d Operation, id: Option<&str>) -> Option<RequestTemplate> {
        if operation.body.is_none() {
            return (id.is_some()).then(|| self.request(operation, id, Vec::new()))?;
        }
        if let Some(content) = json_body(operation) {
            let marked = |mark: &str| {
                let body = self.sampled(content, mark)?;
                body.to_string().contains(mark).then_some(body)
            };
            let body = marked(CANARY).or_else(|| marked(UNIQUE));
            let body = body.or_else(|| self.sampled(content, CANARY).filter(|_| id.is_some()))?;
            let mut body = ("json", self.node(&body));
            let is_plain = content.media_type == "application/json" || content.media_type == "*/*";
            let header = (!is_plain).then(|| content.media_type.clone());
            if let Some(media_type) = header {
                body.1 = self.node(&self.sampled(content, CANARY)?);
                return self.build_typed(operation, id, body, &media_type);
            }
            return self.build(operation, id, Vec::new(), Some(body));
        }
        let parts = self.parts(operation)?;
        self.build(operation, id, Vec::new(), Some(("multipart", parts)))
    }

    fn sampled(&self, content: &Content, mark: &str) -> Option<Json> {
        sampled(self.api, &self.schemas, content, mark, MARKED)
    }

    /// A multipart body whose files are short texts.
    fn parts(&self, operation: &Operation) -> Option<Node> {
        let body = operation.body.as_ref()?;
        let content = body
            .content
            .iter()
            .find(|content| content.parsed.essence() == "multipart/form-data")?;
        let schema = self.api.at(content.schema?).follow().ok()?;
        let properties = schema.get("properties").into_iter().flat_map(At::entries);
        let required: Vec<String> = schema
            .get("required")
            .map(At::to_json)
            .and_then(|names| serde_json::from_value(names).ok())
            .unwrap_or_default();
        let mut entries = Vec::new();
        for (name, property) in properties {
            let property = property.follow().ok()?;
            let is_file = property.text_of("format") == Some("binary")
                || property.get("contentMediaType").is_some()
                || property.get("contentEncoding").is_some();
            let value = if is_file {
                Value::Map(vec![
                    self.entry("text", "${canary}\n"),
                    self.entry("name", "${canary}.txt"),
                    self.entry("type", "text/plain"),
                ])
            } else if required.iter().any(|one| one == name) {
                Value::String("${canary}".to_owned())
            } else {
                continue;
            };
            entries.push((self.key(name), Node::new(value, self.span.clone())));
        }
        let any = !entries.is_empty();
        any.then(|| Node::new(Value::Map(entries), self.span.clone()))
    }

    /// A request without a body.
    fn request(
        &self,
        operation: &Operation,
        id: Option<&str>,
        query: Vec<(String, String)>,
    ) -> Option<RequestTemplate> {
        self.build(operation, id, query, None)
    }

    fn build_typed(
        &self,
        operation: &Operation,
        id: Option<&str>,
        body: (&str, Node),
        media_type: &str,
    ) -> Option<RequestTemplate> {
        let mut request = self.build(operation, id, Vec::new(), Some(body))?;
        let template = tidegate_core::template::Template::literal(media_type);
        request.headers.push(("content-type".to_owned(), template));
        Some(request)
    }

    fn build(
        &self,
        operation: &Operation,
        id: Option<&str>,
        query: Vec<(String, String)>,
        body: Option<(&str, Node)>,
    ) -> Option<RequestTemplate> {
        let path = address_of(self.api, operation, self.address, id.map(|id| (id, ID)))?;
        let needed = needed(self.api, operation, &query)?;
        let escaped = |pairs: Vec<(String, String)>| {
            let pairs = pairs.into_iter();
            pairs.map(|(name, text)| (name, escape(&text)))
        };
        let mut queries = query;
        queries.extend(escaped(needed.query));
        let headers: Vec<_> = escaped(needed.headers).collect();
        let method = operation.method.to_lowercase();
        let mut entries = vec![self.entry(&method, &path)];
        for (key, pairs) in [("query", queries), ("headers", headers)] {
            if !pairs.is_empty() {
                let pairs = pairs.iter().map(|(name, text)| self.entry(name, text));
                let map = Value::Map(pairs.collect());
                entries.push((self.key(key), Node::new(map, self.span.clone())));
            }
        }
        entries.extend(body.map(|(key, node)| (self.key(key), node)));
        let whole = Node::new(Value::Map(entries), self.span.clone());
        let (request, _) = RequestTemplate::take(&whole).ok()?;
        Some(request)
    }

    fn key(&self, text: &str) -> Key {
        Key {
            text: text.to_owned(),
            span: self.span.clone(),
        }
    }

    fn entry(&self, key: &str, text: &str) -> (Key, Node) {
        let value = Value::String(text.to_owned());
        (self.key(key), Node::new(value, self.span.clone()))
    }

    /// A made value as a template.
    fn node(&self, value: &Json) -> Node {
        let value = match value {
            Json::Null => Value::Null,
            Json::Bool(value) => Value::Bool(*value),
            Json::Number(number) => match number.as_i64() {
                Some(whole) => Value::Integer(whole),
                None => Value::Float(number.as_f64().unwrap_or_default()),
            },
            Json::String(text) if text == NAMED_ID => Value::String(format!("${{{ID}}}")),
            Json::String(text) => Value::String(
                escape(text)
                    .replace(CANARY, "${canary}")
                    .replace(UNIQUE, "${unique}"),
            ),
            Json::Array(elements) => {
                Value::Sequence(elements.iter().map(|one| self.node(one)).collect())
            }
            Json::Object(entries) => {
                let entries = entries.iter();
                let entries = entries.map(|(key, value)| (self.key(key), self.node(value)));
                Value::Map(entries.collect())
            }
        };
        Node::new(value, self.span.clone())
    }
}

/// Stands for the id in a body that names several things.
const NAMED_ID: &str = "tidegate-00000000-id";

/// Puts the id wherever a body names things; whether it does so anywhere.
fn name_ids(body: &mut Json) -> bool {
    let mut any = false;
    match body {
        Json::Array(elements) => {
            for element in elements {
                any |= name_ids(element);
            }
        }
        Json::Object(entries) => {
            for (key, value) in entries {
                let words = words(key);
                let last = words.last().map_or("", String::as_str);
                match value {
                    Json::Array(_) if last == "ids" => *value = Json::from(vec![NAMED_ID]),
                    Json::String(_) | Json::Number(_) if words == ["id"] => {
                        *value = Json::from(NAMED_ID);
                    }
                    other => {
                        any |= name_ids(other);
                        continue;
                    }
                }
                any = true;
            }
        }
        _ => {}
    }
    any
}
