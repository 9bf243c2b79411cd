//! Configs that are read, and faults that are told.

use std::time::Duration;

use tidegate_core::gate::EnvironmentKind;

use crate::regression::testing::{bench, faults, period};

#[test]
fn what_is_wrong_is_told_with_its_remedy() {
    for (config, expected) in [
        ("{ get: /a }", "an address (`old: { url:"),
        ("{ get: /a, old: producton }", "did you mean `production`?"),
        (
            "{ get: /a, old: {} }",
            "this does not say what to compare with",
        ),
        (
            "{ get: /a, old: { url: 'https://b.example', reference: true } }",
            "this does not say what to compare with",
        ),
        (
            "{ get: /a, old: twin }",
            "the old and the new deploy have the same address",
        ),
        (
            "{ get: /a, old: { url: 'http://127.0.0.1:80' } }",
            "the old and the new deploy have the same address",
        ),
        (
            "{ get: /a, old: { url: 'https://b.example', ulr: x } }",
            "unknown",
        ),
        (
            "{ get: /a, old: { reference: false, control: { get: /health } } }",
            "nothing to compare with",
        ),
        ("{ get: /a, old: { reference: true } }", "control"),
        (
            "{ get: /a, old: { reference: true, control: { post: /health } } }",
            "may change something",
        ),
        (
            "{ get: /a, old: { reference: true, control: { get: /health, p95: 1 } } }",
            "p95",
        ),
        (
            "{ get: /a, old: { start: { command: ./old, environment: { PORT: 80 }, ready: { get: /h } } } }",
            "expected `${port}`",
        ),
        ("{ get: /a, old: staging, tolerance: 0.1 }", "tolerance"),
        ("{ get: /a, old: staging, tolerance: 10 }", "tolerance"),
        (
            "{ get: /a, old: staging, tolerance: 101% }",
            "from 0% to 100%",
        ),
        (
            "{ get: /a, old: staging, percentile: p100 }",
            "Known here: p50, p90, p95, p99",
        ),
        (
            "{ get: /a, old: staging, percentile: p99, samples: 298 }",
            "needs 299 at least",
        ),
        ("{ get: /a, old: staging, samples: 49 }", "from 50 to 2000"),
        (
            "{ get: /a, old: staging, samples: 58 }",
            "needs 59 at least",
        ),
        (
            "{ get: /a, old: staging, samples: 2001 }",
            "from 50 to 2000",
        ),
        (
            "{ get: /a, old: staging, visible: 1.05 }",
            "expected more than 1.10",
        ),
        ("{ get: /a, old: staging, rate: 0 }", "from 1 to 200"),
        (
            "{ get: /a, old: staging, within: 4s }",
            "only 53 pairs of 1 route fit into 4 s",
        ),
        ("{ post: /a, old: staging }", "`idempotent: true`"),
        (
            "{ post: /a, idempotent: true, old: production }",
            "production is only read",
        ),
        ("{ get: /a, on: db, old: staging }", "expected a path"),
        (
            "{ get: 'https://b.example/a', old: staging }",
            "expected a path",
        ),
        ("{ get: '/a/${id}', old: staging }", "unknown capture `id`"),
        ("{ get: /a, p95: 300ms, old: staging }", "unknown"),
        (
            "{ get: /a, idempotnt: true, old: staging }",
            "did you mean `idempotent`?",
        ),
        (
            "{ routes: [{ get: /a }, { get: /a }], old: staging }",
            "GET /a is named twice",
        ),
    ] {
        let told = faults(config);
        assert!(
            told.iter().any(|fault| fault.contains(expected)),
            "{config}: {told:#?}"
        );
    }
}

#[test]
fn twenty_routes_are_the_most() {
    let routes = |count: usize| {
        let routes: Vec<String> = (0..count)
            .map(|number| format!("{{ get: /{number} }}"))
            .collect();
        let routes = routes.join(", ");
        faults(&format!(
            "{{ routes: [{routes}], old: staging, within: 30m }}"
        ))
    };
    assert!(routes(20).is_empty());
    assert!(routes(21)[0].contains("21 routes are too many"));
}

/// Every way to name the old deploy.
const OLD: &[&str] = &[
    "production",
    "{ url: 'https://b.example', kind: staging, headers: { x-key: '${KEY}' } }",
    "{ start: { command: './old ${port}', ready: { get: /health } } }",
    "{ start: { command: ./old, environment: { PORT: '${port}' }, ready: { get: /health } } }",
    "{ start: { command: ./old, ready: { get: /health } } }",
    "{ reference: true, control: { get: /health } }",
];

