//! How wasmtime is set up.

use wasmtime::{Config, OptLevel, RegallocAlgorithm, WasmFeatures};

use crate::limits::STACK;

/// The settings of wasmtime.
///
/// What plugins in Rust, JavaScript and Python do not need is off, because each proposal of WebAssembly
/// is code that a hostile plugin could find a fault in. Not built at all (`Cargo.toml`): WASI, async and
/// with it the component model's own, threads, garbage collection with its references and exceptions, stack
/// switching, Winch, the debugger, profiling, core dumps and the pooling allocator, which gains nothing where
/// each store is used once.
pub(super) fn config() -> Config {
    let mut config = Config::new();
    config
        // What is run once is not worth optimising: this halves the time of the compiler, and a plugin waits
        // for answers rather than for the processor.
        .cranelift_opt_level(OptLevel::None)
        .cranelift_regalloc_algorithm(RegallocAlgorithm::SinglePass)
        .parallel_compilation(true)
        // Faults of plugins come as signals: with checks in the code instead, the compiler takes twice as long
        // and its code is twice as large (measured with StarlingMonkey: 17.3 CPU s and 122 MB for 8.6 s and 62 MB).
        .signals_based_traps(true)
        // What ends a loop.
        .epoch_interruption(true)
        .max_wasm_stack(STACK)
        // The traces name functions, without reading debug information that a plugin brought.
        .wasm_backtrace_details(wasmtime::WasmBacktraceDetails::Disable)
        .debug_info(false);
    switch_off(&mut config);
    config
}

/// Switches off what wasmtime has on by itself and no plugin needs.
///
/// What stays was found by validating components of each toolchain with one proposal less at a time: Rust,
/// QuickJS, StarlingMonkey and CPython need mutable globals, saturating conversions, sign extension, bulk memory,
/// reference types with their several tables, and extended constants. SIMD stays for whoever has it in a library,
/// several memories for components that are made of others.
fn switch_off(config: &mut Config) {
    // No toolchain writes these, and typed references are the ground that garbage collection stands on.
    config
        .wasm_memory64(false)
        .wasm_tail_call(false)
        .wasm_custom_page_sizes(false)
        .wasm_wide_arithmetic(false)
        .wasm_features(WasmFeatures::GC, false)
        .wasm_features(WasmFeatures::FUNCTION_REFERENCES, false)
        // Its results differ between machines.
        .wasm_relaxed_simd(false);
}
