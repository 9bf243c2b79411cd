use proptest::prelude::*;
use tidegate_core::check::CheckReport;
use tidegate_core::gate::EnvironmentKind;
use tidegate_core::meta::{Confidence, Severity};

use super::testing::{Project, faults, forecast};

const KEY: &str = "a key for tests that is long enough";

fn told(report: &CheckReport) -> Vec<String> {
    let findings = report.findings.iter();
    findings
        .map(|finding| format!("{} {}", finding.code, finding.title))
        .collect()
}

fn table(report: &CheckReport) -> String {
    let Some(table) = report.tables.first() else {
        return String::new();
    };
    let rows = std::iter::once(&table.columns).chain(&table.rows);
    rows.map(|row| row.join(" | ") + "\n").collect()
}

fn fault(config: &str) -> (String, String) {
    let fault = faults(config).remove(0);
    let label = fault.label.unwrap_or_default();
    (fault.message, label + &fault.help.unwrap_or_default())
}

#[test]
fn an_unknown_key_and_an_unfit_source_are_told_with_the_nearest_name() {
    assert!(fault("{ enviroments: {} }").1.contains("`environments`"));
    assert!(
        fault("{ environments: { production: { env-fil: x } } }")
            .1
            .contains("`env-file`")
    );
    assert!(
        fault("{ environments: { production: {} } }")
            .0
            .contains("exactly one thing")
    );
    let two = "{ environments: { production: { env-file: a, fly: b } } }";
    assert!(fault(two).0.contains("exactly one thing"));
    assert!(
        fault("{ environments: { production: { env-file: a } }, production: [prod] }")
            .0
            .contains("`prod`")
    );
    assert!(
        fault("{ health: { path: /health } }")
            .0
            .contains("nothing is looked for")
    );
    assert!(
        fault("{ health: { path: health, environment: $.a } }")
            .0
            .contains("not a path")
    );
    assert!(
        fault("{ health: { path: /h, environment: a } }")
            .0
            .contains("JSONPath")
    );
    assert!(fault("{ emit: ../x.json }").0.contains("plain file name"));
    assert!(fault("{ cors: [api] }").0.contains("not a path"));
    assert!(
        fault("{ environments: { a: { process: false } } }")
            .0
            .contains("switched off")
    );
}

#[test]
fn every_writing_of_a_config_is_read() {
    for config in [
        "{}",
        "{ environments: { production: { process: true } }, emit: true }",
        "{ environments: { production: { process: [ACME_*, KEY] }, preview: [{ env-file: a }, { vercel: b }] } }",
        "{ environments: { a: { compose: x.yml }, b: { compose: { file: x.yml, service: web } }, c: { kubernetes: [a, b] }, d: { kubernetes: a } } }",
        "{ environments: { a: { next-config: a }, b: { fly: a }, c: { render: a }, d: { railway: a }, e: { github: a }, f: { fingerprints: a }, g: { netlify: a } } }",
        "{ shared: [A, B_*], production: [live], health: { path: /h, revision: $.r }, cors: [/api], emit: a.json }",
    ] {
        assert!(faults(config).is_empty(), "{config}: {:?}", faults(config));
        let json: serde_json::Value = serde_saphyr::from_str(config).unwrap();
        let schema = jsonschema::draft7::new(&super::config::schema()).unwrap();
        assert!(schema.is_valid(&json), "{config}");
    }
}

#[test]
fn only_production_and_health_are_asked_for() {
    let crawl = super::bundle::limits().requests;
    assert_eq!(forecast("{}", EnvironmentKind::Preview).requests, crawl);
    let config = "{ health: { path: /h, revision: $.r } }";
    let asked = forecast(config, EnvironmentKind::Preview).requests;
    assert_eq!(asked, crawl + 1);
    assert!(forecast("{}", EnvironmentKind::Production).requests > crawl + 3);
    assert!(
        forecast("{}", EnvironmentKind::Production)
            .writes
            .is_empty()
    );
}

#[test]
fn an_empty_project_is_no_evidence() {
    let report = Project::new()
        .at("preview", EnvironmentKind::Preview)
        .run("{}");
    assert_eq!(
        (report.evaluated, report.findings.len(), report.tables.len()),
        (0, 0, 0)
    );
}

