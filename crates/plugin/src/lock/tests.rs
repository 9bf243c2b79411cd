use super::*;
use crate::interface::types::{self, Capability, Code, Effort, Power, Severity};

fn said() -> types::Description {
    types::Description {
        name: "invoice-totals".to_owned(),
        version: "1.2.0".to_owned(),
        summary: "The lines of an invoice add up to its total".to_owned(),
        documentation: "## What it does\n\nIt adds.\n".to_owned(),
        config_schema: r#"{"type":"object","properties":{"z":{},"a":{}}}"#.to_owned(),
        codes: vec![Code {
            slug: "total-differs".to_owned(),
            summary: "An invoice has another total than its lines".to_owned(),
            severity: Severity::High,
            impact: "A client pays the wrong amount.".to_owned(),
            remedy: "Compute the total\nfrom the lines.".to_owned(),
            effort: Effort::Small,
        }],
        capabilities: vec![
            asks(Power::TargetRead, false),
            asks(Power::Host("https://api.stripe.com".to_owned()), true),
            asks(Power::Secret("STRIPE_KEY".to_owned()), true),
        ],
    }
}

fn asks(power: Power, optional: bool) -> Capability {
    Capability {
        power,
        reason: "To read the invoices".to_owned(),
        optional,
    }
}

fn lock() -> Lock {
    let locked = Locked {
        source: Source::Path("plugins/invoice-totals.wasm".to_owned()),
        sha256: digest(b"component"),
        size: 9,
        interface: "tidegate:check@0.1.0".to_owned(),
        describes: said().try_into().unwrap(),
    };
    let other = Locked {
        source: Source::Url("https://plugins.example/a.wasm".to_owned()),
        ..locked.clone()
    };
    Lock {
        plugins: [("invoice-totals", locked), ("another", other)]
            .map(|(name, locked)| (name.to_owned(), locked))
            .into(),
    }
}

/// The message, the line, the column and the help of the fault in a text.
fn fault(text: &str) -> (String, usize, usize, String) {
    let fault = Lock::read("tidegate.lock", text.as_bytes()).unwrap_err();
    let place = fault.span.map(|span| span.location());
    let (line, column) = place.map_or((0, 0), |place| (place.line, place.column));
    (fault.message, line, column, fault.help.unwrap_or_default())
}

/// The text of the lock with one part replaced, which must be there.
fn with(part: &str, other: &str) -> String {
    let text = lock().text().unwrap();
    assert!(text.contains(part), "{part}");
    text.replacen(part, other, 1)
}

#[test]
fn what_is_written_is_read_again() {
    let text = lock().text().unwrap();
    assert_eq!(Lock::read("tidegate.lock", text.as_bytes()), Ok(lock()));
    let empty = Lock::default().text().unwrap();
    assert_eq!(empty, "{\n  \"version\": 1,\n  \"plugins\": {}\n}\n");
    assert_eq!(
        Lock::read("tidegate.lock", empty.as_bytes()),
        Ok(Lock::default())
    );
}

#[test]
fn the_file_is_sorted_and_has_words_of_the_interface() {
    let text = lock().text().unwrap();
    let at = |part: &str| {
        text.find(part)
            .unwrap_or_else(|| panic!("{part} in {text}"))
    };
    assert!(at("\"another\"") < at("\"invoice-totals\""));
    for part in [
        "\"source\": {\n        \"path\": \"plugins/invoice-totals.wasm\"\n      }",
        "\"power\": \"target-read\"",
        "\"host\": \"https://api.stripe.com\"",
        "\"severity\": \"high\"",
        "\"config-schema\": {",
        "\"optional\": true",
        "\"documentation\": \"## What it does\\n\\nIt adds.\\n\"",
    ] {
        at(part);
    }
    assert!(
        !text.contains("\"optional\": false"),
        "it says what is unusual only"
    );
    assert!(text.ends_with("}\n"));
}

