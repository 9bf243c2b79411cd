use super::super::model::{Role, Side, Variable};
use super::*;

fn key() -> Key {
    Key::shared("a key for tests that is long enough").unwrap()
}

fn preview(name: &str, value: &str) -> Gathered {
    let mut side = Side::new("preview", Role::Preview);
    side.set(Variable {
        name: name.into(),
        scope: String::new(),
        facts: Some(Facts::of(name, value, &key())),
        value: Some(value.into()),
        place: place(".env.preview", 1, 1),
        inherited: false,
        beside: false,
    });
    Gathered {
        sides: vec![side],
        ..Gathered::default()
    }
}

fn titles(parts: &[(&str, &str, Origin)], gathered: &Gathered) -> Vec<String> {
    let texts: Vec<String> = parts
        .iter()
        .map(|(_, text, _)| text.replace('~', ""))
        .collect();
    let parts: Vec<Part<'_>> = parts
        .iter()
        .zip(&texts)
        .map(|((name, _, origin), text)| Part {
            name,
            text,
            origin: *origin,
        })
        .collect();
    let findings = look(
        &parts,
        gathered,
        (&key(), Role::Production),
        Some("acme.example"),
    );
    findings
        .iter()
        .map(|finding| format!("{} {}", finding.code, finding.title))
        .collect()
}

const SERVED: &str = "var a=\"http://localhost:9999\",b='http://localhost:4000/api';";

#[test]
fn a_default_of_a_library_is_no_finding() {
    let served = ("/assets/index.js", SERVED, Origin::Served);
    assert!(titles(&[served], &Gathered::default()).is_empty());
}

#[test]
fn a_source_of_many_hosts_is_looked_through_in_part() {
    let many = (0..5_000).map(|at| format!("fetch('http://localhost:4000/{at}');\n"));
    let many: String = many.collect();
    let source = format!("fetch('http://localhost:4000/api');\n{many}");
    let own = ("src/api.ts", source.as_str(), Origin::FirstParty);
    let script = format!("{SERVED}{}", "var x=1;".repeat(20_000));
    let served = ("/assets/index.js", script.as_str(), Origin::Served);
    assert_eq!(
        titles(&[own, served], &Gathered::default()),
        ["environment/bundle-host src/api.ts names this machine (`localhost`)"]
    );
}

#[test]
fn the_hint_of_a_form_is_no_address_of_a_page() {
    let hints = (
        "src/hints.js",
        "export const hint = 'postgres://user:password@localhost:5432/database';",
        Origin::FirstParty,
    );
    assert!(titles(&[hints], &Gathered::default()).is_empty());
}

#[test]
fn a_host_in_a_page_and_one_of_the_portals_own_domain_are_found_without_a_map() {
    let page = (
        "/",
        "<a href=\"https://staging-api.other.example/x\">Interface</a>",
        Origin::Page,
    );
    let script = (
        "/assets/index.js",
        "var a='https://staging-api.acme.example',b='https://staging.vendor.example';",
        Origin::Served,
    );
    let found = titles(&[page, script], &Gathered::default());
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(
        found[0].contains("/ names") && found[1].contains("index.js names"),
        "{found:?}"
    );
}

#[test]
fn a_host_in_a_source_of_the_project_is_found_at_its_line() {
    let own = (
        "src/api.ts",
        "// \"http://localhost:4000/api\"\nconst url = 'http://localhost:4000/api'",
        Origin::FirstParty,
    );
    let served = ("/assets/index.js", SERVED, Origin::Served);
    assert_eq!(
        titles(&[own, served], &Gathered::default()),
        ["environment/bundle-host src/api.ts names this machine (`localhost`)"]
    );
    let parts = [Part {
        name: own.0,
        text: own.1,
        origin: own.2,
    }];
    let findings = look(
        &parts,
        &Gathered::default(),
        (&key(), Role::Production),
        Some("acme.example"),
    );
    assert_eq!(
        (findings[0].location.line, findings[0].location.column),
        (2, 13)
    );
}

#[test]
fn a_host_that_the_build_left_out_is_no_finding() {
    let own = (
        "src/api.ts",
        "if (dev) url = 'http://localhost:5000'",
        Origin::FirstParty,
    );
    let served = ("/assets/index.js", SERVED, Origin::Served);
    assert!(titles(&[own, served], &Gathered::default()).is_empty());
}

