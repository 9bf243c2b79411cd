//! Writes `src/bindings.rs` of the SDK: `cargo run --manifest-path crates/plugin-sdk/bindings/Cargo.toml`.
//!
//! Its test fails when the file is not what the interface demands.

use std::error::Error;
use std::path::{Path, PathBuf};

use wit_bindgen_core::wit_parser::Resolve;
use wit_bindgen_core::{Files, WorldGenerator as _};
use wit_bindgen_rust::Opts;

fn sdk() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The Rust that talks to the host.
fn bindings() -> Result<String, Box<dyn Error>> {
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_path(sdk().join("wit"))?;
    let world = resolve.select_world(&[package], Some("plugin"))?;
    let options = Opts {
        format: true,
        pub_export_macro: true,
        default_bindings_module: Some("$crate::bindings".to_owned()),
        additional_derive_attributes: vec!["PartialEq".to_owned()],
        generate_all: true,
        generate_unused_types: true,
        runtime_path: Some("wit_bindgen::rt".to_owned()),
        ..Opts::default()
    };
    let mut files = Files::default();
    options.build().generate(&mut resolve, world, &mut files)?;
    let (_, text) = files.iter().next().ok_or("nothing was generated")?;
    Ok(String::from_utf8(text.to_vec())?)
}

fn main() -> Result<(), Box<dyn Error>> {
    std::fs::write(sdk().join("src/bindings.rs"), bindings()?)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_bindings_of_the_sdk_are_those_of_the_interface() {
        let written = std::fs::read_to_string(super::sdk().join("src/bindings.rs"));
        let fresh = super::bindings().expect("the interface is right");
        assert!(
            written.expect("src/bindings.rs is there") == fresh,
            "src/bindings.rs is old: run `cargo run` here"
        );
    }
}