#[test]
fn two_environments_with_the_same_file_share_everything() {
    let file = "DATABASE_URL=postgres://a:Zp1@db.acme.example/app\nKEY=sb_~secret_q7Xv2Lm9Rt4Kp8Zw3Bn6Qd_h4Jk9Ls2\nJWT_SECRET=w3Bn6q7Xv2Lm9Rt4Kp8Z\n";
    let project = Project::with(&[("all.env", file)]);
    let config =
        "{ environments: { production: { env-file: all.env }, preview: { env-file: all.env } } }";
    let report = project.run(config);
    assert_eq!(
        told(&report),
        [
            "environment/shared-database DATABASE_URL: production = preview",
            "environment/shared-secret JWT_SECRET: production = preview",
            "environment/shared-service-key KEY: production = preview",
        ]
    );
    assert!(
        project
            .run(&config.replace(
                "{ environments",
                "{ shared: [KEY, JWT_*, DATABASE_URL], environments"
            ))
            .findings
            .is_empty()
    );
}

#[test]
fn the_same_value_under_another_name_is_seen_and_both_places_are_told() {
    let project = Project::with(&[
        (".env.production", "\nAUTH_SECRET=q7Xv2Lm9Rt4Kp8Zw3Bn6\n"),
        (".env.staging", "NEXTAUTH_SECRET='q7Xv2Lm9Rt4Kp8Zw3Bn6'\n"),
    ]);
    let report = project.run("{}");
    assert_eq!(
        told(&report),
        ["environment/shared-secret AUTH_SECRET (production) = NEXTAUTH_SECRET (staging)"]
    );
    let finding = &report.findings[0];
    assert_eq!(
        (finding.location.file.as_str(), finding.location.line),
        (".env.production", 2)
    );
    assert_eq!(finding.related[0].location.file, ".env.staging");
}

#[test]
fn live_payment_keys_block_wherever_they_are_shared_and_service_keys_beside_production() {
    let severity = |first: &str, second: &str, value: &str| {
        let line = format!("K={value}\n");
        let project = Project::with(&[("a.env", &line), ("b.env", &line)]);
        let config = format!(
            "{{ environments: {{ {first}: {{ env-file: a.env }}, {second}: {{ env-file: b.env }} }} }}"
        );
        let report = project.run(&config);
        let shared = report
            .findings
            .iter()
            .find(|finding| finding.code.as_str().contains("shared"));
        shared.map(|finding| finding.severity)
    };
    let live = "sk_~live_51Hq7Xv2Lm9Rt4Kp8Zw3Bn6Jd5Gf1Sc0Ya7Ue8Wi3Oq4";
    assert_eq!(severity("staging", "preview", live), Some(Severity::High));
    let service = "sb_~secret_q7Xv2Lm9Rt4Kp8Zw3Bn6Qd_h4Jk9Ls2";
    assert_eq!(
        severity("production", "preview", service),
        Some(Severity::High)
    );
    assert_eq!(severity("staging", "preview", service), Some(Severity::Low));
    assert_eq!(
        severity(
            "staging",
            "preview",
            "sk_~test_51Hq7Xv2Lm9Rt4Kp8Zw3Bn6Jd5Gf1Sc0Ya7Ue8Wi3Oq4"
        ),
        None
    );
}

#[test]
fn what_a_file_for_every_environment_sets_is_only_a_hint() {
    let project = Project::with(&[
        (
            ".env",
            "API_URL=http://localhost:4000\nOTHER_URL=http://localhost:5000\n",
        ),
        (".env.production", "API_URL=https://api.acme.example\n"),
    ]);
    let report = project.run("{}");
    assert_eq!(
        told(&report),
        ["environment/local-host OTHER_URL of production names this machine (`localhost`)"]
    );
    assert_eq!(report.findings[0].confidence, Confidence::Low);
}

#[test]
fn folders_of_a_monorepo_are_kept_apart() {
    let project = Project::with(&[
        ("apps/web/.env.production", "URL=https://web.acme.example\n"),
        ("apps/api/.env.production", "URL=https://api.acme.example\n"),
    ]);
    let shown = table(&project.run("{}"));
    assert!(
        shown.contains("apps/api: URL") && shown.contains("apps/web: URL"),
        "{shown}"
    );
}

