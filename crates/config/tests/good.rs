//! Gate files that are read as they are meant.

mod support;

use std::time::Duration;

use support::{Folder, load, registry, told};
use tidegate_config::LoadError;
use tidegate_core::gate::{CaptureSource, Credential, EnvironmentKind, Gate};
use tidegate_core::handover::Asked;
use tidegate_core::meta::{Level, Severity};

const WHOLE: &str = r#"
version: 1
name: acme-portal
environments:
  preview:
    kind: preview
    url: ${PREVIEW_URL}
    headers: { x-bypass: "${BYPASS}" }
    apis: { db: { url: "https://db-preview.acme.example", headers: { x-more: "1" } } }
    start: { command: "npm start", ready: { get: /health }, within: 90s, environment: { PORT: 8080 } }
    ca: ca.pem
    rate: ${COUNT}
    variables: { LABEL: here }
    checks:
      list-is-fast: { steady: { times: 9 } }
      not-here: off
  production:
    url: https://portal.acme.example
apis:
  db: { url: "https://db.acme.example", headers: { apikey: "${DB_KEY}" } }
variables: { PREVIEW_URL: {}, LABEL: { description: A label., default: none }, COUNT: , TRICK: {} }
identities:
  anna: { tenant: acme, role: member, lifetime: 30m, login: { post: /api/login, json: { password: "${ANNA_PASSWORD}" }, bearer: $.token } }
  boris:
    login:
      steps:
        - { get: /login, capture: { csrf: { regex: 'name="csrf" value="([^"]+)"' } } }
        - { post: /login, form: { csrf: "${csrf}", code: "${totp}" }, capture: { token: $.t, kept: { header: x-kept } } }
      totp: ${BORIS_TOTP}
      header: { X-Auth: "${token}" }
  carl: { bearer: "${CARL_TOKEN}" }
  dora: { basic: { user: dora, password: "${DORA_PASSWORD}" } }
  emil: { cookies: { session: "${EMIL_SESSION}" } }
  fritz: { headers: { x-api-key: "${FRITZ_KEY}" } }
  gina: { oauth2: { token-url: /oauth/token, client-id: gate, client-secret: "${GINA_SECRET}", parameters: { audience: api } } }
  hugo: { supabase: { url: "https://x.supabase.co", key: "${ANON}", email: h@acme.example, password: "${HUGO_PASSWORD}" } }
openapi: openapi.yaml
contract: learn
observers: { watch: { limit: 5 } }
policy: { levels: { probe/wrong: warn } }
waivers:
  - { code: probe/wrong, check: create-record, owner: mia, reason: vendor, expires: 2026-12-31 }
run-budget: 10m
include:
  - { pack: journeys, as: cp, with: { member: anna, records: "/v2/${LABEL}" } }