#[test]
fn a_component_is_known_by_all_of_its_bytes() {
    let lock = lock();
    let locked = &lock.plugins["invoice-totals"];
    assert!(locked.is(b"component"));
    assert!(!locked.is(b"componenT"));
    assert!(!locked.is(b"component "));
}

#[test]
fn a_fault_is_told_with_its_line() {
    let (message, line, _, help) = fault(&with("\"sha256\": \"", "\"sha256\": \"X"));
    assert_eq!(
        message,
        "no SHA-256: expected 64 lowercase hexadecimal digits"
    );
    assert_eq!(line, 8);
    assert!(help.contains("tidegate plugin update"), "{help}");
    for (part, other, told) in [
        (
            "\"size\": 9",
            "\"size\": 33554433",
            "a component of 33554433 bytes",
        ),
        ("\"size\": 9", "\"size\": 0", "a component of 0 bytes"),
        ("\"size\"", "\"sise\"", "unknown field `sise`"),
        ("\"1.2.0\"", "\"1.2\"", "\"1.2\" is no version"),
        ("\"total-differs\"", "\"Total\"", "\"Total\" is no name"),
        ("\"high\"", "\"awful\"", "unknown variant `awful`"),
        (
            "\"STRIPE_KEY\"",
            "\"stripe\"",
            "\"stripe\" is no name of a secret",
        ),
        (
            "\"another\"",
            "\"An other\"",
            "\"An other\" is no name of a plugin",
        ),
        (
            "\"another\"",
            "\"invoice-totals\"",
            "`invoice-totals` is there twice",
        ),
        ("\"url\"", "\"oci\"", "unknown variant `oci`"),
        ("\"To read the invoices\"", "\"a\\nb\"", "a line break"),
        ("\"To read the invoices\"", "\" \"", "a text that is empty"),
        ("It adds.", "\\u001b[2J", "a hidden character"),
        ("It adds.", "\u{202e}sdda tI", "a hidden character"),
        (
            "\"plugins\": {",
            "\"plugins\": [{}], \"plugins\": {",
            "invalid type: sequence",
        ),
    ] {
        let (message, line, column, _) = fault(&with(part, other));
        assert!(message.contains(told), "{other}: {message}");
        assert!(line > 1 && column > 0, "{other}: {line}:{column}");
        assert!(!message.contains(" at line "), "{message}");
    }
}

#[test]
fn a_schema_is_an_object() {
    let text = lock().text().unwrap();
    let start = text.find("\"config-schema\": ").unwrap();
    let end = text[start..].find("\"documentation\"").unwrap();
    let other = text.replacen(&text[start..start + end], "\"config-schema\": 7, ", 1);
    assert!(fault(&other).0.contains("no object"));
}

#[test]
fn lists_have_an_end_and_no_element_twice() {
    let asked = "{ \"power\": \"recorded\", \"reason\": \"For it\" }";
    let list = |elements: &str| {
        with(
            "\"capabilities\": [",
            &format!("\"capabilities\": [{elements},"),
        )
    };
    assert_eq!(
        fault(&list(&[asked, asked].join(","))).0,
        "`recorded` is there twice"
    );
    let many: Vec<String> = (0..200)
        .map(|number| asked.replace("\"recorded\"", &format!("{{ \"files\": \"{number}\" }}")))
        .collect();
    assert_eq!(
        fault(&list(&many.join(","))).0,
        "more than 64 of capabilities"
    );
}

#[test]
fn an_unknown_version_is_told_before_what_it_changed() {
    let (message, line, _, help) = fault("{\n  \"version\": 2,\n  \"modules\": []\n}\n");
    assert_eq!(message, "tidegate.lock has version 2, which is not known");
    assert_eq!(line, 2);
    assert!(help.contains("A newer Tidegate"), "{help}");
    assert!(
        fault("{ \"plugins\": {} }")
            .0
            .contains("missing field `version`")
    );
}

