//! Runs of a made-up gate that every format is tested on.

mod distributions;
mod hostile;
mod plugin;
mod requested;
mod tables;

use std::time::Duration;

use tidegate_core::check::{CheckError, Doubt, Forecast, Inconclusive, Metric, Unit};
use tidegate_core::event::{PreflightFailure, Summary, Warning};
use tidegate_core::finding::{Finding, Suppression};
use tidegate_core::gate::OnInconclusive;
use tidegate_core::meta::{CodeInfo, Confidence, Effort, Severity};
use tidegate_core::name::Code;
use tidegate_core::plan::{Plan, PlannedCheck};
use tidegate_core::policy::Policy;
use tidegate_core::ports::cleanup::Leftover;
use tidegate_core::provenance::Provenance;
use tidegate_core::result::{Attempt, CheckResult, Outcome};
use tidegate_core::span::{Location, Source, Span};
use tidegate_core::verdict::fold;

pub(crate) use self::distributions::{distribution, good, hostile, measured, spread, waits};
pub(crate) use self::hostile::{flood, saying};
pub(crate) use self::plugin::{TOTAL, plugin};
pub(crate) use self::requested::{handover, requested};
pub(crate) use self::tables::matrix;
use crate::codes::Codes;

/// The gate file the samples point into.
pub(crate) const GATE: &str = "\
version: 1
checks:
  create-record:
    flow:
      - post: /api/records
        expect: 201
  list-is-fast:
    latency: { get: /api/records, p95: 300ms }
  search-finds:
    flow:
      - get: /api/search?q=tide
  sign-out:
    flow:
      - post: /api/logout
";

const STATUS: CodeInfo = CodeInfo::known(
    "flow/status",
    Severity::High,
    Effort::Small,
    "A request is answered with another status than expected",
    "A step that users take every day does not work.",
);
const SLOW: CodeInfo = CodeInfo::known(
    "latency/slow",
    Severity::Low,
    Effort::Medium,
    "A request is slower than its budget",
    "People wait, and some leave.",
);
const LEAK: CodeInfo = CodeInfo::known(
    "error-hygiene/stack-trace",
    Severity::Medium,
    Effort::Small,
    "An answer shows a stack trace",
    "Attackers learn how the portal is built.",
);

pub(crate) fn codes() -> Codes {
    let mut codes: Codes = [STATUS, SLOW, LEAK, TOTAL].into_iter().collect();
    codes.add_plugin(
        "plugin/invoice-totals".into(),
        "The total of every invoice is the sum of its lines".into(),
    );
    codes
}

/// The place of the first occurrence of a text in the gate file.
fn at(text: &str) -> Location {
    let start = GATE.find(text).unwrap();
    Span::new(
        Source::new("tidegate.yaml", GATE),
        start,
        start + text.len(),
    )
    .location()
}

fn planned(id: &str, kind: &str, selected: bool, reason: &str) -> PlannedCheck {
    PlannedCheck {
        id: id.into(),
        kind: kind.into(),
        selected,
        reason: reason.into(),
        untrusted: false,
        forecast: Forecast {
            writes: match id {
                "create-record" => vec!["POST /api/records".into()],
                _ => Vec::new(),
            },
            requests: 2,
            asks: Vec::new(),
            worst: Duration::from_secs(30),
            identities: vec!["anna".into()],
            secrets: vec!["ANNA_PASSWORD".into()],
            exclusive: kind == "latency",
            starts_nothing: false,
            last: false,
            powers: Vec::new(),
        },
        timeout: Duration::from_secs(60),
        needs: match id {
            "sign-out" => vec!["create-record".into()],
            _ => Vec::new(),
        },
        location: at(GATE.lines().next().unwrap()),
    }
}

pub(crate) fn plan() -> Plan {
    Plan {
        file: "tidegate.yaml".into(),
        gate: "acme-portal".into(),
        environment: "preview".into(),
        url: "https://pr-17.acme.example".into(),
        checks: vec![
            planned(
                "create-record",
                "flow",
                true,
                "it covers src/records.rs, which changed",
            ),
            planned("list-is-fast", "latency", true, "it failed in the last run"),
            planned("search-finds", "flow", true, "by severity"),
            planned("sign-out", "flow", true, "by file order"),
            planned(
                "old-export",
                "flow",
                false,
                "the 12 most important checks are in already",
            ),
            planned(
                "old-import",
                "flow",
                false,
                "the 12 most important checks are in already",
            ),
            planned("prod-health", "flow", false, "it is only for production"),
        ],
        observers: vec!["error-hygiene".into()],
        notes: vec!["there is no record of recent failures".into()],
        run_budget: Duration::from_secs(600),
        seed: 4_211,
    }
}