#[test]
fn every_way_to_name_the_old_deploy_is_read() {
    for old in OLD {
        let told = faults(&format!("{{ get: /a, old: {old} }}"));
        assert!(told.is_empty(), "{old}: {told:#?}");
    }
    let many = "{ routes: [{ get: /a }, { post: /b, idempotent: true }], old: staging, tolerance: 5%, percentile: p99, samples: 300, within: 10m, visible: 2, warm-up: 0, rate: 5 }";
    assert!(faults(many).is_empty(), "{:#?}", faults(many));
}

#[test]
fn a_check_that_is_out_here_needs_no_old_deploy() {
    let mut bench = bench();
    for old in ["twin", "{ url: 'http://127.0.0.1' }", "nowhere"] {
        let config = format!("{{ get: /a, old: {old} }}");
        bench.applies = true;
        assert!(bench.parse(&config).is_err(), "{old}");
        bench.applies = false;
        assert!(bench.parse(&config).is_ok(), "{old}");
    }
}

#[test]
fn what_the_environment_does_not_bear_is_no_fault_where_the_check_is_out() {
    let mut bench = bench().within(EnvironmentKind::Production);
    for config in [
        "{ get: /a, old: staging, within: 1s }",
        "{ post: /a, idempotent: true, old: staging }",
    ] {
        bench.applies = true;
        let check = bench.parse(config).unwrap();
        assert!(check.unfit().is_some(), "{config}");
        bench.applies = false;
        assert!(bench.parse(config).is_ok(), "{config}");
    }
}

#[test]
fn the_plan_knows_every_request_and_who_is_asked() {
    let forecast = |config: &str| bench().parse(config).unwrap().forecast();
    let both = forecast(
        "{ routes: [{ get: /a }, { get: /b, timeout: 20s }], old: production, samples: 100, within: 1m }",
    );
    assert_eq!(both.requests, (100 + 5) * 2 * 2 + 2);
    assert_eq!(
        both.worst,
        period("1m") + period("20s") * 3 + Duration::from_secs(20)
    );
    assert!(both.exclusive && both.starts_nothing && both.writes.is_empty());
    assert_eq!(both.secrets, ["KEY"]);
    assert_eq!(
        both.asks,
        ["the old deploy at https://portal.acme.example how long it takes"]
    );
    let started =
        forecast("{ get: /a, old: { start: { command: './old ${TOKEN}', ready: { get: /h } } } }");
    assert!(!started.starts_nothing && started.asks.is_empty());
    assert_eq!(started.secrets, ["TOKEN"]);
}

#[test]
fn production_on_either_side_is_asked_gently() {
    let needs = |config: &str, here| {
        let check = bench().within(here).parse(config).unwrap();
        check.unfit().unwrap().label.unwrap()
    };
    let (preview, production) = (EnvironmentKind::Preview, EnvironmentKind::Production);
    let config = |old: &str| format!("{{ get: /a, old: {old}, within: 1s }}");
    assert!(needs(&config("staging"), preview).ends_with("about 9 s"));
    assert!(needs(&config("production"), preview).ends_with("about 16 s"));
    assert!(needs(&config("staging"), production).ends_with("about 16 s"));
}

#[test]
fn the_example_of_the_page_is_read_and_fits_the_schema() {
    let schema = jsonschema::validator_for(&crate::regression::schema::regression()).unwrap();
    let examples = crate::testing::examples(include_str!("../check.md"));
    assert_eq!(examples.len(), 1);
    for (_, entry) in examples[0].as_object().unwrap() {
        let config = &entry["regression"];
        assert!(schema.is_valid(config), "{config}");
        assert!(faults(&config.to_string()).is_empty(), "{config}");
    }
}

#[test]
fn the_schema_takes_what_is_read_and_refuses_what_is_not() {
    let schema = jsonschema::validator_for(&crate::regression::schema::regression()).unwrap();
    let valid = |text: &str| {
        let config: serde_json::Value = serde_saphyr::from_str(text).unwrap();
        schema.is_valid(&config)
    };
    for old in OLD {
        assert!(valid(&format!("{{ get: /a, old: {old} }}")), "{old}");
    }
    for wrong in [
        "{ get: /a }",
        "{ old: staging }",
        "{ get: /a, routes: [{ get: /b }], old: staging }",
        "{ routes: [], old: staging }",
        "{ get: /a, old: { reference: true } }",
        "{ get: /a, old: { url: a, reference: true } }",
        "{ get: /a, old: staging, tolerance: 0.1 }",
        "{ get: /a, old: staging, percentile: p100 }",
        "{ get: /a, old: staging, samples: 10 }",
        "{ get: /a, old: staging, tolerence: 10% }",
    ] {
        assert!(!valid(wrong), "{wrong}");
    }
}
