//! Bad input of every sort: a clear message, the right exit code, nothing lost and no panic.

use tidegate_testkit::hostile::{Behaviour, Hostile, RefusingPort};
use tidegate_testkit::recorder::{App, Reply};
use tidegate_testkit::tls::{Certificate, TlsApp};

use crate::support::{Project, codes, watched};

fn refused(gate: &[u8], says: &str) {
    let project = Project::new("");
    project.write("tidegate.yaml", gate);
    project
        .tidegate(&["plan"])
        .expect(2)
        .says("tidegate.yaml")
        .says(says)
        .never_says("panicked");
}

#[test]
fn a_gate_file_that_cannot_be_read_names_itself_and_the_remedy() {
    let project = Project::new("");
    project
        .tidegate(&["plan", "--gate", "nowhere.yaml"])
        .expect(2)
        .says("nowhere.yaml");
    refused(b"", "empty");
    refused(b"version: 1\nname: \xff\xfe\n", "UTF-8");
    refused(b"version: 1\nchecks:\n\thealth: {}\n", "tab");
}

#[test]
fn wrong_entries_are_refused_with_their_line() {
    let gate = |checks: &str| {
        format!(
            "version: 1\nname: t\nenvironments: {{ local: {{ kind: local, url: http://127.0.0.1:9 }} }}\nchecks:\n{checks}"
        )
    };
    refused(
        gate("  a: { flow: [{ get: / }] }\n  a: { flow: [{ get: / }] }\n").as_bytes(),
        "a",
    );
    refused(
        gate("  a: { flwo: [{ get: / }] }\n").as_bytes(),
        "did you mean `flow`?",
    );
    refused(
        gate("  a: { flow: [{ get: / }], command: { run: x } }\n").as_bytes(),
        "two kinds",
    );
    refused(gate("  a: { flow: 3 }\n").as_bytes(), "tidegate.yaml:5:14");
    refused(
        gate("  a: { needs: [b], flow: [{ get: / }] }\n  b: { needs: [a], flow: [{ get: / }] }\n")
            .as_bytes(),
        "circle",
    );
    refused(
        gate("  a: { flow: [{ get: '/${nothing}' }] }\n").as_bytes(),
        "nothing",
    );
    refused(
        gate("  a: { flow: [{ get: /, capture: { now: $.a } }] }\n").as_bytes(),
        "built in",
    );
}

#[test]
fn a_path_that_would_exhaust_the_stack_is_refused() {
    let path = format!("$[?{}@.a{}]", "!(".repeat(1_000), ")".repeat(1_000));
    let head =
        "version: 1\nname: t\nenvironments: { local: { kind: local, url: http://127.0.0.1:9 } }\n";
    let flow =
        format!("{head}checks: {{ a: {{ flow: [{{ get: /, capture: {{ x: '{path}' }} }}] }} }}\n");
    refused(flow.as_bytes(), "too deep");
    let login = format!(
        "{head}identities: {{ a: {{ login: {{ post: /, bearer: '{path}' }} }} }}\nchecks: {{ a: {{ as: a, flow: [{{ get: / }}] }} }}\n"
    );
    refused(login.as_bytes(), "not a JSONPath");
}

#[test]
fn an_undefined_variable_and_a_cyclic_include_are_named() {
    refused(
        b"version: 1\nname: t\nvariables: { PORTAL: {} }\nenvironments: { local: { kind: local, url: '${PORTAL}' } }\nchecks: {}\n",
        "PORTAL",
    );
    let project = Project::checking("http://127.0.0.1:9", "  a: { flow: [{ get: / }] }\n");
    let gate = std::fs::read_to_string(project.gate()).unwrap();
    project.write(
        "tidegate.yaml",
        format!("{gate}include: [{{ pack: ./one.yaml, as: one }}]\n"),
    );
    project.write(
        "one.yaml",
        "include: [{ pack: ./two.yaml, as: two }]\nchecks: {}\n",
    );
    project.write(
        "two.yaml",
        "include: [{ pack: ./one.yaml, as: one }]\nchecks: {}\n",
    );
    project.tidegate(&["plan"]).expect(2).says("cycl");
}

#[test]
fn a_body_file_that_is_missing_is_an_error_of_that_check_alone() {
    let app = App::start(|_| Reply::text(200, "fine"));
    let checks = "  upload: { flow: [{ post: /files, file: missing.pdf, expect: 200 }] }\n  healthy: { flow: [{ get: /health, expect: 200 }] }\n";
    let (ran, report) = Project::checking(app.url(), checks).run(&[]);
    ran.expect(3).says("missing.pdf");
    assert_eq!(report["results"][0]["outcome"]["name"], "errored");
    assert_eq!(report["results"][1]["outcome"]["name"], "passed");
}