fn result(id: &str, kind: &str, outcome: Outcome, findings: Vec<Finding>) -> CheckResult {
    let mut findings = findings;
    for finding in &mut findings {
        let suppressed = finding.suppressed.take();
        Policy::default().apply(&id.into(), None, finding);
        finding.suppressed = suppressed;
    }
    let elapsed = Duration::from_millis(180);
    let attempt = Attempt {
        number: 1,
        outcome: outcome.clone(),
        findings: findings.clone(),
        elapsed,
    };
    CheckResult {
        id: id.into(),
        kind: kind.into(),
        observer: kind == id,
        outcome,
        flaky: false,
        findings,
        metrics: vec![Metric {
            name: "duration".into(),
            subject: "GET /api/records".into(),
            unit: Unit::Milliseconds,
            value: 12.5,
            samples: vec![12.0, 12.5, f64::NAN],
        }],
        evaluated: 3,
        notes: Vec::new(),
        tables: Vec::new(),
        distributions: Vec::new(),
        attempts: vec![attempt],
        elapsed,
        owner: None,
        on_inconclusive: None,
        location: Some(at("flow:")),
    }
}

fn passed(id: &str) -> CheckResult {
    result(id, "flow", Outcome::Passed, Vec::new())
}

fn skipped(id: &str, reason: &str) -> CheckResult {
    CheckResult {
        attempts: Vec::new(),
        metrics: Vec::new(),
        evaluated: 0,
        elapsed: Duration::ZERO,
        ..result(id, "flow", Outcome::Skipped(reason.into()), Vec::new())
    }
}

fn summary(results: Vec<CheckResult>) -> Summary {
    Summary {
        plan: plan(),
        provenance: Provenance::default(),
        handover: None,
        judgement: fold(&results, false, None),
        results,
        interrupted: false,
        advisory: false,
        preflight: None,
        warnings: Vec::new(),
        leftovers: Vec::new(),
        requests: 23,
        started: "2026-11-23T09:30:00Z".parse().unwrap(),
        elapsed: Duration::from_millis(4_230),
    }
}

fn wrong_status() -> Finding {
    Finding::new(
        &STATUS,
        at("201"),
        "Creating a record is answered with 500 instead of 201",
    )
    .evidence("expected", "201")
    .evidence("actual", "500")
    .evidence(
        "request",
        "POST /api/records\ncontent-type: application/json\n\n{\"title\": \"tidegate-4211\"}",
    )
    .advice("Look into the portal's log for the request; the answer names no cause.")
    .subject("POST /api/records status")
}

fn slow_list() -> Finding {
    Finding::new(
        &SLOW,
        at("300ms"),
        "The list of records needs 412 ms where 300 ms are allowed",
    )
    .evidence("p95", "412 ms of 30 samples")
    .advice("Page the list in the database.")
}

fn stack_trace() -> Finding {
    Finding::new(
        &LEAK,
        at("/api/records"),
        "An error answer shows a stack trace",
    )
    .confidence(Confidence::Medium)
    .evidence("response", "at Records.create (/srv/app/records.js:17:9)")
    .related("the handler", Location::line_of("src/records.js", 17))
    .caused_by("create-record".into())
    .advice("Answer errors with a plain message and log the rest.")
}

fn waived(mut finding: Finding) -> Finding {
    finding.suppressed = Some(Suppression::Waived {
        owner: "mia".into(),
        reason: "the vendor mends it".into(),
        expires: "2026-12-31".into(),
    });
    finding
}

fn known(mut finding: Finding) -> Finding {
    finding.suppressed = Some(Suppression::Baseline { expires: None });
    finding
}

pub(crate) fn allowed() -> Summary {
    let mut notes = passed("search-finds");
    notes.notes = vec!["the index was asked 2 times until the record showed up".into()];
    let results = vec![
        result(
            "create-record",
            "flow",
            Outcome::Passed,
            vec![known(wrong_status())],
        ),
        result(
            "list-is-fast",
            "latency",
            Outcome::Passed,
            vec![waived(slow_list())],
        ),
        notes,
        passed("sign-out"),
    ];
    summary(results)
}

