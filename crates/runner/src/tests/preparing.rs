//! What stops a run before its first check, and the candidate that the gate starts.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use tidegate_core::check::Forecast;
use tidegate_core::gate::Start;
use tidegate_core::located::Located;
use tidegate_core::node::{Key, Node, Value};
use tidegate_core::ports::{HttpError, LoginError};
use tidegate_core::request::RequestTemplate;
use tidegate_core::template::Template;
use tidegate_core::verdict::{Circumstances, exit, exit_code};

use super::fakes::*;

fn acting(bench: &mut Bench, name: &str) {
    for entry in &mut bench.gate.checks {
        entry.common.identity = Some(Located {
            value: name.into(),
            span: span(),
        });
    }
}

fn failing(bench: &Bench) -> (String, String) {
    let summary = bench.run();
    assert!(
        summary
            .results
            .iter()
            .all(|result| !result.outcome.executed())
    );
    let code = exit_code(&summary.judgement, Circumstances::default());
    assert_eq!(code, exit::INCONCLUSIVE);
    let failure = summary.preflight.unwrap();
    assert!(!failure.help.is_empty());
    (failure.code.to_string(), failure.message)
}

#[test]
fn missing_and_short_secrets_are_named_all_at_once() {
    let mut bench = Bench::new(vec![check("a")]);
    bench.gate.identities = vec![
        identity("anna", "${TOKEN} ${PIN}"),
        identity("idle", "${IDLE}"),
    ];
    bench.variables.insert("PIN", "123");
    acting(&mut bench, "anna");
    let (code, message) = failing(&bench);
    assert_eq!(code, "preflight/secret");
    assert!(message.contains("`TOKEN` is not set"), "{message}");
    assert!(message.contains("`PIN` is shorter than 6"), "{message}");
    assert!(!message.contains("IDLE"), "{message}");
    assert!(bench.http.sent().is_empty());
}

#[test]
fn several_missing_secrets_are_one_sentence() {
    let mut bench = Bench::new(vec![check("a")]);
    bench.gate.identities = vec![identity("anna", "${KEY} ${PIN} ${TOKEN} ${WORD}")];
    bench.variables.insert("PIN", "123");
    acting(&mut bench, "anna");
    let message = failing(&bench).1;
    let said =
        "the secrets `KEY`, `TOKEN` and `WORD` are not set; the secret `PIN` is shorter than 6";
    assert!(message.starts_with(said), "{message}");
}

#[test]
fn an_unreachable_candidate_and_a_broken_certificate_are_told_apart() {
    let mut bench = Bench::new(vec![check("a"), check("b")]);
    let (origin, reason) = ("http://127.0.0.1:1".to_owned(), "refused".to_owned());
    let connect = HttpError::Connect {
        origin: origin.clone(),
        reason: reason.clone(),
    };
    bench.http = FakeHttp::new(move |_| Err(connect.clone()));
    assert_eq!(failing(&bench).0, "preflight/unreachable");
    let tls = HttpError::Tls { origin, reason };
    bench.http = FakeHttp::new(move |_| Err(tls.clone()));
    assert_eq!(failing(&bench).0, "preflight/tls");
}

#[test]
fn a_candidate_that_no_check_sends_to_is_not_looked_at() {
    let silent = |id| forecasting(check(id), Forecast::default());
    let refused = HttpError::Connect {
        origin: "http://127.0.0.1:1".into(),
        reason: "refused".into(),
    };
    let mut bench = Bench::new(vec![silent("a"), silent("b")]);
    bench.http = FakeHttp::new(move |_| Err(refused.clone()));
    bench.environment().headers = vec![("x-bypass".into(), Template::parse("${BYPASS}").unwrap())];
    assert_eq!(outcome(&bench.run(), "a"), "passed");
    assert!(bench.http.sent().is_empty());
    bench.variables.insert("BYPASS", "a secret word");
    bench.gate.checks.push(check("sends"));
    assert_eq!(failing(&bench).0, "preflight/unreachable");
    bench.options.skip = vec!["sends".into()];
    assert_eq!(outcome(&bench.run(), "b"), "passed");
}

#[test]
fn the_candidate_is_started_although_no_check_sends_to_it() {
    let mut bench = Bench::new(vec![forecasting(check("a"), Forecast::default())]);
    bench.environment().start = Some(start("true"));
    assert_eq!(failing(&bench).0, "preflight/start");
}

#[test]
fn a_sign_in_wall_stops_the_run() {
    let mut bench = Bench::new(vec![check("a")]);
    bench.http = FakeHttp::new(|_| {
        let mut walled = response(403);
        walled
            .headers
            .push(("cf-mitigated".into(), "challenge".into()));
        Ok(walled)
    });
    assert_eq!(failing(&bench).0, "preflight/bot-challenge");
}

#[test]
fn an_instance_that_wakes_up_is_waited_for() {
    let mut bench = Bench::new(vec![check("a")]);
    let looks = AtomicUsize::new(0);
    bench.http = FakeHttp::new(move |_| {
        let mut asleep = response(503);
        asleep
            .headers
            .push(("x-render-routing".into(), "hibernate-wake-error".into()));
        let first = looks.fetch_add(1, Ordering::Relaxed) == 0;
        Ok(if first { asleep } else { response(200) })
    });
    assert_eq!(outcome(&bench.run(), "a"), "passed");
}

