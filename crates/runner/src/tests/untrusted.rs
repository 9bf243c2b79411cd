//! Changes that are not trusted: what is left out, and that the rest decides.

use std::borrow::Cow;
use std::sync::Arc;

use serde_json::Value as Json;
use tidegate_core::check::{Check, Forecast, Kind, ParseScope};
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::event::Summary;
use tidegate_core::gate::Entry;
use tidegate_core::meta::{Meta, Port};
use tidegate_core::node::Node;
use tidegate_core::template::Template;
use tidegate_core::verdict::{Circumstances, Verdict, exit, exit_code};

use super::fakes::{Bench, check, forecasting, identity, needing, outcome};
use super::preparing::start;

struct Runs(Meta);

impl Kind for Runs {
    fn meta(&self) -> &Meta {
        &self.0
    }

    fn schema(&self) -> Json {
        Json::Null
    }

    fn parse(&self, _: &Node, _: &ParseScope<'_>) -> Result<Arc<dyn Check>, Vec<Diagnostic>> {
        Err(Vec::new())
    }
}

/// A check that runs a program and asks the candidate nothing.
fn program(id: &str) -> Entry {
    running(id, Forecast::default())
}

/// A check of a kind that runs programs.
fn running(id: &str, forecast: Forecast) -> Entry {
    let mut entry = forecasting(check(id), forecast);
    entry.kind = Arc::new(Runs(Meta {
        ports: Cow::Borrowed(&[Port::Processes]),
        ..entry.kind.meta().clone()
    }));
    entry
}

/// A check that needs a secret of its own.
fn secretive(id: &str) -> Entry {
    let forecast = Forecast {
        requests: 1,
        secrets: vec!["API_KEY".into()],
        ..Forecast::default()
    };
    forecasting(check(id), forecast)
}

/// A check that acts as somebody.
fn acting(id: &str) -> Entry {
    let forecast = Forecast {
        requests: 1,
        identities: vec!["anna".into()],
        ..Forecast::default()
    };
    forecasting(check(id), forecast)
}

fn bench(checks: Vec<Entry>) -> Bench {
    let mut bench = Bench::new(checks);
    bench.gate.identities = vec![identity("anna", "${ANNA_TOKEN}")];
    bench.options.provenance.untrusted = Some("a pull request from a fork".into());
    bench.options.preflight = false;
    bench
}

fn reason(summary: &Summary, id: &str) -> String {
    let mut checks = summary.plan.checks.iter();
    let planned = checks.find(|planned| planned.id.as_str() == id).unwrap();
    assert_eq!(planned.untrusted, !planned.selected, "{id}");
    planned.reason.clone()
}

#[test]
fn what_needs_secrets_or_runs_programs_is_out_and_the_rest_decides() {
    let nothing_started = Forecast {
        starts_nothing: true,
        ..Forecast::default()
    };
    let bench = bench(vec![
        check("open"),
        secretive("keyed"),
        acting("as-anna"),
        program("suite"),
        running("without-program", nothing_started),
        needing(check("after-anna"), &["as-anna"]),
    ]);
    let summary = bench.run();
    assert_eq!(summary.judgement.verdict, Verdict::Allow);
    assert_eq!(summary.judgement.executed, 2);
    let secrets = "it needs secrets, which a pull request from a fork does not get";
    assert_eq!(reason(&summary, "keyed"), secrets);
    assert_eq!(reason(&summary, "as-anna"), secrets);
    assert_eq!(
        reason(&summary, "suite"),
        "it runs a program, and this is a pull request from a fork"
    );
    assert_eq!(
        reason(&summary, "after-anna"),
        "it needs `as-anna`, which is out"
    );
    assert_eq!(outcome(&summary, "keyed"), "skipped");
}

#[test]
fn a_plugin_runs_unless_it_is_granted_a_secret() {
    let granted = |id: &str, secrets: &[&str]| {
        let forecast = Forecast {
            requests: 200,
            powers: vec!["sends requests that read the environment".into()],
            secrets: secrets.iter().map(ToString::to_string).collect(),
            last: true,
            ..Forecast::default()
        };
        forecasting(check(id), forecast)
    };
    let bench = bench(vec![
        granted("totals", &[]),
        granted("payments", &["STRIPE_KEY"]),
    ]);
    let summary = bench.run();
    assert_eq!(outcome(&summary, "totals"), "passed");
    assert_eq!(
        reason(&summary, "payments"),
        "it needs secrets, which a pull request from a fork does not get"
    );
}

#[test]
fn values_that_the_run_has_count_unless_they_are_withheld() {
    let mut bench = bench(vec![secretive("keyed"), acting("as-anna")]);
    bench.variables.insert("API_KEY", "long enough");
    bench.variables.insert("ANNA_TOKEN", "long enough too");
    assert_eq!(bench.run().judgement.executed, 2);
    bench.options.withhold_secrets = true;
    let summary = bench.run();
    assert_eq!(summary.judgement.executed, 0);
    let circumstances = Circumstances::default();
    let code = exit_code(&summary.judgement, circumstances);
    assert_eq!(code, exit::NOTHING_EXECUTED);
}

#[test]
fn the_missing_secrets_of_what_is_left_out_do_not_end_the_preflight() {
    let mut bench = bench(vec![check("open"), acting("as-anna")]);
    bench.options.preflight = true;
    let summary = bench.run();
    assert_eq!(summary.preflight, None);
    assert_eq!(summary.judgement.executed, 1);
}

#[test]
fn the_secrets_of_every_request_are_needed_by_all_that_send_one() {
    let mut bench = bench(vec![
        check("open"),
        forecasting(check("offline"), Forecast::default()),
    ]);
    let bypass = Template::parse("${BYPASS}").unwrap();
    bench.environment().headers = vec![("x-bypass".into(), bypass)];
    let summary = bench.run();
    assert!(reason(&summary, "open").starts_with("it needs secrets"));
    assert_eq!(outcome(&summary, "offline"), "passed");
}

#[test]
fn the_candidate_of_an_untrusted_change_is_not_started() {
    let offline = || forecasting(check("offline"), Forecast::default());
    let mut bench = bench(vec![check("open"), offline()]);
    let marker = bench.folder.path().join("started");
    let command = format!("echo yes > {}", marker.display());
    bench.environment().start = Some(start(&command));
    let summary = bench.run();
    assert_eq!(
        reason(&summary, "open"),
        "the candidate is not started for a pull request from a fork"
    );
    assert_eq!(outcome(&summary, "offline"), "passed");
    assert!(!marker.exists());
}

#[test]
fn an_option_allows_programs_of_the_change() {
    let mut bench = bench(vec![program("suite"), check("open")]);
    bench.options.allow_start = true;
    assert_eq!(bench.run().judgement.executed, 2);
    // It is to be started now, and something else answers at its address.
    bench.environment().start = Some(start("exit 7"));
    let preflight = bench.run().preflight.unwrap();
    assert_eq!(preflight.code.as_str(), "preflight/start");
}

#[test]
fn nothing_runs_while_there_is_nothing_to_judge() {
    let mut bench = bench(vec![check("open"), program("suite")]);
    bench.options.provenance.pending = Some("the deployment is `in_progress`".into());
    let summary = bench.run();
    assert_eq!(summary.judgement.executed, 0);
    assert_eq!(
        summary.plan.checks[0].reason,
        "the deployment is `in_progress`"
    );
    let code = exit_code(&summary.judgement, Circumstances::default());
    assert_eq!(code, exit::NOTHING_EXECUTED);
}