#[test]
fn a_guessed_file_that_cannot_be_read_is_a_note_and_a_named_one_an_error() {
    let project = Project::with(&[
        (".env.production", "A=1\nB='open\n"),
        (".env.staging", "A=1"),
    ]);
    let report = project.run("{}");
    assert!(
        report.notes[0].contains(".env.production:2:3: the quote that opens here is never closed"),
        "{:?}",
        report.notes
    );
    let config = "{ environments: { production: { env-file: .env.production } } }";
    let error = project.try_run(config).unwrap_err();
    assert_eq!(
        error
            .location
            .as_ref()
            .map(|place| (place.file.as_str(), place.line)),
        Some((".env.production", 2))
    );
    let missing = project
        .try_run("{ environments: { production: { env-file: none } } }")
        .unwrap_err();
    assert!(missing.message.contains("there is no file none"));
    assert_eq!(missing.location.unwrap().file, "tidegate.yaml");
    project.write(".env.production", &[b'x'; 2 * 1024 * 1024]);
    assert!(
        project
            .try_run(config)
            .unwrap_err()
            .message
            .contains("larger than")
    );
}

#[test]
fn variables_of_the_machine_are_left_out_of_the_process() {
    let project = Project::with(&[("pre.env", "API_URL=https://staging.acme.example\n")])
        .process("PATH", "/usr/bin")
        .process("API_URL", "http://localhost:1")
        .process(
            "STRIPE",
            "sk_~test_51Hq7Xv2Lm9Rt4Kp8Zw3Bn6Jd5Gf1Sc0Ya7Ue8Wi3Oq4",
        );
    let config =
        "{ environments: { production: { process: true }, preview: { env-file: pre.env } } }";
    let report = project.run(config);
    assert!(!table(&report).contains("PATH"));
    assert_eq!(report.findings.len(), 2, "{:?}", told(&report));
    let some = config.replace("process: true", "process: [API_*]");
    assert_eq!(project.run(&some).findings.len(), 1);
}

#[test]
fn which_environment_is_production_may_be_said() {
    let project = Project::with(&[
        ("a.env", "URL=http://localhost:1\n"),
        ("b.env", "URL=http://localhost:2\n"),
    ])
    .at("elsewhere", EnvironmentKind::Preview);
    let config = "{ environments: { blue: { env-file: a.env }, production: { env-file: b.env } }, production: [blue] }";
    assert_eq!(
        told(&project.run(config)),
        ["environment/local-host URL of blue names this machine (`localhost`)"]
    );
}

