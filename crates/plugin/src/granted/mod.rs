//! What a plugin reaches of the world: core's ports, and of them only what is granted.
//!
//! Nothing that a plugin gets holds a secret that the run knows, so that it has none to give away: not in a finding,
//! not in a request, and not bit by bit in a number.

mod clean;
mod drive;
mod files;
mod headers;
mod place;
mod recorded;
mod request;
mod response;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use tidegate_core::check::Context;
use tidegate_core::exchange::Exchanges;
use tidegate_core::gate::EnvironmentKind;
use tidegate_core::name::{ApiName, IdentityName};
use tidegate_core::plugin::Access;
use tidegate_core::ports::http::{Cause, SessionId, Sharing};
use tidegate_core::ports::{Files, Http, PortError, Secrets};

use crate::capability::{self, Powers};
use crate::deadline::Deadline;
use crate::imports::Imports;
use crate::interface::{files as wit_files, http, recorded as wit_recorded};

/// What one check of a plugin reaches.
pub(crate) struct Granted {
    powers: Arc<Powers>,
    http: Arc<dyn Http>,
    files: Arc<dyn Files>,
    exchanges: Arc<Exchanges>,
    secrets: Arc<dyn Secrets>,
    /// The check and its line of the gate file.
    cause: Cause,
    identity: Option<IdentityName>,
    environment: EnvironmentKind,
    /// The origins that the gate file declares: the environment's, which has no name, and those of its apis.
    declared: Vec<(Option<ApiName>, String)>,
    /// Those that were opened, by whose they are.
    sessions: Vec<(Option<IdentityName>, SessionId)>,
}

impl Granted {
    /// Takes what the powers need from the context of an attempt.
    ///
    /// # Errors
    /// When the kind does not declare a port.
    pub(crate) fn new(powers: Arc<Powers>, context: &Context) -> Result<Self, PortError> {
        let environment = context.environment();
        let origin = |url: &str| {
            let address = capability::address(url).ok();
            address.map(|url| url.origin().ascii_serialization())
        };
        let own = origin(&environment.url.value).map(|origin| (None, origin));
        let apis = environment.apis.iter();
        let apis = apis.filter_map(|api| Some((Some(api.name.clone()), origin(&api.url.value)?)));
        Ok(Self {
            powers,
            http: context.http()?.clone(),
            files: context.files()?.clone(),
            exchanges: context.exchanges()?.clone(),
            secrets: context.secrets().clone(),
            cause: context.cause(context.span()),
            identity: context.identity().cloned(),
            environment: environment.kind,
            declared: own.into_iter().chain(apis).collect(),
            sessions: Vec::new(),
        })
    }

    /// The session of somebody, or of nobody, for the whole check. A plugin that may change things could end a
    /// session, so that it gets one of its own.
    fn session(&mut self, identity: Option<&IdentityName>) -> SessionId {
        let mut known = self.sessions.iter();
        if let Some((_, session)) = known.find(|(known, _)| known.as_ref() == identity) {
            return *session;
        }
        let reads = self.powers.target != Some(Access::Write);
        let sharing = if reads && identity.is_some() {
            Sharing::Shared
        } else {
            Sharing::Fresh
        };
        let session = self.http.open_session(identity, sharing);
        self.sessions.push((identity.cloned(), session));
        session
    }
}

impl Imports for Granted {
    fn send(
        &mut self,
        request: http::Request,
        deadline: Deadline,
    ) -> Result<http::Response, http::HttpError> {
        self.exchange(request, &deadline)
    }

    fn page(
        &mut self,
        after: u64,
        limit: u32,
    ) -> Result<(Vec<wit_recorded::Exchange>, Option<u64>), String> {
        self.recorded_page(after, limit)
    }

    fn find(&mut self, glob: &str) -> Result<Vec<String>, wit_files::FilesError> {
        self.find_files(glob)
    }

    fn read(&mut self, path: &str, limit: u32) -> Result<Vec<u8>, wit_files::FilesError> {
        self.read_file(path, limit)
    }
}
