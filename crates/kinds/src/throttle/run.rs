//! One attempt: the right password first, then wrong ones.

use std::sync::Arc;

use serde_json::Value as Json;
use tidegate_core::check::{CheckError, CheckReport, Context, Doubt, Inconclusive};
use tidegate_core::finding::Finding;
use tidegate_core::ports::http::{Purpose, Response, SessionId, Sharing};
use tidegate_core::ports::{Files, Http};
use tidegate_core::request::RequestTemplate;
use tidegate_core::scope::Scope;

use super::config::Config;
use super::{enumeration, guesses};
use crate::attack::{Calls, Likeness, Reply};
use crate::flow::is_of_the_portal;
use crate::frameworks::{Topic, advise};

/// One attempt of a check of logins.
pub(super) struct Attempt<'a> {
    /// What the gate file says.
    pub(super) config: &'a Config,
    /// The attempt.
    pub(super) context: &'a Context,
    /// What was found.
    pub(super) report: CheckReport,
    /// The name of the account.
    pub(super) user: String,
    /// A name that no account has.
    pub(super) unknown: String,
    password: String,
    http: Arc<dyn Http>,
    files: Arc<dyn Files>,
    guessed: u32,
}

/// What an answer to a login is.
#[derive(Debug, Clone)]
pub(super) struct Heard {
    /// The answer.
    pub(super) response: Response,
    /// What of it stays the same as long as it means the same.
    pub(super) likeness: Likeness,
}

/// Runs one attempt.
pub(super) async fn run(config: &Config, context: &Context) -> Result<CheckReport, CheckError> {
    let mut attempt = Attempt::begin(config, context)?;
    if !context.environment().kind.writable() && !config.production {
        attempt.doubt("Guessing passwords is left out in production; name the environments with `when:`, or allow it with `production: true`.");
        return Ok(attempt.report);
    }
    if let Some(identity) = &config.shared_with {
        let note = format!(
            "The account is the one of the identity {identity}: when it is locked, other checks cannot log in. Use an account of its own."
        );
        attempt.report.notes.push(note);
    }
    let Some(right) = attempt.control().await? else {
        return Ok(attempt.report);
    };
    let logins = enumeration::logins(&mut attempt, &right).await?;
    if let Some(wrong) = logins {
        guesses::run(&mut attempt, &right, &wrong).await?;
    }
    enumeration::resets(&mut attempt).await?;
    advise(&mut attempt.report.findings, &*attempt.files, |_| {
        Some(Topic::Throttle)
    });
    Ok(attempt.report)
}

impl<'a> Attempt<'a> {
    fn begin(config: &'a Config, context: &'a Context) -> Result<Self, CheckError> {
        let scope = Scope::new(context.values().clone(), context.secrets().clone());
        let user = config.user.render(&scope)?.expose().to_owned();
        let unknown = match &config.unknown {
            Some(template) => template.render(&scope)?.expose().to_owned(),
            None => made_up(&user, context),
        };
        Ok(Self {
            password: config.password.render(&scope)?.expose().to_owned(),
            user,
            unknown,
            config,
            context,
            report: CheckReport::default(),
            http: context.http()?.clone(),
            files: context.files()?.clone(),
            guessed: 0,
        })
    }

    /// Says why nothing is proven, after what was said before.
    pub(super) fn doubt(&mut self, text: &str) {
        let before = self.report.inconclusive.take();
        let before = before.map_or_else(String::new, |before| format!("{} ", before.text));
        self.report.inconclusive = Some(Inconclusive {
            reason: Doubt::NoEvidence,
            text: format!("{before}{text}"),
        });
    }

    /// Adds a finding.
    pub(super) fn found(&mut self, finding: Finding) {
        self.report.findings.push(finding);
    }

    /// How many wrong passwords were tried for the account.
    pub(super) fn guessed(&self) -> u32 {
        self.guessed
    }

    /// The login as a person names it.
    pub(super) fn login(&self) -> String {
        self.config.login.name()
    }