/// A portal as it should be: every service of its own in each environment.
#[test]
fn environments_as_they_should_be_are_left_alone() {
    let healthy = |host: &str, mode: &str, project: &str, salt: &str| {
        format!(
            "# web\nNODE_ENV=production\nPORT=3000\nHOST=0.0.0.0\nHOSTNAME=0.0.0.0\nTZ=Europe/Berlin\nLOG_LEVEL=info\n\
             NEXT_PUBLIC_SITE_URL=https://{host}\nNEXTAUTH_URL=https://{host}\nAUTH_SECRET={salt}q7Xv2Lm9Rt4Kp8Zw3Bn6\n\
             NEXT_PUBLIC_SUPABASE_URL=https://{project}.supabase.co\n\
             DATABASE_URL=postgresql://postgres.{project}:{salt}Zp1@aws-0-eu-central-1.pooler.supabase.com:6543/postgres?pgbouncer=true\n\
             DIRECT_URL=postgresql://postgres:{salt}Zp1@db.{project}.supabase.co:5432/postgres\n\
             NEXT_PUBLIC_STRIPE_PUBLISHABLE_KEY=pk_{mode}_51{salt}Hq7Xv2Lm9Rt4Kp8Zw3Bn6Jd5Gf1Sc0Ya7Ue8Wi3Oq4\nSTRIPE_SECRET_KEY=sk_{mode}_51{salt}Hq7Xv2Lm9Rt4Kp8Zw3Bn6Jd5Gf1Sc0Ya7Ue8Wi3Oq4\n\
             STRIPE_WEBHOOK_SECRET=whsec_{salt}7Xv2Lm9Rt4Kp8Zw3Bn6\nSTRIPE_API_BASE=https://api.stripe.com\n\
             NEXT_PUBLIC_SENTRY_DSN=https://0123456789abcdef0123456789abcdef@o123.ingest.de.sentry.io/456\nSENTRY_ORG=acme\n\
             NEXT_PUBLIC_POSTHOG_HOST=https://eu.i.posthog.com\nNEXT_PUBLIC_MAPBOX_TOKEN=pk.eyJ1IjoiYWNtZSJ9.abc\n\
             SMTP_HOST=smtp.postmarkapp.com\nSMTP_PORT=587\nMAIL_FROM=\"Acme Portal <portal@acme.example>\"\n\
             AWS_REGION=eu-central-1\nS3_BUCKET=acme-{salt}-uploads\nFEATURE_FLAGS='{{\"new\":true}}'\nDEBUG=\nCACHE_TTL=3600\n\
             OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4318\nALLOWED_MIME=image/png,image/jpeg\nSESSION_COOKIE=__Host-session\n\
             NEXT_PUBLIC_RECAPTCHA_SITE_KEY=6LeIxAcTAAAAAJcZVRqyHh71UMIEGNQ_MXjiZKhI\nCRON=\"*/5 * * * *\"\nSUPPORT=https://help.acme.example\n\
             REDIS_URL=rediss://default:{salt}Qw2@{project}.upstash.io:6379\nJWT_AUDIENCE=authenticated\nDEVICES_API=https://devices.acme.example\n"
        )
    };
    let project = Project::new();
    let (test, live) = (concat!("te", "st"), concat!("li", "ve"));
    project.write(
        ".env.production",
        healthy("portal.acme.example", live, "abcdprod", "Hx1").as_bytes(),
    );
    project.write(
        ".env.staging",
        healthy("staging.acme.example", test, "abcdstage", "Jy2").as_bytes(),
    );
    project.write(
        ".env.local",
        healthy("localhost:3000", test, "abcdlocal", "Kz3").as_bytes(),
    );
    let report = project.run("{}");
    assert!(report.findings.is_empty(), "{:?}", told(&report));
    assert!(report.notes.is_empty(), "{:?}", report.notes);
    assert!(report.evaluated > 100);
}

#[test]
fn what_looks_like_a_value_is_no_name_and_is_not_shown() {
    let line = "MIIEpAIBAAKCAQEA7bq98sV0Yw3Kd";
    let project = Project::with(&[
        (".env.production", &format!("KEY=-----BEGIN\n{line}==\n")),
        (
            "docker-compose.yml",
            &format!(
                "services: {{ web: {{ environment: [ {line}, sk_~live_51Hq7Xv2Lm9Rt4Kp8Zw3Bn6Jd5Gf1Sc0Ya7Ue8Wi3Oq4, OK ] }} }}\n"
            ),
        ),
        ("github.txt", &format!("{line}\nS\n")),
    ]);
    let configs = [
        "{}",
        "{ environments: { production: { env-file: .env.production } } }",
        "{ environments: { production: { github: github.txt } } }",
    ];
    for config in configs {
        let text = shown(project.try_run(config));
        assert!(!text.contains(line) && !text.contains("51Hq7"), "{text}");
        assert!(text.contains("looks like a"), "{text}");
    }
}

#[test]
fn a_program_of_the_same_pod_is_only_a_hint() {
    let manifest = "kind: Deployment\nspec:\n  template:\n    spec:\n      containers:\n        - name: web\n          env:\n            - { name: DATABASE_PROXY_URL, value: 'http://127.0.0.1:5433' }\n";
    let project = Project::with(&[("deploy.yaml", manifest)]);
    let report = project.run("{ environments: { production: { kubernetes: deploy.yaml } } }");
    assert_eq!(report.findings[0].confidence, Confidence::Low);
    assert_eq!(report.findings[0].location.line, 8);
}

#[test]
fn an_example_file_counts_for_its_own_folder() {
    let project = Project::with(&[
        ("apps/web/.env.example", "WEB=\n"),
        ("apps/web/.env.production", "WEB=1\n"),
        ("apps/api/.env.example", "API=\n"),
    ]);
    assert!(project.run("{}").findings.is_empty());
    project.write("apps/api/.env.production", b"OTHER=1\n");
    assert_eq!(
        project.codes("{}"),
        ["environment/extra-key", "environment/missing-key"]
    );
}

