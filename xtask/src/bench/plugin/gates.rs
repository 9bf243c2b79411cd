//! The gates that are run: one flow, and one flow with one plugin.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::programs::{LANGUAGES, Language, Programs};
use crate::bench::command::Prepared;
use crate::failure::Failure;
use crate::process::run;

/// Where compiled code is kept, below the folder of a gate.
const CACHE: &str = "cache";

const FLOW: &str = "\
version: 1
name: bench
environments: { local: { kind: local, url: '${PORTAL_URL}' } }
variables: { PORTAL_URL: {} }
identities:
  anna:
    login: { post: /api/login, json: { email: anna@acme.example, password: '${ANNA_PASSWORD}' }, bearer: $.token }
checks:
  lists:
    as: anna
    flow:
      - { get: /api/records, expect: 200 }
      - { get: /api/invoices, expect: 200 }
";

/// Whether the machine code of a plugin is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cache {
    Empty,
    Filled,
}

/// A folder with a gate for each language, and one without a plugin.
pub(super) struct Gates {
    tidegate: PathBuf,
    light: PathBuf,
    folder: PathBuf,
    url: String,
}

impl Gates {
    /// Writes the gates, and locks the plugins.
    ///
    /// # Errors
    /// [`Failure`] when a file cannot be written or a plugin not be locked.
    pub(super) fn write(programs: &Programs, folder: &Path, url: &str) -> Result<Self, Failure> {
        let gates = Self {
            tidegate: programs.tidegate.clone(),
            light: programs.light.clone(),
            folder: folder.to_owned(),
            url: url.to_owned(),
        };
        let io = || Failure::io("write a gate");
        fs::create_dir_all(gates.of(None)).map_err(io())?;
        fs::write(gates.of(None).join("tidegate.yaml"), FLOW).map_err(io())?;
        for language in LANGUAGES {
            let (of, name) = (gates.of(Some(language)), language.name());
            fs::create_dir_all(&of).map_err(io())?;
            fs::copy(programs.guest(language), of.join("plugin.wasm")).map_err(io())?;
            let gate = format!(
                "{FLOW}  rule: {{ as: anna, plugin/bench-{name}: {{ path: /api/records, fields: [id, title] }} }}\n\
                 plugins: {{ bench-{name}: {{ path: plugin.wasm, grant: {{ target: read }} }} }}\n"
            );
            fs::write(of.join("tidegate.yaml"), gate).map_err(io())?;
            run(gates
                .command(&gates.tidegate, &of)
                .args(["plugin", "update"]))?;
        }
        Ok(gates)
    }

    fn of(&self, language: Option<Language>) -> PathBuf {
        self.folder.join(language.map_or("none", Language::name))
    }

    fn command(&self, program: &Path, of: &Path) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(of)
            .env("PORTAL_URL", &self.url)
            .env("ANNA_PASSWORD", "anna-demo-password")
            .env("TIDEGATE_CACHE", of.join(CACHE));
        command
    }

    fn prepared(&self, program: &Path, language: Option<Language>, arguments: &[&str]) -> Prepared {
        let of = self.of(language);
        let mut command = self.command(program, &of);
        command.args(arguments);
        Prepared::new(command, &of)
    }

    /// A plan by the program with plugins.
    pub(super) fn plan(&self) -> Prepared {
        self.prepared(&self.tidegate, None, &["plan"])
    }

    /// A plan by the program without the feature.
    pub(super) fn plan_without_feature(&self) -> Prepared {
        self.prepared(&self.light, None, &["plan"])
    }

    /// A run without a plugin.
    pub(super) fn without_plugin(&self) -> Prepared {
        self.prepared(&self.tidegate, None, &["run", "--all"])
    }

    /// A run with one.
    pub(super) fn with_plugin(&self, language: Language, cache: Cache) -> Prepared {
        let prepared = self.prepared(
            &self.tidegate,
            Some(language),
            &["run", "--all", "--locked"],
        );
        match cache {
            Cache::Empty => prepared.without(&[CACHE]),
            Cache::Filled => prepared,
        }
    }

    /// The command lines that are measured.
    pub(super) fn commands(&self) -> Vec<String> {
        vec![
            self.plan().show(),
            self.without_plugin().show(),
            self.with_plugin(Language::Rust, Cache::Empty).show(),
        ]
    }
}
