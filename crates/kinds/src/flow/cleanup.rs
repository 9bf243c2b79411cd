//! The removal of what a step creates.

use std::sync::Arc;

use serde::Deserialize;
use tidegate_core::check::{Context, ParseScope};
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::located::{Entries, Located};
use tidegate_core::node::Node;
use tidegate_core::ports::http::{Cause, Purpose, Request};
use tidegate_core::ports::{Files, Http, Promise, Recover};
use tidegate_core::request::{RenderError, RequestTemplate, request_keys};
use tidegate_core::scope::Scope;
use tidegate_core::template::Template;

use super::lost::Lost;
use super::parts::take;
use super::step::Step;
use crate::expect::Path;

/// How to remove what a step creates.
#[derive(Debug, Clone)]
pub(crate) struct CleanupTemplate {
    /// The removing request.
    pub(crate) request: RequestTemplate,
    find: Option<Arc<Find>>,
}

/// How to find what was created although the answer was lost.
#[derive(Debug, Clone)]
struct Find {
    request: RequestTemplate,
    name: String,
    path: Path,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Raw {
    #[serde(default)]
    find: Option<Node>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct RawFind {
    capture: Entries<Located<String>>,
}

impl CleanupTemplate {
    /// Reads the value of `cleanup:`.
    ///
    /// # Errors
    /// Everything that is wrong with the request or with `find:`.
    pub(crate) fn parse(node: &Node, scope: &ParseScope<'_>) -> Result<Self, Vec<Diagnostic>> {
        let (request, rest) = take(node, scope)?;
        let raw: Raw = rest.read_beside(&request_keys())?;
        let find = raw.find.as_ref().map(|find| Find::parse(find, scope));
        Ok(Self {
            request,
            find: find.transpose()?.map(Arc::new),
        })
    }

    /// The templates of the removing request, and of the one that finds.
    pub(crate) fn templates(&self) -> Vec<Template> {
        let mut templates = self.request.templates();
        templates.extend(self.find.iter().flat_map(|find| find.request.templates()));
        templates
    }

    /// The request that finds what was created, and where its answer names it.
    pub(crate) fn find(&self) -> Option<(&RequestTemplate, &Path)> {
        let find = self.find.as_ref()?;
        Some((&find.request, &find.path))
    }

    /// The removing request, once what it names is known.
    ///
    /// # Errors
    /// The first reference without a value.
    pub(crate) fn render(
        &self,
        scope: &Scope,
        files: &dyn Files,
        cause: Cause,
    ) -> Result<Request, RenderError> {
        let mut request = self.request.render(scope, files, cause)?;
        request.purpose = Purpose::Cleanup;
        Ok(request)
    }
}

impl Find {
    fn parse(node: &Node, scope: &ParseScope<'_>) -> Result<Self, Vec<Diagnostic>> {
        let (request, rest) = take(node, scope)?;
        let raw: RawFind = rest.read_beside(&request_keys())?;
        match raw.capture.0.as_slice() {
            [(name, path)] => Ok(Self {
                request,
                name: name.value.clone(),
                path: Path::parse(&path.value, &path.span).map_err(|fault| vec![fault])?,
            }),
            _ => Err(vec![
                Diagnostic::at(node.span.clone(), "`find` captures one name")
                    .label("needs one capture, as in { record: \"$.items[*].id\" }"),
            ]),
        }
    }
}

/// What is promised before a step sends its create.
pub(super) fn promise(
    step: &Step,
    cleanup: &CleanupTemplate,
    context: &Context,
    scope: &Scope,
    http: &Arc<dyn Http>,
    files: &Arc<dyn Files>,
) -> Promise {
    let cause = context.cause(&cleanup.request.span);
    Promise {
        check: context.check().clone(),
        identity: step.identity.clone(),
        marker: marker(step, scope),
        created_by: step.request.name(),
        location: cause.location.clone(),
        recover: recover(step, cleanup, cause, scope, http, files),
    }
}

/// The text in the created thing that no other run has: the first mark the request mentions.
fn marker(step: &Step, scope: &Scope) -> String {
    let values = scope.values();
    let templates = step.request.templates();
    let mentions = |name: &str| {
        let mut names = templates.iter().flat_map(Template::values);
        names.any(|mentioned| mentioned == name)
    };
    let marks = [
        ("unique", &values.unique),
        ("canary", &values.canary),
        ("uuid", &values.uuid),
        ("now", &values.now),
    ];
    let mentioned = marks.into_iter().find(|(name, _)| mentions(name));
    mentioned.map_or(&values.run_mark, |(_, mark)| mark).clone()
}

fn recover(
    step: &Step,
    cleanup: &CleanupTemplate,
    cause: Cause,
    scope: &Scope,
    http: &Arc<dyn Http>,
    files: &Arc<dyn Files>,
) -> Option<Recover> {
    let find = cleanup.find.clone()?;
    let lost = Lost {
        look: find.request.clone(),
        remove: cleanup.request.clone(),
        name: find.name.clone(),
        identity: step.identity.clone(),
        scope: scope.clone(),
        cause,
        http: http.clone(),
        files: files.clone(),
    };
    Some(lost.recover(move |document| {
        let found = find.path.all(document);
        found.into_iter().cloned().collect()
    }))
}
