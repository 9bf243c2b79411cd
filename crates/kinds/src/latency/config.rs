//! What a check of latency is told in the gate file.

mod limits;
mod route;

use std::time::Duration;

use serde::Deserialize;
use tidegate_core::check::ParseScope;
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::gate::EnvironmentKind;
use tidegate_core::located::Located;
use tidegate_core::node::Node;
use tidegate_core::period::Period;
use tidegate_core::ports::http::DEFAULT_TIMEOUT;
use tidegate_core::scope::BUILT_IN;
use tidegate_core::span::Span;
use tidegate_core::template::Template;

use crate::flow::references;
use crate::measure::Rates;
use crate::timed_routes;

pub(super) use limits::{CLIENTS, MAX_SAMPLES, RATES, SAMPLES, WARM_UPS, unfit};
pub(super) use route::{Budget, Growth, Route};

/// How many samples of a route are taken at most unless the gate file says otherwise.
const SAMPLES_USUAL: u32 = MAX_SAMPLES / 2;
/// How long all of it may take unless the gate file says otherwise.
const WITHIN_USUAL: Duration = Duration::from_secs(120);
/// How many requests of each route come first, and do not count, unless the gate file says otherwise.
const WARM_UP_USUAL: u32 = 5;
/// How long clients ask at once unless the gate file says otherwise.
const LASTING_USUAL: Duration = Duration::from_secs(10);
/// How many pairs of a short and a long page are measured at most.
pub(super) const PAIRS: u32 = 100;
/// The fewest pairs that show how a time grows.
pub(super) const FEWEST_PAIRS: u32 = 20;
/// How many requests of each page come before its pairs.
pub(super) const PAIR_WARM_UPS: u32 = 2;
/// How long a portal that asks for patience is waited for at most.
pub(super) const PATIENCE: Duration = Duration::from_secs(20);
/// How long one client is measured before all of them.
pub(super) const ALONE: Duration = Duration::from_secs(5);
/// The most requests of one client alone.
const ALONE_REQUESTS: u32 = 200;
/// The most requests a second that a client of many sends.
const EACH_SECOND: u32 = 50;
/// The most requests of all clients together.
const TOGETHER: u32 = 20_000;

/// The value of `latency:`.
pub(super) struct Config {
    /// What is measured.
    pub(super) routes: Vec<Route>,
    /// The most samples of a route.
    pub(super) samples: u32,
    /// The most time for all of it.
    pub(super) within: Duration,
    /// Requests a second, where the gate file says it.
    pub(super) rate: Option<u32>,
    /// How many requests of each route come first and do not count.
    pub(super) warm_up: u32,
    /// Clients that ask at once, instead of requests at a rate.
    pub(super) clients: Option<Clients>,
    /// What sort of place it is read for.
    pub(super) environment: EnvironmentKind,
    /// The most requests a second that it allows, where it says so.
    pub(super) allowed: Option<u32>,
    /// Where it says how long it measures or how fast, or else its first request.
    place: Span,
}

/// Clients that ask at once, each its next request once its last was answered.
pub(super) struct Clients {
    /// How many.
    pub(super) count: u32,
    /// How long.
    pub(super) lasting: Duration,
    /// Where the gate file says so.
    pub(super) span: Span,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Raw {
    #[serde(default)]
    samples: Option<Located<u32>>,
    #[serde(default)]
    within: Option<Located<Period>>,
    #[serde(default)]
    rate: Option<Located<u32>>,
    #[serde(default)]
    warm_up: Option<Located<u32>>,
    #[serde(default)]
    clients: Option<Located<u32>>,
    #[serde(default)]
    r#for: Option<Located<Period>>,
}

impl Config {
    /// Reads the value of `latency:`.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub(super) fn parse(node: &Node, scope: &ParseScope<'_>) -> Result<Self, Vec<Diagnostic>> {
        let (written, own) = timed_routes::split(node, route::is_own)?;
        let raw: Raw = own.read_beside(&route::keys())?;
        let routes = written.into_iter().map(|route| Route::parse(route, scope));
        let mut routes = tidegate_core::de::gather(routes)?;
        route::name_apart(&mut routes);
        Self::with(raw, routes, scope)
    }

