//! What is wrong with a matrix is told where it stands.

use super::*;
use crate::testing::FakeFiles;

fn faults(config: &str) -> Vec<String> {
    let parsed = Trial::of(super::super::kind()).parse(config);
    let faults = parsed.err().unwrap_or_default();
    faults
        .iter()
        .map(|fault| {
            let parts = [
                Some(fault.message.clone()),
                fault.label.clone(),
                fault.help.clone(),
            ];
            parts.into_iter().flatten().collect::<Vec<_>>().join(" | ")
        })
        .collect()
}

#[test]
fn faults_name_what_is_near() {
    for (config, said) in [
        ("{}", "there is no matrix"),
        ("routes: { GET /a: [ana] }", "did you mean `anna`?"),
        (
            "routes: { GET /a: [\"role:admim\"] }",
            "did you mean `admin`?",
        ),
        (
            "routes: { GET /a: 5 }",
            "expected a list of who may use the route",
        ),
        (
            "routes: { GET /a: [5] }",
            "expected the name of an identity",
        ),
        ("routes: { /a: [anna] }", "expected a method and a path"),
        (
            "routes: { \"GET,POST /a\": [anna] }",
            "one route has one method",
        ),
        ("public: [\"GET POST /a\"]", "one route has one method"),
        (
            "public: [GET /a]\nroutes: { GET /a: [anna] }",
            "in the matrix twice",
        ),
        (
            "routes: { \"GET /a/{id}\": [anna], \"GET /a/{other}\": [adam] }",
            "in the matrix twice",
        ),
        ("routes: { GET /a: { json: {} } }", "allow"),
        ("routes: { GET /a: { allow: [anna], jsn: {} } }", "json"),
        (
            "routes: { \"GET /a/*\": { allow: [anna], query: { a: b } } }",
            "only `allow` fits a pattern",
        ),
        (
            "routes: { PUT /a: { allow: [anna], json: { a: b }, read: { post: /a } } }",
            "expected a GET",
        ),
        (
            "routes: { PUT /a: { allow: [anna], json: { a: \"${uniqe}\" } } }",
            "did you mean `unique`?",
        ),
        (
            "routes: { GET /a: { allow: [anna], parameters: [1] } }",
            "expected a map",
        ),
        ("publc: [GET /a]", "public"),
        (
            "routes: { GET /a: all }\nmost: 1",
            "expected a number from 4",
        ),
        (
            "routes: { GET /a: all }\nidentities: [bors]",
            "did you mean `boris`?",
        ),
        (
            "routes: { GET /a: all }\nskip: { GET /b: \"\" }",
            "for a reason",
        ),
        ("code: [src]", "code does not say who may"),
        (
            "routes: { GET /a: all }\nresources: { records: { create: { post: /r }  } }",
            "needs `read`",
        ),
    ] {
        let faults = faults(config);
        assert!(
            faults.iter().any(|fault| fault.contains(said)),
            "{config}: {faults:#?}"
        );
    }
}

#[test]
fn what_a_run_would_do_is_told_before() {
    let trial = Trial::of(super::super::kind());
    let config = format!("{MATRIX}allow-destructive: [GET /logout]\n");
    let forecast = trial.parse(&config).unwrap().forecast();
    assert_eq!(
        forecast.writes,
        [
            "POST /records",
            "DELETE /records/{id}",
            "PUT /plan",
            "GET /logout, by its name"
        ]
    );
    assert_eq!(forecast.requests, 58);
    assert_eq!(forecast.identities.len(), 3);
    let skipping = format!("{MATRIX}skip: {{ \"* /records/*\": another check does it }}\n");
    assert_eq!(
        trial.parse(&skipping).unwrap().forecast().writes,
        ["POST /records", "PUT /plan"]
    );
    let secret = "routes: { PUT /a: { allow: [anna], json: { a: \"${KEY}\" } } }";
    assert_eq!(trial.parse(secret).unwrap().forecast().secrets, ["KEY"]);
}

#[test]
fn requests_are_forecast_by_routes_and_people_where_all_routes_are_listed() {
    let forecast = |config: &str| {
        let trial = Trial::of(super::super::kind());
        trial.parse(config).unwrap().forecast().requests
    };
    let sent = tried(MATRIX, &[]).portal.lines().len();
    let told = forecast(MATRIX) as usize;
    assert!(sent <= told && told <= 2 * sent, "{sent} of {told}");
    assert_eq!(forecast(&format!("{MATRIX}most: 30\n")), 30);
    // How many routes a pattern stands for is not known before.
    assert_eq!(forecast("routes: { GET /a: all, GET /b/*: all }"), 600);
    assert_eq!(forecast("public: [GET /]"), 600);
    let reads = "public: [GET /]\nroutes: { GET /a: all }\n";
    assert_eq!(forecast(reads), 1 + 5 + 4);
    assert_eq!(
        forecast(&format!("{reads}skip: {{ GET /a: it never ends }}\n")),
        1 + 4
    );
}

#[test]
fn the_examples_of_the_page_parse() {
    let page = include_str!("../check.md");
    let blocks: Vec<&str> = page
        .split("```yaml\n")
        .skip(1)
        .filter_map(|rest| rest.split("```").next())
        .collect();
    assert_eq!(blocks.len(), 2);
    for block in blocks {
        let gate: serde_json::Value = serde_saphyr::from_str(block).unwrap();
        let config = gate["checks"]["doors-are-shut"]["access"].to_string();
        let mut trial = Trial::of(super::super::kind());
        trial.openapi = Some("openapi.yaml");
        trial.files = FakeFiles::new(&[]);
        if let Err(faults) = trial.parse(&config) {
            panic!("{faults:#?}");
        }
    }
}
