//! Two deploys in virtual time, other places, a state and a program in memory.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use serde::Deserialize;
use tidegate_core::check::{CheckError, CheckReport};
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::elsewhere::Elsewhere;
use tidegate_core::gate::{Environment, EnvironmentKind, Start};
use tidegate_core::located::Located;
use tidegate_core::node::Node;
use tidegate_core::period::Period;
use tidegate_core::ports::load::Neighbour;
use tidegate_core::ports::{
    BoxFuture, Command, Completed, Overlooked, ProcessError, Processes, Received, Reply, Running,
    Sink, SinkError, Sinks, State, StateError,
};
use tidegate_core::request::RequestTemplate;
use tidegate_core::template::Template;

use crate::statistics::Seeded;
use crate::testing::{Bench, FakeLoad, Reached, Served, served};
use crate::testing::{FakePortal, answer, node};

/// Of a gate file with a production, and a staging whose address is this one's.
#[derive(Debug)]
pub(super) struct Places;

pub(super) static PLACES: Places = Places;

static HERE: LazyLock<Located<String>> = LazyLock::new(|| located("http://127.0.0.1"));

fn located(url: &str) -> Located<String> {
    Located {
        value: url.to_owned(),
        span: node("a").span,
    }
}

fn place(name: &str, kind: EnvironmentKind, url: &str) -> Environment {
    Environment {
        name: name.to_owned(),
        kind,
        url: located(url),
        headers: vec![("x-bypass".to_owned(), Template::parse("${KEY}").unwrap())],
        apis: Vec::new(),
        start: None,
        certificate_authority: None,
        rate: None,
    }
}

impl Elsewhere for Places {
    fn here(&self) -> Option<&Located<String>> {
        Some(&HERE)
    }

    fn environment(&self, name: &Located<String>) -> Result<Environment, Vec<Diagnostic>> {
        let (kind, url) = match name.value.as_str() {
            "production" => (EnvironmentKind::Production, "https://portal.acme.example"),
            "staging" => (EnvironmentKind::Staging, "https://staging.acme.example"),
            "twin" => (EnvironmentKind::Staging, "http://127.0.0.1/twin"),
            other => {
                let span = name.span.clone();
                let known = ["production", "staging"];
                return Err(vec![Diagnostic::unknown(
                    span,
                    "environment",
                    other,
                    &known,
                )]);
            }
        };
        Ok(place(&name.value, kind, url))
    }

    fn described(&self, name: &str, node: &Node) -> Result<Environment, Vec<Diagnostic>> {
        let url: String = node.get("url").unwrap().read()?;
        Ok(place(name, EnvironmentKind::Staging, &url))
    }

    fn program(&self, node: &Node, _: &[&str]) -> Result<Start, Vec<Diagnostic>> {
        #[derive(Deserialize)]
        struct Raw {
            command: Located<Template>,
            #[serde(default)]
            environment: tidegate_core::located::Entries<Template>,
            ready: Node,
        }
        let raw: Raw = node.read()?;
        let environment = raw.environment.0.into_iter();
        Ok(Start {
            command: raw.command,
            directory: Some("old".to_owned()),
            environment: environment
                .map(|(name, value)| (name.value, value))
                .collect(),
            ready: RequestTemplate::take(&raw.ready)?.0,
            within: Duration::from_secs(5),
        })
    }
}

/// Files of a state in memory.
#[derive(Default)]
pub(super) struct Kept(pub(super) Mutex<BTreeMap<String, Vec<u8>>>);

impl State for Kept {
    fn read(&self, name: &str) -> Result<Option<Vec<u8>>, StateError> {
        Ok(self.0.lock().unwrap().get(name).cloned())
    }

    fn write(&self, name: &str, content: &[u8]) -> Result<(), StateError> {
        self.0
            .lock()
            .unwrap()
            .insert(name.to_owned(), content.to_vec());
        Ok(())
    }
}

/// What was started: the line, the folder and the variables.
pub(super) type Started = (String, String, Vec<(String, String)>);

/// A machine on which one program runs, and port 4711 is free.
#[derive(Default)]
pub(super) struct Machine {
    /// Everything that was started.
    pub(super) started: Mutex<Vec<Started>>,
    /// Whether it was stopped.
    pub(super) stopped: Arc<AtomicBool>,
    /// How it ended by itself.
    pub(super) ended: Option<i32>,
}

