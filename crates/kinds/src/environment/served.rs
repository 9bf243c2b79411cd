//! What the running portal shows from outside: what it says it is, whom it lets in, and what it
//! tells search engines.

mod robots;

use serde_json::Value as Json;
use tidegate_core::check::{CheckError, Context, Doubt, Inconclusive};
use tidegate_core::ports::http::{HttpError, Purpose, Request, Response, Target};
use tidegate_core::span::Span;
use url::Url;

use super::codes;
use super::config::{Config, Health};
use super::gather::Gathered;
use super::judge::{Judged, found};
use super::model::Role;
use crate::cors::grant::{Grant, Lets};
use crate::expect::Path;

/// The origin that a developer's browser sends.
const LOCAL_ORIGIN: &str = "http://localhost:3000";
/// The most paths and origins that are asked for.
pub(super) const CORS_PATH_LIMIT: usize = 10;
pub(super) const ORIGIN_LIMIT: usize = 3;
/// The fewest characters that a shortened revision has.
const SHORT_REVISION: usize = 7;
/// Variables in which CI systems and hosts name the commit they work on.
const REVISION_VARIABLES: &[&str] = &[
    "GITHUB_SHA",
    "CI_COMMIT_SHA",
    "VERCEL_GIT_COMMIT_SHA",
    "COMMIT_REF",
    "RENDER_GIT_COMMIT",
    "RAILWAY_GIT_COMMIT_SHA",
    "TIDEGATE_REVISION",
];

/// What was seen from outside.
#[derive(Default)]
pub(super) struct Served {
    /// What is wrong.
    pub(super) judged: Vec<Judged>,
    /// How many answers were judged.
    pub(super) evaluated: u32,
    /// What a reader should know.
    pub(super) notes: Vec<String>,
    /// Why it cannot say what it was asked for.
    pub(super) inconclusive: Option<Inconclusive>,
}

/// Looks at the environment of the gate from outside.
pub(super) struct Visitor<'v> {
    context: &'v Context,
    config: &'v Config,
    role: Role,
    served: Served,
}

impl<'v> Visitor<'v> {
    /// Prepares the look; `role` is what the environment is for.
    pub(super) fn new(context: &'v Context, config: &'v Config, role: Role) -> Self {
        Self {
            context,
            config,
            role,
            served: Served::default(),
        }
    }

    /// Asks and judges.
    ///
    /// # Errors
    /// When the check has no client.
    pub(super) async fn look(mut self, gathered: &Gathered) -> Result<Served, CheckError> {
        if let Some(health) = &self.config.health {
            self.health(health).await?;
        }
        if self.role == Role::Production {
            self.robots().await?;
            self.cors(gathered).await?;
        }
        Ok(self.served)
    }

    async fn send(&self, request: Request) -> Result<Result<Response, HttpError>, CheckError> {
        Ok(self.context.http()?.send(request).await)
    }

    fn get(&self, path: &str, span: &Span) -> Request {
        let mut request = Request::get(path, self.context.cause(span));
        request.redirects = 3;
        request
    }

    fn doubt(&mut self, text: String) {
        self.served.inconclusive = Some(Inconclusive {
            reason: Doubt::NoEvidence,
            text,
        });
    }

    async fn health(&mut self, health: &Health) -> Result<(), CheckError> {
        let path = &health.path;
        let answer = self.send(self.get(&path.value, &path.span)).await?;
        let document = match &answer {
            Ok(response) if (200..300).contains(&response.status) => {
                serde_json::from_slice::<Json>(&response.body).ok()
            }
            Ok(_) | Err(_) => None,
        };
        let Some(document) = document else {
            let why = match answer {
                Ok(response) => format!("it answered {} without JSON", response.status),
                Err(error) => error.to_string(),
            };
            self.doubt(format!(
                "{} does not say what is running: {why}",
                path.value
            ));
            return Ok(());
        };
        if let Some(at) = &health.environment {
            self.environment(health, at, &document);
        }
        if let Some(at) = &health.revision {
            self.revision(health, at, &document)?;
        }
        Ok(())
    }

