//! Recording a cassette: the plugin runs once as the check of a gate, against a real deploy.
//!
//! The gate is one of its own in a temporary folder: where the portal is and who logs in comes from the gate file
//! that was named, and nothing else of that runs.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde_json::{Map, Value, json};
use tempfile::TempDir;
use tidegate::plugins::{self, Component, LOCK_FILE, Looked};
use tidegate::result::{CheckResult, Outcome};
use tidegate::{Gate, RunOptions, Stop};
use tidegate_config::{Disk, document};
use tidegate_plugin::Lock;
use tidegate_plugin::author::test::{Answers, Case, Cassette, Tape};
use tidegate_plugin::interface::types::{Capability, Power};
use tidegate_plugin::lock::Source;

use super::super::super::arguments::GateArguments;
use super::super::super::output::{Output, Usage};
use super::super::super::signals;

/// What a gate keeps for a recording: where the portal is, and who logs in.
const KEPT: &[&str] = &["environments", "apis", "variables", "identities"];
/// The one environment when there is no gate file.
const ENVIRONMENT: &str = "recorded";

/// Runs a case against a real deploy and keeps what the plugin asked for and got.
pub(super) fn record(
    case: &Case,
    component: &Path,
    gate: &GateArguments,
    output: &Output,
) -> anyhow::Result<()> {
    let Answers::Cassette(path, _) = &case.answers else {
        let message = format!("{} answers itself", case.name);
        let help = "Write `cassette: cassette.json` into the case, in the place of `target`, `files` and `recorded`.";
        return Err(usage(message, help));
    };
    let folder = tempfile::tempdir().context("there is no room for a temporary folder")?;
    let looked = prepare(&folder, case, component, gate)?;
    let tape = Tape::default();
    let cassette = run(&folder, gate, &tape, &looked)?;
    let whole = case.folder.join(path);
    cassette
        .save(&whole)
        .map_err(|error| usage(error.to_string(), error.help()))?;
    let calls = tidegate_core::words::count(cassette.calls.len() as u64, "call");
    output.say(&format!(
        "Recorded {calls} to {}. Look through it before you commit it.",
        whole.display()
    ));
    Ok(())
}

/// Writes the gate file, its lock and the component.
fn prepare(
    folder: &TempDir,
    case: &Case,
    component: &Path,
    gate: &GateArguments,
) -> anyhow::Result<Looked> {
    let bytes =
        fs::read(component).with_context(|| format!("{} cannot be read", component.display()))?;
    let name = "plugin.wasm";
    fs::write(folder.path().join(name), &bytes)
        .context("the temporary folder cannot be written to")?;
    let source = Source::Path(name.to_owned());
    let looked = plugins::look(Component { source, bytes }, None);
    let looked = looked.map_err(|error| usage(error.to_string(), &error.help()))?;
    let lock = Lock {
        plugins: BTreeMap::from([(looked.name.clone(), looked.locked.clone())]),
    };
    lock.write(&folder.path().join(LOCK_FILE))
        .map_err(|error| usage(error.to_string(), error.help()))?;
    let mut whole = if given(gate) {
        kept(&gate.gate)?
    } else {
        alone(gate, case)?
    };
    let names = |section: &str| -> Vec<String> {
        let named = whole.get(section).and_then(Value::as_object);
        named.into_iter().flat_map(Map::keys).cloned().collect()
    };
    let granted = grant(
        &looked.locked.describes.capabilities,
        &names("apis"),
        &names("identities"),
    );
    let mut check = Map::from_iter([(format!("plugin/{}", looked.name), case.config.clone())]);
    if let Some(who) = &case.context.identity {
        check.insert("as".to_owned(), json!(who));
    }
    whole.insert("version".to_owned(), json!(1));
    whole.insert("name".to_owned(), json!("plugin-test"));
    whole.insert(
        "plugins".to_owned(),
        json!({ looked.name.as_str(): { "path": name, "grant": granted } }),
    );
    whole.insert("checks".to_owned(), json!({ case.name.as_str(): check }));
    // JSON is part of YAML 1.2.
    let text = Value::Object(whole).to_string();
    fs::write(gate_file(folder), text).context("the temporary folder cannot be written to")?;
    Ok(looked)
}

/// Whether there is a gate file to take the deploy and its identities from: one that was named, or that lies here.
fn given(gate: &GateArguments) -> bool {
    gate.gate.exists() || gate.gate != Path::new("tidegate.yaml")
}

fn gate_file(folder: &TempDir) -> PathBuf {
    folder.path().join("tidegate.yaml")
}

/// What is kept of a gate file; what an environment overlays belongs to its checks, which are others here.
fn kept(path: &Path) -> anyhow::Result<Map<String, Value>> {
    let read =
        document(&Disk, path, &path.display().to_string()).and_then(|node| node.read::<Value>());
    let whole = read.map_err(|faults| {
        let told = faults
            .first()
            .map_or_else(String::new, |fault| fault.message.clone());
        usage(
            format!("{} cannot be read: {told}", path.display()),
            "Name a gate file with `--gate`.",
        )
    })?;
    let Value::Object(mut whole) = whole else {
        return Err(usage(
            format!("{} is no gate file", path.display()),
            "Name a gate file with `--gate`.",
        ));
    };
    whole.retain(|key, _| KEPT.contains(&key.as_str()));
    let environments = whole.get_mut("environments").and_then(Value::as_object_mut);
    for environment in environments.into_iter().flat_map(|all| all.values_mut()) {
        if let Some(environment) = environment.as_object_mut() {
            environment.remove("checks");
        }
    }
    Ok(whole)
}

