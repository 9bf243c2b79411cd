//! Gate files that are refused, with the words a person reads.

mod support;

use support::{Folder, as_json, load, registry, told};

/// Who refuses a gate file.
#[derive(Clone, Copy, PartialEq)]
enum By {
    /// The schema and the loader.
    Both,
    /// The loader: no schema can say the rule.
    Loader,
}
use By::{Both, Loader};

const HEAD: &str = "version: 1\nname: acme\nenvironments: { here: { url: http://localhost } }\n\
    identities: { anna: { bearer: \"${TOKEN}\" } }\n";

/// What is wrong, who says so, and the text; a text that does not begin with `!` follows [`HEAD`].
const CASES: &[(&str, By, &str)] = &[
    (
        "version missing",
        Both,
        "!name: a\nenvironments: { here: { url: http://localhost } }",
    ),
    (
        "version unknown",
        Both,
        "!version: 2\nname: a\nenvironments: { here: { url: http://localhost } }",
    ),
    (
        "name missing",
        Both,
        "!version: 1\nenvironments: { here: { url: http://localhost } }",
    ),
    (
        "name a list",
        Both,
        "!version: 1\nname: [a]\nenvironments: { here: { url: http://localhost } }",
    ),
    ("environments missing", Both, "!version: 1\nname: a"),
    (
        "environments empty",
        Both,
        "!version: 1\nname: a\nenvironments: {}",
    ),
    ("a list at the top", Both, "!- version: 1"),
    ("unknown key at the top", Both, "chekcs: {}"),
    (
        "environment without an address",
        Both,
        "!version: 1\nname: a\nenvironments: { here: { kind: local } }",
    ),
    (
        "environment of an unknown kind",
        Both,
        "!version: 1\nname: a\nenvironments: { here: { kind: prevew, url: http://localhost } }",
    ),
    (
        "environment with an unknown key",
        Both,
        "!version: 1\nname: a\nenvironments: { here: { url: http://localhost, header: {} } }",
    ),
    (
        "environment with a rate of zero",
        Both,
        "!version: 1\nname: a\nenvironments: { here: { url: http://localhost, rate: 0 } }",
    ),
    (
        "environment with a strange name",
        Both,
        "!version: 1\nname: a\nenvironments: { \"a b\": { url: http://localhost } }",
    ),
    (
        "start without a command",
        Both,
        "!version: 1\nname: a\nenvironments: { here: { url: http://localhost, start: { ready: { get: / } } } }",
    ),
    (
        "start without a method",
        Both,
        "!version: 1\nname: a\nenvironments: { here: { url: http://localhost, start: { command: x, ready: { gte: / } } } }",
    ),
    (
        "start within no unit",
        Both,
        "!version: 1\nname: a\nenvironments: { here: { url: http://localhost, start: { command: x, ready: { get: / }, within: 30 } } }",
    ),
    (
        "api with an unknown key",
        Both,
        "apis: { db: { ulr: https://x.example } }",
    ),
    (
        "variable in small letters",
        Both,
        "variables: { preview: {} }",
    ),
    (
        "variable with an unknown key",
        Both,
        "variables: { A: { defualt: x } }",
    ),
    (
        "identity without a credential",
        Both,
        "!version: 1\nname: a\nenvironments: { here: { url: http://localhost } }\nidentities: { anna: { role: admin } }",
    ),
    (
        "identity with two credentials",
        Both,
        "!version: 1\nname: a\nenvironments: { here: { url: http://localhost } }\nidentities: { anna: { bearer: x, basic: { user: u, password: p } } }",
    ),
    (
        "basic without a password",
        Both,
        "!version: 1\nname: a\nenvironments: { here: { url: http://localhost } }\nidentities: { anna: { basic: { user: u } } }",
    ),
    (
        "login without a method",
        Both,
        "!version: 1\nname: a\nenvironments: { here: { url: http://localhost } }\nidentities: { anna: { login: { json: {} } } }",
    ),
    (
        "login with two methods",
        Both,
        "!version: 1\nname: a\nenvironments: { here: { url: http://localhost } }\nidentities: { anna: { login: { get: /a, post: /b } } }",
    ),
    (
        "login with an unknown key",
        Both,
        "!version: 1\nname: a\nenvironments: { here: { url: http://localhost } }\nidentities: { anna: { login: { post: /b, beerer: $.t } } }",
    ),
    (
        "login without steps",
        Both,
        "!version: 1\nname: a\nenvironments: { here: { url: http://localhost } }\nidentities: { anna: { login: { steps: [] } } }",
    ),
    (
        "login with steps and a body",
        Both,
        "!version: 1\nname: a\nenvironments: { here: { url: http://localhost } }\nidentities: { anna: { login: { steps: [{ get: / }], json: {} } } }",
    ),
    (
        "capture that shadows a built-in",
        Both,
        "!version: 1\nname: a\nenvironments: { here: { url: http://localhost } }\nidentities: { anna: { login: { post: /b, capture: { unique: $.a } } } }",
    ),
    (
        "capture from two sources",
        Both,
        "!version: 1\nname: a\nenvironments: { here: { url: http://localhost } }\nidentities: { anna: { login: { post: /b, capture: { a: { header: x, cookie: y } } } } }",
    ),
    (
        "supabase without a key",
        Both,
        "!version: 1\nname: a\nenvironments: { here: { url: http://localhost } }\nidentities: { anna: { supabase: { url: x, email: e, password: p } } }",
    ),
    ("check without a kind", Both, "checks: { a: { as: anna } }"),
    (
        "check with two kinds",
        Both,
        "checks: { a: { probe: { path: /a }, steady: { path: /a } } }",
    ),
    (
        "check of an unknown kind",
        Both,
        "checks: { a: { prob: { path: /a } } }",
    ),
    (
        "check of an unknown plugin",
        Both,
        "checks: { a: { plugin/rule: { path: /a } } }",
    ),
    (
        "check with an unknown key",
        Both,
        "checks: { a: { probe: { path: /a }, need: b } }",
    ),
    ("check that is a text", Both, "checks: { a: probe }"),
    (
        "check with a strange id",
        Both,
        "checks: { a/b: { probe: { path: /a } } }",
    ),
    (
        "kind without what it needs",
        Both,
        "checks: { a: { probe: {} } }",
    ),
    (
        "kind with a wrong type",
        Both,
        "checks: { a: { probe: { path: /a, times: often } } }",
    ),
    (
        "severity unknown",
        Both,
        "checks: { a: { severity: hihg, probe: { path: /a } } }",
    ),
    (
        "timeout without a unit",
        Both,
        "checks: { a: { timeout: 30, probe: { path: /a } } }",
    ),
    (
        "retries of a kind that cannot be repeated",
        Both,
        "checks: { a: { retries: 1, steady: { path: /a } } }",
    ),
    (
        "when with an unknown key",
        Both,
        "checks: { a: { when: { env: here }, probe: { path: /a } } }",
    ),
    (
        "on-inconclusive unknown",
        Both,
        "checks: { a: { on-inconclusive: no, probe: { path: /a } } }",
    ),
    (
        "own pack without as",
        Loader,
        "include: [{ pack: ./own.yaml }]",
    ),
    (
        "include that is no list",
        Both,
        "include: { pack: journeys }",
    ),
    (
        "handover with an unknown key",
        Both,
        "handover: { clients: Acme }",
    ),
    ("handover as text", Both, "handover: Acme"),
    (
        "answer that is neither yes nor no",
        Both,
        "handover: { answers: { errors-captured: { answer: maybe, because: b, by: mia, on: 2026-11-20 } } }",
    ),
    (
        "answer without a reason and a day that is none",
        Both,
        "handover: { answers: { more-than-five-tickets: { answer: no, by: mia, on: soon } } }",
    ),
    (
        "answer to a question that is not asked",
        Both,
        "handover: { answers: { five-tickets: { answer: no, because: b, by: mia, on: 2026-11-20 } } }",
    ),
    (
        "limits that are no list",
        Both,
        "handover: { known-limits: { one: two } }",
    ),
    (
        "limit that says nothing",
        Both,
        "handover: { known-limits: [''] }",
    ),
    (
        "journey of an unknown check",
        Loader,
        "checks: { one: { probe: { path: / } } }\nhandover: { journeys: { ona: A customer signs in. } }",
    ),
    (
        "handover that shows a secret",
        Loader,
        "handover: { client: \"${CLIENT_NAME}\" }",
    ),
    (
        "waiver without owner and day",
        Both,
        "waivers: [{ code: probe/wrong, reason: r }]",
    ),
    (
        "waiver with no reason",
        Both,
        "waivers: [{ code: probe/wrong, owner: mia, reason: '', expires: 2026-12-31 }]",
    ),
    (
        "waiver until never",
        Both,
        "waivers: [{ code: probe/wrong, owner: mia, reason: r, expires: never }]",
    ),
    (
        "level of an unknown code",
        Both,
        "policy: { levels: { probe/wrnog: warn } }",
    ),
    (
        "level unknown",
        Both,
        "policy: { levels: { probe/wrong: block } }",
    ),
    ("observer unknown", Both, "observers: { wacht: off }"),
    (
        "observer with a wrong type",
        Both,
        "observers: { watch: { limit: many } }",
    ),
    ("run budget without a unit", Both, "run-budget: 10"),
    (
        "overlay with an unknown key",
        Both,
        "!version: 1\nname: a\nenvironments: { here: { url: http://localhost, checks: { a: { seveirty: low } } } }\nchecks: { a: { probe: { path: /a } } }",
    ),
    (
        "as is not declared",
        Loader,
        "checks: { a: { as: ana, probe: { path: /a } } }",
    ),
    (
        "needs is not declared",
        Loader,
        "checks: { a: { needs: [bb], probe: { path: /a } }, bbb: { probe: { path: /a } } }",
    ),
    (
        "needs go in a circle",
        Loader,
        "checks: { a: { needs: b, probe: { path: /a } }, b: { needs: c, probe: { path: /a } }, c: { needs: a, probe: { path: /a } }, d: { needs: a, probe: { path: /a } } }",
    ),
    (
        "needs itself",
        Loader,
        "checks: { a: { needs: a, probe: { path: /a } } }",
    ),
    (
        "needs what is off",
        Loader,
        "!version: 1\nname: a\nenvironments: { here: { url: http://localhost, checks: { b: off } } }\nchecks: { a: { needs: b, probe: { path: /a } }, b: { probe: { path: /b } } }",
    ),
    (
        "when in an unknown environment",
        Loader,
        "checks: { a: { when: { environment: [there, here] }, probe: { path: /a } } }",
    ),
    (
        "timeout of nothing",
        Loader,
        "checks: { a: { timeout: 0s, probe: { path: /a } } }",
    ),
    (
        "api unknown",
        Loader,
        "apis: { db: { url: https://x.example } }\nchecks: { a: { probe: { path: /a, on: dbb } } }",
    ),
    (
        "variable not set",
        Loader,
        "variables: { SHOP: { description: the shop } }\nchecks: { a: { probe: { path: \"/a/${SHOP}\" } }, b: { probe: { path: \"/b/${SHOP}\" } } }",
    ),
    (
        "secret where a plain text must stand",
        Loader,
        "openapi: \"${SPEC}\"",
    ),
    (
        "document that is a URL",
        Loader,
        "openapi: https://acme.example/openapi.json",
    ),
    ("contract that is no word", Both, "contract: lern"),
    (
        "contract that names no file",
        Both,
        "contract: { lern: a.json }",
    ),
    (
        "address that is a secret",
        Loader,
        "!version: 1\nname: a\nenvironments: { here: { url: \"${PREVIEW_URL}\" } }",
    ),
    (
        "address without a scheme",
        Loader,
        "!version: 1\nname: a\nenvironments: { here: { url: portal.example } }",
    ),
    (
        "address with a password",
        Loader,
        "!version: 1\nname: a\nenvironments: { here: { url: \"https://u:p@portal.example\" } }",
    ),
    (
        "capture in a header of an environment",
        Loader,
        "!version: 1\nname: a\nenvironments: { here: { url: http://localhost, headers: { x: \"${token}\" } } }",
    ),
    (
        "login with what nothing captured",
        Loader,
        "!version: 1\nname: a\nenvironments: { here: { url: http://localhost } }\nidentities: { anna: { login: { steps: [{ get: /a, capture: { csrf: $.c } }, { post: /b, form: { c: \"${csfr}\", t: \"${totp}\" } }] } } }",
    ),
    (
        "login with a wrong path",
        Loader,
        "!version: 1\nname: a\nenvironments: { here: { url: http://localhost } }\nidentities: { anna: { login: { post: /b, bearer: token } } }",
    ),
    (
        "login with wrong patterns",
        Loader,
        "!version: 1\nname: a\nenvironments: { here: { url: http://localhost } }\nidentities: { anna: { login: { post: /b, capture: { a: { regex: 'x(' }, b: { regex: x } } } } }",
    ),
    (
        "oauth2 with half a user",
        Loader,
        "!version: 1\nname: a\nenvironments: { here: { url: http://localhost } }\nidentities: { anna: { oauth2: { token-url: /t, client-id: c, user: u } } }",
    ),
    (
        "pack unknown",
        Loader,
        "include: [{ pack: journey, as: j }]",
    ),
    (
        "pack by a path without ./",
        Loader,
        "include: [{ pack: packs/own.yaml, as: j }]",
    ),
    (
        "pack that is missing",
        Loader,
        "include: [{ pack: ./none.yaml, as: j }]",
    ),
    (
        "pack outside",
        Loader,
        "include: [{ pack: ./../none.yaml, as: j }]",
    ),
    (
        "pack that includes a file from nowhere",
        Loader,
        "include: [{ pack: escaping, as: j }]",
    ),
    (
        "pack with a shadowing parameter",
        Loader,
        "include: [{ pack: shadowing, as: j, with: { unique: 1, Big: 2 } }]",
    ),
    (
        "parameter missing and unknown",
        Loader,
        "include: [{ pack: journeys, as: j, with: { membre: anna } }]",
    ),
    (
        "parameter that names nobody",
        Loader,
        "include: [{ pack: journeys, as: j, with: { member: ana } }]",
    ),
    (
        "parameter that is a list in a text",
        Loader,
        "include: [{ pack: journeys, as: j, with: { member: anna, records: [a] } }]",
    ),
    (
        "pack without a check that it does not have",
        Loader,
        "include: [{ pack: journeys, with: { member: anna }, without: [lgin] }]",
    ),
    (
        "pack without what is no id",
        Both,
        "include: [{ pack: journeys, with: { member: anna }, without: [{ a: 1 }] }]",
    ),
    (
        "optional parameter in a text",
        Loader,
        "include: [{ pack: optional, with: { place: a } }]",
    ),
    (
        "check given a parameter that is not there",
        Loader,
        "include: [{ pack: giving }]",
    ),
    (
        "two packs of one name",
        Loader,
        "include: [{ pack: journeys, as: j, with: { member: anna } }, { pack: journeys, as: j, with: { member: anna } }]",
    ),
    (
        "overlay of an unknown check",
        Loader,
        "!version: 1\nname: a\nenvironments: { here: { url: http://localhost, checks: { aa: off } } }\nchecks: { aaa: { probe: { path: /a } } }",
    ),
    (
        "waiver of an unknown check",
        Loader,
        "waivers: [{ code: probe/wrong, check: b, owner: mia, reason: r, expires: 2026-12-31 }]",
    ),
    (
        "waiver until a day that is none",
        Loader,
        "waivers: [{ code: probe/wrong, owner: mia, reason: r, expires: 2026-02-30 }]",
    ),
    (
        "two checks of one id",
        Loader,
        "checks:\n  a: { probe: { path: /a } }\n  b: { probe: { path: /a } }\n  a: { probe: { path: /b } }\n  b: { probe: { path: /b } }",
    ),
    (
        "several faults in one entry",
        Both,
        "checks: { a: { as: ana, severity: hihg, timeout: 3, retries: many, probe: { path: /a, times: x, tims: 1 } } }\nobservres: {}",
    ),
    (
        "tab in the indentation",
        Loader,
        "checks:\n  a:\n\t  probe: { path: /a }",
    ),
    (
        "bracket in a name without quotes",
        Loader,
        "checks: { a: { probe: { json: { $.tags[0].x: y } } } }",
    ),
    (
        "reference without quotes",
        Loader,
        "checks: { a: { probe: { path: ${X} } } }",
    ),
    ("bracket that is not closed", Loader, "checks: { a: [ "),
    ("colon in a text", Loader, "openapi: a: b"),
    ("quotes that are not closed", Loader, "openapi: 'a\n"),
    ("sign at the start of a text", Loader, "openapi: @a"),
    ("alias without an anchor", Loader, "openapi: *nowhere"),
    (
        "alias inside its anchor",
        Loader,
        "checks: &all { a: *all }",
    ),
    ("second document", Loader, "---\nname: b"),
    (
        "number that is too large",
        Both,
        "checks: { a: { probe: { path: 123456789012345678901 } } }",
    ),
    (
        "number that is none",
        Loader,
        "checks: { a: { probe: { path: .inf } } }",
    ),
];

