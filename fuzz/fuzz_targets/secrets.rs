//! A text shows the same keys and passwords whole and piece by piece, without a panic.

#![no_main]

use libfuzzer_sys::fuzz_target;
use tidegate_kinds::fuzzing::scan;

fuzz_target!(|input: &[u8]| {
    let Some((first, text)) = input.split_first() else {
        return;
    };
    scan(text, usize::from(*first) * 16 + 1);
});
