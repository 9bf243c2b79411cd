//! What every request needs on its way, and the checks before it goes.

use std::sync::{Arc, Mutex};

use http::{HeaderValue, Method};
use tidegate_core::exchange::{Exchange, Exchanges};
use tidegate_core::gate::EnvironmentKind;
use tidegate_core::name::IdentityName;
use tidegate_core::ports::http::{Purpose, Request, Response, Target};
use tidegate_core::ports::{Clock, Files, HttpError, Random, Secrets};
use url::{Origin, Url};

use crate::addresses::Reach;
use crate::client::Wiring;
use crate::connector::Road;
use crate::granted::{self, Granted};
use crate::headers;
use crate::names::Names;
use crate::origin::Sites;
use crate::pace::Pace;
use crate::pool::Pool;
use crate::provider::{self, Providers};
use crate::session::{Grant, Jar};
use crate::tls::Tls;
use crate::trip::Trip;
use crate::volley::Spoken;

/// The most bytes read of the PEM file of an authority.
const AUTHORITY_LIMIT: usize = 1024 * 1024;

/// Carries requests to declared origins.
pub(crate) struct Courier {
    pub(crate) sites: Sites,
    /// Connections to declared origins.
    pool: Pool,
    pub(crate) tls: Tls,
    pub(crate) providers: Providers,
    /// The hosts that plugins are granted.
    pub(crate) granted: Granted,
    pub(crate) names: Names,
    pub(crate) pace: Pace,
    /// What volleys learned of the servers.
    pub(crate) spoken: Spoken,
    pub(crate) secrets: Arc<dyn Secrets>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Arc<dyn Random>,
    pub(crate) files: Arc<dyn Files>,
    pub(crate) user_agent: HeaderValue,
    exchanges: Arc<Exchanges>,
    /// Whether the observers get to see what is sent.
    observed: bool,
    /// The environment's name when it is production.
    production: Option<String>,
}

/// As whom a request is sent.
#[derive(Default)]
pub(crate) struct Persona<'a> {
    /// Whose request it is.
    pub(crate) identity: Option<&'a IdentityName>,
    /// Their cookies.
    pub(crate) jar: Option<&'a Mutex<Jar>>,
    /// Their credentials; none while they log in.
    pub(crate) grant: Option<&'a Grant>,
    /// An origin that counts as declared for this request: the token endpoint of the identity.
    pub(crate) also: Option<&'a Origin>,
    /// Learns the secrets of the answer before anybody gets to see it.
    pub(crate) learn: Option<&'a (dyn Fn(&Response) + Sync)>,
}

impl Courier {
    /// Prepares for the environment, whose exchanges are published when it is `observed`; nothing is sent.
    ///
    /// # Errors
    /// When an address or a header's name is improper, or the authority's file cannot be used.
    pub(crate) fn new(wiring: &Wiring, observed: bool) -> Result<Self, HttpError> {
        let environment = &wiring.environment;
        let production = environment.kind == EnvironmentKind::Production;
        Ok(Self {
            sites: Sites::new(environment)?,
            pool: Pool::default(),
            tls: tls(wiring)?,
            providers: Providers::new().map_err(|reason| fault(wiring, reason))?,
            granted: Granted::default(),
            names: Names::System,
            pace: Pace::of(environment),
            spoken: Spoken::default(),
            secrets: Arc::clone(&wiring.secrets),
            clock: Arc::clone(&wiring.clock),
            random: Arc::clone(&wiring.random),
            files: Arc::clone(&wiring.files),
            user_agent: headers::value(&http::header::USER_AGENT, &wiring.user_agent)?,
            exchanges: Arc::clone(&wiring.exchanges),
            observed,
            production: production.then(|| environment.name.clone()),
        })
    }

    /// The method, when this environment may be sent it.
    ///
    /// # Errors
    /// When it is no method, one that changes something (RFC 9110, 9.2.1) in production, or anything
    /// but GET for a provider.
    pub(crate) fn permit(&self, request: &Request) -> Result<Method, HttpError> {
        let method = Method::from_bytes(request.method.as_bytes())
            .ok()
            .filter(|method| *method != Method::CONNECT)
            .ok_or_else(|| HttpError::InvalidHeader {
                name: "method".to_owned(),
                reason: "it is not a method that can be sent".to_owned(),
            })?;
        if provider::is_asked(request) && method != Method::GET {
            return Err(HttpError::InvalidHeader {
                name: "method".to_owned(),
                reason: "a provider is only asked with GET".to_owned(),
            });
        }
        // What goes to a granted host is judged by its address.
        let elsewhere = granted::origins(request).is_some();
        if elsewhere || request.purpose == Purpose::Login {
            return Ok(method);
        }
        self.look_only(&method).map(|()| method)
    }

