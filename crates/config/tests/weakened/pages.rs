//! What is told when a check of pages looks at less.

use crate::bench::between;

const GATE: &str = r#"version: 1
name: acme
environments:
  preview: { kind: preview, url: "https://preview.acme.example" }
checks:
  home:
    page: { assets: true }
  members:
    page:
      paths: [/dashboard, /invoices]
      contains: { /dashboard: [Welcome, Sign out] }
      allow: [/old/*]
      most: 100
"#;

fn told(old: &str, new: &str) -> Vec<String> {
    assert!(GATE.contains(old), "`{old}` is not in the gate");
    let findings = between(GATE, &GATE.replacen(old, new, 1));
    let weaker = findings
        .iter()
        .filter(|one| one.code.as_str() == "gate/weakened");
    weaker.map(|finding| finding.title.clone()).collect()
}

#[test]
fn less_that_is_looked_at_is_told() {
    for (old, new, expected) in [
        (
            "{ assets: true }",
            "{ paths: [/login] }",
            "`paths` of the check `home` lacks `/`",
        ),
        (
            "assets: true",
            "assets: false",
            "`assets` of the check `home` was switched off",
        ),
        (
            "[/dashboard, /invoices]",
            "[/dashboard]",
            "`paths` of the check `members` lacks `/invoices`",
        ),
        (
            "[Welcome, Sign out]",
            "[Welcome]",
            "in `contains./dashboard` of the check `members` was removed",
        ),
        (
            "allow: [/old/*]",
            "allow: [/old/*, /new/*]",
            "`allow` of the check `members` grew by `/new/*`",
        ),
        ("most: 100", "most: 20", "was lowered from 100 to 20"),
    ] {
        let told = told(old, new);
        assert_eq!(told.len(), 1, "{old}: {told:?}");
        assert!(told[0].contains(expected), "{told:?}");
    }
}

#[test]
fn more_that_is_looked_at_is_not() {
    for (old, new) in [
        ("{ assets: true }", "{}"),
        ("{ assets: true }", "{ paths: [/, /login] }"),
        ("[Welcome, Sign out]", "[Welcome, Sign out, Invoices]"),
        ("allow: [/old/*]", "allow: []"),
        ("most: 100", "most: 500"),
    ] {
        assert_eq!(told(old, new), [""; 0], "{old}: {new}");
    }
}
