//! The write operations of an OpenAPI document that can be tried and cleaned up after.

use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::request::RequestTemplate;
use tidegate_core::span::Span;
use tidegate_core::template::{Template, escape};

use super::config::{Config, Count};
use super::subject::{Base, Keeps, Removal, Rule, Subject};
use crate::attack::resource::{
    IDS, LeftOut, address_of, capture_name, examples, is_dangerous, item_operation, json_body,
    needed, search_parameter,
};
use crate::documents::bare;
use crate::expect::Path;
use crate::specification::openapi::{OpenApi, Operation};

/// What can be tried, and why the rest is left out.
#[derive(Debug, Default)]
pub(super) struct Derived {
    /// What can be tried: a create, then the updates of what it creates.
    pub(super) subjects: Vec<Subject>,
    /// What is left out.
    pub(super) left_out: LeftOut,
}

const BY_NAME: &str = "their names speak of logins, mail, payments or accounts (list them under `include` to try them)";
const NO_REMOVAL: &str =
    "the document has no DELETE for what they create (declare them with a `cleanup`)";
const NO_JSON: &str = "they take no JSON body";
const NO_ID: &str =
    "their paths need an id that no create of this check gives (declare them under `operations`)";
const NO_VALUE: &str = "a parameter that they need could not be made";
const EXCLUDED: &str = "they are excluded";

/// Gathers the write operations of a document.
///
/// # Errors
/// Names under `include` or `exclude` that the document does not have.
pub(super) fn derive(
    api: &OpenApi,
    config: &Config,
    span: &Span,
    address: &str,
) -> Result<Derived, Diagnostic> {
    for name in config.include.iter().chain(&config.exclude) {
        if !api
            .operations
            .iter()
            .any(|operation| operation.name() == *name)
        {
            let known: Vec<String> = api.operations.iter().map(Operation::name).collect();
            let known: Vec<&str> = known.iter().map(String::as_str).collect();
            return Err(Diagnostic::unknown(span.clone(), "operation", name, &known));
        }
    }
    let mut deriving = Deriving {
        api,
        config,
        span,
        address,
        derived: Derived::default(),
    };
    deriving.run();
    Ok(deriving.derived)
}

struct Deriving<'d> {
    api: &'d OpenApi,
    config: &'d Config,
    span: &'d Span,
    /// The address of the portal.
    address: &'d str,
    derived: Derived,
}

impl<'d> Deriving<'d> {
    fn run(&mut self) {
        let mut tried: Vec<String> = Vec::new();
        for create in self.with_method("POST") {
            if let Err(reason) = self.create(create, &mut tried) {
                self.leave_out(reason, create);
            }
        }
        for method in ["PUT", "PATCH"] {
            for update in self.with_method(method) {
                if !tried.contains(&update.name()) {
                    let reason = self.reason(update).unwrap_or(NO_ID);
                    self.leave_out(reason, update);
                }
            }
        }
    }

