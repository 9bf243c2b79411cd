//! A portal in memory that knows who asks, for the kinds that attack.

use std::sync::{Arc, Mutex};

use tidegate_core::check::{CheckError, CheckReport, Kind, ParseScope};
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::gate::{Api, Credential, EnvironmentKind, Identity};
use tidegate_core::located::Located;
use tidegate_core::name::{ApiName, CheckId, IdentityName};
use tidegate_core::ports::http::{
    Body, Cookie, Credentials, Http, HttpError, Purpose, Request, Response, SessionId, Sharing,
    Target,
};
use tidegate_core::ports::{BoxFuture, Files};
use tidegate_core::template::Template;

use super::{FakeCleanup, FakeFiles, Kept, Nowhere, block_on, context_beside, node, path};

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

/// A login of an identity in a session.
#[derive(Debug, Clone)]
pub(crate) struct LoggingIn {
    /// Who logs in.
    pub(crate) who: String,
    /// The session, and how often it logged in anew.
    pub(crate) session: (u64, u32),
    /// Name and value of the cookies that were planted.
    pub(crate) planted: Vec<(String, String)>,
}

type Admitting = dyn FnMut(&LoggingIn) -> Result<Credentials, HttpError> + Send;

/// What a session of the portal knows.
#[derive(Default)]
struct Session {
    who: Option<IdentityName>,
    logins: u32,
    planted: Vec<Cookie>,
    shown: Option<Credentials>,
}

/// A portal whose answers a closure decides.
pub(crate) struct FakePortal {
    answering: Mutex<Box<Answering>>,
    admitting: Mutex<Option<Box<Admitting>>>,
    sessions: Mutex<Vec<Session>>,
    /// Everything that was asked, in order.
    pub(crate) asked: Mutex<Vec<Asked>>,
    /// What the jar of every session holds.
    pub(crate) jar: Mutex<Vec<Cookie>>,
    /// Where its answers say that they come from.
    pub(crate) address: Mutex<String>,
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
            admitting: Mutex::default(),
            sessions: Mutex::default(),
            asked: Mutex::default(),
            jar: Mutex::default(),
            address: Mutex::new("http://127.0.0.1".to_owned()),
            knows_people: Mutex::new(true),
        })
    }

    /// Decides what a session shows once it is logged in.
    pub(crate) fn admit(
        &self,
        admitting: impl FnMut(&LoggingIn) -> Result<Credentials, HttpError> + Send + 'static,
    ) {
        *self.admitting.lock().unwrap() = Some(Box::new(admitting));
    }

    fn log_in_to(&self, session: SessionId) -> Result<Credentials, HttpError> {
        let mut sessions = self.sessions.lock().unwrap();
        let known = &mut sessions[session.0 as usize];
        if let Some(shown) = &known.shown {
            return Ok(shown.clone());
        }
        let mut admitting = self.admitting.lock().unwrap();
        let (Some(who), Some(admitting)) = (&known.who, admitting.as_mut()) else {
            return Ok(Credentials::default());
        };
        let planted = known.planted.iter();
        let shown = admitting(&LoggingIn {
            who: who.to_string(),
            session: (session.0, known.logins),
            planted: planted
                .map(|cookie| (cookie.name.clone(), cookie.value.expose().to_owned()))
                .collect(),
        })?;
        known.shown = Some(shown.clone());
        Ok(shown)
    }

    /// What it answers, for a portal that stands in front of this one.
    pub(crate) fn answer_to(&self, asked: &Asked) -> Result<Response, HttpError> {
        (self.answering.lock().unwrap())(asked)
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
            let logins = sessions.get(id.0 as usize).map_or(0, |known| known.logins);
            (id.0, logins)
        });
        let who = session.and_then(|(id, _)| sessions.get(id as usize)?.who.clone());
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
                Target::Url(_) | Target::Provider(_) | Target::Granted { .. } => None,
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
        sessions.push(Session {
            who: identity.cloned(),
            ..Session::default()
        });
        SessionId(sessions.len() as u64 - 1)
    }

    fn log_in(&self, session: SessionId) -> BoxFuture<'static, Result<(), HttpError>> {
        let admitted = self.log_in_to(session).map(drop);
        Box::pin(async move { admitted })
    }

    fn forget_login(&self, session: SessionId) {
        let session = &mut self.sessions.lock().unwrap()[session.0 as usize];
        session.logins += 1;
        session.planted.clear();
        session.shown = None;
    }

    fn cookies(&self, session: SessionId) -> Vec<Cookie> {
        let sessions = self.sessions.lock().unwrap();
        let shown = sessions[session.0 as usize].shown.as_ref();
        shown.map_or_else(
            || self.jar.lock().unwrap().clone(),
            |shown| shown.cookies.clone(),
        )
    }

    fn credentials(
        &self,
        session: SessionId,
    ) -> BoxFuture<'static, Result<Credentials, HttpError>> {
        let shown = self.log_in_to(session);
        Box::pin(async move { shown })
    }

    fn plant(&self, session: SessionId, cookies: Vec<Cookie>) {
        self.sessions.lock().unwrap()[session.0 as usize].planted = cookies;
    }

    fn send(&self, request: Request) -> BoxFuture<'static, Result<Response, HttpError>> {
        let asked = self.read(&request);
        self.asked.lock().unwrap().push(asked.clone());
        let mut answer = (self.answering.lock().unwrap())(&asked);
        if let Ok(response) = &mut answer {
            response.url = if asked.path.starts_with('/') {
                format!("{}{}", self.address.lock().unwrap(), asked.path)
            } else {
                asked.path.clone()
            };
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
            files: FakeFiles::new(&[]),
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
                plugins: &[],
                elsewhere: &Nowhere,
                applies: true,
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