#[test]
fn a_host_that_is_not_there_stops_the_run_once() {
    let nobody = RefusingPort::take();
    let (ran, report) = Project::checking(
        &nobody.url(),
        "  a: { flow: [{ get: / }] }\n  b: { flow: [{ get: / }] }\n",
    )
    .run(&[]);
    ran.expect(3);
    assert_eq!(report["preflight"]["code"], "preflight/unreachable");
}

#[test]
fn an_untrusted_certificate_stops_the_run_with_the_remedy() {
    for certificate in [
        Certificate::Valid,
        Certificate::WrongHost,
        Certificate::Expired,
    ] {
        let app = TlsApp::start(certificate, |_| Reply::text(200, "fine"));
        let (ran, report) = Project::checking(app.url(), "  a: { flow: [{ get: / }] }\n").run(&[]);
        ran.expect(3).says("certificate");
        assert_eq!(report["preflight"]["code"], "preflight/tls");
    }
}

/// One GET of a hostile answer without the preflight; gives the codes.
fn hostile(behaviour: Behaviour, expect: &str) -> (crate::support::Ran, Vec<String>) {
    let server = Hostile::start();
    let checks = format!(
        "  a: {{ flow: [{{ get: {}, timeout: 3s, expect: {expect} }}] }}\n",
        behaviour.path()
    );
    let (ran, report) = Project::checking(server.url(), &checks).run(&["--no-preflight"]);
    ran.never_says("panicked");
    (ran, codes(&report))
}

#[test]
fn broken_connections_and_silence_are_findings() {
    for behaviour in [Behaviour::Reset, Behaviour::Silent, Behaviour::ShortBody] {
        let (ran, codes) = hostile(behaviour, "200");
        ran.expect(1);
        assert_eq!(codes, ["flow/unreachable"], "{behaviour:?}");
    }
}

#[test]
fn answers_that_are_not_what_they_say_are_findings() {
    let (ran, codes) = hostile(Behaviour::InvalidJson, "{ status: 200, json: { $.a: 1 } }");
    ran.expect(1);
    assert_eq!(codes, ["flow/json"]);
    let (ran, codes) = hostile(
        Behaviour::Binary,
        "{ status: 200, body: { contains: hello } }",
    );
    ran.expect(1);
    assert_eq!(codes, ["flow/body"]);
    let (ran, codes) = hostile(Behaviour::RedirectLoop, "200");
    ran.expect(1);
    assert_eq!(codes, ["flow/redirect"]);
}

#[test]
fn a_body_of_a_gigabyte_is_cut_and_memory_stays_flat() {
    let server = Hostile::start();
    let checks = format!(
        "  a: {{ flow: [{{ get: {}, expect: 200 }}] }}\n",
        Behaviour::Huge.path()
    );
    let project = Project::checking(server.url(), &checks);
    let child = project
        .command(&["run", "--no-preflight"])
        .spawn()
        .expect("the binary runs");
    let (ended, peak) = watched(child);
    assert_eq!(ended.status.code(), Some(0));
    assert!(peak < 100_000, "{peak} kB");
}

#[test]
fn a_redirect_elsewhere_is_not_followed_and_credentials_stay_home() {
    let elsewhere = App::start(|_| Reply::text(200, "thanks"));
    let target = elsewhere.url().to_owned();
    let app = App::start(move |_| Reply::redirect(302, &target));
    let project = Project::new(&format!(
        "version: 1\nname: t\nenvironments: {{ local: {{ kind: local, url: \"{}\" }} }}\nidentities: {{ anna: {{ bearer: \"${{TOKEN}}\" }} }}\nchecks:\n  a: {{ as: anna, flow: [{{ get: /, expect: 200 }}] }}\n",
        app.url()
    ));
    let output = project
        .command(&["run", "--no-preflight", "--report", "json=report.json"])
        .env("TOKEN", "s3cr3t-token-value")
        .output()
        .expect("the binary runs");
    assert_eq!(output.status.code(), Some(1));
    assert!(elsewhere.requests().is_empty());
    assert!(!project.report().to_string().contains("s3cr3t-token-value"));
}

#[test]
fn a_header_cannot_be_injected_through_a_variable() {
    let app = App::start(|_| Reply::text(200, "fine"));
    let project = Project::checking(
        app.url(),
        "  a: { flow: [{ get: /, headers: { x-tenant: '${TENANT_ID}' }, expect: 200 }] }\n",
    );
    let output = project
        .command(&["run", "--no-preflight"])
        .env("TENANT_ID", "acme-one\r\nx-admin: yes")
        .output()
        .expect("the binary runs");
    let ran = crate::support::Ran::of(output);
    ran.says("x-tenant")
        .never_says("x-admin: yes")
        .never_says("panicked");
    assert_ne!(ran.code, Some(0));
    assert!(
        app.requests()
            .iter()
            .all(|request| request.header("x-admin").is_none())
    );
}

