//! Compiling, in bounded time.

use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use wasmtime::Engine;
use wasmtime::component::Component;

use crate::error::PluginError;

/// The stack of a thread that compiles, in bytes: code may be nested deeply.
const STACK: usize = 64 * 1024 * 1024;

/// Compiles a component.
///
/// # Errors
/// When it is broken, or not compiled within `limit`.
pub(super) fn compile(
    engine: &Engine,
    wasm: &[u8],
    limit: Duration,
) -> Result<Component, PluginError> {
    let (engine, wasm) = (engine.clone(), wasm.to_vec());
    within(limit, move || {
        // In threads of its own: one that is left behind keeps no other plugin's compiler waiting.
        let pool = rayon::ThreadPoolBuilder::new()
            .thread_name(|number| format!("plugin-compiler-{number}"))
            .stack_size(STACK)
            .build()
            .map_err(|error| PluginError::Machine {
                reason: error.to_string(),
            })?;
        pool.install(|| Component::new(&engine, &wasm))
            .map_err(|error| PluginError::Invalid {
                reason: format!("{error:#}"),
            })
    })
}

/// Does work on a thread of its own, and leaves it behind when it takes longer than `limit`: a compiler
/// cannot be interrupted.
fn within<T: Send + 'static>(
    limit: Duration,
    work: impl FnOnce() -> Result<T, PluginError> + Send + 'static,
) -> Result<T, PluginError> {
    let (done, result) = channel();
    thread::Builder::new()
        .name("plugin-compiler".to_owned())
        .spawn(move || done.send(work()))
        .map_err(|error| PluginError::Machine {
            reason: error.to_string(),
        })?;
    match result.recv_timeout(limit) {
        Ok(result) => result,
        Err(RecvTimeoutError::Timeout) => Err(PluginError::CompileTime { limit }),
        Err(RecvTimeoutError::Disconnected) => Err(PluginError::Invalid {
            reason: "the compiler broke off".to_owned(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_done_in_time_is_there() {
        assert_eq!(within(Duration::MAX, || Ok(7)), Ok(7));
    }

    #[test]
    fn what_takes_too_long_is_left_behind() {
        let (go_on, wait) = channel::<()>();
        let limit = Duration::from_millis(1);
        let result = within(limit, move || {
            let _ = wait.recv();
            Ok(())
        });
        assert_eq!(result, Err(PluginError::CompileTime { limit }));
        drop(go_on);
    }

    #[test]
    fn a_compiler_that_panics_is_an_error() {
        let result = within::<()>(Duration::MAX, || panic!("a test's own"));
        assert!(
            matches!(result, Err(PluginError::Invalid { .. })),
            "{result:?}"
        );
    }
}
