//! A portal whose login can be broken in several ways.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tidegate_core::gate::EnvironmentKind;
use tidegate_core::ports::http::{HttpError, Response};

use crate::testing::{Asked, FakePortal, Trial, Tried, answer};

/// A check of the login of anna, whose password is the secret `KEY`.
pub(super) const CONFIG: &str = "
account: { user: anna@acme.example, password: '${KEY}' }
login: { post: /api/login, json: { email: '${user}', password: '${password}' } }
";

/// The same with requests for a new password.
pub(super) const WITH_RESET: &str = "
account: { user: anna@acme.example, password: '${KEY}' }
login: { post: /api/login, json: { email: '${user}', password: '${password}' } }
reset: { post: /api/reset, json: { email: '${user}' } }
";

/// A portal that behaves like this.
pub(super) fn portal(fault: &'static str) -> Arc<FakePortal> {
    let failures = Mutex::new(0u32);
    FakePortal::new(move |asked| match asked.path.as_str() {
        "/api/login" => login(fault, &mut failures.lock().unwrap(), asked),
        "/api/reset" => reset(fault, asked),
        _ => answer(404, "{}"),
    })
}

/// Runs a check against it.
pub(super) fn run(fault: &'static str, config: &str) -> Tried {
    run_in(fault, config, EnvironmentKind::Preview)
}

/// The same in an environment of this sort.
pub(super) fn run_in(fault: &'static str, config: &str, environment: EnvironmentKind) -> Tried {
    let mut trial = Trial::of(super::kind());
    trial.environment = environment;
    trial.run(config, &portal(fault))
}

fn login(fault: &str, failures: &mut u32, asked: &Asked) -> Result<Response, HttpError> {
    let known = asked.json()["email"] == "anna@acme.example";
    if known && asked.json()["password"] == "s3cret-value" {
        let locked = *failures >= 10 && fault != "unlimited";
        return match locked {
            true => answer(429, r#"{"error":"too many tries"}"#),
            false => answer(200, r#"{"token":"opaque-token-of-anna"}"#),
        };
    }
    let missing = !known;
    *failures += u32::from(known);
    let many = *failures > 10;
    let wrong = r#"{"error":"the address or the password is wrong","request_id":"req_8f3a21c9"}"#;
    match fault {
        "unlimited" => answer(401, wrong),
        "hiccup" => {
            let mut slow = answer(401, wrong)?;
            let millis = if *failures == 7 { 4_000 } else { 300 };
            slow.elapsed = Duration::from_millis(millis);
            Ok(slow)
        }
        "odd" if *failures == 8 => answer(403, r#"{"error":"try again"}"#),
        "odd" => answer(401, wrong),
        "late" if *failures >= 15 => answer(403, r#"{"error":"this account is locked"}"#),
        "late" => answer(401, wrong),
        "status" if missing => answer(404, wrong),
        "words" if missing => answer(401, r#"{"error":"no such user"}"#),
        "fails" => answer(500, "{}"),
        "success" => answer(200, r#"{"token":"opaque-token-of-anna"}"#),
        "differs" => answer(
            401,
            format!(
                r#"{{"error":"{}"}}"#,
                ["one", "two"][*failures as usize % 2]
            ),
        ),
        "locks" if many => answer(403, r#"{"error":"this account is locked"}"#),
        "puzzle" if many => answer(
            401,
            r#"{"error":"the address or the password is wrong","request_id":"req_1","captcha":"x"}"#,
        ),
        "delay" => {
            let mut slow = answer(401, wrong)?;
            slow.elapsed = Duration::from_millis(20 * 2u64.pow(*failures));
            Ok(slow)
        }
        "echo" => answer(
            401,
            format!(
                r#"{{"error":"no login for {}"}}"#,
                asked.json()["email"].as_str().unwrap_or_default()
            ),
        ),
        _ if many => {
            let mut limited = answer(429, r#"{"error":"too many tries"}"#)?;
            limited.headers.push(("retry-after".into(), "600".into()));
            Ok(limited)
        }
        _ => answer(401, wrong),
    }
}

fn reset(fault: &str, asked: &Asked) -> Result<Response, HttpError> {
    let known = asked.json()["email"] == "anna@acme.example";
    match fault {
        "reset" if !known => answer(404, r#"{"error":"nobody has this address"}"#),
        _ => answer(
            200,
            r#"{"message":"if there is an account, a mail is on its way"}"#,
        ),
    }
}
