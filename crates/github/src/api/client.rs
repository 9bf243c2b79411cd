//! The client: one repository, one token, one policy of retries.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::BodyExt as _;
use octocrab::{AuthState, Octocrab, OctocrabBuilder};
use serde::de::DeserializeOwned;
use tidegate_core::ports::Clock;
use tidegate_core::secret::Sensitive;
use url::Url;

use super::call::{Call, Reply};
use super::error::{AccessError, ApiError};
use super::foreign::Foreign;
use super::repository::RepositoryName;
use super::retry::{Advice, TRIES, advice, pause};
use super::transport::{Transport, TransportError, trusted};

/// Where GitHub's interface is when nothing says otherwise.
const ADDRESS: &str = "https://api.github.com";

/// Whom to ask about what, and as whom.
#[derive(Debug, Clone)]
pub struct Access {
    address: Url,
    token: Sensitive,
    repository: RepositoryName,
    answer: Duration,
    total: Duration,
}

impl Access {
    /// Takes the address of the interface, a token and a repository.
    ///
    /// # Errors
    /// When the token cannot be sent, or must not be sent to the address.
    pub fn new(
        address: &str,
        token: Sensitive,
        repository: RepositoryName,
    ) -> Result<Self, AccessError> {
        if token.expose().is_empty() {
            return Err(AccessError::NoToken);
        }
        if !token.expose().bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(AccessError::StrangeToken);
        }
        let strange = || {
            let shown = tidegate_report::text::one_line(address, true);
            AccessError::Address(tidegate_report::text::clip(&shown, 100).into_owned())
        };
        let address = Url::parse(address).map_err(|_| strange())?;
        let plain = address.username().is_empty()
            && address.password().is_none()
            && address.query().is_none()
            && address.fragment().is_none();
        if !trusted(&address) || !plain {
            return Err(strange());
        }
        Ok(Self {
            address,
            token,
            repository,
            answer: Duration::from_secs(30),
            total: Duration::from_secs(300),
        })
    }

    /// Takes them from the environment of GitHub Actions: GITHUB_API_URL, GITHUB_TOKEN and
    /// GITHUB_REPOSITORY, else the repository that is known otherwise.
    ///
    /// # Errors
    /// When something is missing or cannot be right.
    pub fn of_environment(
        variable: &dyn Fn(&str) -> Option<String>,
        repository: Option<RepositoryName>,
    ) -> Result<Self, AccessError> {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty());
        let token = set("GITHUB_TOKEN").ok_or(AccessError::NoToken)?;
        let repository = match (set("GITHUB_REPOSITORY"), repository) {
            (Some(name), _) => name.parse()?,
            (None, Some(repository)) => repository,
            (None, None) => return Err(AccessError::NoRepository),
        };
        let address = set("GITHUB_API_URL").unwrap_or_else(|| ADDRESS.to_owned());
        Self::new(&address, token.into(), repository)
    }

    /// Sets how long one answer is waited for, and how long everything may take with its pauses.
    #[must_use]
    pub fn patience(mut self, answer: Duration, total: Duration) -> Self {
        self.answer = answer;
        self.total = total;
        self
    }
}

/// Speaks with GitHub about one repository.
pub struct Client {
    octocrab: Octocrab,
    transport: Transport,
    repository: RepositoryName,
    foreign: Foreign,
    clock: Arc<dyn Clock>,
    /// When nothing is begun or waited for any more.
    deadline: Duration,
}

impl fmt::Debug for Client {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Client({})", self.repository)
    }
}

/// What became of a request that is sent once.
pub(crate) enum Sent {
    /// GitHub answered; the answer may be a refusal.
    Answered(Reply),
    /// GitHub may have done what was asked, and the answer is lost.
    Lost(String),
}

/// What became of one try.
enum Tried {
    Answered(Reply),
    /// Not looked at by GitHub.
    Limited(Duration),
    /// Never sent.
    NotSent(String),
    /// Maybe done.
    Lost(String),
}

