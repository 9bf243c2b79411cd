//! `tidegate demo`: the example portal, good and broken, each gated for real.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use tidegate::report::Reports;
use tidegate::{Gate, RunOptions, Stop, Summary, Verdict, exit};
use tidegate_client_portal::{Break, Options, Passwords, RunningPortal, openapi, start_blocking};

use super::arguments::DemoArguments;
use super::output::Output;
use super::signals;

const GATE: &str = include_str!("../../../../examples/client-portal/tidegate.yaml");

/// Where the example gate looks for the portal's document.
const DOCUMENT: &str = "src/openapi.json";

/// Which codes each regression raises, as the integration test proves for all of them.
const EXPECTED: &str = include_str!("../../../../examples/client-portal/expected-codes.json");

/// The regressions that are shown unless others are asked for.
const SHOWN: &[Break] = &[Break::SearchEmpty, Break::BillingOpen, Break::LeakyError];

/// The kinds that measure for seconds. On a broken portal their checks are left out, unless what breaks
/// it is theirs to find.
const MEASURING: [&str; 3] = ["latency", "race", "regression"];

/// Gates the good portal and broken ones; the code is 0 only if every verdict and every set of codes
/// is the expected one.
pub(crate) fn demo(arguments: &DemoArguments, output: &Output) -> anyhow::Result<u8> {
    let expected: BTreeMap<String, BTreeSet<String>> =
        serde_json::from_str(EXPECTED).context("the table of expected codes cannot be read")?;
    let broken = if arguments.breaks.is_empty() {
        SHOWN
    } else {
        &arguments.breaks
    };
    let folder = tempfile::tempdir().context("no temporary folder can be made")?;
    let stop = Stop::new();
    signals::listen(stop.clone())?;
    let scenarios = std::iter::once(None).chain(broken.iter().copied().map(Some));
    let mut outcomes = Vec::new();
    for regression in scenarios {
        output.print(&heading(regression))?;
        let path = lay_out(folder.path()).context("the example gate file cannot be written")?;
        let codes = regression
            .and_then(|one| expected.get(one.name()))
            .cloned()
            .unwrap_or_default();
        let without = regression.map_or_else(Vec::new, |_| silent(&codes));
        let summary = gate_portal(regression, &without, (&path, &stop), output)?;
        if summary.interrupted {
            return Ok(exit::INTERRUPTED);
        }
        outcomes.push(Scenario::judge(regression, &summary, &codes));
    }
    output.print(&table(&outcomes))?;
    Ok(if outcomes.iter().all(|outcome| outcome.right) {
        exit::ALLOW
    } else {
        exit::BLOCK
    })
}

/// Writes the gate file and the document that it names; gives the gate file's path.
fn lay_out(folder: &Path) -> std::io::Result<PathBuf> {
    let (gate, document) = (folder.join("tidegate.yaml"), folder.join(DOCUMENT));
    document.parent().map_or(Ok(()), fs::create_dir_all)?;
    fs::write(document, openapi())?;
    fs::write(&gate, GATE)?;
    Ok(gate)
}

/// The kinds that measure and raise none of these codes.
fn silent(codes: &BTreeSet<String>) -> Vec<&'static str> {
    let raises = |kind: &str| {
        let mut kinds = codes.iter().filter_map(|code| code.split('/').next());
        kinds.any(|raised| raised == kind)
    };
    MEASURING.into_iter().filter(|kind| !raises(kind)).collect()
}

/// Starts a portal, gates it without the checks of some kinds, and prints the report.
fn gate_portal(
    regression: Option<Break>,
    without: &[&str],
    (gate, stop): (&Path, &Stop),
    output: &Output,
) -> anyhow::Result<Summary> {
    let port = free_port().context("no port is free for the portal's events")?;
    let portal = start(regression, port)?;
    let passwords = Passwords::default();
    let builder = Gate::builder(gate);
    let builder = passwords
        .variables()
        .fold(builder, |builder, (name, password)| {
            builder.variable(name, password.reveal())
        });
    let gate = builder
        .variable("PORTAL_URL", portal.url())
        .variable("WEBHOOK_PORT", port.to_string())
        .load()?;
    let mut reports = Reports::new(&[], &output.settings(&tidegate_kinds::registry()))?;
    let mut options = RunOptions {
        all: true,
        stop: stop.clone(),
        jobs: Some(1),
        ..RunOptions::default()
    };
    let planned = gate.plan(&options)?.checks.into_iter();
    let left_out = planned.filter(|check| without.contains(&&*check.kind));
    options.skip = left_out.map(|check| check.id.to_string()).collect();
    let summary = gate.run(options, |event| reports.event(event))?;
    match reports.finish().into_iter().next() {
        Some(failed) => Err(failed.error.into()),
        None => Ok(summary),
    }
}

/// A port that the portal can be told before the gate listens on it.
fn free_port() -> std::io::Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

fn start(regression: Option<Break>, port: u16) -> anyhow::Result<RunningPortal> {
    let options = Options {
        breaks: regression.into_iter().collect(),
        webhook_url: Some(format!("http://127.0.0.1:{port}/hooks")),
        ..Options::default()
    };
    start_blocking(options).context("the example portal did not start")
}

/// What one portal's gate said, beside what it should have said.
struct Scenario {
    name: &'static str,
    verdict: Verdict,
    codes: BTreeSet<String>,
    right: bool,
}

impl Scenario {
    fn judge(regression: Option<Break>, summary: &Summary, expected: &BTreeSet<String>) -> Self {
        let codes = codes(summary);
        let verdict = summary.judgement.verdict;
        let allowed = verdict == Verdict::Allow;
        Self {
            name: regression.map_or("good", Break::name),
            verdict,
            right: allowed == regression.is_none() && codes == *expected,
            codes,
        }
    }
}

/// The codes that a run raised, the preflight's included.
fn codes(summary: &Summary) -> BTreeSet<String> {
    let findings = summary.results.iter().flat_map(|result| &result.findings);
    let preflight = summary.preflight.iter().map(|failure| &failure.code);
    findings
        .map(|finding| &finding.code)
        .chain(preflight)
        .map(ToString::to_string)
        .collect()
}

fn heading(regression: Option<Break>) -> String {
    match regression {
        None => "\n── The portal as it should be ──\n\n".to_owned(),
        Some(one) => format!(
            "\n── A deploy that breaks it: {one} ──\n{}\n\n",
            one.summary()
        ),
    }
}

fn table(outcomes: &[Scenario]) -> String {
    let rows = outcomes.iter().map(|outcome| {
        let codes = outcome
            .codes
            .iter()
            .map(String::as_str)
            .collect::<Vec<_>>()
            .join(", ");
        let right = if outcome.right {
            "as expected"
        } else {
            "NOT as expected"
        };
        let verdict = verdict_words(outcome.verdict);
        let row = format!("  {:<24}{verdict:<22}{right:<18}{codes}", outcome.name);
        format!("{}\n", row.trim_end())
    });
    format!(
        "\n── What the gate said ──\n\n{}\n",
        rows.collect::<String>()
    )
}

fn verdict_words(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Allow => "allow",
        Verdict::AllowWithWarnings => "allow, with warnings",
        Verdict::Inconclusive => "inconclusive",
        Verdict::Block => "block",
    }
}
