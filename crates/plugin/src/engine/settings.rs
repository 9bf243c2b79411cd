//! How wasmtime is set up.

use wasmtime::{Config, OptLevel, RegallocAlgorithm};

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
fn switch_off(config: &mut Config) {
    config
        // Two memories with 64-bit addresses would need bounds checks of their own kind.
        .wasm_memory64(false)
        // None of the compilers writes them.
        .wasm_tail_call(false)
        .wasm_extended_const(false)
        .wasm_custom_page_sizes(false)
        .wasm_wide_arithmetic(false)
        // Its results differ between machines.
        .wasm_relaxed_simd(false);
}
