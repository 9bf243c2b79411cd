//! One attempt: the controls first, then everything that must be refused.

use std::collections::BTreeSet;

use tidegate_core::check::{CheckError, CheckReport, Context, Doubt, Inconclusive};
use tidegate_core::finding::Finding;
use tidegate_core::name::IdentityName;
use tidegate_core::ports::http::{Credentials, HttpError, Purpose, Response, SessionId};
use tidegate_core::request::RequestTemplate;
use tidegate_core::scope::Scope;

use super::carrier::{self, Carrier};
use super::config::Config;
use super::findings::{finding, line, topic};
use super::{attacks, claims, codes, cookies, ends, fixation, refresh};
use crate::attack::{Answer, Fallback, Likeness, Reply, Sender, Story};
use crate::frameworks::advise;

/// The shortest made-up credential that is kept out of reports, in bytes.
const SHORTEST: usize = 16;

/// One attempt of a check of tokens.
pub(super) struct Attempt<'a> {
    /// What the gate file says.
    pub(super) config: &'a Config,
    /// Sends.
    pub(super) sender: Sender<'a>,
    /// Values of the attempt.
    pub(super) scope: Scope,
    /// What was found.
    pub(super) report: CheckReport,
    /// What could not be proven, in plain sentences.
    doubts: Vec<String>,
    known: BTreeSet<String>,
    fallback: Option<Fallback>,
    /// What the probe answers to nobody.
    stranger: Option<Likeness>,
    /// What it answers to the identity, when only the content tells the two apart.
    own: Option<Likeness>,
}

/// An identity that is logged in, and what opens the probe for it.
pub(super) struct Person<'n> {
    /// Who it is.
    pub(super) name: &'n IdentityName,
    /// The session it is logged in with.
    pub(super) session: SessionId,
    /// What opens the probe, each with what must go along with it.
    pub(super) openers: Vec<Opener>,
    /// What it got with its own credentials, as a line of evidence.
    pub(super) control: String,
}

/// Something that opens the probe.
pub(super) struct Opener {
    /// The thing itself.
    pub(super) carrier: Carrier,
    /// What does not open it alone but must go along.
    pub(super) along: Vec<Carrier>,
}

/// Whether an answer is what the identity itself gets.
pub(super) enum Door {
    /// It is.
    Open(Box<Response>),
    /// It is not.
    Shut(Box<Response>),
    /// The portal failed.
    Broken(Box<Response>),
    /// It cannot be told, and why.
    Unknown(String),
}

impl Door {
    /// Why it is neither open nor shut, in a plain sentence.
    pub(super) fn trouble(&self, probe: &str) -> String {
        match self {
            Self::Unknown(why) => why.clone(),
            Self::Open(response) | Self::Shut(response) | Self::Broken(response) => {
                format!("{probe} was answered with status {}.", response.status)
            }
        }
    }
}

/// Runs one attempt.
pub(super) async fn run(config: &Config, context: &Context) -> Result<CheckReport, CheckError> {
    let mut attempt = Attempt::begin(config, context)?;
    attempt.fallback = Fallback::learn(&mut attempt.sender).await?;
    for name in &config.identities {
        attempt.try_identity(name).await?;
    }
    if attempt.may_write() {
        ends::password(&mut attempt).await?;
        refresh::run(&mut attempt).await?;
    } else if config.logout.is_some() || config.password.is_some() || config.refresh.is_some() {
        let note = "Logging out, changing the password and renewing are left out in production.";
        attempt.note(note.to_owned());
    }
    Ok(attempt.end())
}

impl<'a> Attempt<'a> {
    fn begin(config: &'a Config, context: &'a Context) -> Result<Self, CheckError> {
        Ok(Self {
            config,
            sender: Sender::new(context, config.most)?,
            scope: Scope::new(context.values().clone(), context.secrets().clone()),
            report: CheckReport::default(),
            doubts: Vec::new(),
            known: BTreeSet::new(),
            fallback: None,
            stranger: None,
            own: None,
        })
    }

    fn end(mut self) -> CheckReport {
        if let Some(stopped) = self.sender.stopped.take() {
            self.doubts.insert(0, stopped);
        }
        let mut seen = BTreeSet::new();
        self.doubts.retain(|doubt| seen.insert(doubt.clone()));
        if !self.doubts.is_empty() {
            self.report.inconclusive = Some(Inconclusive {
                reason: Doubt::NoEvidence,
                text: self.doubts.join(" "),
            });
        }
        advise(&mut self.report.findings, &*self.sender.files, |finding| {
            Some(topic(finding.code.as_str()))
        });
        self.report
    }

    /// Whether requests that change something may be sent here.
    pub(super) fn may_write(&self) -> bool {
        self.sender.context.environment().kind.writable()
    }

