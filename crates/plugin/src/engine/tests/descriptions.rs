//! What a plugin says of itself.

use super::*;
use crate::error::PluginError;
use crate::interface::types::{Capability, Description, Power};

fn described(description: &Description) -> Result<Description, PluginError> {
    load(&Guest::described(description, "unreachable")).describe()
}

#[test]
fn a_description_comes_over_as_it_was_given() {
    let powers = [
        Power::TargetRead,
        Power::TargetWrite,
        Power::Apis,
        Power::Host("https://api.stripe.com".to_owned()),
        Power::Secret("STRIPE_KEY".to_owned()),
        Power::Files("exports/**/*.csv".to_owned()),
        Power::Recorded,
    ];
    let capabilities = powers.map(|power| Capability {
        power,
        reason: "to look".to_owned(),
        optional: true,
    });
    let description = Description {
        capabilities: capabilities.to_vec(),
        ..guest::description()
    };
    assert_eq!(described(&description), Ok(description));
}

#[track_caller]
fn wrong(change: impl FnOnce(&mut Description), about: &str) {
    let mut description = guest::description();
    change(&mut description);
    match described(&description) {
        Err(PluginError::Description { reason }) => assert!(reason.contains(about), "{reason}"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn names_are_lowercase_words_with_hyphens() {
    for name in [
        "", "Totals", "-a", "a-", "a--b", "1a", "a_b", "a b", "ä", "a/b",
    ] {
        wrong(|described| name.clone_into(&mut described.name), "its name");
        wrong(
            |described| name.clone_into(&mut described.codes[0].slug),
            "a code's slug",
        );
    }
    wrong(|described| described.name = "a".repeat(65), "at most 64");
}

#[test]
fn codes_are_declared_once_and_are_not_too_many() {
    wrong(
        |described| described.codes.push(described.codes[0].clone()),
        "twice",
    );
    let many = |described: &mut Description| {
        described.codes = (0..101)
            .map(|number| crate::interface::types::Code {
                slug: format!("code-{number}"),
                ..described.codes[0].clone()
            })
            .collect();
    };
    wrong(many, "more than 100 codes");
    wrong(
        |described| described.capabilities = vec![described.capabilities[0].clone(); 65],
        "more than 64 powers",
    );
}

#[test]
fn texts_are_bounded_and_hide_nothing() {
    wrong(
        |described| described.version = "1.2".to_owned(),
        "no semantic version",
    );
    wrong(
        |described| described.summary = String::new(),
        "its summary is empty",
    );
    wrong(
        |described| described.summary = "a\nb".to_owned(),
        "more than one line",
    );
    wrong(
        |described| described.summary = "x".repeat(501),
        "longer than 500",
    );
    wrong(
        |described| described.summary = "\u{1b}[2J".to_owned(),
        "control characters",
    );
    wrong(
        |described| described.codes[0].impact = "a\u{202e}b".to_owned(),
        "control characters",
    );
    wrong(
        |described| described.documentation = "x".repeat(65_537),
        "longer than 65536",
    );
    wrong(
        |described| described.capabilities[0].reason = "a\rb".to_owned(),
        "control",
    );
    wrong(
        |described| described.capabilities[0].power = Power::Host(String::new()),
        "a power is empty",
    );
}

#[test]
fn the_schema_is_json() {
    wrong(
        |described| described.config_schema = "{".to_owned(),
        "no JSON",
    );
    wrong(
        |described| described.config_schema = "[1]".to_owned(),
        "no JSON object",
    );
    wrong(
        |described| described.config_schema = format!("\"{}\"", "x".repeat(262_144)),
        "longer than 262144",
    );
    wrong(
        |described| described.config_schema = "[".repeat(10_000),
        "no JSON",
    );
}

#[test]
fn one_that_asks_for_something_meanwhile_gets_nothing() {
    let guest = Guest::new("unreachable")
        .request("request", &request())
        .words("answer", &[0; 64])
        .describing("(call $send (global.get $request) (global.get $answer)) unreachable");
    match load(&guest).describe() {
        Err(PluginError::Describing(error)) => assert_limit(&error, LimitName::Requests),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_loop_in_it_ends() {
    let guest = Guest::new("unreachable").describing("(loop $forever (br $forever)) unreachable");
    match load(&guest).describe_within(brief()) {
        Err(PluginError::Describing(error)) => assert_limit(&error, LimitName::Time),
        other => panic!("{other:?}"),
    }
}