#[test]
fn a_refused_login_stops_the_run_when_a_check_uses_it() {
    let mut bench = Bench::new(vec![check("a")]);
    bench.gate.identities = vec![identity("anna", "token"), identity("idle", "token")];
    let refused = |name: &str| LoginError {
        identity: name.into(),
        reason: "answered 401".into(),
        help: "Check the password.".into(),
        location: location(),
        status: Some(401),
    };
    bench.http = FakeHttp::new(move |name| match name.strip_prefix("LOGIN ") {
        Some(name) => Err(refused(name).into()),
        None => Ok(response(200)),
    });
    assert_eq!(outcome(&bench.run(), "a"), "passed");
    acting(&mut bench, "anna");
    let (code, message) = failing(&bench);
    assert_eq!(code, "preflight/login");
    assert!(message.contains("`anna`"), "{message}");
}

pub(super) fn start(command: &str) -> Start {
    let text = |text: &str| Node::new(Value::String(text.into()), span());
    let key = Key {
        text: "get".into(),
        span: span(),
    };
    let ready = Node::new(Value::Map(vec![(key, text("/health"))]), span());
    Start {
        command: Located {
            value: Template::parse(command).unwrap(),
            span: span(),
        },
        directory: None,
        environment: Vec::new(),
        ready: RequestTemplate::take(&ready).unwrap().0,
        within: Duration::from_secs(60),
    }
}

#[cfg(unix)]
#[test]
fn a_candidate_is_started_waited_for_and_stopped() {
    let mut bench = Bench::new(vec![check("a")]);
    let file = bench.folder.path().join("up");
    bench.environment().start = Some(start("echo $$ > up; exec sleep 300"));
    bench.http = FakeHttp::new(move |name| {
        let up = name != "GET /health" || file.exists();
        Ok(response(200)).and_then(|answer| {
            up.then_some(answer).ok_or(HttpError::Connect {
                origin: "http://127.0.0.1:1".into(),
                reason: "refused".into(),
            })
        })
    });
    assert_eq!(outcome(&bench.run(), "a"), "passed");
    let pid = std::fs::read_to_string(bench.folder.path().join("up")).unwrap();
    assert!(!std::path::Path::new("/proc").join(pid.trim()).exists());
}

#[cfg(unix)]
#[test]
fn a_candidate_that_ends_early_is_shown_with_its_log() {
    let mut bench = Bench::new(vec![check("a")]);
    bench.environment().start = Some(start("echo no database at $DATABASE; exit 3"));
    bench.environment().start.as_mut().unwrap().environment = vec![(
        "DATABASE".into(),
        Template::parse("${DATABASE_URL}").unwrap(),
    )];
    bench.variables.insert("DATABASE_URL", "postgres://secret");
    let refused = HttpError::Connect {
        origin: "http://127.0.0.1:1".into(),
        reason: "refused".into(),
    };
    bench.http = FakeHttp::new(move |_| Err(refused.clone()));
    let failure = bench.run().preflight.unwrap();
    assert_eq!(failure.code.as_str(), "preflight/start");
    assert_eq!(
        failure.message,
        "the candidate ended with exit code 3 before it was ready"
    );
    assert_eq!(
        failure.evidence.as_deref(),
        Some("no database at [DATABASE_URL]")
    );
}

#[test]
fn a_program_that_answers_before_the_start_is_not_taken_for_the_candidate() {
    let mut bench = Bench::new(vec![check("a")]);
    bench.environment().start = Some(start("true"));
    let (code, message) = failing(&bench);
    assert_eq!(code, "preflight/start");
    assert!(
        message.contains("before the candidate is started"),
        "{message}"
    );
}

#[cfg(unix)]
#[test]
fn a_stop_while_the_candidate_starts_ends_it() {
    let mut bench = Bench::new(vec![check("a")]);
    let file = bench.folder.path().join("up");
    let asked = Arc::new(AtomicBool::new(false));
    bench.environment().start = Some(start("echo $$ > up; exec sleep 300"));
    let stop = bench.stop.clone();
    bench.http = FakeHttp::new(move |_| {
        // The shell makes the file before it writes its number.
        let is_up = std::fs::read_to_string(&file).is_ok_and(|pid| pid.ends_with('\n'));
        if is_up && !asked.swap(true, Ordering::SeqCst) {
            stop.request();
        }
        Err(HttpError::Stopped)
    });
    let summary = bench.run();
    assert!(summary.interrupted && summary.preflight.is_none());
    assert_eq!(outcome(&summary, "a"), "cancelled");
    let pid = std::fs::read_to_string(bench.folder.path().join("up")).unwrap();
    let status = || std::fs::read_to_string(format!("/proc/{}/stat", pid.trim()));
    for _ in 0..3_000 {
        if !status().is_ok_and(|status| !status.contains(") Z")) {
            return;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("the candidate still runs");
}
