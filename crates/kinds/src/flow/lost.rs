//! What was created although the answer was lost.

use std::sync::Arc;

use serde_json::Value as Json;
use tidegate_core::name::IdentityName;
use tidegate_core::ports::http::{Cause, Purpose, Sharing};
use tidegate_core::ports::{Files, Http, Recover};
use tidegate_core::request::{RenderError, RequestTemplate};
use tidegate_core::scope::Scope;

/// What may have been created, and how it is found and removed.
pub(crate) struct Lost {
    /// Where it shows up.
    pub(crate) look: RequestTemplate,
    /// The removing request.
    pub(crate) remove: RequestTemplate,
    /// The name that the removing request has for the id.
    pub(crate) name: String,
    /// Who looks and removes.
    pub(crate) identity: Option<IdentityName>,
    /// The values of both requests.
    pub(crate) scope: Scope,
    /// Why both are sent.
    pub(crate) cause: Cause,
    /// Requests.
    pub(crate) http: Arc<dyn Http>,
    /// Files that requests send.
    pub(crate) files: Arc<dyn Files>,
}

impl Lost {
    /// Looks in the end and gives the removing requests, for the ids that the answer to the look has.
    pub(crate) fn recover(self, ids: impl FnOnce(&Json) -> Vec<Json> + Send + 'static) -> Recover {
        Box::new(move || Box::pin(self.find(ids)))
    }

    async fn find(
        mut self,
        ids: impl FnOnce(&Json) -> Vec<Json> + Send,
    ) -> Result<Vec<tidegate_core::ports::http::Request>, String> {
        let text = |error: RenderError| error.to_string();
        let name = self.look.name();
        let look = self
            .look
            .render(&self.scope, &*self.files, self.cause.clone());
        let mut look = look.map_err(text)?;
        look.purpose = Purpose::Cleanup;
        let session = self
            .http
            .open_session(self.identity.as_ref(), Sharing::Fresh);
        look.session = Some(session);
        let sent = self.http.send(look).await;
        let response = sent.map_err(|error| error.to_string())?;
        if response.status >= 400 {
            return Err(format!("{name} answered {}", response.status));
        }
        let document: Json = serde_json::from_slice(&response.body)
            .map_err(|_| format!("{name} did not answer with JSON"))?;
        let mut requests = Vec::new();
        for id in ids(&document) {
            self.scope.capture(self.name.clone(), id);
            let request = self
                .remove
                .render(&self.scope, &*self.files, self.cause.clone());
            let mut request = request.map_err(text)?;
            request.purpose = Purpose::Cleanup;
            requests.push(request);
        }
        Ok(requests)
    }
}
