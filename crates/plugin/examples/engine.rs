//! Measures the engine with a component: `engine COMPONENT CONFIG CALLS CACHE`.
//!
//! Prints one JSON object with arrays of nanoseconds: `compile` without a cache, `load` as another run loads from
//! the cache (its SHA-256 included), and for each call `instantiate` and `call`. Beside them stand the processor
//! time of the compiler in nanoseconds and the most memory in bytes, where the system tells them, and what the last
//! call came to. The plugin is answered at once whatever it asks.

use std::error::Error;
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::json;
use tidegate_core::plugin::Limits;
use tidegate_plugin::interface::types::{Code, Context, EnvironmentKind};
use tidegate_plugin::interface::{files, http, recorded};
use tidegate_plugin::{Call, Deadline, Engine, Imports, Loaded, PluginError, Ran, Stop};

/// The loads from the cache that are measured.
const LOADS: usize = 10;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [component, config, calls, cache] = arguments.as_slice() else {
        return Err("usage: engine COMPONENT CONFIG CALLS CACHE".into());
    };
    let wasm = std::fs::read(component)?;
    let config = std::fs::read_to_string(config)?;
    let calls: usize = calls.parse()?;

    let before = processor();
    let (compile, loaded) = load(&Engine::new(None), &wasm)?;
    let compile_processor = processor()
        .zip(before)
        .map(|(after, before)| after - before);
    let (loads, _cached) = loads(&wasm, Path::new(cache))?;

    let codes = loaded.describe()?.codes;
    let runs: Vec<Ran> = (0..calls).map(|_| run(&loaded, &config, &codes)).collect();
    let nanoseconds = |time: fn(&Ran) -> Duration| -> Vec<u128> {
        runs.iter().map(|ran| time(ran).as_nanos()).collect()
    };
    let last = runs.last().ok_or("nothing ran")?;
    let told = json!({
        "compile": [compile],
        "load": loads,
        "instantiate": nanoseconds(|ran| ran.used.start),
        "call": nanoseconds(|ran| ran.used.time.saturating_sub(ran.used.start)),
        "processor": compile_processor,
        "most-memory": most_memory(),
        "guest-memory": last.used.memory,
        "result": match &last.result {
            Ok(outcome) => json!({ "evaluated": outcome.evaluated, "findings": outcome.findings.len() }),
            Err(error) => json!(error.to_string()),
        },
    });
    writeln!(std::io::stdout(), "{told}")?;
    Ok(())
}

/// Loads, and says how long it took. wasmtime itself is started before.
fn load(engine: &Engine, wasm: &[u8]) -> Result<(u128, Arc<Loaded>), PluginError> {
    let _ = engine.load(b"\0asm\x0d\0\x01\0");
    let began = Instant::now();
    let loaded = engine.load(wasm)?;
    Ok((began.elapsed().as_nanos(), loaded))
}

/// Loads from the cache with an engine for each time, as each run has its own.
fn loads(wasm: &[u8], cache: &Path) -> Result<(Vec<u128>, Arc<Loaded>), PluginError> {
    let (_, mut loaded) = load(&Engine::new(Some(cache.to_owned())), wasm)?;
    let mut loads = Vec::new();
    for _ in 0..LOADS {
        let (time, again) = load(&Engine::new(Some(cache.to_owned())), wasm)?;
        loads.push(time);
        loaded = again;
    }
    Ok((loads, loaded))
}

fn run(loaded: &Loaded, config: &str, codes: &[Code]) -> Ran {
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
        config,
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

/// The processor time of this process in nanoseconds, where the system tells it in `/proc`.
fn processor() -> Option<u64> {
    /// Linux counts in hundredths of a second (`USER_HZ`, `man 5 proc`).
    const TICK: u64 = 10_000_000;
    let told = std::fs::read_to_string("/proc/self/stat").ok()?;
    let (_, fields) = told.rsplit_once(')')?;
    let mut fields = fields.split_whitespace().skip(11);
    let mut next = || fields.next()?.parse::<u64>().ok();
    Some((next()? + next()?) * TICK)
}

/// The most memory that this process had, in bytes, where the system tells it.
fn most_memory() -> Option<u64> {
    let told = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = told.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib * 1024)
}