pub(crate) fn blocked() -> Summary {
    let mut failed = result(
        "create-record",
        "flow",
        Outcome::Failed,
        vec![wrong_status()],
    );
    failed.owner = Some("records team".into());
    let mut again = wrong_status();
    again.location = at("/api/search?q=tide");
    let results = vec![
        failed,
        result(
            "list-is-fast",
            "latency",
            Outcome::Passed,
            vec![slow_list()],
        ),
        result(
            "search-finds",
            "flow",
            Outcome::Failed,
            vec![again, known(slow_list())],
        ),
        passed("sign-out"),
        result(
            "error-hygiene",
            "error-hygiene",
            Outcome::Passed,
            vec![waived(stack_trace())],
        ),
    ];
    Summary {
        warnings: vec![Warning {
            message: "a waiver for flow/json matches nothing".into(),
            help: "Remove it.".into(),
            location: Some(at("version: 1")),
        }],
        ..summary(results)
    }
}

pub(crate) fn inconclusive() -> Summary {
    let no_sample = Outcome::Inconclusive(Inconclusive {
        reason: Doubt::NoEvidence,
        text: "no answer came in time to measure anything".into(),
    });
    let refused = CheckError::new(
        "the login of anna was refused with 401",
        "Check ANNA_PASSWORD.",
    );
    let timed_out = Outcome::TimedOut {
        limit: Duration::from_secs(30),
    };
    let mut lenient = result("sign-out", "flow", timed_out, Vec::new());
    lenient.on_inconclusive = Some(OnInconclusive::Warn);
    summary(vec![
        result("list-is-fast", "latency", no_sample, Vec::new()),
        result(
            "create-record",
            "flow",
            Outcome::Errored(refused.at(at("post: /api/records"))),
            Vec::new(),
        ),
        lenient,
        passed("search-finds"),
    ])
}

pub(crate) fn warned() -> Summary {
    let close = Outcome::Inconclusive(Inconclusive {
        reason: Doubt::TooClose,
        text: "p95 is 296 ms (290 to 304 ms), too near 300 ms".into(),
    });
    summary(vec![
        passed("create-record"),
        result("list-is-fast", "latency", close, Vec::new()),
    ])
}

pub(crate) fn flaky() -> Summary {
    let mut repeated = passed("create-record");
    let first = result(
        "create-record",
        "flow",
        Outcome::Failed,
        vec![wrong_status()],
    );
    repeated.flaky = true;
    repeated.attempts.splice(0..0, first.attempts);
    repeated.attempts[1].number = 2;
    summary(vec![repeated, passed("search-finds")])
}

pub(crate) fn preflight() -> Summary {
    let results = ["create-record", "list-is-fast", "search-finds", "sign-out"]
        .map(|id| skipped(id, "the candidate was not ready"))
        .to_vec();
    Summary {
        preflight: Some(PreflightFailure {
            code: Code::known("preflight/sign-in-wall"),
            message: "https://pr-17.acme.example answers with Vercel's sign-in page".into(),
            help: "Send the bypass header of the project, `x-vercel-protection-bypass`.".into(),
            evidence: Some("HTTP 401\nserver: Vercel".into()),
            location: Some(at("version: 1")),
        }),
        ..summary(results)
    }
}

pub(crate) fn nothing() -> Summary {
    let mut summary = summary(Vec::new());
    for check in &mut summary.plan.checks {
        check.selected = false;
        check.reason = "--only names another check".into();
    }
    summary
}

pub(crate) fn interrupted() -> Summary {
    let results = vec![
        result(
            "create-record",
            "flow",
            Outcome::Failed,
            vec![wrong_status()],
        ),
        result("list-is-fast", "latency", Outcome::Cancelled, Vec::new()),
        skipped("search-finds", "the run was stopped"),
    ];
    Summary {
        interrupted: true,
        leftovers: vec![Leftover {
            check: "create-record".into(),
            identity: Some("anna".into()),
            marker: "tidegate-4211-7f3a".into(),
            created_by: "POST /api/records".into(),
            remove_with: Some("DELETE /api/records/17".into()),
            reason: "the removal was answered with 503".into(),
            location: at("post: /api/records"),
        }],
        ..summary(results)
    }
}

/// Every sample by name.
pub(crate) fn all() -> Vec<(&'static str, Summary)> {
    vec![
        ("allowed", allowed()),
        ("blocked", blocked()),
        ("inconclusive", inconclusive()),
        ("warned", warned()),
        ("flaky", flaky()),
        ("preflight", preflight()),
        ("nothing", nothing()),
        ("interrupted", interrupted()),
        ("requested", requested()),
        ("matrix", matrix()),
        ("waits", waits()),
        ("plugin", plugin()),
        (
            "hostile",
            saying("a\u{1b}[2J\u{0}\n::error::<b>]]>&\u{fffe}##[x] \u{202e}@you"),
        ),
    ]
}