    /// Notes what could not be proven; once no more is sent, that is the reason for everything.
    pub(super) fn doubt(&mut self, text: String) {
        if self.sender.stopped.is_none() {
            self.doubts.push(text);
        }
    }

    /// Tells a reader something beside the findings, once.
    pub(super) fn note(&mut self, text: String) {
        if !self.report.notes.contains(&text) {
            self.report.notes.push(text);
        }
    }

    /// Adds a finding, unless the same one of another identity is there.
    pub(super) fn found(&mut self, finding: Finding) {
        let known = format!("{} {}", finding.code, finding.subject);
        if self.known.insert(known) {
            self.report.findings.push(finding);
        }
    }

    /// Keeps what was made of credentials out of every output; ordinary words stay.
    pub(super) fn learn_all(&self, carriers: &[Carrier]) {
        let secrets = self.sender.context.secrets();
        let values = carriers.iter().map(|carrier| carrier.value.expose());
        for value in values.filter(|value| value.len() >= SHORTEST) {
            secrets.learn("tampered credential", value);
        }
    }

    /// The probe as a person names it.
    pub(super) fn probe(&self) -> String {
        self.config.probe.name()
    }

    async fn try_identity(&mut self, name: &IdentityName) -> Result<(), CheckError> {
        let Some(person) = self.introduce(name).await? else {
            return Ok(());
        };
        let is_guarded = attacks::run(self, &person).await?;
        claims::run(self, &person);
        cookies::run(self, &person);
        fixation::run(self, &person).await?;
        if self.may_write() && is_guarded {
            ends::logout(self, name).await?;
        }
        Ok(())
    }

    /// Logs an identity in, in a session of its own.
    pub(super) async fn log_in(
        &mut self,
        name: &IdentityName,
    ) -> Result<Option<(SessionId, Credentials)>, CheckError> {
        let session = self.sender.session(Some(name));
        Ok(self
            .credentials(session)
            .await?
            .map(|credentials| (session, credentials)))
    }

    /// What a session shows; nothing when its login fails, which is noted.
    pub(super) async fn credentials(
        &mut self,
        session: SessionId,
    ) -> Result<Option<Credentials>, CheckError> {
        match self.sender.http.credentials(session).await {
            Ok(credentials) => Ok(Some(credentials)),
            Err(HttpError::Stopped) => Err(HttpError::Stopped.into()),
            Err(error) => {
                let help = error.help();
                self.doubt(format!(
                    "Nothing is proven without a login: {error}. {help}"
                ));
                Ok(None)
            }
        }
    }

