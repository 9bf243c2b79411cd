//! Tidegate with and without plugins, the guests, and the peer.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::bench::ours::Ours;
use crate::failure::Failure;
use crate::process::{build, build_example, root, run};

/// A folder with `env`, a file for the shell that leads to a Rust with the standard library for WebAssembly, where
/// the installed one has none.
const TOOLCHAIN: &str = "TIDEGATE_WASM_TOOLCHAIN";

const TARGET: &str = "wasm32-unknown-unknown";

/// In what a plugin is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    Rust,
    JavaScript,
    Python,
}

/// Each of them.
pub(super) const LANGUAGES: [Language; 3] =
    [Language::Rust, Language::JavaScript, Language::Python];

impl Language {
    /// As `--lang` names it, and the plugin of it.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Rust => "rust",
            Self::JavaScript => "js",
            Self::Python => "py",
        }
    }

    /// The most milliseconds that a run with one such plugin may take longer on a fresh machine.
    pub(super) const fn most_cold(self) -> f64 {
        match self {
            Self::Rust => 200.0,
            Self::JavaScript | Self::Python => 5000.0,
        }
    }

    /// Cold wall and CPU, warm wall and memory.
    pub(super) const fn row_names(self) -> [&'static str; 4] {
        match self {
            Self::Rust => [
                "Rust, compiled, wall",
                "Rust, compiled, CPU",
                "Rust, from the cache, wall",
                "Rust, from the cache, peak memory",
            ],
            Self::JavaScript => [
                "JavaScript, compiled, wall",
                "JavaScript, compiled, CPU",
                "JavaScript, from the cache, wall",
                "JavaScript, from the cache, peak memory",
            ],
            Self::Python => [
                "Python, compiled, wall",
                "Python, compiled, CPU",
                "Python, from the cache, wall",
                "Python, from the cache, peak memory",
            ],
        }
    }
}

/// Everything that is run.
pub(super) struct Programs {
    /// With plugins.
    pub(super) tidegate: PathBuf,
    /// Without the feature.
    pub(super) light: PathBuf,
    pub(super) portal: PathBuf,
    /// Measures the engine.
    pub(super) engine: PathBuf,
    /// Measures the peer.
    pub(super) peer: PathBuf,
    /// The bare guest, for both.
    pub(super) bare: PathBuf,
    pub(super) peer_guest: PathBuf,
    scratch: PathBuf,
}

impl Programs {
    /// Builds all of it; what was built before is not built again.
    ///
    /// # Errors
    /// [`Failure`] when something does not build.
    pub(super) fn build(scratch: &Path) -> Result<Self, Failure> {
        let usual = Ours::build()?;
        let light = scratch.join("tidegate-without-plugins");
        fs::copy(&usual.tidegate, &light).map_err(Failure::io("keep a program"))?;
        let tidegate = build("tidegate", &["--release", "--features", "plugins"])?;
        let folder = root().join("xtask/bench/plugin");
        let programs = Self {
            engine: build_example("engine", "tidegate-plugin")?,
            peer: scratch.join("peer/release/extism-peer"),
            bare: scratch.join("bare.wasm"),
            peer_guest: scratch.join(format!("guests/{TARGET}/release/extism_guest.wasm")),
            portal: usual.portal,
            scratch: scratch.to_owned(),
            light,
            tidegate,
        };
        cargo_in(&folder.join("extism"), &scratch.join("peer"), None)?;
        cargo_in(
            &folder.join("guests/extism"),
            &scratch.join("guests"),
            Some(TARGET),
        )?;
        programs.component(&folder.join("guests/tidegate"), &programs.bare)?;
        for language in LANGUAGES {
            programs.project(language)?;
        }
        Ok(programs)
    }

    /// The component of a fresh project in a language.
    pub(super) fn guest(&self, language: Language) -> PathBuf {
        self.scratch.join(format!("bench-{}.wasm", language.name()))
    }

    /// What `plugin new` writes, built.
    fn project(&self, language: Language) -> Result<(), Failure> {
        let guest = self.guest(language);
        if guest.exists() {
            return Ok(());
        }
        let name = format!("bench-{}", language.name());
        let folder = self.scratch.join(&name);
        if folder.exists() {
            fs::remove_dir_all(&folder).map_err(Failure::io("remove a project"))?;
        }
        let mut new = Command::new(&self.tidegate);
        new.args(["plugin", "new", &name, "--lang", language.name()]);
        run(new.current_dir(&self.scratch))?;
        self.component(&folder, &guest)
    }

    fn component(&self, project: &Path, to: &Path) -> Result<(), Failure> {
        let mut build = in_toolchain(&self.tidegate);
        build
            .args(["plugin", "build"])
            .arg(project)
            .arg("-o")
            .arg(to);
        run(&mut build)
    }
}

/// Builds a package of its own for release.
fn cargo_in(package: &Path, target: &Path, platform: Option<&str>) -> Result<(), Failure> {
    let cargo = PathBuf::from(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    let mut command = match platform {
        Some(_) => in_toolchain(&cargo),
        None => Command::new(cargo),
    };
    command
        .args(["build", "--quiet", "--release", "--target-dir"])
        .arg(target);
    command.args(
        platform
            .map(|platform| ["--target", platform])
            .into_iter()
            .flatten(),
    );
    run(command.current_dir(package))
}

/// A program with the toolchain for WebAssembly.
fn in_toolchain(program: &Path) -> Command {
    match std::env::var_os(TOOLCHAIN) {
        Some(folder) => {
            let mut command = Command::new("sh");
            command
                .args(["-c", ". \"$0/env\"; exec \"$@\""])
                .arg(folder)
                .arg(program);
            command
        }
        None => Command::new(program),
    }
}