checks:
  create-record: &base
    as: anna
    severity: critical
    when: { environment: [preview], changed: "src/**" }
    needs: cp/login
    covers: [api/**]
    timeout: 20s
    retries: 2
    owner: mia
    on-inconclusive: warn
    probe: { path: "/a/${LABEL}/${TRICK}/${unique}", times: "${COUNT}" }
  list-is-fast: { steady: { path: /list, times: 1, on: db } }
  not-here: { steady: { path: /never } }
  merged:
    <<: *base
    needs: [create-record]
  rules: { plugin/rules: { path: "$${literal}" } }
"#;

#[test]
fn a_whole_gate_file_becomes_a_gate() {
    let gate = load(WHOLE, Some("preview")).unwrap_or_else(|error| panic!("{}", told(&error)));
    assert_eq!(gate.name, "acme-portal");
    let environment = &gate.environment;
    assert_eq!(environment.kind, EnvironmentKind::Preview);
    assert_eq!(environment.url.value, "https://preview-7.acme.example");
    assert_eq!(environment.url.span.text(), "${PREVIEW_URL}");
    assert_eq!(environment.rate, Some(3));
    assert_eq!(
        environment.apis[0].url.value,
        "https://db-preview.acme.example"
    );
    assert_eq!(environment.apis[0].headers.len(), 2);
    let start = environment.start.as_ref().unwrap();
    assert_eq!(start.within, Duration::from_secs(90));
    let ids: Vec<&str> = gate.checks.iter().map(|entry| entry.id.as_str()).collect();
    assert_eq!(
        ids,
        [
            "cp/login",
            "cp/list",
            "create-record",
            "list-is-fast",
            "merged",
            "rules"
        ]
    );
    assert_eq!(gate.run_budget, Some(Duration::from_secs(600)));
    assert_eq!(gate.levels.values().next(), Some(&Level::Warn));
    assert_eq!(gate.waivers[0].owner, "mia");
    assert_eq!(gate.observers.len(), 1);
    assert_eq!(gate.openapi.unwrap().value, "openapi.yaml");
    assert_eq!(gate.learned.unwrap().value, "tidegate.contract.json");
    assert!(gate.warnings.is_empty());
}

#[test]
fn entries_keep_their_common_keys_overlays_and_references() {
    let gate = load(WHOLE, Some("preview")).unwrap();
    let entry = |id: &str| {
        gate.checks
            .iter()
            .find(|entry| entry.id.as_str() == id)
            .unwrap()
    };
    let create = entry("create-record");
    assert_eq!(create.span.text(), "create-record");
    assert_eq!(create.common.severity, Some(Severity::Critical));
    assert_eq!(create.common.needs[0].value.as_str(), "cp/login");
    assert_eq!(create.common.needs[0].span.text(), "cp/login");
    assert_eq!(create.common.retries, 2);
    let forecast = create.check.forecast();
    assert_eq!(forecast.writes, ["/a/here/a$${SECRET}b/${unique}"]);
    assert!(
        forecast.secrets.is_empty(),
        "a value is never read as a reference"
    );
    assert_eq!(forecast.requests, 3);
    assert_eq!(entry("list-is-fast").check.forecast().requests, 9);
    assert_eq!(entry("list-is-fast").check.forecast().writes, ["/list"]);
    let list = entry("cp/list");
    assert_eq!(
        list.check.forecast().writes,
        ["/v2/here/${record}?key=${KEY}"]
    );
    assert_eq!(list.common.needs[0].value.as_str(), "cp/login");
    assert_eq!(list.span.source().name(), "pack:journeys");
    assert_eq!(
        entry("merged").common.needs[0].value.as_str(),
        "create-record"
    );
    assert_eq!(entry("rules").check.forecast().writes, ["$${literal}"]);
}

#[test]
fn every_credential_is_read() {
    let gate = load(WHOLE, Some("preview")).unwrap();
    let credential = |name: &str| &gate.identity(&name.into()).unwrap().credential;
    assert!(matches!(credential("carl"), Credential::Bearer(_)));
    assert!(matches!(credential("dora"), Credential::Basic { .. }));
    assert!(matches!(credential("emil"), Credential::Cookies(cookies) if cookies.len() == 1));
    assert!(matches!(credential("fritz"), Credential::Headers(_)));
    assert!(matches!(credential("gina"), Credential::OAuth2(grant) if grant.user.is_none()));
    assert!(matches!(credential("hugo"), Credential::Supabase { .. }));
    let Credential::Login(login) = credential("boris") else {
        panic!("a login of two steps");
    };
    assert!(matches!(
        login.steps[0].capture[0].1.value,
        CaptureSource::Regex(_)
    ));
    assert_eq!(login.header.as_ref().unwrap().0, "X-Auth");
    let anna = gate.identity(&"anna".into()).unwrap();
    assert_eq!(anna.lifetime, Some(Duration::from_secs(1800)));
}

const SHORT: &str = "version: 1\nname: a\nchecks: {}\nenvironments:\n";

#[test]
fn an_environment_is_production_unless_it_says_otherwise_or_is_this_machine() {
    for (environment, expected) in [
        ("url: https://a.example", EnvironmentKind::Production),
        ("url: http://127.0.0.9:80", EnvironmentKind::Local),
        ("url: 'http://[::1]:80'", EnvironmentKind::Local),
        ("url: http://app.localhost:80", EnvironmentKind::Local),
        ("url: http://localhost.example", EnvironmentKind::Production),
        (
            "{ url: https://a.example, kind: staging }",
            EnvironmentKind::Staging,
        ),
        (
            "{ url: http://localhost, kind: production }",
            EnvironmentKind::Production,
        ),
    ] {
        let gate = load(&format!("{SHORT}  one:\n    {environment}\n"), None).unwrap();
        assert_eq!(gate.environment.kind, expected, "{environment}");
    }
}

#[test]
fn an_address_of_production_is_production_under_any_name() {
    let gate = |preview: &str, more: &str| {
        let text = format!(
            "{SHORT}  live: {{ url: https://Portal.acme.example }}\n  preview: {{ kind: preview, url: {preview} }}\n{more}"
        );
        load(&text, Some("preview")).unwrap()
    };
    let other = gate("https://preview.acme.example", "");
    assert_eq!(other.environment.kind, EnvironmentKind::Preview);
    assert!(other.warnings.is_empty());
    for same in [
        "https://portal.acme.example./app",
        "http://PORTAL.acme.example:8443",
    ] {
        let same = gate(same, "");
        assert_eq!(same.environment.kind, EnvironmentKind::Production);
        assert!(same.warnings[0].message.contains("`live`"));
    }
    let api = gate(
        "https://preview.acme.example",
        "apis: { db: { url: https://portal.acme.example/db } }\n",
    );
    assert_eq!(api.environment.kind, EnvironmentKind::Production);
}

/// A gate file of two environments, read for its preview with another address.
fn preview_at(url: &str) -> Result<Gate, LoadError> {
    let text = format!(
        "{SHORT}  live: {{ url: https://portal.acme.example }}\n  preview:\n    kind: preview\n    url: ${{NOWHERE_URL}}\n    \
         start: {{ command: serve, ready: {{ get: / }} }}\nvariables: {{ NOWHERE_URL: {{}} }}\n"
    );
    let folder = Folder::new(&[("tidegate.yaml", text.as_bytes())]);
    folder.load_at(Some("preview"), Some(url))
}

#[test]
fn a_given_address_stands_in_place_of_the_environments_own() {
    let gate = preview_at("https://preview-9.acme.example/").unwrap();
    let environment = &gate.environment;
    assert_eq!(environment.url.value, "https://preview-9.acme.example");
    assert_eq!(environment.url.span.location().file, "--url");
    assert_eq!(environment.kind, EnvironmentKind::Preview);
    // What answers there is there already.
    assert!(environment.start.is_none());
    assert!(gate.warnings.is_empty());
}

#[test]
fn a_given_address_of_production_is_production_under_any_name() {
    let gate = preview_at("https://PORTAL.acme.example:8443/app").unwrap();
    assert_eq!(gate.environment.kind, EnvironmentKind::Production);
    let warning = &gate.warnings[0];
    assert!(warning.message.contains("`live`"));
    assert_eq!(warning.span.as_ref().unwrap().location().file, "--url");
}

#[test]
fn a_given_address_that_is_none_is_told_by_where_it_comes_from() {
    for (url, label) in [
        ("", "expected scheme and host"),
        ("portal.acme.example", "expected scheme and host"),
        ("file:///etc/passwd", "expected https:// or http://"),
        (
            "https://a:b@portal.acme.example",
            "user and password belong to an identity",
        ),
        ("${SECRET}", "expected scheme and host"),
    ] {
        let told = told(&preview_at(url).err().unwrap());
        assert!(told.starts_with("--url:1:1 "), "{told}");
        assert!(told.contains(label), "{told}");
    }
}

#[test]
fn the_password_in_a_given_address_is_not_shown() {
    let error = preview_at("https://mia:very-secret@portal.acme.example/a@b")
        .err()
        .unwrap();
    let span = error.diagnostics[0].span.as_ref().unwrap();
    let shown = span.location().text.unwrap();
    assert_eq!(shown, "https://…@portal.acme.example/a@b");
}

#[test]
fn an_address_in_the_writing_of_ipv6_is_the_same_host() {
    let text = format!(
        "{SHORT}  live: {{ url: 'http://192.0.2.7' }}\n  preview: {{ kind: preview, url: 'http://[::ffff:192.0.2.7]' }}\n"
    );
    let gate = load(&text, Some("preview")).unwrap();
    assert_eq!(gate.environment.kind, EnvironmentKind::Production);
}

#[test]
fn production_that_is_not_known_is_told() {
    let text = format!(
        "{SHORT}  live: {{ url: '${{LIVE_URL}}' }}\n  preview: {{ kind: preview, url: https://p.example }}\nvariables: {{ LIVE_URL: {{}} }}\n"
    );
    let gate = load(&text, Some("preview")).unwrap();
    assert!(gate.warnings[0].message.contains("not known"));
}

#[test]
fn names_of_environments_are_told_without_reading_the_rest() {
    let folder = Folder::new(&[(
        "tidegate.yaml",
        b"environments: { preview: { nonsense: 1 }, production: {} }",
    )]);
    assert_eq!(
        tidegate_config::environments(&folder.gate_file()).unwrap(),
        ["preview", "production"]
    );
}

#[test]
fn packs_nest_and_own_packs_are_files() {
    let gate = "version: 1\nname: a\nenvironments: { here: { url: http://localhost } }\n\
        identities: { anna: { bearer: '${T}' } }\n\
        include: [{ pack: nested, as: out }, { pack: ./own.yaml, as: own }]\n";
    let own = "checks: { a: { needs: b, probe: { path: /a } }, b: { probe: { path: /b } } }";
    let folder = Folder::new(&[
        ("tidegate.yaml", gate.as_bytes()),
        ("own.yaml", own.as_bytes()),
    ]);
    let gate = folder
        .load(None)
        .unwrap_or_else(|error| panic!("{}", told(&error)));
    let ids: Vec<&str> = gate.checks.iter().map(|entry| entry.id.as_str()).collect();
    assert_eq!(ids, ["out/inner/login", "out/inner/list", "own/a", "own/b"]);
    assert_eq!(gate.checks[2].span.source().name(), "own.yaml");
}

#[test]
fn optional_parameters_leave_out_what_needs_them() {
    let with = |include: &str| {
        let gate = format!(
            "version: 1\nname: a\nenvironments: {{ here: {{ url: http://localhost }} }}\n\
             identities: {{ anna: {{ bearer: '${{T}}' }} }}\ninclude: [{{ pack: optional, {include} }}]\n"
        );
        let gate = load(&gate, None).unwrap_or_else(|error| panic!("{}", told(&error)));
        let known = gate.checks.iter().map(|entry| {
            let who = entry.common.identity.as_ref();
            let who = who.map(|who| format!(" as {}", who.value));
            format!("{}{}", entry.id, who.unwrap_or_default())
        });
        known.collect::<Vec<_>>().join(", ")
    };
    assert_eq!(with("with: {}"), "optional/always");
    assert_eq!(
        with("as: o, with: { member: anna, place: ~ }"),
        "o/always as anna"
    );
    assert_eq!(
        with("with: { member: anna, place: x, part: 2 }"),
        "optional/always as anna, optional/placed, optional/both as anna"
    );
    let without = "with: { member: anna, place: x, part: 2 }, without: [placed, always]";
    assert_eq!(with(without), "optional/both as anna");
    assert_eq!(with("without: placed"), "optional/always");
}

#[test]
fn checks_that_lack_a_parameter_are_told_unless_they_are_not_wanted() {
    let notes = |include: &str| {
        let gate = format!(
            "version: 1\nname: a\nenvironments: {{ here: {{ url: http://localhost }} }}\n\
             identities: {{ anna: {{ bearer: '${{T}}' }} }}\ninclude: [{{ pack: optional, {include} }}]\n"
        );
        let gate = load(&gate, None).unwrap_or_else(|error| panic!("{}", told(&error)));
        gate.notes
    };
    assert_eq!(
        notes("with: { place: x, part: 2 }"),
        ["not checked for want of a parameter: optional/both (member)"]
    );
    assert_eq!(
        notes("as: o"),
        ["not checked for want of a parameter: o/placed (place), o/both (member, place)"]
    );
    let whole: [&str; 0] = [];
    assert_eq!(notes("with: { member: anna, place: x, part: 2 }"), whole);
    assert_eq!(notes("without: [placed, both]"), whole);
}

#[test]
fn an_observer_is_on_until_it_is_off() {
    let gate = |more: &str| {
        load(
            &format!("{SHORT}  one: {{ url: http://localhost }}\n{more}"),
            None,
        )
        .unwrap()
    };
    assert_eq!(gate("").observers.len(), 1);
    assert_eq!(gate("observers: { watch: off }\n").observers.len(), 0);
}

#[test]
fn carriage_returns_and_a_byte_order_mark_do_no_harm() {
    let text = format!("\u{feff}{SHORT}  one: {{ url: http://localhost }}\n").replace('\n', "\r\n");
    let gate = load(&text, None).unwrap();
    assert_eq!(gate.environment.url.span.line(), 5);
}

#[test]
fn the_schema_accepts_what_the_loader_accepts() {
    let schema = tidegate_config::schema(&registry());
    let validator = jsonschema::options().build(&schema).unwrap();
    let instance: serde_json::Value = support::as_json(WHOLE).unwrap();
    let faults: Vec<String> = validator
        .iter_errors(&instance)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn the_schema_describes_every_key_and_closes_every_map_of_the_language() {
    let schema = tidegate_config::schema(&registry());
    assert_eq!(schema["$schema"], "http://json-schema.org/draft-07/schema#");
    for (key, value) in schema["properties"].as_object().unwrap() {
        assert!(value["description"].is_string(), "{key}");
    }
    let check = &schema["definitions"]["check"];
    assert_eq!(check["additionalProperties"], false);
    for key in tidegate_core::registry::COMMON_KEYS {
        assert!(check["properties"][key]["description"].is_string(), "{key}");
    }
    assert!(check["properties"]["probe"]["markdownDescription"].is_string());
    assert_eq!(
        check["properties"]["probe"]["properties"]["path"]["$ref"],
        "#/definitions/probe.Path"
    );
}

#[test]
fn a_handover_holds_what_somebody_answers_for() {
    let more = "variables: { CLIENT: { default: Acme Ltd } }\n\
        handover:\n  client: ${CLIENT}\n  prepared-by: Harbour Studio\n  answers:\n    \
        errors-captured: { answer: yes, because: Sentry pages us, by: Mia, on: 2026-11-20 }\n    \
        more-than-five-tickets: { answer: false, because: Ten people use it, by: Mia, on: 2026-11-21 }\n  \
        journeys: { one: A customer signs in. }\n  known-limits: [No export yet.]\n  \
        next-steps: [Add an export.]\n  watch: { 14-days: [Slow lists.], 30-days: [Costs.] }\n";
    let text = format!("{SHORT}  one: {{ url: http://localhost }}\n{more}").replace(
        "checks: {}",
        "identities: { anna: { bearer: '${T}' } }\nchecks: { one: { as: anna, probe: { path: / } } }",
    );
    let gate = load(&text, None).unwrap_or_else(|error| panic!("{}", told(&error)));
    let handover = gate.handover.unwrap();
    assert_eq!(handover.client.as_deref(), Some("Acme Ltd"));
    let answered: Vec<(Asked, bool)> = handover
        .answers
        .iter()
        .map(|answer| (answer.asked, answer.yes))
        .collect();
    assert_eq!(
        answered,
        [
            (Asked::ErrorsCaptured, true),
            (Asked::MoreThanFiveTickets, false)
        ]
    );
    assert_eq!(handover.answers[0].on.to_string(), "2026-11-20");
    assert_eq!(
        handover.journey(&"one".into()),
        Some("A customer signs in.")
    );
    assert_eq!(handover.watch.first_30_days, ["Costs."]);
}

#[test]
fn what_cannot_be_in_an_environment_is_an_error_only_where_it_would_run() {
    let gate = |when: &str| {
        format!(
            "version: 1\nname: acme\nenvironments: {{ here: {{ url: http://localhost }}, there: {{ url: http://localhost }} }}\n\
             checks: {{ a: {{ {when} probe: {{ path: /a, times: 2000 }} }} }}\n"
        )
    };
    let refused = |when: &str, environment| load(&gate(when), Some(environment)).is_err();
    assert!(refused("", "here"));
    assert!(refused("when: { environment: [here] },", "here"));
    assert!(!refused("when: { environment: [there] },", "here"));
    assert!(refused("when: { environment: [there] },", "there"));
}
