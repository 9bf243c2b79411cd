//! What is said about a race that is written wrongly, and what a plan says of one.

use super::super::kind;
use super::super::testing::{DUPLICATE, LIMIT};
use crate::testing::Trial;

fn parse(config: &str) -> Vec<(String, String)> {
    let faults = Trial::of(kind()).parse(config).err().unwrap();
    let told = faults.into_iter().map(|fault| {
        let place = fault.span.map_or("", |span| span.text().to_owned().leak());
        (
            format!("{} {}", fault.message, fault.label.unwrap_or_default()),
            place.to_owned(),
        )
    });
    told.collect()
}

const SEND: &str = "send: { post: /records, json: { title: '${unique}' } }";

const READ: &str = "read: '/records?q=${unique}', records: '$.items[*]'";

/// A race that asks for something that is created.
fn created(mode: &str) -> String {
    format!("{{ {SEND}, {mode}: {{ {READ} }} }}")
}

/// A race with more keys.
fn more(more: &str) -> String {
    format!("{{ {SEND}, duplicate: {{ {READ} }}, {more} }}")
}

/// Holds each config to what is told of it, and where.
fn are_told(cases: &[(String, &str, &str)]) {
    let mut wrong = Vec::new();
    for (config, message, place) in cases {
        let told = parse(config);
        let fits = told
            .iter()
            .any(|(text, at)| text.contains(message) && at.contains(place));
        if !fits {
            wrong.push((config, told));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn what_is_wrong_with_the_mode_and_the_rounds_is_told_at_its_place() {
    are_told(&[
        ("{}".to_owned(), "`send` is missing", ""),
        (format!("{{ {SEND} }}"), "it is not said what must hold", ""),
        (
            more(&format!("idempotent: {{ {READ} }}")),
            "`duplicate` and `idempotent` are both asked",
            "read",
        ),
        (
            created("duplicate").replace("post", "get"),
            "this only reads",
            "/records",
        ),
        (more("times: 1"), "a number from 2 to 50", "1"),
        (more("times: 51"), "a number from 2 to 50", "51"),
        (
            created("double-submit").replace("double", "times: 3, double"),
            "a double submit is two requests",
            "3",
        ),
        (format!("{{ {SEND}, duplicate: {{}} }}"), "read", ""),
        (
            created("duplicate").replace("read:", "key: x-key, read:"),
            "`key` has no meaning in `duplicate`",
            "x-key",
        ),
        (more("rounds: 0"), "a number from 1 to 50", "0"),
        (
            more("rounds: 3, certainty: 99%"),
            "both `rounds` and `certainty`",
            "3",
        ),
        (more("certainty: 100%"), "this is no certainty", "100%"),
        (more("certainty: 0.99"), "this is no certainty", "0.99"),
        (more("chance: 0%"), "this is no chance", "0%"),
        (
            more("certainty: 99.9%, chance: 5%"),
            "takes 135 rounds; 50 are the most",
            "99.9%",
        ),
    ]);
}

#[test]
fn what_is_wrong_with_requests_and_paths_is_told_at_its_place() {
    let limit = |rest: &str| format!("{{ {SEND}, limit: {{ read: /r, {rest} }} }}");
    are_told(&[
        (
            created("duplicate").replace("$.items[*]", "$.items[*"),
            "is not a JSONPath",
            "",
        ),
        (
            created("duplicate").replace("'/records?q=${unique}'", "{ post: /find }"),
            "this is to look and changes something",
            "/find",
        ),
        (
            created("duplicate").replace("{ title: '${unique}' }", "{ title: x }"),
            "cannot be told from anything else",
            "/records",
        ),
        (
            created("duplicate").replace("?q=${unique}", "?q=${uniqe}"),
            "uniqe",
            "${uniqe}",
        ),
        (
            format!(
                "{{ send: {{ post: /records, headers: {{ idempotency-key: k-1 }}, json: {{ title: '${{unique}}' }} }}, idempotent: {{ {READ} }} }}"
            ),
            "this key is the same in each round",
            "k-1",
        ),
        (
            format!(
                "{{ {SEND}, duplicate: {{ read: /page }}, cleanup: {{ delete: '/records/${{id}}' }} }}"
            ),
            "nothing tells the ids",
            "/records/${id}",
        ),
        (more("cleanup: { delete: '/records/${di}' }"), "di", "${di}"),
        (
            more(
                "before: [{ get: /x, capture: { id: $.id } }], cleanup: { delete: '/records/${id}' }",
            ),
            "`id` is what `cleanup` removes",
            "$.id",
        ),
        (
            limit("most: 12, number: $.used"),
            "a number from 1 to 11, below `times`",
            "12",
        ),
        (
            limit("most: 0, number: $.used"),
            "a number from 1 to 11, below `times`",
            "0",
        ),
        (
            limit("most: 3"),
            "needs one of `number` and `records`",
            "/r",
        ),
        (
            limit("most: 3, number: '$.items[*]'"),
            "this can lead to several values",
            "",
        ),
        (
            format!("{{ {SEND}, lost-update: {{ read: /r, number: $.n, step: 0 }} }}"),
            "this is no step",
            "0",
        ),
        (
            format!(
                "{{ {SEND}, lost-update: {{ read: /r, number: $.n }}, cleanup: {{ delete: '/x' }} }}"
            ),
            "creates nothing",
            "",
        ),
        (more("time: 3"), "time", "time"),
    ]);
}

#[test]
fn the_plan_says_what_is_sent_and_that_nothing_runs_beside_it() {
    let forecast = |config: &str| {
        let mut trial = Trial::of(kind());
        trial.who = Some("anna");
        trial.parse(config).unwrap().forecast()
    };
    let plan = forecast(DUPLICATE);
    assert!(plan.exclusive);
    assert_eq!(plan.writes, ["POST /records", "DELETE /records/${id}"]);
    assert_eq!(plan.requests, 13 * (3 + 12 * 2) + 3 + 2);
    assert_eq!(plan.identities, ["anna".into()]);
    let plan = forecast(&format!("{LIMIT}rounds: 2\n"));
    assert_eq!(
        plan.writes,
        [
            "POST /records",
            "POST /records/${record}/amount",
            "DELETE /records/${record}"
        ]
    );
    assert_eq!(plan.requests, 2 * (2 + 3 + 12) + 2 + 3 + 1);
    assert!(plan.worst.as_secs() > 2 * 3);
}
