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
    let findings = look(&parts, gathered, &key());
    findings
        .iter()
        .map(|finding| format!("{} {}", finding.code, finding.title))
        .collect()
}

const SERVED: &str = "var a=\"http://localhost:9999\",b='http://localhost:4000/api';";

#[test]
fn a_default_of_a_library_is_no_finding() {
    let library = (
        "node_modules/@supabase/auth-js/src/constants.ts",
        "export const URL = 'http://localhost:9999'",
        Origin::Library,
    );
    let served = ("/assets/index.js", SERVED, Origin::Served);
    assert!(titles(&[library, served], &Gathered::default()).is_empty());
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
    let findings = look(&parts, &Gathered::default(), &key());
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
        "fetch(\"https://api.staging.acme.example\")",
        Origin::Served,
    );
    let gathered = preview("VITE_API_URL", "https://api.staging.acme.example/");
    assert_eq!(titles(&[served], &gathered).len(), 1);
    assert!(
        titles(
            &[served],
            &preview("API_URL", "https://api.staging.acme.example/")
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
    let findings = look(&[part], &Gathered::default(), &key());
    assert_eq!(findings[0].confidence, Confidence::Low);
}

#[test]
fn a_test_key_in_served_code_is_found_and_a_live_public_one_is_not() {
    let test = (
        "/a.js",
        "Stripe(\"pk_~test_51Habcdefghijklmnopqrst\")",
        Origin::Served,
    );
    let live = (
        "/a.js",
        "Stripe(\"pk_~live_51Habcdefghijklmnopqrst\")",
        Origin::Served,
    );
    assert_eq!(
        titles(&[test], &Gathered::default()),
        ["environment/test-key /a.js holds a test key"]
    );
    assert!(titles(&[live], &Gathered::default()).is_empty());
}

#[test]
fn sources_below_node_modules_and_of_bundlers_are_not_the_projects_own() {
    assert!(is_first_party("../../src/app.tsx"));
    assert!(is_first_party("webpack://_N_E/./src/app.tsx"));
    for foreign in [
        "../node_modules/a/b.js",
        "webpack/bootstrap",
        "\0vite/preload-helper",
        "webpack:///(webpack)/x",
    ] {
        assert!(!is_first_party(foreign), "{foreign}");
    }
}