#[test]
fn large_sources_of_odd_shapes_are_read_in_one_go() {
    let many: String = "A=\n".repeat(200_000);
    let escaped = format!("{{{}\"a\": 1}}", "\"\\u0041\": 1, ".repeat(20_000));
    let tables: String = (0..20_000)
        .map(|number| format!("k{number} = 1\n"))
        .collect();
    let project = Project::with(&[("a.env", &many), ("b.json", &escaped), ("c.toml", &tables)]);
    for source in ["env-file: a.env", "railway: b.json", "fly: c.toml"] {
        project.run(&format!(
            "{{ environments: {{ production: {{ {source} }} }} }}"
        ));
    }
}

#[test]
fn the_example_of_the_page_is_read() {
    let page = include_str!("check.md");
    let blocks: Vec<&str> = page.split("```yaml\n").skip(1).collect();
    assert_eq!(blocks.len(), 1);
    let text = blocks[0].split("```").next().unwrap();
    let gate: serde_json::Value = serde_saphyr::from_str(text).unwrap();
    for (id, check) in gate["checks"].as_object().unwrap() {
        let config = check["environment"].to_string();
        assert!(faults(&config).is_empty(), "{id}: {:?}", faults(&config));
    }
}

#[test]
fn machines_of_developers_may_share_and_a_preview_may_not() {
    let file = "JWT_SECRET=q7Xv2Lm9Rt4Kp8Zw3Bn6\n";
    let local = Project::with(&[(".env.local", file), (".env.test", file)]);
    assert!(local.run("{}").findings.is_empty());
    let preview = Project::with(&[(".env.local", file), (".env.preview", file)]);
    assert_eq!(preview.run("{}").findings.len(), 1);
}

fn mixed() -> Project {
    Project::with(&[
        (
            ".env.example",
            "DATABASE_URL=\nSTRIPE_SECRET_KEY=\nMAIL_FROM=\n",
        ),
        (
            ".env.production",
            "DATABASE_URL=postgres://a:Zp1@db.acme.example/app\nSTRIPE_SECRET_KEY=sk_~test_51Hq7Xv2Lm9Rt4Kp8Zw3Bn6Jd5Gf1Sc0Ya7Ue8Wi3Oq4\nNEXT_PUBLIC_API_URL=https://api.acme.example\nJWT_SECRET=w3Bn6q7Xv2Lm9Rt4Kp8Z\nDEBUG=\n",
        ),
        (
            ".env.preview",
            "DATABASE_URL=postgres://a:Zp1@db.acme.example/app\nSTRIPE_SECRET_KEY=sk_~live_51Hq7Xv2Lm9Rt4Kp8Zw3Bn6Jd5Gf1Sc0Ya7Ue8Wi3Oq4\nNEXT_PUBLIC_API_URL=https://api.staging.acme.example\nJWT_SECRET=Kp8Zw3Bn6q7Xv2Lm9Rt4\n",
        ),
        (
            ".env.local",
            "DATABASE_URL=postgres://a:b@localhost/app\nEXPORTED\n",
        ),
    ])
}