fn text_of(case: &str) -> String {
    case.strip_prefix('!')
        .map_or_else(|| format!("{HEAD}{case}"), str::to_owned)
}

#[test]
fn every_bad_gate_file_is_refused_with_its_place_and_help() {
    let mut all = String::new();
    for (name, _, case) in CASES {
        let Err(error) = load(&text_of(case), None) else {
            panic!("{name}: the loader took it");
        };
        all.push_str(&format!("### {name}\n{}\n", told(&error)));
    }
    insta::assert_snapshot!(all);
}

#[test]
fn the_schema_refuses_what_it_can() {
    let validator = jsonschema::options()
        .build(&tidegate_config::schema(&registry()))
        .unwrap();
    let mut both = 0;
    for (name, by, case) in CASES {
        let instance = as_json(&text_of(case));
        let refused = instance.is_some_and(|instance| !validator.is_valid(&instance));
        if *by == Both {
            both += 1;
            assert!(refused, "{name}: the schema took it");
        }
    }
    assert!(both >= 30, "only {both} are refused by both");
}

#[test]
fn the_schema_takes_what_only_the_loader_can_judge() {
    let validator = jsonschema::options()
        .build(&tidegate_config::schema(&registry()))
        .unwrap();
    for (name, by, case) in CASES {
        let Some(instance) = as_json(&text_of(case)) else {
            continue;
        };
        if *by == Loader {
            assert!(
                validator.is_valid(&instance),
                "{name}: the schema can say it"
            );
        }
    }
}

