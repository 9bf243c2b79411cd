use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::located::Located;
use tidegate_core::plugin::{GrantedSecret, Limits, Plugin, Source};
use tidegate_core::span::{self, Span};

use super::*;

fn asks(power: Power) -> Capability {
    Capability {
        power,
        reason: "to read the invoices".to_owned(),
        optional: false,
    }
}

fn may_ask(power: Power) -> Capability {
    Capability {
        optional: true,
        ..asks(power)
    }
}

fn span() -> Span {
    let source = span::Source::new(
        "tidegate.yaml",
        "plugins:\n  totals:\n    path: totals.wasm\n",
    );
    Span::new(source, 11, 17)
}

fn at<T>(value: T) -> Located<T> {
    Located {
        value,
        span: span(),
    }
}

fn plugin(grant: Grant) -> Plugin {
    Plugin {
        name: "totals".to_owned(),
        span: span(),
        source: Source::File(at("totals.wasm".to_owned())),
        grant,
        limits: Limits::default(),
    }
}

fn everything() -> Grant {
    Grant {
        span: None,
        target: Some(Access::Write),
        apis: vec!["db".into()],
        hosts: vec![at("https://api.stripe.com".to_owned())],
        secrets: vec![GrantedSecret {
            name: at("STRIPE_KEY".to_owned()),
            to: vec![Destination::Host("https://api.stripe.com".to_owned())],
        }],
        files: vec![at("exports/**/*.csv".to_owned())],
        recorded: true,
        identities: vec!["anna".into()],
    }
}

fn every_power() -> Vec<Capability> {
    vec![
        asks(Power::TargetWrite),
        asks(Power::Apis),
        asks(Power::Host("https://API.stripe.com:443/".to_owned())),
        asks(Power::Secret("STRIPE_KEY".to_owned())),
        asks(Power::Files("exports/**".to_owned())),
        asks(Power::Recorded),
    ]
}

fn messages(diagnostics: &[Diagnostic]) -> Vec<&str> {
    diagnostics.iter().map(|one| one.message.as_str()).collect()
}

#[test]
fn it_has_what_is_both_asked_and_granted() {
    let powers = Powers::of(&every_power(), &everything());
    assert_eq!(powers.target, Some(Access::Write));
    assert_eq!(powers.hosts, ["https://api.stripe.com"]);
    assert!(powers.recorded && powers.apis.len() == 1 && powers.secrets.len() == 1);
    assert!(powers.files.allows("exports/2026/a.csv"));
    for other in ["exports/2026/a.txt", "other/a.csv", "../exports/a.csv"] {
        assert!(!powers.files.allows(other), "{other}");
    }
    assert_eq!(
        powers.sentences(),
        [
            "sends requests that change things in the environment",
            "sends requests to db under `apis:`",
            "sends requests to https://api.stripe.com",
            "has the secret STRIPE_KEY sent to https://api.stripe.com",
            "acts as anna",
            "reads what other checks sent and received",
            "reads files that match exports/**/*.csv and exports/**",
        ]
    );
}

#[test]
fn it_has_nothing_of_what_only_one_side_says() {
    for powers in [
        Powers::of(&[], &everything()),
        Powers::of(&every_power(), &Grant::default()),
    ] {
        assert!(!powers.sends() && !powers.recorded && powers.secrets.is_empty());
        assert!(powers.files.is_empty() && !powers.files.allows("exports/a.csv"));
        let told = powers.sentences();
        assert!(told.is_empty(), "{told:?}");
    }
    let reads = [asks(Power::TargetRead)];
    assert_eq!(Powers::of(&reads, &everything()).target, Some(Access::Read));
    let grant = Grant {
        target: Some(Access::Read),
        ..Grant::default()
    };
    let powers = Powers::of(&[asks(Power::TargetWrite)], &grant);
    assert_eq!(powers.target, Some(Access::Read));
}

#[test]
fn what_is_needed_and_not_granted_is_told_with_what_to_add() {
    let told = faults(&plugin(Grant::default()), &every_power());
    let help = |at: usize| told[at].help.as_deref().unwrap();
    assert_eq!(told.len(), 6);
    assert_eq!(
        told[0].message,
        "the plugin `totals` needs a power that is not granted: it sends requests that change things in the environment"
    );
    assert_eq!(
        help(0),
        "If it may, add `grant: { target: write }` to `plugins: totals`."
    );
    assert!(help(1).contains("secrets: { STRIPE_KEY: \"https://api.stripe.com\" }"));
    assert!(help(2).contains("hosts: [\"https://api.stripe.com\"]"));
    assert!(help(5).contains("files: [\"exports/**\"]"));
    assert_eq!(
        told[0].label.as_deref(),
        Some("it says what for: to read the invoices")
    );
    assert_eq!(told[0].span.as_ref().unwrap().line(), 2);
    assert!(faults(&plugin(everything()), &every_power()).is_empty());
}

