//! What happens when the portal is not as expected, and what is said about it.

use tidegate_core::gate::{Credential, EnvironmentKind};
use tidegate_core::ports::http::Purpose;
use tidegate_core::template::Template;

use super::testing::{CONFIG, WITH_RESET, portal, run, run_in};
use crate::testing::Trial;

fn faults(config: &str) -> Vec<String> {
    let faults = Trial::of(super::kind()).parse(config).err().unwrap();
    faults.into_iter().map(|fault| fault.message).collect()
}

#[test]
fn what_is_wrong_with_a_gate_file_is_told() {
    for (config, expected) in [
        ("{}", "account"),
        (
            "{ account: { user: a, password: b }, login: { post: /l } }",
            "does not use `${user}`",
        ),
        (
            "{ account: { user: a, password: b }, login: { post: /l, json: { a: '${user}', b: '${pasword}' } } }",
            "pasword",
        ),
        (
            "{ account: { user: a, password: b }, login: { post: /l, json: { a: '${user}', b: '${password}' } }, tries: 2 }",
            "this is no number of tries",
        ),
        (
            "{ account: { user: a, password: b }, login: { post: /l, json: { a: '${user}', b: '${password}' } }, reset: { post: /r } }",
            "does not use `${user}`",
        ),
    ] {
        let faults = faults(config);
        assert!(
            faults.iter().any(|fault| fault.contains(expected)),
            "{config}: {faults:?}"
        );
    }
}

#[test]
fn the_plan_says_that_nothing_runs_beside_it() {
    let forecast = Trial::of(super::kind())
        .parse(WITH_RESET)
        .unwrap()
        .forecast();
    assert!(forecast.exclusive);
    assert_eq!(forecast.writes, ["POST /api/login", "POST /api/reset"]);
    assert_eq!(
        (forecast.requests, forecast.secrets),
        (24, vec!["KEY".to_owned()])
    );
}

#[test]
fn a_good_portal_is_told_how_it_slows_down_and_nothing_else() {
    let tried = run("", WITH_RESET);
    assert!(tried.codes().is_empty(), "{:#?}", tried.report());
    assert_eq!(tried.doubt(), "");
    let notes = tried.report().notes.join(" ");
    assert!(
        notes.contains("after 11 wrong passwords, with status 429"),
        "{notes}"
    );
    assert!(notes.contains("not accepted for now either"), "{notes}");
}

#[test]
fn production_is_left_alone_unless_the_gate_file_allows_it() {
    let tried = run_in("unlimited", CONFIG, EnvironmentKind::Production);
    assert!(tried.portal.lines().is_empty());
    assert!(
        tried.doubt().contains("production: true"),
        "{}",
        tried.doubt()
    );
    let allowed = format!("{CONFIG}production: true\n");
    let tried = run_in("unlimited", &allowed, EnvironmentKind::Production);
    assert_eq!(tried.codes(), ["throttle/unlimited"]);
}

#[test]
fn without_a_control_nothing_is_proven() {
    for (fault, expected) in [
        ("success", "say with `failed:`"),
        ("fails", "cannot be told from a success or a fault"),
    ] {
        let tried = run(fault, CONFIG);
        assert!(tried.codes().is_empty(), "{fault}: {:#?}", tried.report());
        assert!(
            tried.doubt().contains(expected),
            "{fault}: {}",
            tried.doubt()
        );
    }
    let wrong = CONFIG.replace("${KEY}", "another");
    let tried = run("", &wrong);
    assert!(tried.codes().is_empty());
    assert!(
        tried
            .doubt()
            .contains("with the right password was answered with status 401"),
        "{}",
        tried.doubt()
    );
}

#[test]
fn answers_that_flicker_tell_nothing_about_accounts_and_slow_nobody_down() {
    let tried = run("differs", CONFIG);
    assert_eq!(tried.codes(), ["throttle/unlimited"]);
    let doubt = tried.doubt();
    assert!(
        doubt.contains("differs from one request to the next"),
        "{doubt}"
    );
}

#[test]
fn what_one_answer_hints_at_the_next_one_must_say_again() {
    for noise in ["hiccup", "odd"] {
        let tried = run(noise, CONFIG);
        assert_eq!(tried.codes(), ["throttle/unlimited"], "{noise}");
    }
    // The last try is the one that locks the account.
    let tried = run("late", CONFIG);
    assert!(tried.codes().is_empty(), "{:#?}", tried.report());
    let notes = tried.report().notes.join(" ");
    assert!(notes.contains("after 16 wrong passwords"), "{notes}");
}

#[test]
fn no_more_is_guessed_than_the_gate_file_allows() {
    let config = format!("{CONFIG}tries: 6\n");
    let tried = run("unlimited", &config);
    let asked = tried.portal.asked.lock().unwrap();
    let guesses = asked.iter().filter(|asked| {
        asked.purpose == Purpose::Attack && asked.json()["email"] == "anna@acme.example"
    });
    assert_eq!(guesses.count(), 6);
    let unknown = asked
        .iter()
        .find(|asked| asked.json()["email"] != "anna@acme.example")
        .unwrap();
    assert!(
        unknown.json()["email"]
            .as_str()
            .unwrap()
            .ends_with("@acme.example")
    );
}

#[test]
fn an_account_that_other_checks_use_is_noted() {
    let mut trial = Trial::of(super::kind());
    let user = Template::parse("${KEY}").unwrap();
    trial.people[0].credential = Credential::Basic {
        user: user.clone(),
        password: user,
    };
    let config = CONFIG.replace("anna@acme.example", "'${KEY}'");
    let tried = trial.run(&config, &portal(""));
    let notes = tried.report().notes.join(" ");
    assert!(notes.contains("the one of the identity anna"), "{notes}");
}
