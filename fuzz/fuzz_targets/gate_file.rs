//! Any text is a gate file or is refused with places that lie in it, and its errors can be shown.

#![no_main]

use std::path::Path;

use libfuzzer_sys::fuzz_target;
use tidegate_config::Source;
use tidegate_core::diagnostic::Diagnostic;
use tidegate_packs::Packs;
use tidegate_report::Style;

const STYLE: Style = Style {
    color: false,
    width: 100,
    unicode: true,
};

/// A folder in memory where there is one: a file is written for every input.
fn folder() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    let made = if memory.is_dir() {
        tempfile::tempdir_in(memory)
    } else {
        tempfile::tempdir()
    };
    made.expect("a folder for the gate file")
}

fn variable(name: &str) -> Option<String> {
    (name != "UNSET").then(|| "http://127.0.0.1:8080/a${b}c".to_owned())
}

fn check_place(fault: &Diagnostic, path: &str, written: &str) {
    assert!(!fault.message.is_empty());
    let Some(span) = &fault.span else { return };
    let text = span.source().text();
    assert!(
        text.get(span.range()).is_some(),
        "{:?} of {text:?}",
        span.range()
    );
    if span.source().name() == path {
        assert_eq!(text, written.strip_prefix('\u{feff}').unwrap_or(written));
    }
}

fuzz_target!(|text: &str| {
    let folder = folder();
    let path = folder.path().join("tidegate.yaml");
    std::fs::write(&path, text).expect("a gate file");
    let registry = tidegate_kinds::registry();
    let gate = tidegate_config::load(&Source {
        path: &path,
        environment: None,
        url: None,
        registry: &registry,
        reader: &tidegate_config::Disk,
        packs: &Packs,
        variables: &variable,
        plugins: tidegate_config::Plugins::default(),
    });
    match gate {
        Ok(gate) => gate.checks.iter().for_each(|entry| {
            entry.check.forecast();
        }),
        Err(error) => {
            assert!(!error.diagnostics.is_empty());
            let path = path.to_string_lossy();
            for fault in &error.diagnostics {
                check_place(fault, &path, text);
            }
            tidegate_report::diagnostics(&error.diagnostics, &STYLE);
        }
    }
});