#[test]
fn the_matrix_shows_problems_first_and_no_value() {
    let report = mixed().run("{}");
    insta::assert_snapshot!(table(&report), @r"
    variable | production | preview | local | found
    DATABASE_URL | set (= preview) | set (= production) | set (local host) | shared-database
    STRIPE_SECRET_KEY | set (test) | set (live) | missing | test-key, live-key
    MAIL_FROM | missing | missing | missing | missing-key
    NEXT_PUBLIC_API_URL | set (public) | set (staging host, public) | missing | extra-key
    JWT_SECRET | set | set | missing | extra-key
    DEBUG | empty | missing | missing | extra-key
    EXPORTED | missing | missing | name only | 
    ");
}

#[test]
fn a_long_matrix_ends_with_how_many_more() {
    let lines: String = (0..100).map(|number| format!("V{number:03}=x\n")).collect();
    let report = Project::with(&[(".env.production", &lines)]).run("{}");
    let rows = &report.tables[0].rows;
    assert_eq!((rows.len(), rows[60][0].as_str()), (61, "and 40 more"));
}

/// Runs a job that writes the fingerprints of one file.
fn emitted(name: &str, file: &str, key: &str) -> Vec<u8> {
    let config = format!("{{ environments: {{ {name}: {{ env-file: x.env }} }}, emit: true }}");
    let project = Project::with(&[("x.env", file)]).process("TIDEGATE_FINGERPRINT_KEY", key);
    let report = project.run(&config);
    assert!(
        report.notes[0].contains(&format!(".tidegate/environment-{name}.json")),
        "{:?}",
        report.notes
    );
    project.state(&format!("environment-{name}.json")).unwrap()
}

const COMPARE: &str =
    "{ environments: { production: { fingerprints: p.json }, preview: { fingerprints: q.json } } }";

fn compared(first: &[u8], second: &[u8], key: &str) -> Project {
    let project = Project::new().process("TIDEGATE_FINGERPRINT_KEY", key);
    project.write("p.json", first);
    project.write("q.json", second);
    project
}

#[test]
fn two_jobs_that_see_one_environment_each_are_compared_by_a_third() {
    let production = "DATABASE_URL=postgres://a:Zp1@db.acme.example/app\nJWT_SECRET=w3Bn6q7Xv2Lm9Rt4Kp8Z\nURL=http://localhost:1\n";
    let preview = "DB=postgres://b:Qw2@db.acme.example/app\nJWT_SECRET=w3Bn6q7Xv2Lm9Rt4Kp8Z\nS=sk_~live_51Hq7Xv2Lm9Rt4Kp8Zw3Bn6Jd5Gf1Sc0Ya7Ue8Wi3Oq4\n";
    let (first, second) = (
        emitted("production", production, KEY),
        emitted("preview", preview, KEY),
    );
    let text = String::from_utf8(first.clone()).unwrap();
    for secret in [
        "Zp1",
        "acme.example",
        "w3Bn6q7Xv2Lm9Rt4Kp8Z",
        "localhost:1",
        KEY,
    ] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
    let report = compared(&first, &second, KEY).run(COMPARE);
    assert_eq!(
        told(&report),
        [
            "environment/local-host URL of production names this machine (`localhost`)",
            "environment/live-key S of preview is a live key",
            "environment/shared-database DATABASE_URL (production) = DB (preview)",
            "environment/shared-secret JWT_SECRET: production = preview",
        ]
    );
    assert_eq!(report.findings[0].location.file, "x.env");
}

#[test]
fn other_keys_are_an_error_and_never_a_difference() {
    let (first, second) = (
        emitted("production", "A=1", KEY),
        emitted("preview", "A=1", "another key that is long enough too"),
    );
    let error = compared(&first, &second, KEY).try_run(COMPARE).unwrap_err();
    assert!(
        error
            .message
            .contains("the files were made with different keys"),
        "{error}"
    );
    assert_eq!(error.location.unwrap().file, "q.json");
}

#[test]
fn a_missing_or_short_key_and_a_strange_file_are_errors() {
    let error = |key: Option<&str>| {
        let project = Project::with(&[("x.env", "A=1")]);
        let project = match key {
            Some(key) => project.process("TIDEGATE_FINGERPRINT_KEY", key),
            None => project,
        };
        let config = "{ environments: { production: { env-file: x.env } }, emit: x.json }";
        project.try_run(config).unwrap_err()
    };
    assert!(error(None).message.contains("is not set"));
    assert!(error(Some("short")).message.contains("less than 32 bytes"));
    assert!(error(Some("short")).help.contains("openssl rand"));
    let good = emitted("production", "A=1", KEY);
    let strange = compared(&good, b"{}", KEY).try_run(COMPARE).unwrap_err();
    assert!(strange.message.contains("no fingerprint file"));
    let swapped = compared(&good, &good, KEY).try_run(COMPARE).unwrap_err();
    assert!(
        swapped
            .message
            .contains("another environment than `preview`")
    );
}

#[test]
fn what_to_write_must_be_clear() {
    let project = Project::with(&[("a.env", "A=1"), ("b.env", "A=1")])
        .at("elsewhere", EnvironmentKind::Preview)
        .process("TIDEGATE_FINGERPRINT_KEY", KEY);
    let config = "{ environments: { x: { env-file: a.env }, y: { env-file: b.env } }, emit: true }";
    assert!(
        project
            .try_run(config)
            .unwrap_err()
            .message
            .contains("nothing to write")
    );
}

/// Every source in one project, all with the same value.
fn everywhere(value: &str) -> Project {
    let json = serde_json::Value::from(value).to_string();
    let base64 = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, value);
    let files = [
        (".env", format!("A_SECRET={json}\nDEBUG={json}\n")),
        (
            ".env.production",
            format!("A_SECRET={json}\nAPI_URL={json}\nA_SECRET={json}\n"),
        ),
        (
            ".env.preview",
            format!("B_SECRET={json}\nBROKEN={json} {json}\n"),
        ),
        (".env.example", format!("A_SECRET={json}\n")),
        (
            "docker-compose.yml",
            format!(
                "services:\n  web:\n    environment:\n      A_SECRET: {json}\n      B: [ {json}\n"
            ),
        ),
        (
            "vercel.json",
            format!("{{ \"env\": {{ \"A_SECRET\": {json} }} {json} }}"),
        ),
        (
            "netlify.toml",
            format!(
                "[context.production.environment]\nNETLIFY_SECRET = {json}\n x = {json} {json}"
            ),
        ),
        ("fly.toml", format!("[env]\nFLY_SECRET = {json}\n")),
        (
            "render.yaml",
            format!(
                "services:\n  - name: web\n    envVars:\n      - key: R_SECRET\n        value: {json}\n"
            ),
        ),
        (
            "k8s/production/secret.yaml",
            format!("kind: Secret\ndata:\n  K_SECRET: {base64}\nstringData:\n  NODE_ENV: {json}\n"),
        ),
        (
            "next.config.js",
            format!("module.exports = {{ env: {{ N_SECRET: {json} }} }}"),
        ),
        ("github.txt", "G_SECRET\n".to_owned()),
    ];
    let project = Project::new()
        .process("P_SECRET", value)
        .process("NEXT_PUBLIC_SECRET", value);
    for (path, text) in &files {
        project.write(path, text.as_bytes());
    }
    project
}