    fn with_method(&self, method: &str) -> Vec<&'d Operation> {
        let all = self.api.operations.iter();
        all.filter(|operation| operation.method == method).collect()
    }

    fn leave_out(&mut self, reason: &'static str, operation: &Operation) {
        self.derived.left_out.add(reason, operation.name());
    }

    /// Why an operation is not tried, whatever its path.
    fn reason(&self, operation: &Operation) -> Option<&'static str> {
        let name = operation.name();
        if self.config.exclude.contains(&name) {
            return Some(EXCLUDED);
        }
        if !self.config.include.contains(&name) && is_dangerous(operation) {
            return Some(BY_NAME);
        }
        json_body(operation).is_none().then_some(NO_JSON)
    }

    /// Adds a create and the updates of what it creates.
    fn create(
        &mut self,
        create: &'d Operation,
        tried: &mut Vec<String>,
    ) -> Result<(), &'static str> {
        if let Some(reason) = self.reason(create) {
            return Err(reason);
        }
        if create.path.contains('{') {
            return Err(NO_ID);
        }
        let (removal, parameter) =
            item_operation(&self.api.operations, create, "DELETE").ok_or(NO_REMOVAL)?;
        let id = capture_name(&parameter);
        let item = self
            .path_of(removal, Some((&parameter, &id)))
            .ok_or(NO_VALUE)?;
        let mut keys = vec![parameter.clone()];
        keys.extend(IDS.iter().map(|key| (*key).to_owned()));
        let mut subject = self.subject(create, None).ok_or(NO_VALUE)?;
        subject.keeps = Keeps::Id {
            name: id.clone(),
            keys,
        };
        subject.removal = Some(Removal {
            request: bare("DELETE", item.clone(), self.span),
            find: None,
        });
        subject.read = self.list(create);
        subject.count = self.count(create);
        self.derived.subjects.push(subject);
        for method in ["PUT", "PATCH"] {
            let Some((update, parameter)) = item_operation(&self.api.operations, create, method)
            else {
                continue;
            };
            if self.reason(update).is_some() {
                continue;
            }
            let Some(mut subject) = self.subject(update, Some((&parameter, &id))) else {
                continue;
            };
            let read = item_operation(&self.api.operations, create, "GET");
            subject.read = read.map(|_| bare("GET", item.clone(), self.span));
            self.derived.subjects.push(subject);
            tried.push(update.name());
        }
        Ok(())
    }

    fn subject(&self, operation: &'d Operation, id: Option<(&str, &str)>) -> Option<Subject> {
        let (place, examples, media_type) = json_body(operation).and_then(|content| {
            let at = self.api.at(content.place);
            Some((content.schema?, examples(at), content.media_type.clone()))
        })?;
        let path = self.path_of(operation, id)?;
        let method = match operation.method.as_str() {
            "PUT" => "PUT",
            "PATCH" => "PATCH",
            _ => "POST",
        };
        let mut request = bare(method, path, self.span);
        if media_type != "application/json" && !media_type.contains('*') {
            let template = Template::parse(&escape(&media_type)).ok()?;
            request.headers.push(("content-type".to_owned(), template));
        }
        let needed = needed(self.api, operation, &[])?;
        let literal = |(name, text): (String, String)| (name, Template::literal(text));
        request.query.extend(needed.query.into_iter().map(literal));
        request
            .headers
            .extend(needed.headers.into_iter().map(literal));
        Some(Subject {
            name: operation.name(),
            span: self.span.clone(),
            documented: Some(self.api.at(operation.place).location()),
            request,
            base: Base::Made(examples),
            rule: Rule::Document(place),
            keeps: Keeps::Nothing,
            removal: None,
            read: None,
            count: None,
            pages: Vec::new(),
            lenient: Vec::new(),
            needs_body: operation.body.as_ref().is_some_and(|body| body.required),
        })
    }

    /// The list in which what was created shows up, searched by its text where that can be done.
    fn list(&self, create: &Operation) -> Option<RequestTemplate> {
        let list = self.plain_list(create)?;
        let path = self.path_of(list, None)?;
        let path = match search_parameter(list) {
            Some(search) => Template::parse(&format!("{path}?{search}=${{unique}}")).ok()?,
            None => path,
        };
        Some(bare("GET", path, self.span))
    }

    fn plain_list(&self, create: &Operation) -> Option<&'d Operation> {
        let mut operations = self.api.operations.iter();
        operations.find(|operation| {
            let is_list = operation.method == "GET" && operation.path == create.path;
            is_list && !operation.parameters.iter().any(|one| one.required)
        })
    }

    fn count(&self, create: &Operation) -> Option<Count> {
        let list = self.plain_list(create)?;
        let total = ["total", "count", "total_count", "totalCount"]
            .iter()
            .find(|name| {
                let page = list
                    .response(200)
                    .and_then(|page| page.content("application/json"));
                let schema = page.and_then(|page| page.schema);
                let schema = schema.and_then(|schema| self.api.at(schema).follow().ok());
                let property = schema.and_then(|schema| schema.get("properties")?.get(name));
                property.is_some()
            })?;
        Some(Count {
            request: bare("GET", self.path_of(list, None)?, self.span),
            total: Path::parse(&format!("$.{total}"), self.span).ok()?,
        })
    }

    /// The path of an operation behind the base of its server, with a capture for its parameter.
    fn path_of(&self, operation: &Operation, id: Option<(&str, &str)>) -> Option<Template> {
        let path = address_of(self.api, operation, self.address, id)?;
        Template::parse(&path).ok()
    }
}
