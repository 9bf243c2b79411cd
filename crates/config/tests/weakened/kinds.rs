//! What single kinds of checks ask for.

use crate::bench::{NOTHING, told};

/// Edits of what a kind asks for, and what is told.
const OF_KINDS: &[(&str, &str, &str)] = &[
    (
        "LIMIT: 300ms",
        "LIMIT: 900ms",
        "weakened: `p95` of the check `fast` was raised from 300ms to 900ms",
    ),
    (
        "p95: \"${LIMIT}\"",
        "p95: 1s",
        "weakened: `p95` of the check `fast` was raised from 300ms to 1s",
    ),
    (
        ", p95: \"${LIMIT}\"",
        "",
        "weakened: `p95` of the check `fast` was raised from 300ms to 500ms",
    ),
    (
        "[/api/records, /api/search]",
        "[/api/records]",
        "weakened: `/api/search` in `absent-from` of the check `apart` was removed",
    ),
    (
        "skip: [PATCH /api/records]",
        "skip: [PATCH /api/records, GET /]",
        "weakened: `skip` of the check `apart` grew by `GET /`",
    ),
    (
        "[boris, greta]",
        "[boris]",
        "weakened: `greta` is no longer an attacker of the check `apart`",
    ),
    (
        "owner: anna",
        "owner: adam",
        "changed: In the check `apart` `owner` changed",
    ),
    (
        "{ title: a }",
        "{ title: b }",
        "changed: In the check `apart` `create.json` changed",
    ),
    (
        "public: [GET /]",
        "public: [GET /, GET /api/invoices]",
        "weakened: `public` of the check `doors` grew by `GET /api/invoices`",
    ),
    (
        "PUT /api/plan: [anna]",
        "PUT /api/plan: all",
        "weakened: `PUT /api/plan` in `routes` of the check `doors` may be used by more people",
    ),
    (
        "public: [GET /]",
        "public: [GET /]\n      skip: { GET /x: slow }",
        "weakened: `skip` of the check `doors` grew by `GET /x`",
    ),
    (
        "public: [GET /]",
        "public: [GET /]\n      identities: [anna]",
        "weakened: `identities` of the check `doors` was set, and all counted before",
    ),
    (
        "public: [GET /]",
        "public: [GET /]\n      refused: 200",
        "weakened: `refused` of the check `doors` was set",
    ),
    (
        "min-tests: 5",
        "min-tests: 1",
        "weakened: `min-tests` of the check `suite` was lowered from 5 to 1",
    ),
    (
        "min-tests: 5",
        "min-tests: 5, allow-skipped: true",
        "weakened: `allow-skipped` of the check `suite` was switched on",
    ),
    (
        "npx playwright test",
        "true",
        "changed: In the check `suite` `run` changed",
    ),
    (
        "tree: true",
        "tree: true, site: false",
        "weakened: `site` of the check `keys` was switched off",
    ),
    (
        "{ tree: true }",
        "{}",
        "weakened: `tree` of the check `keys` was switched off",
    ),
    (
        "tree: true",
        "tree: true, base: HEAD",
        "weakened: `base` of the check `keys` was set",
    ),
    (
        "tries: 10",
        "tries: 12",
        "weakened: `tries` of the check `logins` was raised from 10 to 12",
    ),
    (
        "{ tries: 10 }",
        "{}",
        "weakened: `tries` of the check `logins` was raised from 10 to 15",
    ),
];

#[test]
fn what_a_kind_asks_for_leads_one_way() {
    for (old, new, expected) in OF_KINDS {
        assert_eq!(told(&[(old, new)]), [*expected], "{old} → {new}");
    }
    for (old, new) in [
        ("LIMIT: 300ms", "LIMIT: 200ms"),
        (
            "[/api/records, /api/search]",
            "[/api/search, /api/records, /api/export]",
        ),
        ("skip: [PATCH /api/records]", "skip: []"),
        ("PUT /api/plan: [anna]", "PUT /api/plan: []"),
        ("min-tests: 5", "min-tests: 7"),
        ("tree: true", "tree: true, site: true"),
        ("tries: 10", "tries: 3"),
    ] {
        assert_eq!(told(&[(old, new)]), NOTHING, "{old} → {new}");
    }
}