    /// Refuses to change something at an address of production that a plugin is granted as a host.
    ///
    /// # Errors
    /// When this request would.
    pub(crate) fn permit_at(
        &self,
        request: &Request,
        method: &Method,
        url: &Url,
    ) -> Result<(), HttpError> {
        if granted::origins(request).is_some() && self.sites.has_host_of(url) {
            return self.look_only(method);
        }
        Ok(())
    }

    fn look_only(&self, method: &Method) -> Result<(), HttpError> {
        match &self.production {
            Some(environment) if !method.is_safe() => Err(HttpError::ReadOnly {
                method: method.to_string(),
                environment: environment.clone(),
            }),
            _ => Ok(()),
        }
    }

    /// The way to declared origins.
    pub(crate) fn home_road(&self) -> Road<'_> {
        Road {
            tls: &self.tls,
            reach: Reach::Declared,
            names: &self.names,
        }
    }

    /// The way that a request takes.
    ///
    /// # Errors
    /// When it may not go to a granted host as it would.
    pub(crate) async fn road(&self, request: &Request, url: &Url) -> Result<Road<'_>, HttpError> {
        let reach = match &request.target {
            Target::Path { .. } | Target::Url(_) => return Ok(self.home_road()),
            Target::Provider(_) => self.providers.reach,
            Target::Granted { .. } => {
                let home = self.sites.environment();
                let reach = self.granted.reach(home, &self.names).await;
                granted::permit_scheme(url, home, reach)?;
                reach
            }
        };
        // An authority of the environment says nothing about others.
        let tls = &self.providers.tls;
        let names = &self.names;
        Ok(Road { tls, reach, names })
    }

    /// The connections that a request may use after others, and others after it; none when it has one of its own.
    pub(crate) fn pool(&self, request: &Request) -> Option<&Pool> {
        match &request.target {
            Target::Path { .. } | Target::Url(_) => Some(&self.pool),
            // A waiting connection may lead to an address that a provider does not have.
            Target::Provider(_) => None,
            Target::Granted { .. } => Some(&self.granted.pool),
        }
    }

    /// Sends a request and publishes the exchange; one that is refused here is not published, as
    /// nothing was sent, and neither is one with a provider or a granted host, which is none of the portal's. The
    /// latter is counted.
    ///
    /// # Errors
    /// Whatever keeps the response from being whole.
    pub(crate) async fn deliver(
        &self,
        request: &Request,
        persona: &Persona<'_>,
    ) -> Result<Response, HttpError> {
        let mut trip = Trip::plan(self, request, persona)?;
        let outcome = trip.travel().await;
        if let (Ok(response), Some(learn)) = (&outcome, persona.learn) {
            learn(response);
        }
        match &request.target {
            Target::Path { .. } | Target::Url(_) => self.publish(trip.record(&outcome)),
            Target::Granted { .. } => self.count_unpublished(),
            Target::Provider(_) => {}
        }
        outcome
    }

    /// Shows an exchange to the observers, if they look at this environment.
    pub(crate) fn publish(&self, exchange: Exchange) {
        if self.observed {
            self.exchanges.publish(exchange);
        } else {
            self.count_unpublished();
        }
    }

    /// Counts a request whose exchange is not published.
    pub(crate) fn count_unpublished(&self) {
        self.exchanges.count_unpublished();
    }
}

fn tls(wiring: &Wiring) -> Result<Tls, HttpError> {
    let pem = match &wiring.environment.certificate_authority {
        Some(path) => Some(
            wiring
                .files
                .read(path, AUTHORITY_LIMIT)
                .map_err(|error| fault(wiring, error.to_string()))?,
        ),
        None => None,
    };
    Tls::new(pem.as_deref()).map_err(|reason| fault(wiring, reason))
}

fn fault(wiring: &Wiring, reason: String) -> HttpError {
    HttpError::Tls {
        origin: wiring.environment.url.value.clone(),
        reason,
    }
}