    fn with(raw: Raw, routes: Vec<Route>, scope: &ParseScope<'_>) -> Result<Self, Vec<Diagnostic>> {
        let mut faults = Vec::new();
        limits::check(&raw, &mut faults);
        let clients = raw.clients.as_ref().map(|clients| Clients {
            count: clients.value,
            lasting: raw
                .r#for
                .as_ref()
                .map_or(LASTING_USUAL, |time| time.value.0),
            span: clients.span.clone(),
        });
        let value =
            |written: &Option<Located<u32>>, usual| written.as_ref().map_or(usual, |one| one.value);
        let place = raw.within.as_ref().map(|within| &within.span);
        let place = place.or(raw.rate.as_ref().map(|rate| &rate.span));
        let first = routes.first().map(|route| &route.request.span);
        let config = Self {
            place: place.or(first).unwrap_or(scope.span).clone(),
            samples: value(&raw.samples, SAMPLES_USUAL),
            within: raw
                .within
                .as_ref()
                .map_or(WITHIN_USUAL, |time| time.value.0),
            rate: raw.rate.as_ref().map(|rate| rate.value),
            warm_up: value(&raw.warm_up, WARM_UP_USUAL),
            environment: scope.environment,
            allowed: scope.elsewhere.rate(),
            clients,
            routes,
        };
        references::unknown(&config.templates(), BUILT_IN, &mut faults);
        if faults.is_empty() {
            limits::reach(&raw, &config, &mut faults);
        }
        if faults.is_empty() {
            Ok(config)
        } else {
            Err(faults)
        }
    }

    /// Every template in it.
    pub(super) fn templates(&self) -> Vec<Template> {
        self.routes.iter().flat_map(Route::templates).collect()
    }

    /// The routes that may be measured there: in production none that may change something.
    pub(super) fn measured(&self, environment: EnvironmentKind) -> Vec<&Route> {
        let may = |route: &&Route| environment.writable() || !route.request.writes();
        self.routes.iter().filter(may).collect()
    }

    /// The longest that one request may take.
    pub(super) fn longest_timeout(&self) -> Duration {
        let timeouts = self.routes.iter().map(|route| route.timeout);
        timeouts.max().unwrap_or(DEFAULT_TIMEOUT)
    }

    /// How fast requests go out in the environment that it was read for.
    pub(super) fn rates(&self) -> Rates {
        Rates::new(self.environment, self.allowed, self.rate)
    }

    /// How many pairs of pages are measured of each route that has them.
    pub(super) fn pairs(&self, rates: Rates) -> u32 {
        let growing = self.routes.iter().filter(|route| route.growth.is_some());
        let pages = 2.0 * growing.count().max(1) as f64;
        // Half of the time at most, so that latency budgets have the other half.
        let fitting = rates.reach(self.within) / 2.0 / pages - f64::from(PAIR_WARM_UPS);
        // The cast saturates, which is right here.
        (fitting.max(0.0) as u32).min(PAIRS)
    }

    /// How many requests of routes with latency budgets are sent at most; warm-ups count.
    pub(super) fn most_of_budgets(&self) -> u32 {
        let budgets = self.routes.iter().filter(|route| route.is_sampled());
        let routes = u32::try_from(budgets.count()).unwrap_or(u32::MAX);
        // Twice the warm-up: a portal that asks for patience gets a second one.
        let all = routes.saturating_mul(self.samples.saturating_add(2 * self.warm_up));
        let rates = self.rates();
        let fitting = rates.most() * self.within.as_secs_f64();
        // The cast saturates, which is right here.
        all.min(fitting.ceil() as u32)
    }

    /// How many requests are sent at most to see how times grow: a portal that asks for patience gets its
    /// warm-up twice, and a pair that it broke.
    pub(super) fn most_of_growth(&self) -> u32 {
        let growing = self.routes.iter().filter(|route| route.growth.is_some());
        let routes = u32::try_from(growing.count()).unwrap_or(u32::MAX);
        routes.saturating_mul(2 * (PAIRS + 2 * PAIR_WARM_UPS + 1))
    }

    /// How many requests are sent at most.
    pub(super) fn most_requests(&self) -> u32 {
        match &self.clients {
            Some(clients) => {
                let routes = u32::try_from(self.routes.len()).unwrap_or(u32::MAX);
                let warm_up = routes.saturating_mul(self.warm_up);
                warm_up + ALONE_REQUESTS + clients.most_requests()
            }
            None => self.most_of_budgets() + self.most_of_growth(),
        }
    }

    /// The longest an attempt takes.
    pub(super) fn worst(&self) -> Duration {
        /// Logging in, and what the machine does between.
        const ROOM: Duration = Duration::from_secs(30);
        let timeout = self.longest_timeout();
        let measuring = match &self.clients {
            Some(clients) => ALONE * 2 + clients.lasting + timeout * 3,
            None => self.within + PATIENCE + timeout * 3,
        };
        measuring + ROOM
    }

    /// The most requests of one client alone.
    pub(super) fn most_alone() -> u64 {
        u64::from(ALONE_REQUESTS)
    }
}

impl Clients {
    /// The most requests of all clients together.
    pub(super) fn most_requests(&self) -> u32 {
        let seconds = u32::try_from(self.lasting.as_secs())
            .unwrap_or(u32::MAX)
            .max(1);
        let all = self
            .count
            .saturating_mul(seconds)
            .saturating_mul(EACH_SECOND);
        all.min(TOGETHER)
    }
}
