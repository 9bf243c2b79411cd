//! A portal in memory that knows who asks, for the kinds that attack.

use std::sync::{Arc, Mutex};

use tidegate_core::check::{CheckError, CheckReport, Kind, ParseScope};
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::gate::{Api, Credential, EnvironmentKind, Identity};
use tidegate_core::located::Located;
use tidegate_core::name::{ApiName, CheckId, IdentityName};
use tidegate_core::ports::http::{
    Body, Cookie, Http, HttpError, Purpose, Request, Response, SessionId, Sharing, Target,
};
use tidegate_core::ports::{BoxFuture, Files};
use tidegate_core::template::Template;

use super::{Bare, FakeCleanup, Kept, block_on, context_beside, node, path};

/// What the portal is asked.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    /// Who asks; nobody without a session of an identity.
    pub(crate) who: Option<String>,
    /// The session, and how often it logged in anew.
    pub(crate) session: Option<(u64, u32)>,
    /// The entry under `apis:` that is asked; the portal itself when absent.
    pub(crate) api: Option<String>,
    /// In capitals.
    pub(crate) method: String,
    /// With its query, the request's own `query` included.
    pub(crate) path: String,
    /// Lowercase name and value.
    pub(crate) headers: Vec<(String, String)>,
    /// As text.
    pub(crate) body: String,
    /// What it is for.
    pub(crate) purpose: Purpose,
}

impl Asked {
    /// The name of whoever asks; empty for nobody.
    pub(crate) fn name(&self) -> &str {
        self.who.as_deref().unwrap_or_default()
    }

    /// The method and the path: `GET /records/1`.
    pub(crate) fn line(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// The value of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        headers
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// The body as JSON; null when it is none.
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }
}

type Answering = dyn FnMut(&Asked) -> Result<Response, HttpError> + Send;

/// A portal whose answers a closure decides.
pub(crate) struct FakePortal {
    answering: Mutex<Box<Answering>>,
    sessions: Mutex<Vec<(Option<IdentityName>, u32)>>,
    /// Everything that was asked, in order.
    pub(crate) asked: Mutex<Vec<Asked>>,
    /// What the jar of every session holds.
    pub(crate) jar: Mutex<Vec<Cookie>>,
    /// Whether credentials of sessions are shown to it.
    knows_people: Mutex<bool>,
}

impl FakePortal {
    /// A portal that answers like this.
    pub(crate) fn new(
        answering: impl FnMut(&Asked) -> Result<Response, HttpError> + Send + 'static,
    ) -> Arc<Self> {
        Arc::new(Self {
            answering: Mutex::new(Box::new(answering)),
            sessions: Mutex::default(),
            asked: Mutex::default(),
            jar: Mutex::default(),
            knows_people: Mutex::new(true),
        })
    }

    /// Says that credentials of sessions are not shown to it, because another place issued them.
    pub(crate) fn unauthenticated(&self) {
        *self.knows_people.lock().unwrap() = false;
    }

    /// What was asked, a line each: `anna GET /records/1`.
    pub(crate) fn lines(&self) -> Vec<String> {
        let asked = self.asked.lock().unwrap();
        let line =
            |asked: &Asked| format!("{} {}", asked.who.as_deref().unwrap_or("-"), asked.line());
        asked.iter().map(line).collect()
    }

    fn read(&self, request: &Request) -> Asked {
        let sessions = self.sessions.lock().unwrap();
        let session = request.session.map(|id| {
            let logins = sessions.get(id.0 as usize).map_or(0, |known| known.1);
            (id.0, logins)
        });
        let who = session.and_then(|(id, _)| sessions.get(id as usize)?.0.clone());
        let mut address = path(request);
        for (name, value) in &request.query {
            let mark = if address.contains('?') { '&' } else { '?' };
            address.push_str(&format!("{mark}{name}={}", value.expose()));
        }
        let headers = request.headers.iter();
        Asked {
            who: who.map(|name| name.to_string()),
            session,
            api: match &request.target {
                Target::Path { api, .. } => api.as_ref().map(ToString::to_string),
                Target::Url(_) | Target::Provider(_) => None,
            },
            method: request.method.clone(),
            path: address,
            headers: headers
                .map(|(name, value)| (name.to_lowercase(), value.expose().to_owned()))
                .collect(),
            body: text(&request.body),
            purpose: request.purpose,
        }
    }
}

fn text(body: &Body) -> String {
    match body {
        Body::Json(text) | Body::Text(text) => text.expose().to_owned(),
        Body::Form(fields) => {
            let fields = fields.iter();
            let fields = fields.map(|(name, value)| format!("{name}={}", value.expose()));
            fields.collect::<Vec<_>>().join("&")
        }
        Body::Bytes(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        Body::Empty | Body::Multipart(_) => String::new(),
    }
}

impl Http for FakePortal {
    fn open_session(&self, identity: Option<&IdentityName>, _: Sharing) -> SessionId {
        let mut sessions = self.sessions.lock().unwrap();
        sessions.push((identity.cloned(), 0));
        SessionId(sessions.len() as u64 - 1)
    }

    fn log_in(&self, _: SessionId) -> BoxFuture<'static, Result<(), HttpError>> {
        Box::pin(async { Ok(()) })
    }

    fn forget_login(&self, session: SessionId) {
        self.sessions.lock().unwrap()[session.0 as usize].1 += 1;
    }

    fn cookies(&self, _: SessionId) -> Vec<Cookie> {
        self.jar.lock().unwrap().clone()
    }

    fn send(&self, request: Request) -> BoxFuture<'static, Result<Response, HttpError>> {
        let asked = self.read(&request);
        self.asked.lock().unwrap().push(asked.clone());
        let mut answer = (self.answering.lock().unwrap())(&asked);
        if let Ok(response) = &mut answer {
            response.url = format!("http://127.0.0.1{}", asked.path);
            response.authenticated = asked.who.is_some() && *self.knows_people.lock().unwrap();
        }
        Box::pin(async move { answer })
    }
}

