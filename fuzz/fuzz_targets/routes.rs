//! Any text is source code with routes, or with none.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(text) = std::str::from_utf8(bytes) {
        tidegate_kinds::fuzzing::routes(text);
    }
});