impl Processes for Machine {
    fn run(&self, _: Command, _: Duration) -> BoxFuture<'static, Result<Completed, ProcessError>> {
        unreachable!("nothing here runs a program to its end")
    }

    fn start(
        &self,
        command: Command,
    ) -> BoxFuture<'static, Result<Box<dyn Running>, ProcessError>> {
        let variables = command.environment.iter();
        let variables = variables.map(|(name, value)| (name.clone(), value.expose().to_owned()));
        self.started.lock().unwrap().push((
            command.line.expose().to_owned(),
            command.directory.display().to_string(),
            variables.collect(),
        ));
        let running = Program(self.stopped.clone(), self.ended);
        Box::pin(async move { Ok(Box::new(running) as Box<dyn Running>) })
    }
}

struct Program(Arc<AtomicBool>, Option<i32>);

impl Running for Program {
    fn output(&self) -> String {
        "starting\n\nno database\n".to_owned()
    }

    fn exited(&self) -> Option<Option<i32>> {
        self.1.map(Some)
    }

    fn stop(&self, _: Duration) -> BoxFuture<'static, ()> {
        self.0.store(true, Ordering::Relaxed);
        Box::pin(async {})
    }
}

impl Sinks for Machine {
    fn listen(&self, _: u16, _: Reply) -> BoxFuture<'static, Result<Box<dyn Sink>, SinkError>> {
        Box::pin(async { Ok(Box::new(Free) as Box<dyn Sink>) })
    }
}

struct Free;

impl Sink for Free {
    fn url(&self) -> String {
        "http://127.0.0.1:4711".to_owned()
    }

    fn received(&self) -> Vec<Arc<Received>> {
        Vec::new()
    }

    fn overlooked(&self) -> Overlooked {
        Overlooked::default()
    }

    fn wait(&self, _: usize, _: Duration) -> BoxFuture<'static, Vec<Arc<Received>>> {
        unreachable!("nothing is sent there")
    }
}

/// Times in milliseconds like those of a portal: log-normal, σ .5 (the reference's generator).
pub(super) struct Portal(Seeded, f64);

impl Portal {
    /// With this median.
    pub(super) fn of(median: f64, seed: u64) -> Self {
        Self(Seeded::new(seed), median)
    }

    pub(super) fn time(&mut self) -> f64 {
        // Box and Muller, A Note on the Generation of Random Normal Deviates, 1958.
        let (one, other) = (1.0 - self.0.unit(), self.0.unit());
        let normal = (-2.0 * one.ln()).sqrt() * (std::f64::consts::TAU * other).cos();
        self.1 * (0.5 * normal).exp()
    }
}

/// A deploy that answers 200 in times like these.
pub(super) fn deploy(median: f64, seed: u64) -> Arc<FakeLoad> {
    let mut portal = Portal::of(median, seed);
    FakeLoad::new(move |_| served(200, portal.time()))
}

/// A deploy that a closure decides.
pub(super) fn odd(serving: impl FnMut(&Reached<'_>) -> Served + Send + 'static) -> Arc<FakeLoad> {
    FakeLoad::new(serving)
}

/// A check in a preview of a gate with other places.
pub(super) fn bench() -> Bench {
    let mut bench = Bench::of(super::kind());
    bench.elsewhere = &PLACES;
    bench
}

/// Puts the old deploy beside the new one, under every name that a test uses.
pub(super) fn beside(old: &Arc<FakeLoad>, new: &Arc<FakeLoad>, portal: &Arc<FakePortal>) {
    for name in ["production", "staging", "old"] {
        let neighbour = Neighbour {
            http: portal.clone(),
            load: old.clone(),
        };
        new.put_beside(name, neighbour);
    }
}

/// Runs a check against an old and a new deploy.
pub(super) fn run(
    config: &str,
    old: &Arc<FakeLoad>,
    new: &Arc<FakeLoad>,
) -> Result<CheckReport, CheckError> {
    beside(old, new, &FakePortal::new(|_| answer(200, "{}")));
    bench().run(config, new)
}

/// The codes that were found.
pub(super) fn codes(report: &CheckReport) -> Vec<&str> {
    report
        .findings
        .iter()
        .map(|finding| finding.code.as_str())
        .collect()
}

/// Why the check cannot say; empty when it can.
pub(super) fn doubt(report: &CheckReport) -> &str {
    report
        .inconclusive
        .as_ref()
        .map_or("", |doubt| doubt.text.as_str())
}

/// Everything that is noted.
pub(super) fn notes(report: &CheckReport) -> String {
    report.notes.join("\n")
}

/// The faults of a config.
pub(super) fn faults(config: &str) -> Vec<String> {
    let faults = match bench().parse(config) {
        Ok(check) => check.unfit().into_iter().collect(),
        Err(faults) => faults,
    };
    let told = faults.into_iter();
    told.map(|fault| {
        let parts = [Some(fault.message), fault.label, fault.help];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" | ")
    })
    .collect()
}

/// A length of time as people write it.
pub(super) fn period(text: &str) -> Duration {
    Period::parse(text).unwrap().0
}
