//! What all importers have in common: what they make is YAML, has no secret in it, and never a panic.

use std::fmt::Write as _;
use std::ops::ControlFlow;

use proptest::prelude::*;
use tidegate_core::ports::files::{Files, FilesError, FoundFile};

use super::{Format, ImportError, Imported, Input, Source, Taken, import};

/// No files at all, or one.
pub(crate) struct OneFile<'f>(pub(crate) &'f str, pub(crate) &'f [u8]);

impl Files for OneFile<'_> {
    fn read(&self, path: &str, _: usize) -> Result<Vec<u8>, FilesError> {
        if path == self.0 {
            return Ok(self.1.to_vec());
        }
        Err(FilesError::Unreadable {
            path: path.to_owned(),
            reason: "there is no such file".to_owned(),
        })
    }

    fn open(&self, path: &str) -> Result<Box<dyn std::io::Read + Send>, FilesError> {
        Ok(Box::new(std::io::Cursor::new(self.read(path, usize::MAX)?)))
    }

    fn modified(&self, _: &str) -> Result<Option<std::time::Duration>, FilesError> {
        Ok(None)
    }

    fn list(&self, _: &[String]) -> Result<Vec<String>, FilesError> {
        Ok(Vec::new())
    }

    fn walk(
        &self,
        _: &str,
        _: &mut dyn FnMut(Result<FoundFile, FilesError>) -> ControlFlow<()>,
    ) -> Result<(), FilesError> {
        Ok(())
    }
}

/// Imports a text.
pub(crate) fn imported(
    format: Option<Format>,
    name: &str,
    text: &[u8],
) -> Result<Imported, ImportError> {
    let source = Source { name, bytes: text };
    let files = OneFile(name, text);
    let input = Input {
        format,
        sources: &[source],
        environment: None,
        origins: &[],
        files: &files,
    };
    let result = import(&input, &Taken::default());
    if let Ok(imported) = &result {
        well_formed(imported);
    }
    result
}

/// What an import printed, for snapshots.
pub(crate) fn shown(result: &Result<Imported, ImportError>) -> String {
    let imported = match result {
        Ok(imported) => imported,
        Err(error) => return format!("{error}\n  {}\n", error.help()),
    };
    let mut text = imported.gate.clone();
    for needed in &imported.needed {
        let short = if needed.short { " (short)" } else { "" };
        let _ = writeln!(text, "! set {}: {}{short}", needed.name, needed.what);
    }
    for name in &imported.unset {
        let _ = writeln!(text, "! set {name}");
    }
    for one in &imported.left_out {
        let _ = writeln!(text, "- {}: {}: {}", one.place, one.what, one.why);
    }
    text
}

/// A gate file is YAML, and its sections are.
#[track_caller]
fn well_formed(imported: &Imported) {
    let gate: Result<serde_json::Value, _> = serde_saphyr::from_str(&imported.gate);
    let gate = gate.unwrap_or_else(|error| panic!("{error}\n{}", imported.gate));
    assert!(
        gate.get("checks").is_some_and(serde_json::Value::is_object),
        "{}",
        imported.gate
    );
}

#[test]
fn what_is_none_of_the_formats_says_so() {
    let cases: [(&str, &[u8]); 6] = [
        ("notes.txt", b"hello"),
        ("empty", b""),
        ("bytes", b"\xff\xfe\x00"),
        ("list.json", b"[1]"),
        ("nothing.har", b"{\"log\": {\"entries\": []}}"),
        (
            "cut.har",
            b"{\"log\": {\"entries\": [{\"request\": {\"method\": \"GET\"",
        ),
    ];
    let mut text = String::new();
    for (name, bytes) in cases {
        text.push_str(&shown(&imported(None, name, bytes)));
    }
    insta::assert_snapshot!(text);
}

#[test]
fn names_that_are_taken_get_a_number() {
    let text = b"curl -u anna:secret-password https://acme.example/me";
    let source = Source {
        name: "requests.sh",
        bytes: text,
    };
    let files = OneFile("", b"");
    let input = Input {
        format: None,
        sources: &[source],
        environment: None,
        origins: &[],
        files: &files,
    };
    let mut taken = Taken::default();
    taken.checks.insert("requests".to_owned());
    taken.identities.insert("anna".to_owned());
    let imported = import(&input, &taken).unwrap();
    assert_eq!(imported.sections.ids, ["requests-2"]);
    assert!(
        imported.sections.identities.contains("  anna-2:"),
        "{}",
        imported.sections.identities
    );
    assert!(
        imported.sections.checks.contains("as: anna-2"),
        "{}",
        imported.sections.checks
    );
}

