//! The plugins that a gate file declares.

mod support;

use std::time::Duration;

use support::{Folder, as_json, load, registry, told};
use tidegate_config::{Disk, NoPlugins, Plugins};
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::plugin::{Access, Destination, Limits, Source};

const HEAD: &str = "version: 1\nname: acme\n\
    environments: { here: { url: http://localhost } }\n\
    identities: { anna: { bearer: \"${TOKEN}\" }, boris: { bearer: \"${OTHER}\" } }\n\
    apis: { db: { url: https://db.example }, files: { url: https://files.example } }\nvariables: { PLAIN: {} }\n";

const WHOLE: &str = "
plugins:
  invoice-totals:
    path: plugins/invoice-totals.wasm
    grant:
      target: write
      apis: [db, files]
      hosts: [HTTPS://API.Stripe.com:443/, \"https://bücher.example:8443\"]
      secrets: { STRIPE_KEY: [https://api.stripe.com, target], DB_KEY: \"api:db\" }
      files: exports/**/*.csv
      recorded: true
      identities: [boris]
    limits: { memory: 512MiB, time: 2m, requests: 9, traffic: 1GB, reading: 1000, findings: 5, log: 7 }
  rules: # a kind that the tests have
    url: https://plugins.example/rules-1.wasm
    sha256: ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef0123456789
checks:
  a: { plugin/rules: { path: /a } }
";

/// What is wrong, and the text after [`HEAD`].
const CASES: &[(&str, &str)] = &[
    ("a list", "plugins: [a]"),
    (
        "a strange name",
        "plugins: { Invoice_Totals: { path: a.wasm } }",
    ),
    ("nothing about it", "plugins: { a: }"),
    ("no place", "plugins: { a: { grant: { recorded: true } } }"),
    (
        "two places",
        "plugins: { a: { path: a.wasm, url: https://x.example/a.wasm, sha256: 00 } }",
    ),
    (
        "an unknown key",
        "plugins: { a: { path: a.wasm, grants: {} } }",
    ),
    ("an absolute path", "plugins: { a: { path: /tmp/a.wasm } }"),
    (
        "a path of another system",
        "plugins: { a: { path: 'c:\\a.wasm' } }",
    ),
    (
        "a variable in a path",
        "plugins: { a: { path: \"${PLAIN}.wasm\" } }",
    ),
    (
        "an address without a digest",
        "plugins: { a: { url: https://x.example/a.wasm } }",
    ),
    (
        "an address that anybody can change on the way",
        "plugins: { a: { url: http://x.example/a.wasm, sha256: 00 } }",
    ),
    (
        "an address with a password",
        "plugins: { a: { url: https://u:p@x.example/a.wasm, sha256: abc } }",
    ),
    (
        "a digest of a file",
        "plugins: { a: { path: a.wasm, sha256: abc } }",
    ),
    (
        "an unknown power",
        "plugins: { a: { path: a.wasm, grant: { host: [] } } }",
    ),
    (
        "an access that is none",
        "plugins: { a: { path: a.wasm, grant: { target: all } } }",
    ),
    (
        "an api that is not declared",
        "plugins: { a: { path: a.wasm, grant: { apis: [bd] } } }",
    ),
    (
        "an api twice",
        "plugins: { a: { path: a.wasm, grant: { apis: [db, db] } } }",
    ),
    (
        "an identity that is not declared",
        "plugins: { a: { path: a.wasm, grant: { identities: [ana] } } }",
    ),
    (
        "a host with a path",
        "plugins: { a: { path: a.wasm, grant: { hosts: [https://x.example/v1] } } }",
    ),
    (
        "a host without a scheme",
        "plugins: { a: { path: a.wasm, grant: { hosts: [x.example] } } }",
    ),
    (
        "a host with a wildcard",
        "plugins: { a: { path: a.wasm, grant: { hosts: [\"https://*.example\"] } } }",
    ),
    (
        "a host with a password",
        "plugins: { a: { path: a.wasm, grant: { hosts: [https://u:p@x.example] } } }",
    ),
    (
        "a host twice in two writings",
        "plugins: { a: { path: a.wasm, grant: { hosts: [https://x.example, https://X.example:443] } } }",
    ),
    (
        "a secret to nowhere",
        "plugins: { a: { path: a.wasm, grant: { secrets: { KEY: [] } } } }",
    ),
    (
        "a secret in small letters",
        "plugins: { a: { path: a.wasm, grant: { target: read, secrets: { key: target } } } }",
    ),
    (
        "a secret that is a plain variable",
        "plugins: { a: { path: a.wasm, grant: { target: read, secrets: { PLAIN: target } } } }",
    ),
    (
        "a secret to a target that is not granted",
        "plugins: { a: { path: a.wasm, grant: { secrets: { KEY: target } } } }",
    ),
    (
        "a secret to an api that is not granted",
        "plugins: { a: { path: a.wasm, grant: { secrets: { KEY: \"api:db\" } } } }",
    ),
    (
        "a secret to a host that is not granted",
        "plugins: { a: { path: a.wasm, grant: { hosts: [https://x.example], secrets: { KEY: https://y.example } } } }",
    ),
    (
        "a secret in the clear",
        "plugins: { a: { path: a.wasm, grant: { hosts: [http://x.example], secrets: { KEY: http://x.example } } } }",
    ),
    (
        "a secret to a word",
        "plugins: { a: { path: a.wasm, grant: { secrets: { KEY: stripe } } } }",
    ),
    (
        "files outside of the project",
        "plugins: { a: { path: a.wasm, grant: { files: [../*.csv] } } }",
    ),
    (
        "memory that is no size",
        "plugins: { a: { path: a.wasm, limits: { memory: much } } }",
    ),
    (
        "memory beyond what can be",
        "plugins: { a: { path: a.wasm, limits: { memory: 5GiB } } }",
    ),
    (
        "no time",
        "plugins: { a: { path: a.wasm, limits: { time: 0s } } }",
    ),
    (
        "all the time",
        "plugins: { a: { path: a.wasm, limits: { time: 2h } } }",
    ),
    (
        "no requests",
        "plugins: { a: { path: a.wasm, limits: { requests: 0 } } }",
    ),
    (
        "an unknown limit",
        "plugins: { a: { path: a.wasm, limits: { fuel: 1 } } }",
    ),
    (
        "a plugin that is not locked",
        "plugins: { a: { path: a.wasm } }\nchecks: { one: { plugin/a: {} } }",
    ),
    (
        "a plugin that is not declared",
        "plugins: { totals: { path: a.wasm } }\nchecks: { one: { plugin/total: {} }, two: { plugin/export: {} } }",
    ),
];

#[test]
fn plugins_are_read_with_what_they_are_granted() {
    let gate = load(&format!("{HEAD}{WHOLE}"), None);
    let gate = gate.unwrap_or_else(|error| panic!("{}", told(&error)));
    let [totals, rules] = gate.plugins.as_slice() else {
        panic!("{:?}", gate.plugins)
    };
    assert_eq!(totals.name, "invoice-totals");
    assert_eq!(totals.span.text(), "invoice-totals");
    assert!(
        matches!(&totals.source, Source::File(path) if path.value == "plugins/invoice-totals.wasm")
    );
    let grant = &totals.grant;
    assert_eq!(grant.target, Some(Access::Write));
    let apis: Vec<&str> = grant
        .apis
        .iter()
        .map(tidegate_core::name::ApiName::as_str)
        .collect();
    assert_eq!(apis, ["db", "files"]);
    let hosts: Vec<&str> = grant.hosts.iter().map(|host| host.value.as_str()).collect();
    assert_eq!(
        hosts,
        [
            "https://api.stripe.com",
            "https://xn--bcher-kva.example:8443"
        ]
    );
    assert_eq!(grant.secrets[0].name.value, "STRIPE_KEY");
    assert_eq!(
        grant.secrets[0].to,
        [
            Destination::Host("https://api.stripe.com".to_owned()),
            Destination::Target
        ]
    );
    assert_eq!(grant.secrets[1].to, [Destination::Api("db".into())]);
    assert_eq!(grant.files[0].value, "exports/**/*.csv");
    assert!(grant.recorded);
    assert_eq!(grant.identities[0].as_str(), "boris");
    let limits = Limits {
        memory: 512 << 20,
        time: Duration::from_secs(120),
        requests: 9,
        traffic: 1_000_000_000,
        reading: 1_000,
        findings: 5,
        log: 7,
    };
    assert_eq!(totals.limits, limits);
    assert_eq!(rules.limits, Limits::default());
    assert_eq!(rules.grant, Default::default());
    let Source::Address { url, sha256 } = &rules.source else {
        panic!("{:?}", rules.source)
    };
    assert_eq!(url.value, "https://plugins.example/rules-1.wasm");
    assert!(sha256.value.starts_with("abcdef01"));
}

#[test]
fn the_section_is_read_alone_without_its_faults() {
    let text = format!("{HEAD}{WHOLE}wrong: true\n").replace("limits:", "limit:");
    let folder = Folder::new(&[("tidegate.yaml", text.as_bytes())]);
    let plugins = tidegate_config::plugins(&folder.gate_file(), &Disk).unwrap();
    assert_eq!(plugins.len(), 2);
    let none = Folder::new(&[("tidegate.yaml", b"version: 1")]);
    assert_eq!(
        tidegate_config::plugins(&none.gate_file(), &Disk),
        Ok(Vec::new())
    );
    let broken = Folder::new(&[("tidegate.yaml", b"a: [")]);
    assert!(tidegate_config::plugins(&broken.gate_file(), &Disk).is_err());
}

#[test]
fn every_bad_plugin_is_refused_with_its_place_and_help() {
    let mut all = String::new();
    for (name, case) in CASES {
        let text = format!("{HEAD}{case}\n");
        match load(&text, None) {
            Ok(_) => panic!("{name}: the loader took it"),
            Err(error) => all.push_str(&format!("### {name}\n{}\n", told(&error))),
        }
    }
    insta::assert_snapshot!(all);
}

#[test]
fn the_schema_takes_what_the_loader_takes() {
    let schema = tidegate_config::schema(&registry());
    let validator = jsonschema::validator_for(&schema).unwrap();
    let valid = |text: &str| validator.is_valid(&as_json(&format!("{HEAD}{text}")).unwrap());
    assert!(valid(WHOLE));
    for name in [
        "a strange name",
        "no place",
        "two places",
        "an unknown key",
        "an unknown power",
        "an unknown limit",
        "no requests",
    ] {
        let case = CASES.iter().find(|(case, _)| case == &name).unwrap();
        assert!(!valid(case.1), "{name}");
    }
}

#[test]
fn what_is_wrong_with_the_lock_is_told_with_the_rest() {
    let text = format!(
        "{HEAD}plugins: {{ a: {{ path: a.wasm }} }}\nchecks: {{ one: {{ plugin/a: {{}} }} }}\n"
    );
    let folder = Folder::new(&[("tidegate.yaml", text.as_bytes())]);
    let faults = [Diagnostic::new("the lock is broken")];
    let plugins = Plugins {
        faults: &faults,
        ..Plugins::default()
    };
    let error = folder.load_with(None, None, plugins).err().unwrap();
    assert_eq!(
        error.diagnostics, faults,
        "nothing follows from it that is told, too"
    );
    let plugins = Plugins {
        absent: Some(NoPlugins {
            reason: "this tidegate was built without plugins",
            help: "Use a release of Tidegate.",
        }),
        ..Plugins::default()
    };
    let error = folder.load_with(None, None, plugins).err().unwrap();
    insta::assert_snapshot!(told(&error), @r"
    tidegate.yaml:8:18 `plugin/a`
      this tidegate was built without plugins
      label: needs plugins
      help: Use a release of Tidegate.
    ");
}

#[test]
fn a_pack_declares_no_plugin() {
    let gate = format!("{HEAD}include: [{{ pack: ./p.yaml, as: p }}]\n");
    let folder = Folder::new(&[
        ("tidegate.yaml", gate.as_bytes()),
        ("p.yaml", b"plugins: { a: { path: a.wasm } }\nchecks: {}"),
    ]);
    let error = folder.load(None).err().unwrap();
    insta::assert_snapshot!(told(&error), @r"
    p.yaml:1:1 `plugins`
      unknown key `plugins`
      label: not a known key
      help: Known here: summary, suits, parameters, checks, include.
    ");
}
