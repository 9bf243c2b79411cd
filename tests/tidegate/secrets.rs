//! A portal that gives away what it was told, in every way it can: no output repeats it.

use std::fs;
use std::path::Path;

use serde_json::json;
use tidegate_testkit::recorder::{App, RecordedRequest, Reply};

use crate::support::{Project, Ran};

/// Every part of this is to be looked for.
const TOKEN: &str = "left&<half>+é/\"QQQQQQQQQQQQQQQQ'rigging";
/// As a server sets it, and as it reads it.
const COOKIE: (&str, &str) = ("s%3Amiddle%2Bpiece%2Fsignature", "s:middle+piece/signature");
const PASSWORD: &str = "correct-horse-battery";

/// What no output may hold.
const TELLTALES: &[&str] = &[
    "left&",
    "QQQQ",
    "rigging",
    "middle",
    "piece",
    "correct-",
    "horse-batt",
];

fn hostile(request: &RecordedRequest) -> Reply {
    let escaped = |text: &str| {
        let units = text.encode_utf16();
        units
            .map(|unit| format!("\\u{unit:04X}"))
            .collect::<String>()
    };
    let references = |text: &str| {
        let letters = text.chars();
        letters
            .map(|letter| format!("&#x{:x};", u32::from(letter)))
            .collect::<String>()
    };
    match request.path() {
        "/login" => Reply::json(200, &json!({ "token": TOKEN }))
            .header("set-cookie", &format!("sid={}; Path=/", COOKIE.0)),
        "/json" => Reply::text(500, &format!("{} {}", escaped(TOKEN), escaped(PASSWORD))),
        "/some-json" => Reply::text(500, &TOKEN.replace('&', "\\u0026").replace('"', "\\\"")),
        "/html" => Reply::text(
            500,
            &format!("{} {}", references(TOKEN), references(PASSWORD)),
        ),
        "/cookie" => Reply::text(500, COOKIE.1),
        "/cut" => Reply::text(500, &format!("{}{TOKEN}", "x".repeat(590))),
        "/value" => Reply::json(200, &json!({ "a": format!("{}{TOKEN}", "x".repeat(150)) })),
        "/key" => Reply::json(500, &json!({ format!("{}{PASSWORD}", "x".repeat(24)): 1 })),
        "/log-in-elsewhere" => {
            Reply::json(200, &json!({ format!("{}{PASSWORD}", "x".repeat(30)): 1 }))
        }
        _ => Reply::text(200, "fine"),
    }
}

fn everything(folder: &Path, into: &mut String) {
    for entry in fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            everything(&path, into);
        } else if !path.ends_with("made.xml") && !path.ends_with("tidegate.yaml") {
            into.push_str(&String::from_utf8_lossy(
                &fs::read(path).expect("the file is read"),
            ));
        }
    }
}

/// A run with every report; what it printed, and all it wrote.
fn run(project: &Project) -> (Ran, String) {
    let output = project
        .command(&[
            "run",
            "--all",
            "--report",
            "terminal",
            "--report",
            "json=out.json",
            "--report",
            "junit=out.xml",
            "--report",
            "markdown=out.md",
        ])
        .env("PASSWORD", PASSWORD)
        .output()
        .expect("the binary runs");
    let ran = Ran::of(output);
    let mut written = format!("{}{}", ran.stdout, ran.stderr);
    everything(project.path(), &mut written);
    (ran, written)
}

#[track_caller]
fn gives_nothing_away(written: &str) {
    for telltale in TELLTALES {
        assert!(!written.contains(telltale), "`{telltale}` is in\n{written}");
    }
}

#[test]
fn whatever_a_portal_repeats_and_wherever_it_is_cut_nothing_of_a_secret_is_shown() {
    let app = App::start(hostile);
    let flows = ["/json", "/some-json", "/html", "/cookie", "/cut", "/key"];
    let checks = flows.map(|path| {
        format!(
            "  {}: {{ as: anna, flow: [{{ get: {path} }}] }}\n",
            &path[1..]
        )
    });
    let project = Project::new(&format!(
        "version: 1\nname: test\nenvironments: {{ local: {{ kind: local, url: \"{}\" }} }}\n\
         identities:\n  anna: {{ login: {{ post: /login, json: {{ p: '${{PASSWORD}}' }}, bearer: $.token }} }}\n\
         checks:\n{}  value: {{ as: anna, flow: [{{ get: /value, expect: {{ json: {{ $.a: other }} }} }}] }}\n",
        app.url(),
        checks.concat()
    ));
    let (ran, written) = run(&project);
    ran.expect(1)
        .says("[anna token]")
        .says("[cookie sid]")
        .says("[PASSWORD]");
    gives_nothing_away(&written);
}