#[test]
fn secrets_are_redacted_also_inside_each_other_and_short_ones_are_refused() {
    let app = App::start(|request| {
        Reply::text(
            500,
            &format!(
                "key {} for {}",
                request.header("x-long").unwrap_or_default(),
                request.header("x-short").unwrap_or_default()
            ),
        )
    });
    let checks = "  a: { flow: [{ get: /, headers: { x-long: '${LONG_KEY}', x-short: '${SHORT_KEY}' }, expect: { status: 200, body: { contains: nothing } } }] }\n";
    let project = Project::checking(app.url(), checks);
    let run = |short: &str| {
        let output = project
            .command(&[
                "run",
                "--no-preflight",
                "--report",
                "terminal",
                "--report",
                "json=report.json",
                "--report",
                "junit=gate.xml",
                "--report",
                "markdown=gate.md",
            ])
            .env("LONG_KEY", "prefix-abcdef-suffix")
            .env("SHORT_KEY", short)
            .output()
            .expect("the binary runs");
        crate::support::Ran::of(output)
    };
    run("abcdef").never_says("abcdef").never_says("suffix");
    for name in ["report.json", "gate.xml", "gate.md"] {
        let text = std::fs::read_to_string(project.path().join(name)).expect("the report is there");
        assert!(
            !text.contains("abcdef") && !text.contains("suffix"),
            "{name}: {text}"
        );
    }
    let ran = run("abc");
    assert_ne!(ran.code, Some(0));
    ran.says("SHORT_KEY");
}

#[test]
fn a_create_whose_answer_is_lost_is_named_by_its_marker() {
    let app = App::start(|request| match request.path() {
        "/records" => Reply::lost(),
        _ => Reply::text(200, "fine"),
    });
    let checks = "  a: { flow: [{ post: /records, json: { title: '${unique}' }, expect: 201, capture: { record: $.id }, cleanup: { delete: '/records/${record}' } }] }\n";
    let (ran, report) = Project::checking(app.url(), checks).run(&["--no-preflight"]);
    ran.expect(1).says("tidegate-");
    assert_eq!(
        report["leftovers"].as_array().map(Vec::len),
        Some(1),
        "{report:#}"
    );
}

#[test]
fn a_cleanup_that_fails_is_named() {
    let app = App::start(|request| match request.method.as_str() {
        "POST" => Reply::json(201, &serde_json::json!({ "id": 17 })),
        _ => Reply::text(500, "no"),
    });
    let checks = "  a: { flow: [{ post: /records, json: { title: '${unique}' }, expect: 201, capture: { record: $.id }, cleanup: { delete: '/records/${record}' } }] }\n";
    let (ran, report) = Project::checking(app.url(), checks).run(&["--no-preflight"]);
    ran.says("DELETE /records/17");
    assert_eq!(report["leftovers"][0]["remove_with"], "DELETE /records/17");
}

#[test]
fn a_report_that_cannot_be_written_leaves_the_verdict_on_the_screen() {
    let app = App::start(|_| Reply::text(200, "fine"));
    let project = Project::checking(app.url(), "  a: { flow: [{ get: /, expect: 200 }] }\n");
    let ran = project.tidegate(&[
        "run",
        "--report",
        "terminal",
        "--report",
        "junit=/proc/nowhere/gate.xml",
    ]);
    ran.expect(5).says("1 of 1").says("/proc/nowhere/gate.xml");
    project
        .tidegate(&[
            "run",
            "--report",
            "terminal",
            "--report",
            "junit=/proc/nowhere/gate.xml?",
        ])
        .expect(0);
}

#[test]
fn two_runs_in_one_folder_do_not_disturb_each_other() {
    let app = App::start(|request| match request.method.as_str() {
        "POST" => Reply::json(201, &serde_json::json!({ "id": 17 })),
        _ => Reply::new(204),
    });
    let checks = "  a: { flow: [{ post: /records, json: { title: '${unique}' }, expect: 201, capture: { record: $.id }, cleanup: { delete: '/records/${record}' } }] }\n";
    let project = Project::checking(app.url(), checks);
    let children: Vec<_> = (0..4)
        .map(|_| {
            project
                .command(&["run", "--no-preflight"])
                .spawn()
                .expect("the binary runs")
        })
        .collect();
    for mut child in children {
        assert_eq!(child.wait().expect("the child is ours").code(), Some(0));
    }
    let count = |method: &str| {
        app.requests()
            .iter()
            .filter(|request| request.method == method)
            .count()
    };
    assert_eq!((count("POST"), count("DELETE")), (4, 4));
}
