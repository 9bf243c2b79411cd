//! Measures the engine with a component: `engine COMPONENT [CALLS]`.
//!
//! Prints one JSON object with times in milliseconds. `compile` and `compile-cpu` are the first load, in wall
//! and processor time; `load` is another run's load from the cache, its SHA-256 included; `start` and `call` are
//! the smallest of all calls, `call` without `start`. The plugin is answered at once whatever it asks.

use std::error::Error;
use std::io::Write as _;
use std::time::{Duration, Instant};

use serde_json::json;
use tidegate_core::plugin::Limits;
use tidegate_plugin::interface::types::{Context, EnvironmentKind};
use tidegate_plugin::interface::{files, http, recorded};
use tidegate_plugin::{Call, Deadline, Engine, Imports, Loaded, Ran, Stop};

/// The loads from the cache that are measured.
const LOADS: usize = 5;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let component = arguments.next().ok_or("name a component")?;
    let calls = arguments
        .next()
        .map_or(Ok(20), |calls| calls.parse::<usize>())?;
    let wasm = std::fs::read(component)?;
    let parent = tempfile::tempdir()?;
    let folder = parent.path().join("plugins");

    let (began, processor) = (Instant::now(), processor());
    let loaded = Engine::new(Some(folder.clone())).load(&wasm)?;
    let compile = began.elapsed();
    let compile_processor = processor_since(processor);
    let peak = peak();
    let description = loaded.describe()?;
    drop(loaded);

    let mut load = Duration::MAX;
    let mut loaded = None;
    for _ in 0..LOADS {
        let engine = Engine::new(Some(folder.clone()));
        // wasmtime itself is started before it is measured.
        let _ = engine.load(b"\0asm\x0d\0\x01\0");
        let began = Instant::now();
        loaded = Some((engine.load(&wasm)?, engine));
        load = load.min(began.elapsed());
    }
    let (loaded, _engine) = loaded.ok_or("nothing was loaded")?;

    let runs: Vec<Ran> = (0..calls.max(1))
        .map(|_| run(&loaded, &description.codes))
        .collect();
    let least = |time: fn(&Ran) -> Duration| runs.iter().map(time).min().unwrap_or_default();
    let last = runs.last().ok_or("nothing ran")?;
    let report = json!({
        "bytes": wasm.len(),
        "name": description.name,
        "origin": format!("{:?}", loaded.origin()),
        "notes": loaded.notes(),
        "compile": milliseconds(compile),
        "compile-cpu": compile_processor,
        "compile-peak-bytes": peak,
        "load": milliseconds(load),
        "start": milliseconds(least(|ran| ran.used.start)),
        "call": milliseconds(least(|ran| ran.used.time.saturating_sub(ran.used.start))),
        "memory-bytes": last.used.memory,
        "result": match &last.result {
            Ok(outcome) => json!({ "evaluated": outcome.evaluated, "findings": outcome.findings.len() }),
            Err(error) => json!(error.to_string()),
        },
        "log": last.log.iter().map(|(_, line)| line).collect::<Vec<_>>(),
    });
    writeln!(std::io::stdout(), "{report:#}")?;
    Ok(())
}

fn run(loaded: &Loaded, codes: &[tidegate_plugin::interface::types::Code]) -> Ran {
    let context = Context {
        check: "measured".to_owned(),
        target: "https://portal.example".to_owned(),
        environment: "preview".to_owned(),
        environment_kind: EnvironmentKind::Preview,
        deploy: None,
        identity: None,
        identities: Vec::new(),
        apis: Vec::new(),
        now: 1_790_000_000_000,
        seed: 1,
        mark: "measured".to_owned(),
    };
    let call = Call {
        config: "{}",
        context,
        codes,
        limits: Limits::default(),
        stop: Stop::new(),
    };
    loaded.run(call, Box::new(AtOnce))
}

/// A world that answers at once.
struct AtOnce;

impl Imports for AtOnce {
    fn send(
        &mut self,
        _request: http::Request,
        _deadline: Deadline,
    ) -> Result<http::Response, http::HttpError> {
        Ok(http::Response {
            status: 200,
            headers: Vec::new(),
            body: b"[]".to_vec(),
            truncated: false,
            url: "https://portal.example/".to_owned(),
            redirects: Vec::new(),
            timings: http::Timings {
                dns: None,
                connect: None,
                tls: None,
                first_byte: 1,
                download: 1,
                total: 2,
            },
        })
    }

    fn page(
        &mut self,
        _after: u64,
        _limit: u32,
    ) -> Result<(Vec<recorded::Exchange>, Option<u64>), String> {
        Ok((Vec::new(), None))
    }

    fn find(&mut self, _glob: &str) -> Result<Vec<String>, files::FilesError> {
        Ok(Vec::new())
    }

    fn read(&mut self, path: &str, _limit: u32) -> Result<Vec<u8>, files::FilesError> {
        Err(files::FilesError::Missing(path.to_owned()))
    }
}

fn milliseconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e6).round() / 1e3
}

/// The processor time of this process in milliseconds, where the system tells it in `/proc`.
fn processor() -> Option<f64> {
    /// Linux counts in hundredths of a second (`USER_HZ`, `man 5 proc`).
    const TICK: f64 = 10.0;
    let told = std::fs::read_to_string("/proc/self/stat").ok()?;
    let (_, fields) = told.rsplit_once(')')?;
    let mut fields = fields.split_whitespace().skip(11);
    let mut next = || fields.next()?.parse::<f64>().ok();
    Some((next()? + next()?) * TICK)
}

fn processor_since(before: Option<f64>) -> Option<f64> {
    Some(processor()? - before?)
}

/// The most memory that this process had, in bytes, where the system tells it.
fn peak() -> Option<u64> {
    let told = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = told.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib * 1024)
}
