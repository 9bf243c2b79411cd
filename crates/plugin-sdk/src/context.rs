//! What a check knows of the run around it.

use std::time::{Duration, SystemTime};

use serde::Serialize;

use crate::bindings::tidegate::check::types;
use crate::{Client, EnvironmentKind, Files, Pages, Recorded, Request, RequestError, Response};

/// What a check knows of the run around it, and where its requests begin.
///
/// Requests go to the environment under test as the check's own identity (`as:` of the gate file), unless
/// [`as_identity`](Self::as_identity), [`as_nobody`](Self::as_nobody), [`on_api`](Self::on_api) or
/// [`on_host`](Self::on_host) says otherwise.
#[derive(Clone, Debug)]
pub struct Context {
    inner: types::Context,
}

impl Context {
    pub(crate) fn new(inner: types::Context) -> Self {
        Self { inner }
    }

    /// The id of the check in the gate file.
    pub fn check(&self) -> &str {
        &self.inner.check
    }

    /// The address of the environment under test, without a slash at the end.
    pub fn target(&self) -> &str {
        &self.inner.target
    }

    /// The name of the environment.
    pub fn environment(&self) -> &str {
        &self.inner.environment
    }

    /// What sort of place it is.
    pub fn environment_kind(&self) -> EnvironmentKind {
        self.inner.environment_kind
    }

    /// The commit or deploy that is judged, when it is known.
    pub fn deploy(&self) -> Option<&str> {
        self.inner.deploy.as_deref()
    }

    /// Who the check is, by `as:`.
    pub fn identity(&self) -> Option<&str> {
        self.inner.identity.as_deref()
    }

    /// The identities that requests may name.
    pub fn identities(&self) -> &[String] {
        &self.inner.identities
    }

    /// The names under `apis:` that requests may name.
    pub fn apis(&self) -> &[String] {
        &self.inner.apis
    }

    /// The time of day when the check began.
    pub fn now(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_millis(self.inner.now)
    }

    /// The day when the check began, in UTC: `2026-11-26`.
    pub fn today(&self) -> String {
        date(self.inner.now)
    }

    /// A number for whatever the check chooses at random; the same in a run with the same seed.
    pub fn seed(&self) -> u64 {
        self.inner.seed
    }

    /// A text that no other run uses, to mark what the check creates.
    pub fn mark(&self) -> &str {
        &self.inner.mark
    }

    /// A client towards the environment under test, as the check's own identity.
    pub fn client(&self) -> Client {
        Client::default()
    }

    /// A client as another identity of the gate file.
    pub fn as_identity(&self, name: &str) -> Client {
        self.client().as_identity(name)
    }

    /// A client as a stranger.
    pub fn as_nobody(&self) -> Client {
        self.client().as_nobody()
    }

    /// A client towards an entry under `apis:` of the gate file.
    pub fn on_api(&self, name: &str) -> Client {
        self.client().on_api(name)
    }

    /// A client towards another origin, such as `https://api.stripe.com`.
    pub fn on_host(&self, origin: &str) -> Client {
        self.client().on_host(origin)
    }

    /// [`Client::request`].
    pub fn request(&self, method: &str, path: &str) -> Request {
        self.client().request(method, path)
    }

    /// [`Client::get`].
    ///
    /// # Errors
    /// When nothing came back.
    pub fn get(&self, path: &str) -> Result<Response, RequestError> {
        self.client().get(path)
    }

    /// [`Client::post`].
    ///
    /// # Errors
    /// When nothing came back.
    pub fn post(
        &self,
        path: &str,
        json: &(impl Serialize + ?Sized),
    ) -> Result<Response, RequestError> {
        self.client().post(path, json)
    }

    /// [`Client::delete`].
    ///
    /// # Errors
    /// When nothing came back.
    pub fn delete(&self, path: &str) -> Result<Response, RequestError> {
        self.client().delete(path)
    }

    /// [`Client::pages`].
    pub fn pages(&self, path: &str) -> Pages {
        self.client().pages(path)
    }

    /// The files of the project that are granted.
    pub fn files(&self) -> Files {
        Files::default()
    }

    /// What other checks of the run sent and received, in its order.
    pub fn recorded(&self) -> Recorded {
        Recorded::default()
    }
}

/// The day of a moment in milliseconds since 1970, by the algorithm `civil_from_days` of Howard Hinnant
/// (<https://howardhinnant.github.io/date_algorithms.html>).
fn date(milliseconds: u64) -> String {
    let days = milliseconds / 86_400_000 + 719_468;
    let era = days / 146_097;
    let day_of_era = days % 146_097;
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 {
        shifted + 3
    } else {
        shifted - 9
    };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

#[cfg(test)]
mod tests {
    use super::date;

    #[test]
    fn days_are_those_of_the_calendar() {
        for (milliseconds, day) in [
            (0, "1970-01-01"),
            (951_782_399_999, "2000-02-28"),
            (951_782_400_000, "2000-02-29"),
            (1_735_689_599_999, "2024-12-31"),
            (1_795_651_200_000, "2026-11-26"),
        ] {
            assert_eq!(date(milliseconds), day);
        }
    }
}