#[test]
fn a_conflict_of_a_merge_is_told_as_one() {
    let text = with(
        "      \"size\": 9",
        "<<<<<<< HEAD\n      \"size\": 9\n=======\n      \"size\": 8\n>>>>>>> topic",
    );
    let (message, line, column, help) = fault(&text);
    assert_eq!(message, "a merge left tidegate.lock with conflicts");
    assert_eq!((line, column), (9, 1));
    assert!(help.contains("tidegate plugin update"), "{help}");
}

#[test]
fn what_is_no_json_is_told_where_it_breaks_off() {
    assert_eq!(fault("").1, 1);
    let (message, line, _, _) = fault("{\n  \"version\": 1,\n  \"plugins\": {\n");
    assert!(message.contains("EOF"), "{message}");
    assert!(line >= 3);
    let (open, close) = ("[".repeat(100_000), "]".repeat(100_000));
    let deep = format!("\"config-schema\": {{ \"a\": {open}{close},");
    let deep = with("\"config-schema\": {", &deep);
    assert!(fault(&deep).0.contains("recursion limit"));
    let bytes = Lock::read("tidegate.lock", b"{\"version\": 1, \"\xff\"}").unwrap_err();
    assert!(bytes.message.contains("UTF-8"));
    assert_eq!(bytes.span.unwrap().location().column, 17);
    let huge = Lock::read("tidegate.lock", &vec![b' '; LIMIT + 1]).unwrap_err();
    assert!(huge.message.contains("more than 4 MiB"));
}

#[test]
fn what_a_guest_says_is_held_against_the_same_rules() {
    type Change = fn(&mut types::Description);
    let cases: [(&str, Change); 8] = [
        ("version", |said| said.version = "latest".to_owned()),
        ("summary", |said| said.summary = "a\u{7}".to_owned()),
        ("documentation", |said| {
            said.documentation = "x".repeat(65 * 1024);
        }),
        ("config-schema", |said| said.config_schema = "{".to_owned()),
        ("config-schema", |said| said.config_schema = "[]".to_owned()),
        ("config-schema", |said| {
            said.config_schema = " ".repeat(300 * 1024);
        }),
        ("codes[0].slug", |said| {
            said.codes[0].slug = "total differs".to_owned();
        }),
        ("capabilities[2].power", |said| {
            said.capabilities[2].power = Power::Secret("a b".to_owned());
        }),
    ];
    for (place, change) in cases {
        let mut said = said();
        change(&mut said);
        let error = Description::try_from(said).unwrap_err();
        assert!(error.place.starts_with(place), "{}: {error}", error.place);
    }
    let mut twice = said();
    twice.codes.push(twice.codes[0].clone());
    let error = Description::try_from(twice).unwrap_err();
    assert_eq!(error.reason, "`total-differs` is there twice");
}

#[test]
fn versions_are_those_of_semver() {
    let version = |version: &str| {
        let mut said = said();
        said.version = version.to_owned();
        Description::try_from(said).is_ok()
    };
    for text in ["0.0.1", "1.2.3", "10.20.30-beta.1+build.5"] {
        assert!(version(text), "{text}");
    }
    for text in [
        "", "1", "1.2", "1.2.3.4", "v1.2.3", "01.2.3", "1.2.3-", "1.2.3 ", "1..2.3",
    ] {
        assert!(!version(text), "{text}");
    }
}

#[test]
fn a_file_is_replaced_whole_and_only_when_it_differs() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(FILE);
    lock().write(&path).unwrap();
    assert_eq!(
        std::fs::read_to_string(&path).unwrap(),
        lock().text().unwrap()
    );
    let mut read_only = std::fs::metadata(&path).unwrap().permissions();
    read_only.set_readonly(true);
    std::fs::set_permissions(&path, read_only).unwrap();
    lock().write(&path).unwrap();
    let gone = folder.path().join("gone").join(FILE);
    let error = lock().write(&gone).unwrap_err();
    assert!(error.to_string().contains("cannot be written"), "{error}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}