/// A gate without a file: one environment, at the address that was given.
fn alone(gate: &GateArguments, case: &Case) -> anyhow::Result<Map<String, Value>> {
    use tidegate_plugin::interface::types::EnvironmentKind;
    let Some(url) = &gate.url else {
        return Err(usage(
            "there is nothing to record from".to_owned(),
            "Give the address of a deploy with `--url URL`, or a gate file with `--gate FILE --env NAME`.",
        ));
    };
    let kind = match case.context.environment_kind {
        EnvironmentKind::Preview => "preview",
        EnvironmentKind::Staging => "staging",
        EnvironmentKind::Local => "local",
        EnvironmentKind::Production => "production",
    };
    let mut environment = Map::from_iter([("url".to_owned(), json!(url))]);
    // What is not said to be anything else is production.
    if kind != "production" {
        environment.insert("kind".to_owned(), json!(kind));
    }
    Ok(Map::from_iter([(
        "environments".to_owned(),
        json!({ ENVIRONMENT: environment }),
    )]))
}

/// Everything that is asked for.
fn grant(asked: &[Capability], apis: &[String], identities: &[String]) -> Value {
    let asks = |power: &Power| asked.iter().any(|one| one.power == *power);
    let texts = |of: fn(&Power) -> Option<&String>| -> Vec<&String> {
        asked.iter().filter_map(|one| of(&one.power)).collect()
    };
    let hosts = texts(|power| match power {
        Power::Host(host) => Some(host),
        _ => None,
    });
    let secrets = texts(|power| match power {
        Power::Secret(name) => Some(name),
        _ => None,
    });
    let files = texts(|power| match power {
        Power::Files(glob) => Some(glob),
        _ => None,
    });
    let target = if asks(&Power::TargetWrite) {
        Some("write")
    } else {
        asks(&Power::TargetRead).then_some("read")
    };
    let apis = if asks(&Power::Apis) { apis } else { &[] };
    let mut to: Vec<String> = target.iter().map(|_| "target".to_owned()).collect();
    to.extend(apis.iter().map(|name| format!("api:{name}")));
    to.extend(hosts.iter().map(|host| (*host).clone()));
    let secrets: Map<String, Value> = secrets
        .into_iter()
        .map(|name| (name.clone(), json!(to)))
        .collect();
    let sends = target.is_some() || !apis.is_empty();
    let identities = if sends { identities } else { &[] };
    let mut granted = json!({
        "target": target, "apis": apis, "hosts": hosts, "secrets": secrets, "files": files,
        "recorded": asks(&Power::Recorded), "identities": identities,
    });
    if let Some(granted) = granted.as_object_mut() {
        let empty = |value: &Value| {
            matches!(value, Value::Null | Value::Bool(false))
                || *value == json!([])
                || *value == json!({})
        };
        granted.retain(|_, value| !empty(value));
    }
    granted
}

fn run(
    folder: &TempDir,
    gate: &GateArguments,
    tape: &Tape,
    looked: &Looked,
) -> anyhow::Result<Cassette> {
    let mut builder = Gate::builder(gate_file(folder)).recording(tape);
    if let Some(environment) = &gate.env {
        builder = builder.environment(environment);
    }
    if let Some(url) = gate.url.as_ref().filter(|_| given(gate)) {
        builder = builder.url(url);
    }
    let loaded = builder.load()?;
    let stop = Stop::new();
    signals::listen(stop.clone()).context("signals cannot be listened for")?;
    let options = RunOptions {
        stop,
        all: true,
        ..RunOptions::default()
    };
    let summary = loaded.run(options, |_| {})?;
    if summary.interrupted {
        return Err(usage(
            "the recording was interrupted".to_owned(),
            "Run it again.",
        ));
    }
    let why = || {
        let told = summary.preflight.iter().map(|fault| fault.message.clone());
        let told = told.chain(summary.results.iter().filter_map(reason)).next();
        told.unwrap_or_else(|| format!("{} did not run", looked.name))
    };
    tape.take().ok_or_else(|| usage(format!("nothing was recorded: {}", why()), "Look whether the deploy answers and its identities can log in; `tidegate run` with the same gate file tells more."))
}

/// Why a check came to no result.
fn reason(result: &CheckResult) -> Option<String> {
    match &result.outcome {
        Outcome::Errored(error) => Some(error.to_string()),
        Outcome::Skipped(reason) => Some(reason.clone()),
        other => Some(format!("the check ended as {}", other.name())),
    }
}

fn usage(message: String, help: &str) -> anyhow::Error {
    Usage {
        message,
        help: help.to_owned(),
    }
    .into()
}
