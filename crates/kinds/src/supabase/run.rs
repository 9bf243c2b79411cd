//! One attempt: from what the project tells everybody to what it tells those who log in.

use tidegate_core::check::{CheckError, CheckReport, Context};
use tidegate_core::located::Located;
use tidegate_core::name::IdentityName;
use tidegate_core::ports::http::{Response, Sharing};
use tidegate_core::span::Location;

use super::account;
use super::answer::{self, Said};
use super::config::Config;
use super::findings;
use super::key::{self, Key, Sort};
use super::outline::Outline;
use super::{functions, storage, tables, tenants};
use crate::attack::told;
use crate::hosted::{Ask, Asker, Who, json};
use crate::routes::{Code, Supabase};

/// The most bytes of what the project tells of itself.
const OUTLINE: usize = 4 * 1024 * 1024;

/// Runs the check.
///
/// # Errors
/// What keeps it from being judged: no key, an undeclared origin, a stop.
pub(super) async fn run(config: &Config, context: &Context) -> Result<CheckReport, CheckError> {
    let key = Key::find(config, context)?;
    let mut trial = Trial {
        config,
        asker: Asker::new(context, config.most)?,
        outline: Outline::default(),
        code: Supabase::default(),
        is_known: true,
        is_project: false,
        key,
    };
    match trial.key.sort {
        Sort::Secret => {
            let finding = findings::service_key(&trial);
            trial.asker.found(finding);
            trial.asker.note(
                "Nothing else was tried: with this key everything can be read, which proves nothing.",
            );
            return Ok(trial.asker.finish());
        }
        Sort::Over => {
            trial.asker.doubt(
                "The key of the project has expired, so that it opens nothing. Put the key that the portal's page carries \
                 today into the variable.",
            );
            return Ok(trial.asker.finish());
        }
        Sort::Token | Sort::Plain => {}
    }
    trial.try_everything().await?;
    Ok(trial.asker.finish())
}

/// What the parts of one attempt share.
pub(super) struct Trial<'a> {
    /// What stands in the gate file.
    pub(super) config: &'a Config,
    /// Requests and what came of them.
    pub(super) asker: Asker<'a>,
    /// The project's public key.
    pub(super) key: Key,
    /// What the project tells of itself.
    pub(super) outline: Outline,
    /// What the portal's source code asks of the project.
    pub(super) code: Supabase,
    /// Whether the project takes the key.
    pub(super) is_known: bool,
    /// Whether anything answered as a project of Supabase does.
    is_project: bool,
}

impl Trial<'_> {
    async fn try_everything(&mut self) -> Result<(), CheckError> {
        account::settings(self).await?;
        if self.is_known {
            self.learn_outline().await?;
        }
        if !self.is_known {
            return Ok(());
        }
        self.read_code();
        let mut looks = tables::strangers(self).await?;
        if !self.is_known {
            return Ok(());
        }
        tables::control(self, &mut looks).await?;
        tables::judge(self, &looks);
        tables::writes(self).await?;
        storage::look(self).await?;
        functions::database(self).await?;
        functions::edge(self).await?;
        functions::graphql(self).await?;
        if let Some(user) = account::anonymous_user(self).await? {
            tables::accounts(self, &looks, &user).await?;
        }
        tenants::compare(self, &looks).await?;
        if !self.is_project && self.asker.report.evaluated > 0 {
            let api = &self.config.api.value;
            self.asker.doubt(format!(
                "What answers under `{api}` refuses, and nothing in its answers is of Supabase, so that its refusals prove \
                 nothing. Look at the address under `apis:`."
            ));
        }
        Ok(())
    }

    async fn learn_outline(&mut self) -> Result<(), CheckError> {
        let location = self.location();
        let mut ask = Ask::get(&self.config.api.value, "/rest/v1/".to_owned(), location);
        ask.cap = OUTLINE;
        ask.purpose = tidegate_core::ports::http::Purpose::Survey;
        let Ok(response) = self.ask(&ask, &Who::Stranger).await? else {
            return Ok(());
        };
        let document = json(&response).filter(|_| response.status == 200);
        match document.as_ref().and_then(Outline::read) {
            Some(outline) => self.outline = outline,
            None => self.asker.note(
                "The project does not list its tables to strangers, which is good. Those that the gate file or the source code names were tried.",
            ),
        }
        Ok(())
    }

    /// Reads what the source code asks of the project, once it is known that the key opens it.
    fn read_code(&mut self) {
        let code = Code::read(&*self.asker.sender.files, &self.config.code);
        self.code = code.supabase;
        if !code.unread.is_empty() {
            self.asker.note(format!(
                "Source code that was not read: {}. What only this code asks of the project was not tried.",
                told(&code.unread)
            ));
        }
    }

    /// Sends a request with the project's key; the reason when there is no answer.
    ///
    /// # Errors
    /// When the gate file is at fault that there is none.
    pub(super) async fn ask(
        &mut self,
        ask: &Ask,
        who: &Who,
    ) -> Result<Result<Response, String>, CheckError> {
        let answered = if self.key.is_own {
            let ask = ask.clone().header(key::HEADER, self.key.value.clone());
            self.asker.ask(&ask, who).await?
        } else {
            self.asker.ask(ask, who).await?
        };
        if let Ok(response) = &answered {
            self.is_project |= answer::is_of_project(response);
        }
        if let Ok(response) = &answered
            && let Some(Said::BadKey(reason)) = answer::refusal(response)
        {
            self.distrust(reason);
        }
        Ok(answered)
    }

    /// Says once that the key opens nothing, so that refusals prove nothing.
    fn distrust(&mut self, reason: &str) {
        if std::mem::replace(&mut self.is_known, false) {
            self.asker.doubt(format!(
                "The project does not take the key ({reason}), so that its refusals prove nothing. Copy the anon or \
                 publishable key of this project from its dashboard, under Settings, API keys."
            ));
        }
    }

    /// Where the check stands.
    pub(super) fn location(&self) -> Location {
        self.asker.context().span().location()
    }

    /// A session of the identity that the check is.
    pub(super) fn identity(&self) -> Option<Who> {
        self.session(self.config.identity.as_ref())
    }

    /// A session of somebody of another tenant.
    pub(super) fn other(&self) -> Option<Who> {
        self.session(self.config.other.as_ref())
    }

    fn session(&self, name: Option<&IdentityName>) -> Option<Who> {
        let http = &self.asker.sender.http;
        let session = http.open_session(Some(name?), Sharing::Shared);
        Some(Who::Identity(name?.clone(), session))
    }

    /// Whether anything may be created.
    pub(super) fn is_writable(&self) -> bool {
        self.asker.context().environment().kind.writable()
    }

    /// The place of a name in the gate file; that of the check when it does not stand there.
    pub(super) fn place(&self, lists: &[&[Located<String>]], name: &str) -> Location {
        let mut all = lists.iter().flat_map(|list| list.iter());
        all.find(|known| known.value == name)
            .map_or_else(|| self.location(), |known| known.span.location())
    }
}
