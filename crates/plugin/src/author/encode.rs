//! From what a compiler makes to what Tidegate runs.

use std::borrow::Cow;

use wit_component::ComponentEncoder;

/// What every WebAssembly binary begins with (WebAssembly Core Specification, 5.5.16).
const MAGIC: &[u8] = b"\0asm";
/// What follows in a core module: version 1.
const MODULE: &[u8] = &[1, 0, 0, 0];

/// Why there is no component.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EncodeError {
    /// It is no WebAssembly.
    #[error("the compiler's output is no WebAssembly")]
    NotWasm,
    /// It does not say what it imports and exports, or does not have what it says.
    #[error("no component can be made of the compiler's output: {0}")]
    Interface(String),
}

impl EncodeError {
    /// How to mend it.
    pub fn help(&self) -> &'static str {
        match self {
            Self::NotWasm => {
                "Build a library for `wasm32-unknown-unknown`: `crate-type = [\"cdylib\"]` in `Cargo.toml`."
            }
            Self::Interface(_) => {
                "A plugin uses `tidegate-plugin-sdk` as it lies in its folder `sdk`, and registers its check there; \
                 what else imports something from outside does not run."
            }
        }
    }
}

/// Makes a component of a core module that carries its interface, as `wit-bindgen` leaves it; a component stays as
/// it is.
///
/// # Errors
/// When it is neither.
pub fn component(wasm: &[u8]) -> Result<Cow<'_, [u8]>, EncodeError> {
    let version = wasm.strip_prefix(MAGIC).ok_or(EncodeError::NotWasm)?;
    if !version.starts_with(MODULE) {
        return Ok(Cow::Borrowed(wasm));
    }
    let encoded = ComponentEncoder::default()
        .validate(true)
        .module(wasm)
        .and_then(|mut encoder| encoder.encode());
    // The whole chain, because the first link says only that it failed.
    encoded
        .map(Cow::Owned)
        .map_err(|error| EncodeError::Interface(format!("{error:#}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_component_stays_and_what_is_none_is_told() {
        let whole = wat::parse_str("(component)").expect("a component");
        assert_eq!(component(&whole).as_deref(), Ok(whole.as_slice()));
        assert_eq!(component(b"#!/bin/sh"), Err(EncodeError::NotWasm));
        assert_eq!(component(b""), Err(EncodeError::NotWasm));
    }

    #[test]
    fn a_module_becomes_a_component_unless_it_imports_from_elsewhere() {
        let module = wat::parse_str("(module)").expect("a module");
        let made = component(&module).expect("a component");
        assert!(made.starts_with(b"\0asm") && made[4..8] != *MODULE);
        let module = wat::parse_str("(module (import \"env\" \"time\" (func)))").expect("a module");
        let refused = component(&module).expect_err("nobody gives it that");
        assert!(refused.to_string().contains("env"), "{refused}");
    }
}