fn refused(files: &[(&str, &[u8])], environment: Option<&str>) -> String {
    match Folder::new(files).load(environment) {
        Ok(_) => panic!("the loader took it"),
        Err(error) => told(&error),
    }
}

#[test]
fn a_file_that_is_no_text_is_refused() {
    let mut all = String::new();
    let large = vec![b'#'; 1024 * 1024 + 1];
    let utf16: Vec<u8> = "\u{feff}version: 1"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    for (name, bytes) in [
        ("empty", &b""[..]),
        ("only a comment", b"# nothing\n"),
        ("not UTF-8", b"version: 1\nname: caf\xe9\n"),
        ("UTF-16", &utf16),
        ("too large", &large),
    ] {
        all.push_str(&format!(
            "### {name}\n{}\n",
            refused(&[("tidegate.yaml", bytes)], None)
        ));
    }
    let missing = Folder::new(&[]).load(None).err().unwrap();
    assert!(
        missing.diagnostics[0]
            .message
            .starts_with("there is no file")
    );
    assert!(
        missing.diagnostics[0]
            .help
            .as_deref()
            .unwrap()
            .contains("--gate")
    );
    let folder = Folder::new(&[]).gate_file();
    all = all.replace(&folder.parent().unwrap().to_string_lossy().into_owned(), "");
    insta::with_settings!({ filters => vec![(r"\S*/tidegate.yaml", "tidegate.yaml")] }, {
        insta::assert_snapshot!(all);
    });
}