    /// The controls: what opens the probe, and that nobody else gets it.
    async fn introduce<'n>(
        &mut self,
        name: &'n IdentityName,
    ) -> Result<Option<Person<'n>>, CheckError> {
        let Some((session, credentials)) = self.log_in(name).await? else {
            return Ok(None);
        };
        let carriers = Carrier::all(&credentials);
        let shown = credentials.headers.len() + credentials.cookies.len();
        if shown > carriers.len() {
            self.note(format!("The login of {name} brought {shown} tokens and cookies; only the first {} were looked at.", carriers.len()));
        }
        if carriers.is_empty() {
            self.doubt(format!(
                "The login of {name} brought neither a token nor a cookie."
            ));
            return Ok(None);
        }
        self.stranger = None;
        self.own = None;
        let control = match self.knock(&carriers, Purpose::Normal).await? {
            Door::Open(response) => response,
            Door::Shut(response) => {
                self.doubt(format!(
                    "{} does not answer {name}, though the login succeeded (status {}), so that a refusal of anybody else proves nothing; name a probe that {name} may read.",
                    self.probe(),
                    response.status
                ));
                return Ok(None);
            }
            door => {
                self.doubt(door.trouble(&self.probe()));
                return Ok(None);
            }
        };
        let line = line(
            &self.probe(),
            &format!("the credentials of {name}"),
            &control,
        );
        if !self.turn_strangers_away(&control, &line).await? {
            return Ok(None);
        }
        let openers = self.openers(&carriers).await?;
        Ok(Some(Person {
            name,
            session,
            openers,
            control: line,
        }))
    }

    /// Asks as nobody; false when nobody gets what the identity gets, so that nothing can be proven.
    async fn turn_strangers_away(
        &mut self,
        control: &Response,
        line_before: &str,
    ) -> Result<bool, CheckError> {
        let (response, served) = match self.knock(&[], Purpose::Attack).await? {
            Door::Open(response) => (response, true),
            Door::Shut(response) => (response, false),
            door => {
                self.doubt(door.trouble(&self.probe()));
                return Ok(false);
            }
        };
        self.report.evaluated += 1;
        let stranger = Likeness::of(&response, &[]);
        let own = Likeness::of(control, &[]);
        if served && stranger.difference(&own).is_none() {
            let probe = self.probe();
            let story = Story {
                before: line_before.to_owned(),
                attack: line(&probe, "no credential", &response),
                after: String::new(),
            };
            let title = format!("{probe} answers everybody as it answers somebody who logged in");
            let subject = format!("{probe} none");
            let span = &self.config.probe.span;
            self.found(finding(&codes::NONE, span, title, subject, &story));
            self.doubt(format!("{probe} needs no credential, so that it cannot show whether wrong ones are refused; name a probe that does."));
            return Ok(false);
        }
        self.stranger = Some(stranger);
        self.own = served.then_some(own);
        Ok(true)
    }

    /// What opens the probe: each thing that does it alone, or else what it is shut without.
    async fn openers(&mut self, carriers: &[Carrier]) -> Result<Vec<Opener>, CheckError> {
        let mut openers = Vec::new();
        for carrier in carriers {
            let alone = std::slice::from_ref(carrier);
            if carriers.len() == 1 || self.opens(alone).await? {
                openers.push(Opener {
                    carrier: carrier.clone(),
                    along: Vec::new(),
                });
            }
        }
        if !openers.is_empty() {
            return Ok(openers);
        }
        for carrier in carriers {
            let others = carriers.iter().filter(|other| *other != carrier);
            let along: Vec<Carrier> = others.cloned().collect();
            if !self.opens(&along).await? {
                openers.push(Opener {
                    carrier: carrier.clone(),
                    along,
                });
            }
        }
        Ok(openers)
    }

    async fn opens(&mut self, carriers: &[Carrier]) -> Result<bool, CheckError> {
        let door = self.knock(carriers, Purpose::Normal).await?;
        Ok(matches!(door, Door::Open(_)))
    }

    /// Sends the probe as nobody with these, and says whether it is answered as the identity is.
    pub(super) async fn knock(
        &mut self,
        carriers: &[Carrier],
        purpose: Purpose,
    ) -> Result<Door, CheckError> {
        let cause = self.sender.context.cause(&self.config.probe.span);
        let files = self.sender.files.clone();
        let mut request = self.config.probe.render(&self.scope, &*files, cause)?;
        request.purpose = purpose;
        carrier::show(&mut request, carriers);
        let answer = self.sender.send(request.clone()).await?;
        let door = self.read(answer)?;
        if purpose != Purpose::Attack || !matches!(door, Door::Broken(_)) {
            return Ok(door);
        }
        // What fails every time opens nothing; what failed for a moment says nothing.
        let again = self.sender.send(request).await?;
        match self.read(again)? {
            Door::Broken(response) => {
                let status = response.status;
                self.note(format!("{} fails with status {status} when the credential is wrong; it should refuse with 401.", self.probe()));
                Ok(Door::Shut(response))
            }
            door => Ok(door),
        }
    }

    /// Reads an answer to the probe.
    pub(super) fn read(&self, answer: Answer) -> Result<Door, CheckError> {
        let probe = self.probe();
        if let Some(missing) = answer.missing() {
            return Ok(Door::Unknown(format!("{probe} got no answer: {missing}.")));
        }
        let Some(response) = answer.response() else {
            return Ok(Door::Unknown(format!("{probe} got no answer.")));
        };
        let refusals = &self.config.refusals;
        let reply = refusals.read(&response, self.fallback.as_ref(), &self.scope)?;
        let status = response.status;
        let is_like = |known: &Likeness| known.difference(&Likeness::of(&response, &[])).is_none();
        Ok(match reply {
            Reply::Served if self.stranger.as_ref().is_some_and(is_like) => {
                Door::Shut(response.into())
            }
            Reply::Served if self.own.as_ref().is_some_and(|own| !is_like(own)) => {
                Door::Unknown(format!(
                    "{probe} answers everybody with status {status}, and this answer is neither that to a stranger nor that to the identity; say with `refused:` what a refusal looks like, or name a probe that refuses strangers."
                ))
            }
            Reply::Served => Door::Open(response.into()),
            // A token that cannot be read is often told to be a bad request.
            Reply::Refused(_) | Reply::Invalid => Door::Shut(response.into()),
            Reply::Failed => Door::Broken(response.into()),
            Reply::Limited => Door::Unknown(format!(
                "{probe} was answered with {status}: the portal wants fewer requests."
            )),
        })
    }

    /// Sends a request in a session.
    pub(super) async fn send(
        &mut self,
        template: &RequestTemplate,
        session: SessionId,
    ) -> Result<Answer, CheckError> {
        let request = self
            .sender
            .render(template, &self.scope, session, Purpose::Normal)?;
        self.sender.send(request).await
    }
}