fn shown(report: Result<CheckReport, Box<tidegate_core::check::CheckError>>) -> String {
    match report {
        Ok(report) => format!("{report:?}"),
        Err(error) => format!("{error:?}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn no_value_appears_anywhere_in_a_report(
        value in "[a-zA-Z0-9]{20,40}|sk_live_51[a-zA-Z0-9]{24}|postgres://anna:[a-z0-9]{12}@db-[a-z0-9]{8}\\.example/[a-z]{6}|http://localhost:4[0-9]{3}/[a-z]{12}|https://[a-z]{12}\\.staging\\.acme\\.example"
    ) {
        let project = everywhere(&value);
        let named = "{ environments: { production: [{ env-file: .env.production }, { process: true }, { netlify: netlify.toml }, { next-config: next.config.js }, { github: github.txt }], preview: [{ env-file: .env.preview }] } }";
        let each = ["env-file: .env.preview", "compose: docker-compose.yml", "vercel: vercel.json", "netlify: netlify.toml"];
        let mut configs = vec!["{}".to_owned(), named.to_owned(), named.replace("{ netlify: netlify.toml }, ", "").replace(".env.preview", ".env")];
        configs.extend(each.map(|source| format!("{{ environments: {{ production: {{ {source} }} }} }}")));
        for config in configs {
            let text = shown(project.try_run(&config));
            prop_assert!(!text.contains(&value), "{} shows {}: {}", config, value, text);
            let tail = &value[value.len() - 12..];
            prop_assert!(!text.contains(tail), "{} shows {}: {}", config, tail, text);
        }
    }
}

#[test]
fn a_project_without_variables_says_what_was_not_there() {
    let project = Project::new().at("preview", EnvironmentKind::Preview);
    let report = project.run("{}");
    assert_eq!(report.evaluated, 0);
    let doubt = report.inconclusive.unwrap();
    assert!(
        doubt.text.starts_with("no variables of an environment"),
        "{doubt:?}"
    );
}
