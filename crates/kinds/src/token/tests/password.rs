//! A changed password comes back, whatever happens.

use tidegate_core::ports::http::Purpose;

use super::super::testing::{Style, World};
use crate::testing::block_on;

const CHANGE: &str = "
probe: { get: /api/me }
password-change:
  post: /api/me/password
  json: { new: '${unique}' }
  restore: { post: /api/me/password, json: { new: '${KEY}' } }
";

#[test]
fn a_password_comes_back_before_the_promise_is_released() {
    let tried = World::good(Style::Bearer).run(CHANGE);
    assert!(tried.is_clean());
    let asked = tried.portal.asked.lock().unwrap();
    let changes: Vec<_> = asked
        .iter()
        .filter(|asked| asked.path == "/api/me/password")
        .collect();
    assert_eq!(changes.len(), 2);
    assert_eq!(changes[1].json()["new"], "s3cret-value");
    let promises = tried.cleanup.promises.lock().unwrap();
    assert_eq!(promises[0].0.marker, "the password of anna");
}

#[test]
fn a_password_that_does_not_come_back_stays_promised() {
    let config = "
probe: { get: /api/me }
password-change:
  post: /api/me/password
  json: { new: '${unique}' }
  restore: { post: /api/nowhere }
";
    let tried = World::good(Style::Bearer).run(config);
    assert!(!tried.is_clean());
}

#[test]
fn a_password_may_come_back_by_a_login_with_the_new_one() {
    let config = "
probe: { get: /api/me }
password-change:
  post: /api/me/password
  json: { new: '${unique}' }
  restore:
    - { post: /api/login, json: { password: '${unique}' }, capture: { token: $.access } }
    - { post: /api/me/password, headers: { authorization: 'Bearer ${token}' }, json: { new: '${KEY}' } }
";
    let tried = World::good(Style::Bearer).run(config);
    assert!(tried.is_clean(), "{:#?}", tried.report());
    assert_eq!(tried.doubt(), "");
}

#[test]
fn a_password_comes_back_in_a_session_that_the_change_renewed() {
    let tried = World::bad(Style::Cookie, "renews-session").run(CHANGE);
    assert!(tried.is_clean(), "{:#?}", tried.report());
    assert_eq!(tried.doubt(), "");
}

#[test]
fn a_restore_that_is_accepted_and_does_nothing_keeps_the_promise_open() {
    let config = CHANGE.replace(
        "restore: { post: /api/me/password, json: { new: '${KEY}' } }",
        "restore: { post: /api/logout }",
    );
    let tried = World::good(Style::Bearer).run(&config);
    assert!(!tried.is_clean());
}

#[test]
fn the_promise_brings_the_password_back_when_the_check_could_not() {
    let tried = World::bad(Style::Bearer, "refuses-and-does").run(CHANGE);
    assert!(!tried.is_clean());
    let recover = tried.cleanup.promises.lock().unwrap()[0].0.recover.take();
    // This portal refuses whatever it does; that the login succeeds decides.
    assert!(block_on(recover.unwrap()()).unwrap().is_empty());
    let last = tried.portal.asked.lock().unwrap().last().cloned().unwrap();
    assert_eq!(
        (last.path.as_str(), last.purpose),
        ("/api/me/password", Purpose::Cleanup)
    );
    assert_eq!(last.json()["new"], "s3cret-value");
}

#[test]
fn the_promise_sends_nothing_when_the_old_password_is_good() {
    let tried = World::good(Style::Bearer).run(CHANGE);
    let before = tried.portal.lines().len();
    let recover = tried.cleanup.promises.lock().unwrap()[0].0.recover.take();
    assert!(block_on(recover.unwrap()()).unwrap().is_empty());
    assert_eq!(tried.portal.lines().len(), before);
}

#[test]
fn a_change_of_the_password_that_is_refused_leaves_nothing_to_mend() {
    let config = "
probe: { get: /api/me }
password-change: { post: /api/nowhere, restore: { post: /api/nowhere } }
";
    let tried = World::good(Style::Bearer).run(config);
    assert!(tried.is_clean());
    assert!(tried.doubt().contains("POST /api/nowhere did not succeed"));
}