impl Client {
    /// Makes a client; must be called within a Tokio runtime.
    ///
    /// The token stays in this process' memory and in requests to the interface.
    pub fn new(access: Access, clock: Arc<dyn Clock>) -> Self {
        let transport = Transport::new(access.address, access.answer);
        let token = access.token.expose().to_owned().into();
        let built = OctocrabBuilder::new_empty()
            .with_service(transport.clone())
            .with_auth(AuthState::AccessToken { token })
            .build();
        let octocrab = match built {
            Ok(octocrab) => octocrab,
            Err(never) => match never {},
        };
        let deadline = clock.monotonic() + access.total;
        Self {
            octocrab,
            transport,
            repository: access.repository,
            foreign: Foreign::new(&access.token),
            clock,
            deadline,
        }
    }

    /// The repository that it speaks about.
    pub fn repository(&self) -> &RepositoryName {
        &self.repository
    }

    /// Makes foreign text harmless.
    pub(crate) fn foreign(&self) -> &Foreign {
        &self.foreign
    }

    /// A path of the repository.
    pub(crate) fn path(&self, rest: &str) -> String {
        format!("/repos/{}/{rest}", self.repository)
            .trim_end_matches('/')
            .to_owned()
    }

    /// Reads something.
    pub(crate) async fn read<T: DeserializeOwned>(&self, call: &Call) -> Result<T, ApiError> {
        let reply = self.repeat(call).await?;
        reply
            .accepted(call, &self.foreign)?
            .read(call, &self.foreign)
    }

    /// Sends what can be repeated without harm until there is an answer.
    pub(crate) async fn repeat(&self, call: &Call) -> Result<Reply, ApiError> {
        let mut tries = 0;
        loop {
            tries += 1;
            let (wait, reason) = match self.attempt(call).await? {
                Tried::Answered(reply) => return Ok(reply),
                Tried::Limited(wait) => {
                    self.give_up_on_limits(tries, wait)?;
                    (wait, "too many requests".to_owned())
                }
                Tried::NotSent(reason) | Tried::Lost(reason) => (pause(tries), reason),
            };
            self.pause(call, tries, wait, reason).await?;
        }
    }

    /// Sends what must not be repeated, as long as it is certain that GitHub has not done it.
    pub(crate) async fn once(&self, call: &Call) -> Result<Sent, ApiError> {
        let mut tries = 0;
        loop {
            tries += 1;
            let (wait, reason) = match self.attempt(call).await? {
                Tried::Answered(reply) => return Ok(Sent::Answered(reply)),
                Tried::Lost(reason) => return Ok(Sent::Lost(reason)),
                Tried::Limited(wait) => {
                    self.give_up_on_limits(tries, wait)?;
                    (wait, "too many requests".to_owned())
                }
                Tried::NotSent(reason) => (pause(tries), reason),
            };
            self.pause(call, tries, wait, reason).await?;
        }
    }

    fn give_up_on_limits(&self, tries: u32, wait: Duration) -> Result<(), ApiError> {
        if tries >= TRIES || self.clock.monotonic() + wait > self.deadline {
            return Err(ApiError::Limited { wait });
        }
        Ok(())
    }

    /// Waits for the next try, if there is one.
    pub(crate) async fn pause(
        &self,
        call: &Call,
        tries: u32,
        wait: Duration,
        reason: String,
    ) -> Result<(), ApiError> {
        if tries >= TRIES || self.clock.monotonic() + wait > self.deadline {
            return Err(ApiError::Unreachable {
                action: call.purpose.action,
                reason,
            });
        }
        self.sleep(wait).await;
        Ok(())
    }

    pub(crate) async fn sleep(&self, wait: Duration) {
        let until = self.clock.monotonic() + wait;
        self.clock.sleep_until(until).await;
    }

    /// Gets a file from an address that GitHub named; the token is not sent there.
    pub(crate) async fn fetch(
        &self,
        call: &Call,
        url: &Url,
        most: usize,
    ) -> Result<Bytes, ApiError> {
        let mut tries = 0;
        loop {
            tries += 1;
            let reason = match self.transport.fetch(url, most).await {
                Ok(answer) if answer.status().is_success() => return Ok(answer.into_body()),
                Ok(answer) => format!("the file's host answers {}", answer.status().as_u16()),
                Err(TransportError::TooLarge(limit)) => {
                    return Err(ApiError::Answer {
                        action: call.purpose.action,
                        reason: format!("the file has more than {limit} bytes"),
                    });
                }
                Err(error) => self.foreign.line(&error.to_string()),
            };
            self.pause(call, tries, pause(tries), reason).await?;
        }
    }

