//! Servers in virtual time, for the kinds that measure.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tidegate_core::check::{CheckError, CheckReport, Context, Kind, ParseScope};
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::elsewhere::Elsewhere;
use tidegate_core::gate::{Common, Entry, Environment, EnvironmentKind};
use tidegate_core::located::Located;
use tidegate_core::name::{ApiName, CheckId, IdentityName};
use tidegate_core::ports::http::{HttpError, Request, Timings};
use tidegate_core::ports::load::{Answer, Arrival, Arrivals, Neighbour, Sample, Samples, Volume};
use tidegate_core::ports::{BoxFuture, Clock, Load, Ports};
use tidegate_core::scope::Values;

use super::{Bare, FakeCleanup, FakePortal, Nowhere, answer, block_on, gate, node, person, ports};

/// A clock that stands wherever the fake load, or whoever waits, moved it.
#[derive(Default)]
pub(crate) struct VirtualClock {
    now: Mutex<Duration>,
    /// How far the time of day was set ahead.
    pub(crate) step: Mutex<Duration>,
}

impl VirtualClock {
    /// Moves it on; it never goes back.
    fn reach(&self, instant: Duration) {
        let mut now = self.now.lock().unwrap();
        *now = instant.max(*now);
    }
}

impl Clock for VirtualClock {
    fn wall(&self) -> jiff::Timestamp {
        let step = *self.step.lock().unwrap();
        jiff::Timestamp::UNIX_EPOCH + self.monotonic() + step
    }

    fn monotonic(&self) -> Duration {
        *self.now.lock().unwrap()
    }

    fn sleep_until(&self, instant: Duration) -> BoxFuture<'static, ()> {
        self.reach(instant);
        Box::pin(async {})
    }
}

/// A request that reaches a server in virtual time.
pub(crate) struct Reached<'r> {
    /// The request.
    pub(crate) request: &'r Request,
    /// Its place in the volume, from 0.
    pub(crate) number: u64,
    /// When it was sent.
    pub(crate) at: Duration,
    /// How many are answered at this moment, this one not among them.
    pub(crate) beside: usize,
}

/// What becomes of it.
pub(crate) struct Served {
    /// How late the client sends it.
    pub(crate) late: Duration,
    /// From when it is sent to its end.
    pub(crate) took: Duration,
    /// What comes back.
    pub(crate) answer: Result<Answer, HttpError>,
}

/// A status after so many milliseconds, with a body of 512 bytes, most of the time spent by the server.
pub(crate) fn served(status: u16, milliseconds: f64) -> Served {
    let took = Duration::from_secs_f64(milliseconds / 1e3);
    Served {
        late: Duration::ZERO,
        took,
        answer: Ok(Answer {
            status,
            version: "HTTP/1.1",
            bytes: 512,
            truncated: false,
            timings: Timings {
                first_byte: took.mul_f64(0.9),
                download: took.mul_f64(0.1),
                ..Timings::default()
            },
            headers: Vec::new(),
        }),
    }
}

/// No answer within the timeout of the request.
pub(crate) fn timed_out(request: &Request) -> Served {
    Served {
        late: Duration::ZERO,
        took: request.timeout,
        answer: Err(HttpError::Timeout {
            limit: request.timeout,
            phase: "waiting for the answer",
        }),
    }
}

impl Served {
    /// The same with a header, one of those that samples tell.
    pub(crate) fn with(mut self, name: &'static str, value: &str) -> Self {
        if let Ok(answer) = &mut self.answer {
            answer.headers.push((name, value.to_owned()));
        }
        self
    }
}