#[test]
fn packs_that_include_each_other_name_the_circle() {
    let gate = format!("{HEAD}include: [{{ pack: ./a.yaml, as: a }}]");
    let told = refused(
        &[
            ("tidegate.yaml", gate.as_bytes()),
            ("a.yaml", b"include: [{ pack: ./b.yaml, as: b }]"),
            ("b.yaml", b"include: [{ pack: ./a.yaml, as: a }]"),
        ],
        None,
    );
    assert!(
        told.contains("packs include each other: a.yaml → b.yaml → a.yaml"),
        "{told}"
    );
    assert!(told.contains("b.yaml:1:19 `./a.yaml`"), "{told}");
}

#[test]
fn packs_that_multiply_are_bounded() {
    let gate = format!("{HEAD}include: [{{ pack: ./p0.yaml, as: a }}]");
    let mut files: Vec<(String, Vec<u8>)> = vec![("tidegate.yaml".into(), gate.into_bytes())];
    for level in 0..20 {
        let next = level + 1;
        let text = format!(
            "include: [{{ pack: ./p{next}.yaml, as: a }}, {{ pack: ./p{next}.yaml, as: b }}]"
        );
        files.push((format!("p{level}.yaml"), text.into_bytes()));
    }
    files.push(("p20.yaml".into(), b"checks: {}".to_vec()));
    let files: Vec<(&str, &[u8])> = files
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_slice()))
        .collect();
    let told = refused(&files, None);
    assert!(told.contains("more than 100 packs"), "{told}");
}

