//! Checks, the keys that all of them have, and what they expect.

use crate::bench::{GATE, NOTHING, between, told};

#[test]
fn a_check_that_is_gone_off_or_another_one_is_told() {
    let suite =
        "  suite:\n    command: { run: npx playwright test, junit: results.xml, min-tests: 5 }\n";
    assert_eq!(
        told(&[(suite, "")]),
        ["weakened: The check `suite` was removed"]
    );
    assert_eq!(told(&[("  suite:\n", "  renamed:\n")]), NOTHING);
    assert_eq!(
        told(&[("command: { run", "probe: { run")]),
        ["weakened: The check `suite` is of another kind"]
    );
    let preview = "rate: 20 }";
    assert_eq!(
        told(&[(preview, "rate: 20, checks: { suite: off } }")]),
        ["weakened: The check `suite` was switched off"]
    );
    let production = "\"https://portal.acme.example\" }";
    assert_eq!(
        told(&[(
            production,
            "\"https://portal.acme.example\", checks: { suite: off } }"
        )]),
        ["weakened: The check `suite` was switched off in the environment `production`"]
    );
    assert_eq!(
        told(&[("checks:\n", "checks:\n  more: { flow: [{ get: / }] }\n")]),
        NOTHING
    );
}

#[test]
fn the_keys_that_every_check_has_lead_one_way() {
    for (old, new, expected) in [
        (
            "severity: high",
            "severity: low",
            &["weakened: The severity of the check `home` was lowered"][..],
        ),
        ("severity: high", "severity: critical", NOTHING),
        (
            "severity: high",
            "on-inconclusive: warn",
            &["weakened: The check `home` no longer stops the deploy when it could not tell"],
        ),
        ("severity: high", "on-inconclusive: block", NOTHING),
        (
            "severity: high",
            "severity: high\n    retries: 2",
            &["weakened: The check `home` is retried more often"],
        ),
        (
            "severity: high",
            "severity: high\n    timeout: 10s",
            NOTHING,
        ),
        (
            "severity: high",
            "severity: high\n    needs: [fast]",
            &["weakened: The check `home` runs only when more others passed"],
        ),
        (
            "severity: high",
            "severity: high\n    when: { environment: [production] }",
            &["weakened: The check `home` runs less often, by `when.environment`"],
        ),
        (
            "severity: high",
            "severity: high\n    when: { changed: [docs/**] }",
            &["weakened: The check `home` runs less often, by `when.changed`"],
        ),
        (
            "[\"src/**\"]",
            "[]",
            &["weakened: The check `home` covers fewer files"],
        ),
        ("[\"src/**\"]", "[\"src/**\", \"lib/**\"]", NOTHING),
        ("[\"src/**\"]", "[\"**\"]", NOTHING),
        (
            "severity: high",
            "severity: high\n    as: anna",
            &["changed: In the check `home` `as` changed"],
        ),
    ] {
        assert_eq!(told(&[(old, new)]), expected, "{old} → {new}");
    }
}