    async fn attempt(&self, call: &Call) -> Result<Tried, ApiError> {
        let lost = |error: &dyn fmt::Display| self.foreign.line(&error.to_string());
        let builder = Request::builder()
            .method(call.method.clone())
            .uri(call.path.as_str());
        let request = self
            .octocrab
            .build_request(builder, call.body.as_ref())
            .map_err(|error| ApiError::Unreachable {
                action: call.purpose.action,
                reason: lost(&error),
            })?;
        let answer = match self.octocrab.execute(request).await {
            Ok(answer) => answer,
            Err(error) => return self.failed(call, &error),
        };
        let (parts, body) = Response::into_parts(answer);
        let body = match body.collect().await {
            Ok(body) => body.to_bytes(),
            Err(error) => return Ok(Tried::Lost(lost(&error))),
        };
        Ok(
            match advice(parts.status, &parts.headers, &body, self.clock.wall()) {
                Advice::Limited(wait) => Tried::Limited(wait),
                Advice::Failed => Tried::Lost(format!("GitHub answers {}", parts.status.as_u16())),
                Advice::Final => Tried::Answered(Reply {
                    status: parts.status,
                    headers: parts.headers,
                    body,
                }),
            },
        )
    }

    /// What an error of the transport, wrapped by octocrab, means for another try.
    fn failed(&self, call: &Call, error: &octocrab::Error) -> Result<Tried, ApiError> {
        let octocrab::Error::Service { source, .. } = error else {
            return Ok(Tried::Lost(self.foreign.line(&error.to_string())));
        };
        let reason = self.foreign.line(&source.to_string());
        match source.downcast_ref::<TransportError>() {
            Some(TransportError::NotSent(_)) => Ok(Tried::NotSent(reason)),
            Some(TransportError::TooLarge(_)) => Err(ApiError::Answer {
                action: call.purpose.action,
                reason,
            }),
            Some(TransportError::Lost(_)) | None => Ok(Tried::Lost(reason)),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn access(address: &str, token: &str) -> Result<Access, AccessError> {
        Access::new(address, token.into(), "acme/portal".parse()?)
    }

    #[test]
    fn a_token_is_sent_only_where_nobody_listens() {
        assert!(access("https://ghe.example/api/v3", "ghs_secret").is_ok());
        assert!(access("http://127.0.0.1:8080", "ghs_secret").is_ok());
        for bad in [
            "http://ghe.example",
            "ghe.example",
            "https://u:p@ghe.example",
            "https://ghe.example?x",
            "ftp://ghe.example",
        ] {
            assert!(
                matches!(access(bad, "ghs_secret"), Err(AccessError::Address(_))),
                "{bad}"
            );
        }
        assert_eq!(access(ADDRESS, "").unwrap_err(), AccessError::NoToken);
        assert_eq!(
            access(ADDRESS, "ghs\n").unwrap_err(),
            AccessError::StrangeToken
        );
    }

    #[test]
    fn the_environment_names_address_token_and_repository() {
        let environment = |name: &str| match name {
            "GITHUB_TOKEN" => Some("ghs_secret".to_owned()),
            "GITHUB_API_URL" => Some("https://ghe.example/api/v3".to_owned()),
            "GITHUB_REPOSITORY" => Some("acme/portal".to_owned()),
            _ => None,
        };
        let access = Access::of_environment(&environment, None).unwrap();
        assert_eq!(access.address.as_str(), "https://ghe.example/api/v3");
        assert!(!format!("{access:?}").contains("ghs_secret"));
        let nothing = |_: &str| None;
        assert_eq!(
            Access::of_environment(&nothing, None).unwrap_err(),
            AccessError::NoToken
        );
        let only_token = |name: &str| (name == "GITHUB_TOKEN").then(|| "ghs_secret".to_owned());
        assert_eq!(
            Access::of_environment(&only_token, None).unwrap_err(),
            AccessError::NoRepository
        );
    }

    proptest! {
        #[test]
        fn no_error_about_access_shows_the_token(token in "[!-~]{6,40}", address in "\\PC{0,40}") {
            if let Err(error) = access(&address, &token) {
                let told = format!("{error} {error:?} {}", error.help());
                prop_assert!(!told.contains(&token) || address.contains(&token) || error.help().contains(&token));
            }
        }
    }
}
