//! Rust: cargo makes a core module that carries its interface.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use tidegate_plugin::author::Language;

use super::{Fault, Work};
use crate::cli::plugin::tools::{Lines, TARGET, missing};

pub(super) fn make(work: &Work<'_>) -> Result<Vec<u8>, Fault> {
    if let Some((what, help)) = missing(Language::Rust, work.folder).into_iter().next() {
        return Err(Fault::Told(what, help));
    }
    let mut cargo = Command::new("cargo");
    cargo.args([
        "build",
        "--lib",
        "--target",
        TARGET,
        "--message-format",
        "json-render-diagnostics",
    ]);
    if !work.debug {
        cargo.arg("--release");
    }
    let messages = work.step("Compiling with cargo.", cargo, Lines::Kept)?;
    let file = library(&messages, work.folder).ok_or_else(no_library)?;
    work.read(&file)
}

fn no_library() -> Fault {
    Fault::Told(
        "cargo made no library of WebAssembly for this project".to_owned(),
        "`Cargo.toml` needs `crate-type = [\"cdylib\"]` under `[lib]`, and must be that of one package.".to_owned(),
    )
}

/// The WebAssembly file among cargo's messages
/// (<https://doc.rust-lang.org/cargo/reference/external-tools.html#artifact-messages>) that belongs to this folder's
/// own package.
fn library(messages: &[String], folder: &Path) -> Option<PathBuf> {
    let manifest = folder.join("Cargo.toml").canonicalize().ok()?;
    let ours = |message: &Value| {
        let path = Path::new(message["manifest_path"].as_str()?)
            .canonicalize()
            .ok()?;
        let files = message["filenames"]
            .as_array()
            .filter(|_| path == manifest)?;
        let names = files.iter().filter_map(Value::as_str);
        names.map(PathBuf::from).find(|name| {
            name.extension()
                .is_some_and(|extension| extension == "wasm")
        })
    };
    let artifacts = messages
        .iter()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    artifacts
        .filter(|message| message["reason"] == "compiler-artifact")
        .filter_map(|message| ours(&message))
        .next_back()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_library_of_the_project_itself_is_taken() {
        let folder = tempfile::tempdir().expect("a folder");
        let manifest = folder.path().join("Cargo.toml");
        std::fs::write(&manifest, "").expect("written");
        let message = |manifest: &str, file: &str| {
            serde_json::json!({ "reason": "compiler-artifact", "manifest_path": manifest, "filenames": [file] }).to_string()
        };
        let own = manifest.to_string_lossy().into_owned();
        let messages = [
            "not JSON".to_owned(),
            message(&own, "target/x.rlib"),
            message("/elsewhere/Cargo.toml", "target/other.wasm"),
            message(&own, "target/x.wasm"),
            r#"{"reason":"build-finished","success":true}"#.to_owned(),
        ];
        assert_eq!(
            library(&messages, folder.path()),
            Some(PathBuf::from("target/x.wasm"))
        );
        assert_eq!(library(&messages[..3], folder.path()), None);
    }
}