#[test]
fn reading_is_not_enough_for_what_changes_things() {
    let grant = Grant {
        target: Some(Access::Read),
        ..everything()
    };
    assert_eq!(faults(&plugin(grant.clone()), &every_power()).len(), 1);
    assert!(faults(&plugin(grant), &[asks(Power::TargetRead)]).is_empty());
}

#[test]
fn what_it_can_do_without_is_a_note_and_no_fault() {
    let asked = [may_ask(Power::Recorded)];
    let plugin = plugin(Grant::default());
    assert!(faults(&plugin, &asked).is_empty());
    assert_eq!(
        notes(&plugin, &asked),
        [
            "The plugin `totals` goes without a power that it asks for, if it may have it: it reads what other checks sent and received (to read the invoices). To grant it, add `grant: { recorded: true }`."
        ]
    );
}

#[test]
fn what_is_granted_and_not_asked_for_is_a_warning() {
    let told = warnings(&plugin(everything()), &[asks(Power::TargetRead)]);
    let told = messages(&told);
    assert_eq!(told.len(), 6, "{told:?}");
    assert!(told[0].ends_with("it sends requests that change things in the environment"));
    assert!(warnings(&plugin(everything()), &every_power()).is_empty());
    assert!(warnings(&plugin(Grant::default()), &every_power()).is_empty());
    let elsewhere = [asks(Power::Files("reports/*".to_owned()))];
    let told = warnings(&plugin(everything()), &elsewhere);
    assert!(
        messages(&told)
            .iter()
            .any(|told| told.contains("exports/**/*.csv"))
    );
}

#[test]
fn a_host_that_is_none_is_never_granted() {
    let asked = [asks(Power::Host("https://*.stripe.com".to_owned()))];
    let told = faults(&plugin(everything()), &asked);
    assert!(
        told[0]
            .message
            .contains("a pattern names more than one host"),
        "{told:?}"
    );
    assert!(Powers::of(&asked, &everything()).hosts.is_empty());
}

#[test]
fn origins_are_compared_as_they_are_parsed() {
    let same = [
        ("https://API.Stripe.com", "https://api.stripe.com"),
        ("https://api.stripe.com:443/", "https://api.stripe.com"),
        ("http://127.0.0.1:80", "http://127.0.0.1"),
        ("http://0x7f.1:8080", "http://127.0.0.1:8080"),
        ("https://münchen.example", "https://xn--mnchen-3ya.example"),
        ("http://[::1]:8080", "http://[::1]:8080"),
    ];
    for (text, read) in same {
        assert_eq!(origin(text).as_deref(), Ok(read));
    }
    let improper = [
        "api.stripe.com",
        "ftp://api.stripe.com",
        "https://user@api.stripe.com",
        "https://:pass@api.stripe.com",
        "https://api.stripe.com/v1",
        "https://api.stripe.com?x",
        "https://api.stripe.com#x",
        "https://api.stripe.com.",
        "https://*.stripe.com",
        "https://api.stripe.com\\@evil.example",
        "https://api.stripe.com\n",
        "https://",
        "",
    ];
    for text in improper {
        assert!(origin(text).is_err(), "{text:?}");
    }
}

#[test]
fn the_difference_of_two_versions_is_told_worst_first() {
    let older = [
        asks(Power::TargetRead),
        may_ask(Power::Recorded),
        asks(Power::Apis),
    ];
    let newer = [
        asks(Power::Files("exports/**".to_owned())),
        asks(Power::Recorded),
        asks(Power::TargetWrite),
    ];
    let difference = Difference::between(&older, &newer);
    assert!(difference.asks_for_more());
    assert_eq!(
        difference.to_string(),
        "asks for more: sends requests that change things in the environment; reads files that match exports/**. \
         cannot do without what it could before: reads what other checks sent and received. \
         asks no more for: sends requests to origins under `apis:`"
    );
    let back = Difference::between(&newer, &older);
    assert_eq!(back.more, ["sends requests to origins under `apis:`"]);
    assert!(
        back.less
            .contains(&"sends requests that change things in the environment".to_owned())
    );
    let same = Difference::between(&older, &older);
    assert!(same.is_empty() && same.to_string() == "asks for the same");
}
