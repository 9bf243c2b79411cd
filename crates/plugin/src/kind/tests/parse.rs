use std::time::Duration;

use tidegate_core::gate::EnvironmentKind;
use tidegate_core::located::Located;
use tidegate_core::plugin::{Access, Destination, Grant, GrantedSecret};
use tidegate_core::span;

use super::*;
use crate::testing::Surroundings;

fn at(text: &str) -> Located<String> {
    let span = Span::new(span::Source::new("tidegate.yaml", ""), 0, 0);
    Located {
        value: text.to_owned(),
        span,
    }
}

fn everything() -> Grant {
    Grant {
        target: Some(Access::Write),
        hosts: vec![at("https://api.stripe.com")],
        secrets: vec![GrantedSecret {
            name: at("KEY"),
            to: vec![Destination::Target],
        }],
        recorded: true,
        identities: vec!["boris".into()],
        ..Grant::default()
    }
}

fn every_power() -> Vec<Power> {
    vec![
        Power::TargetWrite,
        Power::Host("https://api.stripe.com".to_owned()),
        Power::Secret("KEY".to_owned()),
        Power::Recorded,
    ]
}

fn refused(surroundings: &Surroundings, asked: &[Power], config: &str) -> Vec<Diagnostic> {
    let kind = kind(locked(any(), asked));
    surroundings.parse(&*kind, config).err().unwrap()
}

#[test]
fn what_the_plugin_needs_must_be_granted() {
    let faults = refused(&Surroundings::default(), &[Power::TargetRead], "{}");
    assert_eq!(
        told(&faults),
        [
            "3: the plugin `invoice-totals` needs a power that is not granted: it sends requests that read from the environment | it says what for: to read the invoices"
        ]
    );
    let help = faults[0].help.as_deref().unwrap();
    assert!(help.contains("grant: { target: read }"), "{help}");
}

#[test]
fn a_plugin_that_is_locked_and_not_declared_is_told() {
    let surroundings = Surroundings {
        declared: false,
        ..Surroundings::default()
    };
    let faults = refused(&surroundings, &[], "{}");
    assert_eq!(
        told(&faults),
        ["6: the plugin `invoice-totals` is not declared | "]
    );
    let help = faults[0].help.as_deref().unwrap();
    assert!(
        help.contains("invoice-totals: { path: plugins/totals.wasm }"),
        "{help}"
    );
}

#[test]
fn a_secret_in_the_config_must_be_granted() {
    let faults = refused(&Surroundings::default(), &[], "{\n\"key\": \"${KEY}\" }");
    assert!(
        told(&faults)[0].starts_with("2: the secret `KEY` is not granted"),
        "{faults:?}"
    );
    let surroundings = Surroundings {
        grant: everything(),
        ..Surroundings::default()
    };
    let kind = kind(locked(any(), &every_power()));
    surroundings
        .parse(&*kind, "{ \"key\": \"${KEY}\" }")
        .unwrap();
}

#[test]
fn faults_of_the_config_and_of_the_grant_are_told_together() {
    let schema = json!({ "type": "object", "additionalProperties": false });
    let kind = kind(locked(schema, &[Power::Recorded]));
    let faults = Surroundings::default()
        .parse(&*kind, "{ \"a\": 1 }")
        .err()
        .unwrap();
    assert_eq!(faults.len(), 2, "{faults:?}");
}

#[test]
fn a_schema_that_cannot_be_used_is_a_fault_and_no_crash() {
    let schema =
        json!({ "$ref": "#/definitions/a", "definitions": { "a": { "$ref": "#/definitions/a" } } });
    let kind = kind(locked(schema, &[]));
    let faults = Surroundings::default().parse(&*kind, "{}").err().unwrap();
    assert!(faults[0].message.contains("refers to itself"), "{faults:?}");
}

#[test]
fn the_forecast_tells_everything_that_it_may_do() {
    let surroundings = Surroundings {
        grant: everything(),
        ..Surroundings::default()
    };
    let kind = kind(locked(any(), &every_power()));
    let forecast = surroundings.parse(&*kind, "{}").unwrap().forecast();
    assert_eq!(forecast.writes, ["whatever plugin/invoice-totals sends"]);
    assert_eq!(forecast.requests, 200);
    assert_eq!(
        forecast.asks,
        ["https://api.stripe.com whatever plugin/invoice-totals wants to know"]
    );
    assert_eq!(forecast.identities, ["anna".into(), "boris".into()]);
    assert_eq!(forecast.secrets, ["KEY"]);
    assert!(forecast.last && forecast.worst >= Duration::from_secs(60));
    assert_eq!(forecast.powers.len(), 5, "{:?}", forecast.powers);
    let production = Surroundings {
        environment: EnvironmentKind::Production,
        ..surroundings
    };
    let forecast = production.parse(&*kind, "{}").unwrap().forecast();
    assert!(forecast.writes.is_empty());
}

#[test]
fn a_plugin_without_powers_does_nothing_to_anybody() {
    let surroundings = Surroundings {
        grant: everything(),
        ..Surroundings::default()
    };
    let forecast = surroundings
        .parse(&*kind(locked(any(), &[])), "{}")
        .unwrap()
        .forecast();
    assert_eq!(forecast.requests, 0);
    assert!(forecast.writes.is_empty() && forecast.asks.is_empty() && forecast.powers.is_empty());
    assert!(forecast.identities.is_empty() && forecast.secrets.is_empty() && !forecast.last);
}

#[test]
fn what_a_kind_says_comes_from_the_lock_alone() {
    let kind = kind(locked(
        json!({ "$schema": "x", "type": "object" }),
        &[Power::Recorded],
    ));
    let meta = kind.meta();
    assert_eq!(meta.name, "plugin/invoice-totals");
    assert_eq!(
        meta.codes[0].code.as_str(),
        "plugin/invoice-totals/total-differs"
    );
    assert_eq!(meta.codes[0].code.kind(), "plugin/invoice-totals");
    assert_eq!(kind.schema(), json!({ "type": "object" }));
    let page = meta.docs.text();
    let headings: Vec<&str> = page
        .lines()
        .filter(|line| line.starts_with("## "))
        .collect();
    assert_eq!(
        headings,
        [
            "## What it does",
            "## Why it is bad",
            "## Example",
            "## How to fix",
            "## References"
        ]
    );
    assert!(
        page.contains("### `plugin/invoice-totals/total-differs`"),
        "{page}"
    );
    assert!(
        page.contains("reads what other checks sent and received: to read the invoices."),
        "{page}"
    );
    assert!(
        page.contains("\n# no heading\n"),
        "what stands in a block is left alone: {page}"
    );
}

#[test]
fn a_page_cannot_take_the_place_of_another_section() {
    let mut locked = locked(any(), &[]);
    locked.describes.documentation = "# How to fix\nNothing.\n```\n".to_owned();
    locked.describes.codes[0].remedy = "Mend it.\n## References\nNone.".to_owned();
    let kind = kind(locked);
    let page = kind.meta().docs.text();
    assert_eq!(page.matches("\n## How to fix\n").count(), 1, "{page}");
    assert_eq!(page.matches("\n## References\n").count(), 1, "{page}");
    assert_eq!(page.matches("```").count() % 2, 0, "{page}");
}
