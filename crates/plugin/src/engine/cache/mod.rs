//! Compiled components in a private folder.
//!
//! What is read here is run as machine code. So only files are read that this program wrote: the folder and
//! each file belong to the user that runs it, and nobody else can write them.

mod file;
mod private;

use std::fs;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use sha2::{Digest as _, Sha256};
use wasmtime::Engine;
use wasmtime::component::Component;

use super::Digest;

/// The bytes that the folder may hold; the oldest files go.
const LARGEST_FOLDER: u64 = 512 * 1024 * 1024;
/// The age at which what another run left half-written is removed.
const LEFT_OVER: Duration = Duration::from_secs(60 * 60);
/// How the name of a compiled component ends.
const ENDING: &str = "compiled";
/// How the name of one begins that is being written.
const UNFINISHED: &str = ".unfinished-";

/// A folder of compiled components.
pub(super) struct Cache {
    folder: PathBuf,
    engine: Digest,
}

/// What a cache has of a component.
pub(super) enum Found {
    /// It, ready to run.
    Component(Component),
    /// Nothing.
    Nothing,
    /// Something that must not be run, and is removed; says why.
    Bad(String),
}

impl Cache {
    /// Opens a folder, and makes it when there is none.
    ///
    /// # Errors
    /// Why it cannot be used, as a lowercase fragment.
    pub(super) fn open(folder: &Path, engine: &Engine) -> Result<Self, String> {
        private::folder(folder)?;
        let mut hasher = Sha256Hasher(Sha256::new());
        engine.precompile_compatibility_hash().hash(&mut hasher);
        env!("CARGO_PKG_VERSION").hash(&mut hasher);
        Ok(Self {
            folder: folder.to_owned(),
            engine: hasher.0.finalize().into(),
        })
    }

    /// Looks for a component by the digest of its wasm.
    pub(super) fn find(&self, engine: &Engine, wasm: &Digest) -> Found {
        let key = self.key(wasm);
        let path = self.path(&key);
        let checked = match private::open(&path) {
            Ok(None) => return Found::Nothing,
            Ok(Some(opened)) => file::check(opened, &key),
            Err(reason) => Err(reason),
        };
        let loaded = checked.and_then(|()| load(engine, &path));
        match loaded {
            Ok(component) => Found::Component(component),
            Err(reason) => {
                let _ = fs::remove_file(&path);
                Found::Bad(reason)
            }
        }
    }

    /// Keeps a component, and lets the oldest go when there is no room.
    ///
    /// # Errors
    /// Why it is not kept, as a lowercase fragment.
    pub(super) fn keep(&self, wasm: &Digest, component: &Component) -> Result<(), String> {
        let key = self.key(wasm);
        let code = component
            .serialize()
            .map_err(|error| format!("{error:#}"))?;
        let path = self.path(&key);
        let mut unfinished = tempfile::Builder::new()
            .prefix(UNFINISHED)
            .tempfile_in(&self.folder)
            .map_err(|error| error.to_string())?;
        file::write(unfinished.as_file_mut(), &code, &key).map_err(|error| error.to_string())?;
        unfinished
            .persist(&path)
            .map_err(|error| error.error.to_string())?;
        self.make_room(&path);
        Ok(())
    }

    /// What a compiled component depends on: its wasm, the compiler and its settings, and this program.
    fn key(&self, wasm: &Digest) -> Digest {
        let mut hasher = Sha256::new();
        hasher.update(self.engine);
        hasher.update(wasm);
        hasher.finalize().into()
    }

    fn path(&self, key: &Digest) -> PathBuf {
        let mut name = String::with_capacity(80);
        for byte in key {
            name.push_str(&format!("{byte:02x}"));
        }
        self.folder.join(format!("{name}.{ENDING}"))
    }

    /// Removes the oldest files beyond the folder's size, and what other runs left half-written.
    fn make_room(&self, newest: &Path) {
        let Ok(now) = fs::metadata(newest).and_then(|newest| newest.modified()) else {
            return;
        };
        let mut kept = self.files();
        kept.sort_by_key(|file| std::cmp::Reverse(file.modified));
        let mut total = 0_u64;
        for file in kept {
            let old = now.duration_since(file.modified).unwrap_or_default();
            let left_over = file.unfinished && old > LEFT_OVER;
            total = total.saturating_add(if file.unfinished { 0 } else { file.size });
            let surplus = !file.unfinished && total > LARGEST_FOLDER && file.path != newest;
            if left_over || surplus {
                let _ = fs::remove_file(&file.path);
            }
        }
    }

    /// The files of the folder that are its own.
    fn files(&self) -> Vec<Kept> {
        let Ok(entries) = fs::read_dir(&self.folder) else {
            return Vec::new();
        };
        entries.flatten().filter_map(|entry| kept(&entry)).collect()
    }
}

/// A file of the folder.
struct Kept {
    path: PathBuf,
    size: u64,
    modified: SystemTime,
    unfinished: bool,
}

fn kept(entry: &fs::DirEntry) -> Option<Kept> {
    let path = entry.path();
    let unfinished = entry.file_name().to_string_lossy().starts_with(UNFINISHED);
    let own = unfinished || path.extension().is_some_and(|ending| ending == ENDING);
    let metadata = entry.metadata().ok()?;
    own.then_some(Kept {
        path,
        size: metadata.len(),
        modified: metadata.modified().ok()?,
        unfinished,
    })
}

/// Maps a file that was checked into memory.
#[expect(
    unsafe_code,
    reason = "machine code can only be taken on trust; `find` says why this file is trusted"
)]
fn load(engine: &Engine, path: &Path) -> Result<Component, String> {
    // SAFETY: `Component::serialize` wrote the file: it is in a folder that only this user can write, it
    // belongs to this user, it is no link, and its content has the digest that was written with it. It is
    // never written again: a new one takes its place under its name.
    let loaded = unsafe { Component::deserialize_file(engine, path) };
    loaded.map_err(|error| format!("{error:#}"))
}

/// Lets what can be hashed be hashed with SHA-256.
struct Sha256Hasher(Sha256);

impl Hasher for Sha256Hasher {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(&self) -> u64 {
        let digest: Digest = self.0.clone().finalize().into();
        digest
            .iter()
            .take(8)
            .fold(0, |number, byte| number << 8 | u64::from(*byte))
    }
}