    /// The text that a path leads to; a doubt when there is none.
    fn told(&mut self, health: &Health, at: &Path, document: &Json) -> Option<String> {
        let told = at.all(document).first().and_then(|value| match value {
            Json::String(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
            Json::Number(number) => Some(number.to_string()),
            _ => None,
        });
        if told.is_none() {
            let path = &health.path.value;
            self.doubt(format!("{path} holds no text at {}", at.text()));
        }
        told
    }

    fn environment(&mut self, health: &Health, at: &Path, document: &Json) {
        let Some(told) = self.told(health, at, document) else {
            return;
        };
        self.served.evaluated += 1;
        let here = &self.context.environment().name;
        let same_name = told.eq_ignore_ascii_case(here);
        let role = Role::of_name(&told);
        if same_name || (role == self.role && role != Role::Unsaid) {
            return;
        }
        let says = match role {
            Role::Production => "production",
            Role::Staging => "staging",
            Role::Preview => "preview",
            Role::Local => "development",
            Role::Unsaid => "another name",
        };
        let path = &health.path;
        let title = format!("{} of {here} says it is another environment", path.value);
        let finding = found(&codes::WRONG_ENVIRONMENT, path.span.location(), title)
            .evidence("expected", here.clone())
            .evidence("actual", says)
            .evidence("path", at.text());
        self.add(finding);
    }

    fn add(&mut self, finding: tidegate_core::finding::Finding) {
        self.served.judged.push(Judged {
            finding,
            about: Vec::new(),
        });
    }

    fn revision(&mut self, health: &Health, at: &Path, document: &Json) -> Result<(), CheckError> {
        let Some(told) = self.told(health, at, document) else {
            return Ok(());
        };
        let known = self.revisions()?;
        if known.is_empty() {
            let note = "The revision of the running portal was not held against anything: no revision is known here.";
            self.served.notes.push(note.into());
            return Ok(());
        }
        self.served.evaluated += 1;
        if known.iter().any(|known| same_revision(known, &told)) {
            return Ok(());
        }
        let path = &health.path;
        let here = &self.context.environment().name;
        let title = format!(
            "{} of {here} names another revision than this one",
            path.value
        );
        let short: Vec<&str> = known
            .iter()
            .map(|known| known.get(..12).unwrap_or(known))
            .collect();
        let finding = found(&codes::WRONG_REVISION, path.span.location(), title)
            .evidence("expected", short.join(" or "))
            .evidence("path", at.text());
        self.add(finding);
        Ok(())
    }

    /// The revisions that may be running: the head, the branch that a merge commit of CI was made
    /// from, and what CI says.
    fn revisions(&self) -> Result<Vec<String>, CheckError> {
        let mut known = Vec::new();
        if let Ok(repository) = self.context.repository() {
            let heads = ["HEAD", "HEAD^2"].map(|revision| repository.resolve(revision).ok());
            known.extend(heads.into_iter().flatten());
        }
        let variables = self.context.variables()?;
        for name in REVISION_VARIABLES {
            let value = variables.get(name).map(|value| value.expose().to_owned());
            let proper = |text: &String| is_revision(text) && !known.contains(text);
            let value = value.filter(proper);
            known.extend(value);
        }
        Ok(known)
    }

    async fn robots(&mut self) -> Result<(), CheckError> {
        let span = self.context.span().clone();
        let mut says = None;
        if let Ok(response) = self.send(self.get("/robots.txt", &span)).await? {
            self.served.evaluated += 1;
            if response.status == 200 && robots::forbids_all(&response.text()) {
                says = Some("/robots.txt forbids every page to every program");
            }
        }
        match self.send(self.get("/", &span)).await? {
            Ok(response) => {
                self.served.evaluated += 1;
                let header = response.header("x-robots-tag").unwrap_or_default();
                if robots::says_noindex(header) {
                    says = Some("the header x-robots-tag says noindex");
                } else if robots::page_says_noindex(&response.text()) {
                    says = Some("the page has a robots tag that says noindex");
                }
            }
            Err(error) => self
                .served
                .notes
                .push(format!("The first page was not looked at: {error}.")),
        }
        if let Some(says) = says {
            let here = &self.context.environment().name;
            let title = format!("{here} asks search engines to leave it out");
            let finding = found(&codes::NOINDEX, span.location(), title).evidence("found", says);
            self.add(finding);
        }
        Ok(())
    }

    async fn cors(&mut self, gathered: &Gathered) -> Result<(), CheckError> {
        let own = self.context.span().clone();
        let declared = self.config.cors.iter();
        let declared = declared.map(|path| (path.value.clone(), path.span.clone()));
        let paths = std::iter::once(("/".to_owned(), own)).chain(declared);
        let origins = origins(gathered);
        for (path, span) in paths.take(CORS_PATH_LIMIT) {
            for (origin, label) in &origins {
                self.preflight(&path, &span, origin, label).await?;
            }
        }
        Ok(())
    }

    async fn preflight(
        &mut self,
        path: &str,
        span: &Span,
        origin: &str,
        label: &str,
    ) -> Result<(), CheckError> {
        let target = Target::Path {
            api: None,
            path: path.into(),
        };
        let mut request = Request::new("OPTIONS", target, path, self.context.cause(span));
        request.purpose = Purpose::Attack;
        request.headers = vec![
            ("origin".into(), origin.into()),
            ("access-control-request-method".into(), "GET".into()),
        ];
        let Ok(response) = self.send(request).await? else {
            return Ok(());
        };
        self.served.evaluated += 1;
        let grant = Grant::of(&response);
        if grant.lets(origin) != Lets::ByName {
            return Ok(());
        }
        let here = &self.context.environment().name;
        let title = format!("{path} of {here} lets pages of {label} call it");
        let severity = if grant.credentials {
            tidegate_core::meta::Severity::High
        } else {
            tidegate_core::meta::Severity::Low
        };
        let finding = found(&codes::CORS_ORIGIN, span.location(), title)
            .severity(severity)
            .evidence("request", format!("OPTIONS {path}"))
            .evidence(
                "credentials",
                if grant.credentials {
                    "allowed"
                } else {
                    "not allowed"
                },
            );
        self.add(finding);
        Ok(())
    }
}

/// The origins of development and of the other environments, each with a name for people.
fn origins(gathered: &Gathered) -> Vec<(String, String)> {
    let mut found = vec![(
        LOCAL_ORIGIN.to_owned(),
        "a local server (`localhost:3000`)".to_owned(),
    )];
    for side in gathered
        .sides
        .iter()
        .filter(|side| side.role.is_for_tests())
    {
        for variable in &side.variables {
            let staging = variable.facts.as_ref().is_some_and(|facts| {
                facts.database.is_none() && facts.hosts.iter().any(|sort| sort.is_staging())
            });
            let value = variable.value.as_ref().filter(|_| staging);
            let url = value.and_then(|value| Url::parse(value.expose()).ok());
            let Some(url) = url.filter(|url| matches!(url.scheme(), "http" | "https")) else {
                continue;
            };
            let origin = url.origin().ascii_serialization();
            if found.len() < ORIGIN_LIMIT && !found.iter().any(|(known, _)| *known == origin) {
                let label = format!("the host in {} of {}", variable.title(), side.name);
                found.push((origin, label));
            }
        }
    }
    found
}

fn is_revision(text: &str) -> bool {
    text.len() >= SHORT_REVISION && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Whether one is the other, or its beginning.
fn same_revision(known: &str, told: &str) -> bool {
    let told = told.to_ascii_lowercase();
    is_revision(&told) && (known.starts_with(&told) || told.starts_with(known))
}