#[test]
fn the_answer_of_a_failed_login_shows_no_part_of_a_secret() {
    let app = App::start(hostile);
    let project = Project::new(&format!(
        "version: 1\nname: test\nenvironments: {{ local: {{ kind: local, url: \"{}\" }} }}\n\
         identities:\n  anna: {{ login: {{ post: /log-in-elsewhere, json: {{ p: '${{PASSWORD}}' }}, bearer: $.token }} }}\n\
         checks:\n  a: {{ as: anna, flow: [{{ get: / }}] }}\n",
        app.url(),
    ));
    let (ran, written) = run(&project);
    ran.expect(3).says("it looks like");
    gives_nothing_away(&written);
}

#[test]
#[cfg(unix)]
fn a_report_of_a_suite_is_not_cut_within_a_secret() {
    let project = Project::checking(
        "http://127.0.0.1:9",
        "  a:\n    command: { run: 'cp made.xml suite.xml', junit: suite.xml, environment: { P: '${PASSWORD}' } }\n",
    );
    let message = format!("{}{PASSWORD}", "x".repeat(150));
    project.write(
        "made.xml",
        format!("<testsuite><testcase name='a'><failure message='{message}'>{}{PASSWORD}</failure></testcase></testsuite>", "y".repeat(390)),
    );
    let output = project
        .command(&[
            "run",
            "--no-preflight",
            "--report",
            "terminal",
            "--report",
            "json=out.json",
        ])
        .env("PASSWORD", PASSWORD)
        .output()
        .expect("the binary runs");
    let ran = Ran::of(output);
    ran.expect(1).says("the test `a` failed");
    let json = fs::read_to_string(project.path().join("out.json")).expect("the report is there");
    gives_nothing_away(&format!("{}{json}", ran.stdout));
}

#[test]
#[cfg(unix)]
fn a_cookie_that_spells_a_word_of_a_report_hides_no_failure() {
    let app = App::start(|_| Reply::text(200, "fine").header("set-cookie", "a=failure"));
    let project = Project::checking(
        app.url(),
        "  first: { flow: [{ get: / }] }\n  suite:\n    needs: [first]\n    command: { run: 'cp made.xml suite.xml', junit: suite.xml }\n",
    );
    project.write(
        "made.xml",
        "<testsuite><testcase name='a'><failure message='wrong'/></testcase></testsuite>",
    );
    project.run(&[]).0.expect(1).says("the test `a` failed");
}

#[test]
fn a_declared_key_that_an_answer_repeats_is_told_at_the_line_that_asked_and_not_shown() {
    let key = format!("sk_live{}", "_4eC39HqLyjWDarjtT1zdp8dcX");
    let shown = key.clone();
    let app = App::start(move |request| match request.path() {
        "/config" => Reply::json(200, &json!({ "billing": [{ "key": shown }] })),
        _ => Reply::text(200, "fine"),
    });
    let project = Project::new(&format!(
        "version: 1\nname: test\nenvironments:\n  local: {{ kind: local, url: \"{}\", headers: {{ x-key: '${{STRIPE_KEY}}' }} }}\n\
         checks:\n  settings:\n    flow:\n      - get: /\n      - get: /config\n",
        app.url()
    ));
    let output = project
        .command(&[
            "run",
            "--report",
            "terminal",
            "--report",
            "json=report.json",
        ])
        .env("STRIPE_KEY", &key)
        .output()
        .expect("the binary runs");
    let ran = Ran::of(output);
    ran.expect(1)
        .says("GET /config shows a Stripe secret key (live mode)")
        .says("$.billing[0].key");
    let report = project.report();
    let results = report["results"].as_array().expect("results");
    let observer = results.iter().find(|one| one["kind"] == "response-secrets");
    let finding = &observer.expect("the observer")["findings"][0];
    assert_eq!(finding["location"]["line"], 9, "{finding}");
    assert_eq!(finding["cause"], "settings");
    let mut written = format!("{}{}", ran.stdout, ran.stderr);
    everything(project.path(), &mut written);
    assert!(!written.contains("4eC39Hq"), "{written}");
}
