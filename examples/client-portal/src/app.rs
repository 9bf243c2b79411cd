//! What every handler shares.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::auth::{Throttle, WebTokens};
use crate::breaks::{Break, Breaks};
use crate::frontend::Frontend;
use crate::log::Log;
use crate::options::Secret;
use crate::records::{Extras, SharedCache};
use crate::report::Reporter;
use crate::slowness::Slowness;
use crate::store::Store;
use crate::summary::Model;

/// The state of one running portal.
pub(crate) struct AppState {
    pub(crate) store: Store,
    pub(crate) breaks: Breaks,
    pub(crate) log: Log,
    pub(crate) throttle: Throttle,
    /// Checked when nobody has the given address, so that both cases take the same time.
    pub(crate) decoy_hash: String,
    pub(crate) webhook_secret: Secret,
    /// Sends events out, when there is somebody to send them to.
    pub(crate) reporter: Option<Reporter>,
    pub(crate) model: Box<dyn Model>,
    pub(crate) frontend: Frontend,
    pub(crate) environment: String,
    pub(crate) revision: String,
    pub(crate) allowed_origins: Vec<String>,
    pub(crate) secure: bool,
    /// How sessions are named when a switch makes them JSON web tokens.
    pub(crate) web_tokens: Option<WebTokens>,
    pub(crate) extras: Extras,
    pub(crate) shared_cache: SharedCache,
    pub(crate) slowness: Slowness,
    /// Live requests so far, for [`Break::Random401`].
    pub(crate) live_requests: AtomicU64,
    /// Calls of the record list so far, for [`Break::FlakyList`].
    pub(crate) list_calls: AtomicU64,
}

/// Shares the state between handlers.
pub(crate) type App = Arc<AppState>;

impl AppState {
    /// Tells whether the regression is switched on.
    pub(crate) fn broken(&self, regression: Break) -> bool {
        self.breaks.has(regression)
    }

    /// Tells whether the regression hits this call: with a period of 5, the 5th, 10th, 15th ….
    pub(crate) fn broken_every(&self, regression: Break, period: u64, calls: &AtomicU64) -> bool {
        self.broken(regression)
            && (calls.fetch_add(1, Ordering::Relaxed) + 1).is_multiple_of(period)
    }
}
