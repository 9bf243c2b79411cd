//! A route of an attempt: its request, ready to be sent, and what counts as its answer.

use tidegate_core::check::{CheckError, Context};
use tidegate_core::ports::http::{Request, SessionId};
use tidegate_core::ports::load::Sample;
use tidegate_core::request::RequestTemplate;
use tidegate_core::scope::Scope;

use super::config::Route;
use crate::measure::Outcome;
use crate::timed_routes;

/// The most bytes of an answer that are read, unless its size budget is larger.
const READ: u64 = 16 * 1024 * 1024;

/// A route of an attempt.
pub(super) struct Subject<'c> {
    /// The route.
    pub(super) route: &'c Route,
    /// What it is called.
    pub(super) name: String,
    /// Its request.
    pub(super) request: Request,
    /// Whether a status is the expected one, by the status.
    accepted: Vec<bool>,
}

impl<'c> Subject<'c> {
    /// The route itself.
    ///
    /// # Errors
    /// When a reference has no value.
    pub(super) fn of(
        route: &'c Route,
        context: &Context,
        session: SessionId,
    ) -> Result<Self, CheckError> {
        Self::with(route, &route.request, route.name.clone(), context, session)
    }

    /// Another request of the route, such as that for its short page.
    ///
    /// # Errors
    /// When a reference has no value.
    pub(super) fn with(
        route: &'c Route,
        template: &RequestTemplate,
        name: String,
        context: &Context,
        session: SessionId,
    ) -> Result<Self, CheckError> {
        let scope = Scope::new(context.values().clone(), context.secrets().clone());
        let mut request = timed_routes::render(template, context, Some(session))?;
        request.timeout = route.timeout;
        let size = route.size.as_ref().map_or(0, |size| size.value.0);
        request.body_cap = usize::try_from(READ.max(size.saturating_add(1))).unwrap_or(usize::MAX);
        let mut accepted = vec![false; 600];
        for (status, accepts) in (0..).zip(&mut accepted) {
            *accepts = match &route.status {
                Some(expected) => expected.check(status, &scope)?.is_empty(),
                None => (200..300).contains(&status),
            };
        }
        Ok(Self {
            route,
            name,
            request,
            accepted,
        })
    }

    fn accepts(&self, status: u16) -> bool {
        self.accepted
            .get(usize::from(status))
            .copied()
            .unwrap_or(false)
    }

    /// What became of a request.
    ///
    /// # Errors
    /// When it could not be sent for a reason that is not the portal's.
    pub(super) fn outcome<'s>(&self, sample: &'s Sample) -> Result<Outcome<'s>, CheckError> {
        Ok(Outcome::of(sample, |status| self.accepts(status))?)
    }
}
