//! Any text is a file of rules for secrets or none, and where its rules look never decides what they
//! find. The text they look through stands behind the first NUL.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let end = bytes
        .iter()
        .position(|byte| *byte == 0)
        .unwrap_or(bytes.len());
    let Ok(rules) = std::str::from_utf8(&bytes[..end]) else {
        return;
    };
    let text = bytes.get(end + 1..).unwrap_or_default();
    assert_ne!(
        tidegate_kinds::fuzzing::rules_agree(rules, text),
        Some(false)
    );
});