#[test]
fn names_without_a_scheme_in_comparisons_are_no_addresses() {
    let own = (
        "src/a.ts",
        "if (location.hostname === \"localhost\" || host == 'localhost:3000') x = 'localhost'",
        Origin::FirstParty,
    );
    assert!(titles(&[own], &Gathered::default()).is_empty());
    let assigned = (
        "src/a.ts",
        "const host = 'localhost:3000'",
        Origin::FirstParty,
    );
    assert_eq!(titles(&[assigned], &Gathered::default()).len(), 1);
}

#[test]
fn the_value_of_a_public_variable_of_another_environment_is_found_in_served_code() {
    let served = (
        "/assets/index.js",
        "fetch(\"https://api.staging.globex.example\")",
        Origin::Served,
    );
    let gathered = preview("VITE_API_URL", "https://api.staging.globex.example/");
    assert_eq!(titles(&[served], &gathered).len(), 1);
    assert!(
        titles(
            &[served],
            &preview("API_URL", "https://api.staging.globex.example/")
        )
        .is_empty()
    );
    assert!(titles(&[served], &Gathered::default()).is_empty());
}

#[test]
fn a_fallback_is_only_a_hint() {
    let text = "const url = import.meta.env.VITE_API ?? 'http://localhost:4000'";
    let part = Part {
        name: "src/a.ts",
        text,
        origin: Origin::FirstParty,
    };
    let findings = look(
        &[part],
        &Gathered::default(),
        (&key(), Role::Production),
        Some("acme.example"),
    );
    assert_eq!(findings[0].confidence, Confidence::Low);
}

#[test]
fn a_test_key_in_served_code_is_found_and_a_live_public_one_is_not() {
    let test = (
        "/a.js",
        "Stripe(\"pk_~test_51Hq7Xv2Lm9Rt4Kp8Zw3Bn6Jd5Gf1Sc0Ya7Ue8Wi3Oq4\")",
        Origin::Served,
    );
    let live = (
        "/a.js",
        "Stripe(\"pk_~live_51Hq7Xv2Lm9Rt4Kp8Zw3Bn6Jd5Gf1Sc0Ya7Ue8Wi3Oq4\")",
        Origin::Served,
    );
    assert_eq!(
        titles(&[test], &Gathered::default()),
        ["environment/test-key /a.js holds a test key"]
    );
    assert!(titles(&[live], &Gathered::default()).is_empty());
}

#[test]
fn what_a_source_shows_is_not_told_again_where_it_is_served() {
    let own = (
        "src/api.ts",
        "const url = 'http://localhost:4000/api'",
        Origin::FirstParty,
    );
    let served = ("/assets/index.js", SERVED, Origin::Served);
    let gathered = preview("VITE_API_URL", "http://localhost:4000/api");
    assert_eq!(titles(&[served, own], &gathered).len(), 1);
}

#[test]
fn a_long_line_of_many_literals_is_read_in_one_go() {
    let text = "x=\"http://localhost:9999\";".repeat(100_000);
    let part = Part {
        name: "/a.js",
        text: &text,
        origin: Origin::Served,
    };
    assert!(
        look(
            &[part],
            &Gathered::default(),
            (&key(), Role::Production),
            Some("acme.example")
        )
        .is_empty()
    );
    let own = Part {
        origin: Origin::FirstParty,
        ..part
    };
    assert_eq!(
        look(
            &[own, part],
            &Gathered::default(),
            (&key(), Role::Production),
            Some("acme.example")
        )
        .len(),
        50
    );
}

#[test]
fn a_preview_may_name_staging_hosts_and_neither_this_machine_nor_live_keys() {
    let own = Part {
        name: "src/a.ts",
        text: &"fetch('http://localhost:4000'); fetch('https://api.staging.acme.example'); x('pk_~live_51Hq7Xv2Lm9Rt4Kp8Zw3Bn6Jd5Gf1Sc0Ya7Ue8Wi3Oq4'); y('pk_~test_51Hq7Xv2Lm9Rt4Kp8Zw3Bn6Jd5Gf1Sc0Ya7Ue8Wi3Oq4')".replace('~', ""),
        origin: Origin::FirstParty,
    };
    for role in [Role::Preview, Role::Staging] {
        let findings = look(&[own], &Gathered::default(), (&key(), role), None);
        let codes: Vec<_> = findings.iter().map(|one| one.code.to_string()).collect();
        assert_eq!(codes, ["environment/bundle-host", "environment/live-key"]);
        assert_eq!(findings[0].location.column, 7);
    }
}

#[test]
fn a_table_of_environments_and_a_comparison_call_nobody() {
    let own = (
        "src/a.ts",
        "const apis = { staging: 'https://api.staging.acme.example' }; if (origin === 'https://staging.acme.example') banner()",
        Origin::FirstParty,
    );
    assert!(titles(&[own], &Gathered::default()).is_empty());
}
