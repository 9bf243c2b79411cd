//! Any text is an OpenAPI document or none, and any request is one of its operations or none. The first
//! line is the request: `GET /records/7`.

#![no_main]

use libfuzzer_sys::fuzz_target;
use tidegate_fuzz::split_line;

fuzz_target!(|bytes: &[u8]| {
    let Some((request, document)) = split_line(bytes) else {
        return;
    };
    let (Some((method, url)), Ok(document)) =
        (request.split_once(' '), std::str::from_utf8(document))
    else {
        return;
    };
    tidegate_kinds::fuzzing::specification(document, method, url);
});
