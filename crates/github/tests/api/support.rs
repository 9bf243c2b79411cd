//! A clock that nobody waits for, a client of the fake GitHub, and a run to tell about.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use tidegate_core::event::Summary;
use tidegate_core::finding::Finding;
use tidegate_core::meta::{CodeInfo, Effort, Level, Severity};
use tidegate_core::plan::Plan;
use tidegate_core::ports::{BoxFuture, Clock};
use tidegate_core::provenance::Provenance;
use tidegate_core::result::{CheckResult, Outcome};
use tidegate_core::span::Location;
use tidegate_core::verdict::{Judgement, Verdict};
use tidegate_github::api::publish::Publication;
use tidegate_github::api::{Access, Client};
use tidegate_report::Codes;
use tidegate_testkit::github::GitHub;

pub(crate) const TOKEN: &str = "ghs_0123456789abcdefghijklmnopqrstuvwxyz";
pub(crate) const COMMIT: &str = "6dcb09b5b57875f334f61aebed695e2e4193db5e";

pub(crate) const SARIF: &str = r#"{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"Tidegate"}},"automationDetails":{"id":"tidegate/acme-portal/preview/"},"results":[]}]}"#;

const STATUS: CodeInfo = CodeInfo::known(
    "flow/status",
    Severity::High,
    Effort::Small,
    "A request is answered with another status than expected",
    "A step that users take every day does not work.",
);

/// Time that passes only when somebody waits for it.
#[derive(Default)]
pub(crate) struct Waited {
    now: Arc<AtomicU64>,
    naps: Mutex<Vec<Duration>>,
}

impl Waited {
    /// How long was waited each time.
    pub(crate) fn naps(&self) -> Vec<u64> {
        let naps = self.naps.lock().unwrap();
        naps.iter().map(Duration::as_secs).collect()
    }
}

impl Clock for Waited {
    fn wall(&self) -> Timestamp {
        let now = i64::try_from(self.now.load(Ordering::SeqCst) / 1_000).unwrap();
        Timestamp::from_second(1_700_000_000 + now).unwrap()
    }

    fn monotonic(&self) -> Duration {
        Duration::from_millis(self.now.load(Ordering::SeqCst))
    }

    fn sleep_until(&self, instant: Duration) -> BoxFuture<'static, ()> {
        let nap = instant.saturating_sub(self.monotonic());
        self.naps.lock().unwrap().push(nap);
        let until = u64::try_from(instant.as_millis()).unwrap();
        self.now.fetch_max(until, Ordering::SeqCst);
        Box::pin(std::future::ready(()))
    }
}

/// The fake, and who asks it.
pub(crate) struct Scene {
    pub(crate) github: GitHub,
    pub(crate) clock: Arc<Waited>,
}

impl Scene {
    /// Nothing, and a word about it, without the description.
    pub(crate) fn set() -> Option<Self> {
        let github = GitHub::start();
        if github.is_none() {
            eprintln!("skipped: TIDEGATE_GITHUB_DESCRIPTION names no folder");
        }
        Some(Self {
            github: github?,
            clock: Arc::default(),
        })
    }

    pub(crate) fn client(&self) -> Client {
        self.client_of("acme/portal")
    }

    pub(crate) fn client_of(&self, repository: &str) -> Client {
        self.patient_client(repository, Duration::from_secs(30))
    }

    /// A client that waits so long for one answer.
    pub(crate) fn patient_client(&self, repository: &str, answer: Duration) -> Client {
        let access = Access::new(self.github.url(), TOKEN.into(), repository.parse().unwrap());
        let access = access.unwrap().patience(answer, Duration::from_secs(300));
        Client::new(access, Arc::clone(&self.clock) as Arc<dyn Clock>)
    }

    /// Nothing that was sent or answered is against the description.
    pub(crate) fn lawful(&self) {
        assert_eq!(self.github.wrong(), Vec::<String>::new());
    }
}

/// Runs a future to its end.
pub(crate) fn wait<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(future)
}

pub(crate) fn codes() -> Codes {
    [STATUS].into_iter().collect()
}

/// What is told of a run for a deployment that waits.
pub(crate) fn publication<'p>(summary: &'p Summary, codes: &'p Codes) -> Publication<'p> {
    Publication {
        summary,
        codes,
        since: None,
        sarif: Some(SARIF),
        reference: None,
        attempt: "1",
        deployment: Some(42),
        waiting: Some((99, "production")),
        always_comment: false,
    }
}

/// A run in which one check found so many problems.
pub(crate) fn run(findings: usize) -> Summary {
    let verdict = if findings == 0 {
        Verdict::Allow
    } else {
        Verdict::Block
    };
    let judgement = Judgement {
        verdict,
        executed: 1,
        because: Vec::new(),
    };
    Summary {
        plan: plan(),
        provenance: Provenance {
            repository: Some("https://github.com/acme/portal".into()),
            commit: Some(COMMIT.into()),
            branch: Some("fix/sign-in".into()),
            pull_request: Some(7),
            run: Some("https://github.com/acme/portal/actions/runs/99".into()),
            ..Provenance::default()
        },
        handover: None,
        results: vec![result(findings)],
        judgement,
        interrupted: false,
        advisory: false,
        preflight: None,
        warnings: Vec::new(),
        leftovers: Vec::new(),
        requests: 3,
        started: Timestamp::from_second(1_700_000_000).unwrap(),
        elapsed: Duration::from_millis(2_500),
    }
}

fn plan() -> Plan {
    Plan {
        gate: "acme-portal".into(),
        file: "tidegate.yaml".into(),
        environment: "preview".into(),
        url: "https://pr-7.acme.example".into(),
        checks: Vec::new(),
        observers: Vec::new(),
        notes: Vec::new(),
        run_budget: Duration::from_secs(600),
        seed: 1,
    }
}

fn result(findings: usize) -> CheckResult {
    let finding = |number: usize| {
        let mut place = Location::line_of("src/sign-in.ts", number + 1);
        (place.column, place.end_column) = (3, 9);
        let title = format!("the answer to request {number} was 500");
        let mut finding = Finding::new(&STATUS, place, title).advice("Look at the log.");
        finding.level = Level::Deny;
        finding
    };
    CheckResult {
        id: "sign-in".into(),
        kind: "flow".into(),
        observer: false,
        outcome: if findings == 0 {
            Outcome::Passed
        } else {
            Outcome::Failed
        },
        flaky: false,
        findings: (0..findings).map(finding).collect(),
        metrics: Vec::new(),
        evaluated: 3,
        notes: Vec::new(),
        tables: Vec::new(),
        distributions: Vec::new(),
        attempts: Vec::new(),
        elapsed: Duration::from_secs(1),
        owner: None,
        on_inconclusive: None,
        location: None,
    }
}
