//! Observer `slowest-routes`: which of the routes that other checks asked for took longest.

mod ranking;

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Value as Json, json};
use tidegate_core::check::{
    CheckError, CheckReport, Observer, ObserverContext, ObserverKind, ObserverScope,
};
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::exchange::{Exchange, Observed};
use tidegate_core::gate::Environment;
use tidegate_core::meta::{Docs, Meta, RetryClass};
use tidegate_core::node::Node;
use tidegate_core::ports::http::Purpose;

use crate::observer;
use ranking::Ranking;

static META: Meta = Meta {
    name: Cow::Borrowed("slowest-routes"),
    summary: Cow::Borrowed("Ranks the routes that other checks ask for by how long they take"),
    docs: Docs::known(include_str!("check.md")),
    codes: Cow::Borrowed(&[]),
    always_run: false,
    retry: RetryClass::Never,
    ports: Cow::Borrowed(&[]),
};

/// The observer kind `slowest-routes`.
pub(crate) fn kind() -> Arc<dyn ObserverKind> {
    Arc::new(SlowestRoutesKind)
}

struct SlowestRoutesKind;

impl ObserverKind for SlowestRoutesKind {
    fn meta(&self) -> &Meta {
        &META
    }

    fn schema(&self) -> Json {
        observer::schema(json!({}))
    }

    fn parse(
        &self,
        config: Option<&Node>,
        _: &ObserverScope<'_>,
    ) -> Result<Option<Arc<dyn Observer>>, Vec<Diagnostic>> {
        if !observer::is_on(config)? {
            return Ok(None);
        }
        Ok(Some(Arc::new(SlowestRoutes::default())))
    }
}

#[derive(Default)]
struct SlowestRoutes {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    environment: Option<Arc<Environment>>,
    ranking: Ranking,
}

impl Observer for SlowestRoutes {
    fn begin(&self, context: &ObserverContext) -> Result<CheckReport, CheckError> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.environment = Some(context.environment.clone());
        Ok(CheckReport::default())
    }

    fn observe(&self, exchange: &Observed<'_>) -> CheckReport {
        if !is_of_a_user(exchange) {
            return CheckReport::default();
        }
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let route = observer::asked_of(exchange, &exchange.route, state.environment.as_deref());
        state.ranking.take(route, exchange);
        CheckReport {
            evaluated: 1,
            ..CheckReport::default()
        }
    }

    fn finish(&self) -> CheckReport {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.ranking.report()
    }
}

/// Whether it is what a user would send and was answered as hoped. Refusals and errors are often faster than
/// answers; a login is slow on purpose; of the requests of a measurement only one in many is seen here.
fn is_of_a_user(exchange: &Exchange) -> bool {
    let answered = exchange.status.is_some_and(|status| status < 400);
    answered && exchange.purpose == Purpose::Normal
}
