//! Archives, source maps, scripts and pages are read without a panic, and within the limits.

#![no_main]

use libfuzzer_sys::fuzz_target;
use tidegate_kinds::fuzzing::read_artifact;

fuzz_target!(|input: &[u8]| read_artifact(input));