#[test]
fn aliases_that_multiply_and_deep_nesting_are_bounded() {
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..9 {
        let before = level - 1;
        let aliases = vec![format!("*a{before}"); 10].join(", ");
        bomb.push_str(&format!("a{level}: &a{level} [{aliases}]\n"));
    }
    let told = support::told(&load(&bomb, None).err().unwrap());
    assert!(told.contains("aliases make this file too large"), "{told}");
    let mut ladder = format!("a0: &a0 {}x{}\n", "[".repeat(25), "]".repeat(25));
    for level in 1..60 {
        let before = level - 1;
        let (open, close) = ("[".repeat(25), "]".repeat(25));
        ladder.push_str(&format!("a{level}: &a{level} {open}*a{before}{close}\n"));
    }
    for deep in [
        format!("a: {}", "[".repeat(5000)),
        format!("a: {}", "{ a: ".repeat(3000)),
        ladder,
    ] {
        let told = support::told(&load(&deep, None).err().unwrap());
        assert!(told.contains("nested too deeply"), "{told}");
    }
}

#[test]
fn several_environments_ask_for_one() {
    let text = "version: 1\nname: a\nenvironments: { preview: { url: https://a.example }, live: { url: https://b.example } }";
    let told = |environment| support::told(&load(text, environment).err().unwrap());
    assert!(told(None).contains("help: Choose one with `--env NAME`: preview, live."));
    assert!(told(Some("prevew")).contains("Did you mean `--env preview`?"));
}