type Serving = dyn FnMut(&Reached<'_>) -> Served + Send;

/// The port Load of a server in virtual time, whose times a closure decides.
pub(crate) struct FakeLoad {
    clock: Arc<VirtualClock>,
    serving: Arc<Mutex<Box<Serving>>>,
    neighbours: Mutex<BTreeMap<String, Neighbour>>,
    /// Everything that was sent, in order: which request, and when.
    pub(crate) sent: Arc<Mutex<Vec<(String, Duration)>>>,
    /// The most requests that waited for an answer at once.
    pub(crate) most_at_once: Arc<Mutex<usize>>,
}

impl FakeLoad {
    /// A server that answers like this.
    pub(crate) fn new(serving: impl FnMut(&Reached<'_>) -> Served + Send + 'static) -> Arc<Self> {
        Self::at(Arc::default(), serving)
    }

    /// The same by the clock of another one.
    pub(crate) fn at(
        clock: Arc<VirtualClock>,
        serving: impl FnMut(&Reached<'_>) -> Served + Send + 'static,
    ) -> Arc<Self> {
        Arc::new(Self {
            clock,
            serving: Arc::new(Mutex::new(Box::new(serving))),
            neighbours: Mutex::default(),
            sent: Arc::default(),
            most_at_once: Arc::default(),
        })
    }

    /// The clock it moves.
    pub(crate) fn clock(&self) -> Arc<VirtualClock> {
        self.clock.clone()
    }

    /// Puts another deploy beside it, by the name of its environment.
    pub(crate) fn put_beside(&self, environment: &str, neighbour: Neighbour) {
        let mut neighbours = self.neighbours.lock().unwrap();
        neighbours.insert(environment.to_owned(), neighbour);
    }

    /// How many requests of this route were sent, as in `GET /api/records`.
    pub(crate) fn count(&self, route: &str) -> usize {
        let sent = self.sent.lock().unwrap();
        sent.iter().filter(|(name, _)| name == route).count()
    }
}

impl Load for FakeLoad {
    fn start(&self, volume: Volume) -> BoxFuture<'static, Result<Box<dyn Samples>, HttpError>> {
        let pending = match volume.arrivals {
            Arrivals::Open(arrivals) => Pending::Open(arrivals, None),
            Arrivals::Closed {
                clients,
                until,
                requests,
            } => Pending::Closed {
                free: vec![self.clock.monotonic(); clients],
                until,
                requests,
            },
        };
        let samples = FakeSamples {
            series: volume.series,
            in_flight: volume.in_flight.max(1),
            pending,
            waiting: BinaryHeap::new(),
            kept: BTreeMap::new(),
            number: 0,
            clock: self.clock.clone(),
            serving: self.serving.clone(),
            sent: self.sent.clone(),
            most_at_once: self.most_at_once.clone(),
        };
        Box::pin(async move { Ok(Box::new(samples) as Box<dyn Samples>) })
    }

    fn beside(&self, environment: Environment) -> Result<Neighbour, HttpError> {
        let neighbours = self.neighbours.lock().unwrap();
        let known = neighbours.get(&environment.name).cloned();
        Ok(known.expect("a deploy that the test put beside this one"))
    }
}

enum Pending {
    Open(Box<dyn Iterator<Item = Arrival> + Send>, Option<Arrival>),
    Closed {
        free: Vec<Duration>,
        until: Duration,
        requests: u64,
    },
    Nothing,
}

impl Pending {
    /// The next arrival; in a closed workload that of the client which is free first.
    fn next(&mut self, number: u64, series: usize) -> Option<Arrival> {
        match self {
            Self::Open(arrivals, due) => {
                if due.is_none() {
                    *due = arrivals.next();
                }
                *due
            }
            Self::Closed {
                free,
                until,
                requests,
            } => {
                let at = free.iter().min().copied()?;
                let series = number as usize % series.max(1);
                (at < *until && number < *requests).then_some(Arrival { series, at })
            }
            Self::Nothing => None,
        }
    }

    /// Takes it: its client is free again when its answer came.
    fn take(&mut self, ended: Duration) {
        match self {
            Self::Open(_, due) => *due = None,
            Self::Closed { free, .. } => {
                if let Some(first) = free.iter_mut().min() {
                    *first = ended;
                }
            }
            Self::Nothing => {}
        }
    }
}

struct FakeSamples {
    series: Vec<Request>,
    in_flight: usize,
    pending: Pending,
    /// When each that waits for an answer gets it, the first on top.
    waiting: BinaryHeap<Reverse<(Duration, u64)>>,
    kept: BTreeMap<u64, Sample>,
    number: u64,
    clock: Arc<VirtualClock>,
    serving: Arc<Mutex<Box<Serving>>>,
    sent: Arc<Mutex<Vec<(String, Duration)>>>,
    most_at_once: Arc<Mutex<usize>>,
}

impl FakeSamples {
    fn step(&mut self) -> Option<Sample> {
        loop {
            let due = self.pending.next(self.number, self.series.len());
            let first = self.waiting.peek().map(|Reverse((ended, _))| *ended);
            let full = self.waiting.len() >= self.in_flight;
            match (due, first) {
                (Some(arrival), None) => self.send(arrival),
                (Some(arrival), Some(ended)) if !full && arrival.at < ended => self.send(arrival),
                (_, Some(_)) => return self.end(),
                (None, None) => return None,
            }
        }
    }

    fn send(&mut self, arrival: Arrival) {
        let now = self.clock.monotonic().max(arrival.at);
        let request = &self.series[arrival.series];
        let reached = Reached {
            request,
            number: self.number,
            at: now,
            beside: self.waiting.len(),
        };
        let served = (self.serving.lock().unwrap())(&reached);
        let sent = now + served.late;
        let ended = sent + served.took;
        self.sent.lock().unwrap().push((name(request), sent));
        let sample = Sample {
            series: arrival.series,
            number: self.number,
            planned: arrival.at,
            sent,
            ended,
            answer: served.answer,
        };
        self.clock.reach(now);
        self.pending.take(ended);
        self.waiting.push(Reverse((ended, self.number)));
        self.kept.insert(self.number, sample);
        self.number += 1;
        let mut most = self.most_at_once.lock().unwrap();
        *most = self.waiting.len().max(*most);
    }

    fn end(&mut self) -> Option<Sample> {
        let Reverse((ended, number)) = self.waiting.pop()?;
        self.clock.reach(ended);
        self.kept.remove(&number)
    }
}

/// A request as a person names it: the method and the path of the gate file.
fn name(request: &Request) -> String {
    format!("{} {}", request.method, request.route)
}

impl Samples for FakeSamples {
    fn next(&mut self) -> BoxFuture<'_, Option<Sample>> {
        let sample = self.step();
        Box::pin(async move { sample })
    }

    fn stop(&mut self) {
        self.pending = Pending::Nothing;
    }
}

/// A check of any kind that measures, run against a server in virtual time.
pub(crate) struct Bench {
    kind: Arc<dyn Kind>,
    /// Who it is by `as:`.
    pub(crate) who: Option<&'static str>,
    /// Where it runs.
    pub(crate) environment: EnvironmentKind,
    /// The most requests a second that the environment allows.
    pub(crate) rate: Option<u32>,
    /// The names under `apis:`.
    pub(crate) apis: Vec<ApiName>,
    /// Other places that it may name.
    pub(crate) elsewhere: &'static dyn Elsewhere,
    /// Whether `when:` lets it run.
    pub(crate) applies: bool,
    /// What it reaches; the load and its clock are put in when it runs.
    pub(crate) ports: Ports,
}

impl Bench {
    /// A check in a preview, with anna and boris, and a portal that answers single requests with 200.
    pub(crate) fn of(kind: Arc<dyn Kind>) -> Self {
        let portal = FakePortal::new(|_| answer(200, "{}"));
        Self {
            kind,
            who: None,
            environment: EnvironmentKind::Preview,
            rate: None,
            apis: vec!["db".into()],
            elsewhere: &Nowhere,
            applies: true,
            ports: ports(portal, Arc::new(FakeCleanup::default())),
        }
    }

    /// The same elsewhere.
    pub(crate) fn within(mut self, environment: EnvironmentKind) -> Self {
        self.environment = environment;
        self
    }

    /// Reads the config of the check.
    pub(crate) fn parse(
        &self,
        config: &str,
    ) -> Result<Arc<dyn tidegate_core::check::Check>, Vec<Diagnostic>> {
        let config = node(config);
        self.kind.parse(
            &config,
            &ParseScope {
                id: &CheckId::from("journey"),
                span: &config.span,
                identities: &["anna".into(), "boris".into()],
                people: &[
                    person("anna", "member", "acme"),
                    person("boris", "member", "globex"),
                ],
                apis: &self.apis,
                environment: self.environment,
                identity: self.who.map(IdentityName::from).as_ref(),
                openapi: None,
                plugins: &[],
                elsewhere: self.elsewhere,
                applies: self.applies,
            },
        )
    }

    /// Runs the check.
    pub(crate) fn run(
        &self,
        config: &str,
        load: &Arc<FakeLoad>,
    ) -> Result<CheckReport, CheckError> {
        let check = self.parse(config).unwrap();
        let span = node(config).span;
        let identity = self.who.map(|who| Located {
            value: IdentityName::from(who),
            span: span.clone(),
        });
        let entry = Entry {
            id: "journey".into(),
            kind: self.kind.clone(),
            check: check.clone(),
            common: Common {
                identity,
                ..Common::default()
            },
            span: span.clone(),
        };
        let mut gate = gate(self.environment, span);
        Arc::make_mut(&mut gate.environment).rate = self.rate;
        let ports = Ports {
            load: load.clone(),
            clock: load.clock(),
            ..self.ports.clone()
        };
        let values = Values::draw(&Bare, &*load.clock(), &"journey".into(), 1);
        block_on(check.run(&Context::new(&entry, &gate, values, ports)))
    }
}

#[cfg(test)]
mod tests;