    /// The right password, which must be accepted.
    async fn control(&mut self) -> Result<Option<Heard>, CheckError> {
        let Some(right) = self.log_in_rightly().await? else {
            return Ok(None);
        };
        let status = right.response.status;
        let login = self.login();
        if matches!(status, 429 | 423) {
            self.report.evaluated += 1;
            self.report.notes.push(format!("{login} still answers {status} to the right password after an earlier run: guessing is slowed down. Whether it tells who has an account was not tried."));
            return Ok(None);
        }
        if status >= 400 {
            self.doubt(&format!("{login} with the right password was answered with status {status}, so that refusals of wrong ones prove nothing. Check the account; name the requests before the login too, when a form has to be read first."));
            return Ok(None);
        }
        self.report.evaluated += 1;
        Ok(Some(right))
    }

    /// Logs in with the right password.
    pub(super) async fn log_in_rightly(&mut self) -> Result<Option<Heard>, CheckError> {
        let (user, password) = (self.user.clone(), self.password.clone());
        let login = &self.config.login;
        self.ask(login, &user, &password, Purpose::Login).await
    }

    /// Logs in with a password that is wrong.
    pub(super) async fn guess(&mut self, user: &str) -> Result<Option<Heard>, CheckError> {
        if user == self.user {
            self.guessed += 1;
        }
        // The same length and sort of letters each time, so that only the account makes a difference.
        let number = self
            .context
            .random()
            .derive(&format!("wrong password {}", self.guessed));
        let password = format!("Tg-wrong-{:08x}", number & 0xffff_ffff);
        let login = &self.config.login;
        self.ask(login, user, &password, Purpose::Attack).await
    }

    /// Sends requests about an account in a session of nobody; the last answer, or nothing when there
    /// is none, which is noted.
    pub(super) async fn ask(
        &mut self,
        calls: &Calls,
        user: &str,
        password: &str,
        purpose: Purpose,
    ) -> Result<Option<Heard>, CheckError> {
        let mut scope = self.scope();
        scope.capture("user", Json::from(user));
        scope.capture("password", Json::from(password));
        let session = self.http.open_session(None, Sharing::Fresh);
        for call in calls.before() {
            let sent = self.send(&call.request, &scope, session, Purpose::Normal);
            let Some(response) = sent.await? else {
                return Ok(None);
            };
            call.keep(&response, &*self.http, session, &mut scope);
        }
        let sent = self.send(calls.request(), &scope, session, purpose).await?;
        Ok(sent.map(|response| Heard {
            likeness: Likeness::of(&response, &[user, password]),
            response,
        }))
    }

    async fn send(
        &mut self,
        template: &RequestTemplate,
        scope: &Scope,
        session: SessionId,
        purpose: Purpose,
    ) -> Result<Option<Response>, CheckError> {
        let cause = self.context.cause(&template.span);
        let mut request = template.render(scope, &*self.files, cause)?;
        request.purpose = purpose;
        request.session = Some(session);
        match self.http.send(request).await {
            Ok(response) => Ok(Some(response)),
            Err(error) if is_of_the_portal(&error) => {
                self.doubt(&format!("{} got no answer: {error}.", template.name()));
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// A scope without captures.
    pub(super) fn scope(&self) -> Scope {
        let secrets = self.context.secrets().clone();
        Scope::new(self.context.values().clone(), secrets)
    }

    /// Whether an answer says that the login failed; `right` is the one to the right password.
    pub(super) fn is_failure(&self, heard: &Heard, right: &Heard) -> Result<bool, CheckError> {
        let scope = self.scope();
        let reply = self.config.failed.read(&heard.response, None, &scope)?;
        let differs = heard.likeness.difference(&right.likeness).is_some();
        Ok(match reply {
            Reply::Refused(_) | Reply::Invalid | Reply::Served => differs,
            Reply::Failed | Reply::Limited => false,
        })
    }
}

/// A name like this one that no account has.
fn made_up(user: &str, context: &Context) -> String {
    let number = context.random().derive("unknown account") & 0xffff_ffff;
    match user.split_once('@') {
        Some((_, domain)) => format!("tidegate-{number:08x}@{domain}"),
        None => format!("tidegate-{number:08x}"),
    }
}
