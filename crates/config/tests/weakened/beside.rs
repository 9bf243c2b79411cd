//! What stands beside the checks.

use crate::bench::{NOTHING, told};

/// Edits of what stands beside the checks, and what is told.
const BESIDE: &[(&str, &str, &str)] = &[
    (
        "openapi: openapi.yaml\n",
        "",
        "weakened: Answers are no longer held against the OpenAPI document",
    ),
    (
        "openapi.yaml",
        "other.yaml",
        "changed: Answers are held against another OpenAPI document",
    ),
    (
        "tenant: globex",
        "tenant: acme",
        "weakened: The identity `boris` has another tenant",
    ),
    (
        "role: member",
        "role: admin",
        "weakened: The identity `anna` has another role",
    ),
    (
        "${BORIS_TOKEN}",
        "${OTHER}",
        "changed: The identity `boris` logs in another way",
    ),
    (
        "  boris: { tenant: globex, role: member, bearer: \"${BORIS_TOKEN}\" }\n",
        "",
        "weakened: The identity `boris` was removed",
    ),
    (
        "fields: block",
        "fields: ignore",
        "weakened: `undocumented-fields` of the observer `watch` was relaxed",
    ),
    (
        "undocumented-fields: block, ",
        "",
        "weakened: `undocumented-fields` of the observer `watch` was relaxed",
    ),
    (
        "[generic]",
        "[generic, stripe]",
        "weakened: `without` of the observer `watch` grew by `stripe`",
    ),
    (
        "{ undocumented-fields: block, without: [generic] }",
        "off",
        "weakened: The observer `watch` was switched off",
    ),
    (
        "probe/wrong: deny",
        "probe/wrong: allow",
        "weakened: The level of `probe/wrong` was lowered",
    ),
    (
        "rate: 20",
        "rate: 50",
        "weakened: More requests a second may go to the environment `preview`",
    ),
    (
        "\"https://portal.acme.example\" }",
        "\"https://portal.acme.example\", kind: preview }",
        "weakened: The environment `production` is no longer production: checks may write to it",
    ),
    (
        "  production: { url: \"https://portal.acme.example\" }\n",
        "",
        "weakened: The production environment `production` was removed",
    ),
    (
        "https://preview.",
        "https://other.",
        "changed: The environment `preview` is at another address",
    ),
    (
        "https://db.",
        "https://other.",
        "changed: The api `db` is at another address",
    ),
    (
        "2026-12-31",
        "2027-12-31",
        "weakened: The waiver for `probe/wrong` ends later, and does not apply to this change",
    ),
    (
        "check: home, ",
        "",
        "weakened: The waiver for `probe/wrong` covers more, and does not apply to this change",
    ),
    (
        "check: home, ",
        "check: fast, ",
        "weakened: The waiver for `probe/wrong` was added, and does not apply to this change",
    ),
];

#[test]
fn what_stands_beside_the_checks_leads_one_way() {
    for (old, new, expected) in BESIDE {
        assert_eq!(told(&[(old, new)]), [*expected], "{old} → {new}");
    }
    for (old, new) in [
        ("{ levels: { probe/wrong: deny } }", "{}"),
        ("fields: block", "fields: block, requests: block"),
        ("rate: 20", "rate: 5"),
        ("2026-12-31", "2026-11-30"),
        (
            "owner: mia, ",
            "fingerprint: 0123456789abcdef, owner: mia, ",
        ),
        ("name: acme", "name: globex"),
        (
            "waivers:\n  - { code: probe/wrong, check: home, owner: mia, reason: vendor, expires: 2026-12-31 }\n",
            "",
        ),
        ("kind: preview", "kind: staging"),
        ("  production: {", "  live: {"),
        ("  boris: {", "  boris-globex: {"),
    ] {
        assert_eq!(told(&[(old, new)]), NOTHING, "{old} → {new}");
    }
}