/// A check of any kind, run against a portal in memory.
pub(crate) struct Trial {
    kind: Arc<dyn Kind>,
    /// Who it is by `as:`.
    pub(crate) who: Option<&'static str>,
    /// Where it runs.
    pub(crate) environment: EnvironmentKind,
    /// The path under `openapi:`.
    pub(crate) openapi: Option<&'static str>,
    /// The files of the project.
    pub(crate) files: Arc<dyn Files>,
    /// The declared identities.
    pub(crate) people: Vec<Identity>,
    /// The entries under `apis:`.
    pub(crate) apis: Vec<Api>,
}

/// What came of a check against a portal in memory.
pub(crate) struct Tried {
    pub(crate) report: Result<CheckReport, CheckError>,
    pub(crate) portal: Arc<FakePortal>,
    pub(crate) cleanup: Arc<FakeCleanup>,
}

impl Trial {
    /// A check in a preview with anna of acme, adam (acme's admin), and boris of globex.
    pub(crate) fn of(kind: Arc<dyn Kind>) -> Self {
        Self {
            kind,
            who: None,
            environment: EnvironmentKind::Preview,
            openapi: None,
            files: Arc::new(Bare),
            people: vec![
                person("anna", "member", "acme"),
                person("adam", "admin", "acme"),
                person("boris", "member", "globex"),
            ],
            apis: Vec::new(),
        }
    }

    /// Reads the config of the check.
    pub(crate) fn parse(
        &self,
        config: &str,
    ) -> Result<Arc<dyn tidegate_core::check::Check>, Vec<Diagnostic>> {
        let config = node(config);
        let id = CheckId::from("journey");
        let names: Vec<IdentityName> = self.people.iter().map(|one| one.name.clone()).collect();
        let apis: Vec<ApiName> = self.apis.iter().map(|api| api.name.clone()).collect();
        let openapi = self.openapi.map(|path| Located {
            value: path.to_owned(),
            span: config.span.clone(),
        });
        self.kind.parse(
            &config,
            &ParseScope {
                id: &id,
                span: &config.span,
                identities: &names,
                people: &self.people,
                apis: &apis,
                environment: self.environment,
                identity: self.who.map(IdentityName::from).as_ref(),
                openapi: openapi.as_ref(),
            },
        )
    }

    /// Runs the check.
    pub(crate) fn run(&self, config: &str, portal: &Arc<FakePortal>) -> Tried {
        let check = self.parse(config).unwrap();
        let cleanup = Arc::new(FakeCleanup::default());
        let context = context_beside(
            check.clone(),
            self.environment,
            portal.clone(),
            cleanup.clone(),
            self.files.clone(),
            &self.apis,
            self.who.map(IdentityName::from),
        );
        Tried {
            report: block_on(check.run(&context)),
            portal: portal.clone(),
            cleanup,
        }
    }
}

impl Tried {
    /// The report, when there is one.
    pub(crate) fn report(&self) -> &CheckReport {
        self.report.as_ref().unwrap()
    }

    /// The codes that were found, in order.
    pub(crate) fn codes(&self) -> Vec<&str> {
        let findings = self.report().findings.iter();
        findings.map(|finding| finding.code.as_str()).collect()
    }

    /// Why the check cannot say; empty when it can.
    pub(crate) fn doubt(&self) -> &str {
        let doubt = self.report().inconclusive.as_ref();
        doubt.map_or("", |doubt| doubt.text.as_str())
    }

    /// Whether everything that was promised was fulfilled or released.
    pub(crate) fn is_clean(&self) -> bool {
        let kept = self.cleanup.kept();
        kept.iter().all(|kept| *kept != Kept::Open)
    }
}

/// Somebody with a token.
pub(crate) fn person(name: &str, role: &str, tenant: &str) -> Identity {
    Identity {
        name: name.into(),
        role: Some(role.to_owned()),
        tenant: Some(tenant.to_owned()),
        credential: Credential::Bearer(Template::literal(format!("token-of-{name}"))),
        lifetime: None,
        span: node("a").span,
    }
}

/// An entry under `apis:` with headers of its own.
pub(crate) fn api(name: &str, headers: &[(&str, &str)]) -> Api {
    let headers = headers.iter();
    let headers = headers.map(|(name, value)| {
        let value = Template::parse(value).unwrap();
        ((*name).to_owned(), value)
    });
    Api {
        name: name.into(),
        url: Located {
            value: format!("https://{name}.example"),
            span: node("a").span,
        },
        headers: headers.collect(),
    }
}