#[test]
fn a_variable_that_is_taken_keeps_its_value_and_that_is_told() {
    let text = r#"{ "info": { "name": "x" }, "variable": [{ "key": "lang", "value": "de" }], "item": [{ "request": "https://acme.example/a?lang={{lang}}" }] }"#;
    let source = Source {
        name: "x.json",
        bytes: text.as_bytes(),
    };
    let files = OneFile("", b"");
    let input = Input {
        format: Some(Format::Postman),
        sources: &[source],
        environment: None,
        origins: &[],
        files: &files,
    };
    let mut taken = Taken::default();
    let imported = import(&input, &taken).unwrap();
    assert!(imported.notes.is_empty() && imported.sections.variables.contains("LANG"));
    taken.variables.insert("LANG".to_owned());
    let imported = import(&input, &taken).unwrap();
    assert!(imported.sections.variables.is_empty());
    assert!(imported.notes[0].starts_with("`LANG` is declared in the gate file already"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn no_text_is_too_strange(text in "[ -~\\n\\t{}$'\"\\\\]{0,200}") {
        for (_, format) in Format::ALL {
            let _ = imported(Some(format), "x", text.as_bytes());
        }
        let _ = imported(Some(Format::Curl), "x", format!("curl {text}").as_bytes());
        let _ = imported(Some(Format::Hurl), "x", format!("GET http://x/{text}").as_bytes());
    }

    #[test]
    fn no_bytes_are_too_strange(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        for (_, format) in Format::ALL {
            let _ = imported(Some(format), "x", &bytes);
        }
    }

    #[test]
    fn any_body_becomes_yaml(text in "\\PC{0,60}", key in "\\PC{1,20}", name in "\\PC{0,20}") {
        let body = serde_json::json!({ &*key: text, "deep": [{ "n": 1.5, "x": null, &*key: [text.clone()] }] });
        let har = serde_json::json!({ "log": { "entries": [{
            "request": { "method": "POST", "url": "https://acme.example/things",
                "headers": [{ "name": name, "value": text }],
                "postData": { "mimeType": "application/json", "text": body.to_string() } },
            "response": { "status": 201, "content": { "mimeType": "application/json", "text": body.to_string() } },
        }] } });
        let result = imported(Some(Format::Har), "x.har", har.to_string().as_bytes());
        prop_assert!(result.is_ok(), "{result:?}");
    }
}

#[test]
fn a_password_that_is_a_word_of_the_gate_file_leaves_its_keys() {
    let text = "# the page with contains in it\ncurl https://acme.example/a -d 'password=contains&x=contains' -H 'accept: text/contains'";
    let text = shown(&imported(Some(Format::Curl), "x.sh", text.as_bytes()));
    assert!(
        text.contains("form: { password: \"${PASSWORD}\", x: \"${PASSWORD}\" }"),
        "{text}"
    );
    assert!(!text.contains("contains"), "{text}");
}

/// What looks like a key of a payment provider, put together here so that no scanner finds it.
fn key() -> String {
    ["sk", "live", "4eC39HqLyjWDarjtT1zdp8dcX"].join("_")
}

#[test]
fn no_secret_is_left_in_any_place_of_an_import() {
    let key = key();
    let curls = [
        // In a query without values, below a telling name, behind a semicolon.
        "curl 'https://acme.example/a?debug&access_token=hunter22x'".to_owned(),
        "curl 'https://acme.example/a;jsessionid=hunter22x?b=1'".to_owned(),
        "curl 'https://acme.example/reset-token/hunter22x0123456'".to_owned(),
        // In an address that is a value.
        "curl 'https://acme.example/a?back=https%3A%2F%2Facme.example%2Fb%3Ftoken%3Dhunter22x%26c%3D1'".to_owned(),
        "curl https://acme.example/a --json '{\"see\": \"(https://acme.example/b?c=1#token=hunter22x)\"}'".to_owned(),
        "curl https://acme.example/a --json '{\"see\": \"https://mia:hunter22x@acme.example/\"}'".to_owned(),
        // In bodies that are no form and no JSON.
        "curl https://acme.example/a -d 'role=a&role=b&password=hunter22x'".to_owned(),
        "curl https://acme.example/a -H 'content-type: text/plain' -d '{\"password\": \"hunter22x\"}'".to_owned(),
        "curl https://acme.example/a -H 'content-type: text/xml' -d '<user><password>hunter22x</password></user>'".to_owned(),
        // In comments, in names of variables and in programs.
        "# the password: hunter22x\ncurl https://acme.example/a".to_owned(),
        "curl https://acme.example/a\nPGPASSWORD=hunter22x psql".to_owned(),
        "curl https://acme.example/a --json '{\"email\": \"hunter22x@acme.example\", \"password\": \"hunter22x\"}'".to_owned(),
        "curl -u hunter22x:hunter22x https://acme.example/a".to_owned(),
        "curl https://acme.example/a --json '{\"credentials\": [{\"type\": \"password\", \"value\": \"hunter22x\"}]}'".to_owned(),
        "curl https://acme.example/a --json '{\"fields\": [{\"name\": \"password\", \"value\": \"hunter22x\"}], \"credentials\": [{\"name\": \"a\", \"value\": \"hunter22x\"}]}'".to_owned(),
        "TOKEN=$(curl https://acme.example/login --json '{\"email\": \"hunter22x\", \"password\": \"hunter22x\"}' | jq -r .token)\ncurl https://acme.example/me -H \"Authorization: Bearer $TOKEN\"".to_owned(),
        // In another form than where it was found.
        "curl https://acme.example/a -d password=hunter22x -H 'x-a: aHVudGVyMjJ4' -H 'x-b: %68unter22x'".to_owned(),
        // As a name.
        "curl https://acme.example/a -d password=hunter22x --next https://acme.example/b --json '{\"hunter22x\": 1}'".to_owned(),
        format!("curl https://acme.example/a --json '{{\"{key}\": 1}}'"),
        format!("curl 'https://acme.example/a?{key}=1' -d 'see {key}, please'"),
        format!("# uses {key}\ncurl https://acme.example/a -X DELETE"),
    ];
    for text in curls {
        let shown = shown(&imported(Some(Format::Curl), "x.sh", text.as_bytes()));
        assert!(shown.contains("acme.example"), "{text}\n{shown}");
        for secret in [
            "hunter22x",
            "HUNTER22X",
            "aHVudGVyMjJ4",
            "%68unter",
            &key[8..],
        ] {
            assert!(!shown.contains(secret), "{text}\n{shown}");
        }
    }
    let plain = "curl 'https://acme.example/a?debug&lang=de' -d 'role=a&role=b&title=password'\n\
         curl https://acme.example/v1/session:refresh -d 'see http://auth:8080/b'\n\
         curl https://acme.example/b --json '{\"name\": \"Day pass\", \"value\": \"10 EUR\"}'";
    let shown = shown(&imported(Some(Format::Curl), "x.sh", plain.as_bytes()));
    for kept in [
        "/a?debug&lang=de",
        "role=a&role=b&title=password",
        "/v1/session:refresh",
        "see http://auth:8080/b",
        "\"10 EUR\"",
    ] {
        assert!(shown.contains(kept), "{shown}");
    }
    assert!(!shown.contains("! set"), "{shown}");
}

#[test]
fn a_value_that_stands_for_signs_of_yaml_changes_nothing_around_it() {
    let text = "curl https://acme.example/a --json '{\"password\": \", x: \\\"\", \"b\": \"a\\\", x: \\\"c\", \"d\": [1, \"e\"]}'";
    let shown = shown(&imported(Some(Format::Curl), "x.sh", text.as_bytes()));
    assert!(
        shown.contains("${PASSWORD}") && shown.contains("acme.example"),
        "{shown}"
    );
}

#[test]
fn more_secrets_than_anybody_sets_are_refused() {
    let fields: Vec<String> = (0..1_001)
        .map(|number| format!("token-{number}=v-{number}"))
        .collect();
    let text = format!("curl https://acme.example/a -d '{}'", fields.join("&"));
    let result = imported(Some(Format::Curl), "x.sh", text.as_bytes());
    assert!(
        matches!(result, Err(ImportError::TooManySecrets { .. })),
        "{result:?}"
    );
}

#[test]
fn a_name_has_no_references() {
    let text = "# costs $5, $${HOME} ${x}\ncurl https://acme.example/a";
    let text = shown(&imported(Some(Format::Curl), "x.sh", text.as_bytes()));
    assert!(text.contains("name: \"costs $5, {HOME} {x}\""), "{text}");
}
