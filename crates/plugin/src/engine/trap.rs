//! What wasmtime's errors mean for whoever reads a report.

use wasmtime::{Error, Trap, WasmBacktrace};

use super::state::State;
use crate::error::RunError;
use crate::limits::LimitName;

/// The functions of a trace that are named.
const FRAMES: usize = 3;
/// How much of a function's name is shown, in characters.
const NAME: usize = 100;

/// Why a call ended.
pub(super) fn reason(error: &Error, state: &mut State) -> RunError {
    if let Some(ended) = state.ended() {
        return ended;
    }
    if let Some(trap) = error.downcast_ref::<Trap>() {
        return match trap {
            Trap::StackOverflow => state.limit(LimitName::Stack),
            trap => RunError::Trapped {
                reason: format!("{}{}", words(*trap), place(error)),
            },
        };
    }
    // These two have no type of their own.
    let text = error.root_cause().to_string();
    if text.contains("fuel allocated for hostcalls") {
        return state.limit(LimitName::Transfer);
    }
    if text.contains("resource limit exceeded: table") {
        return state.limit(LimitName::Tables);
    }
    if text.contains("resource limit exceeded") {
        return state.limit(LimitName::Instances);
    }
    RunError::Malformed { reason: text }
}

fn words(trap: Trap) -> String {
    match trap {
        Trap::UnreachableCodeReached => {
            "it reached an instruction that ends it, as a panic does".to_owned()
        }
        Trap::MemoryOutOfBounds => "it reached outside its memory".to_owned(),
        Trap::IntegerDivisionByZero => "it divided by zero".to_owned(),
        trap => {
            let text = trap.to_string();
            text.strip_prefix("wasm trap: ").unwrap_or(&text).to_owned()
        }
    }
}

/// The innermost functions, when the component has their names.
fn place(error: &Error) -> String {
    let Some(trace) = error.downcast_ref::<WasmBacktrace>() else {
        return String::new();
    };
    let names = trace.frames().iter().filter_map(|frame| frame.func_name());
    let names: Vec<String> = names
        .take(FRAMES)
        .map(|name| name.chars().take(NAME).collect())
        .collect();
    match names.is_empty() {
        true => String::new(),
        false => format!(", in `{}`", names.join("` from `")),
    }
}