#[test]
fn an_expectation_that_is_gone_or_wider_is_told() {
    let page = "in `the home page loads` of the check `home`";
    for (old, new, expected) in [
        ("status: 200,", "status: [200, 500],", format!("weakened: `expect.status` {page} was widened from 200 to 200, 500")),
        ("status: 200,", "status: 2xx,", format!("weakened: `expect.status` {page} was widened from 200 to 2xx")),
        ("status: 200,", "status: 404,", "changed: In the check `home` `expect.status` in `the home page loads` changed".to_owned()),
        ("status: 200, ", "", format!("weakened: `expect.status` {page} was removed")),
        ("lt: 500ms", "lt: 2s", format!("weakened: `expect.time.lt` {page} was widened from 500ms to 2s")),
        ("$.status: ok, ", "", format!("weakened: `expect.json.$.status` {page} was removed")),
        ("$.status: ok", "$.status: { exists: true }", format!("weakened: `expect.json.$.status` {page} was widened from ok to exists: true")),
        ("gte: 1", "gte: 0", format!("weakened: `expect.json.$.count.gte` {page} was widened from 1 to 0")),
        (", lte: 10", "", format!("weakened: `expect.json.$.count.lte` {page} was removed")),
        ("        expect: 201\n", "", "weakened: `expect` in `POST /api/records` of the check `home` was removed".to_owned()),
        ("expect: 201", "expect: 2xx", "weakened: `expect` in `POST /api/records` of the check `home` was widened from 201 to 2xx".to_owned()),
        (
            "      - post: /api/records\n        json: { title: \"${unique}\" }\n        expect: 201\n",
            "",
            "weakened: `POST /api/records` of the check `home` was removed".to_owned(),
        ),
        ("title: \"${unique}\"", "title: x", "changed: In the check `home` `json` in `POST /api/records` changed".to_owned()),
    ] {
        assert_eq!(told(&[(old, new)]), [expected], "{old} → {new}");
    }
    for (old, new) in [
        ("lt: 500ms", "lt: 100ms"),
        (
            "status: 200,",
            "status: 200, headers: { etag: { exists: true } },",
        ),
        ("gte: 1", "gte: 2"),
        ("lte: 10", "lte: 10, type: number"),
        ("{ gte: 1, lte: 10 }", "5"),
        (
            "expect: 201",
            "expect: { status: 201, json: { $.id: { exists: true } } }",
        ),
        ("expect: 201", "expect: [201]"),
        (
            "name: the home page loads",
            "name: the home page loads\n        timeout: 5s",
        ),
    ] {
        assert_eq!(told(&[(old, new)]), NOTHING, "{old} → {new}");
    }
}

#[test]
fn a_check_under_another_name_is_the_same_for_those_that_need_it() {
    let needs = |id: &str| format!("severity: high\n    needs: [{id}]");
    let before = GATE.replace("severity: high", &needs("fast"));
    let titles = |after: &str| -> Vec<String> {
        let findings = between(&before, after);
        findings.into_iter().map(|finding| finding.title).collect()
    };
    let renamed = before.replace("  fast:\n", "  quick:\n");
    let renamed = renamed.replace("[fast]", "[quick]");
    assert_eq!(titles(&renamed), NOTHING);
    // It is held against what it was.
    let slower = renamed.replace("p95: \"${LIMIT}\"", "p95: 900ms");
    assert_eq!(
        titles(&slower),
        ["`p95` of the check `quick` was raised from 300ms to 900ms"]
    );
    // What has less in common is another check.
    let other = slower.replace("latency: { get: /api/records", "latency: { get: /health");
    assert_eq!(
        titles(&other),
        [
            "The check `fast` was removed",
            "The check `home` runs only when more others passed"
        ]
    );
}

#[test]
fn a_value_in_place_of_predicates_is_held_against_them() {
    let changed =
        ["changed: In the check `home` `expect.json.$.count` in `the home page loads` changed"];
    let count = "{ gte: 1, lte: 10 }";
    assert_eq!(told(&[(count, "10")]), NOTHING);
    assert_eq!(told(&[(count, "11")]), changed);
    assert_eq!(told(&[(count, "many")]), changed);
    let between_them = |before: &str, after: &str| {
        let (before, after) = (GATE.replace(count, before), GATE.replace(count, after));
        between(&before, &after).len()
    };
    assert_eq!(between_them("{ equals: 5 }", "5"), 0);
    assert_eq!(between_them("{ equals: 5 }", "6"), 1);
    assert_eq!(between_them("{ exists: true }", "6"), 0);
    assert_eq!(between_them("{ exists: false }", "6"), 1);
    assert_eq!(between_them("{ one-of: [5, 6] }", "6"), 0);
    assert_eq!(between_them("{ not: 6 }", "6"), 1);
}
