//! A portal, the project beside it, and runs of a gate that includes a pack.

use std::collections::BTreeSet;
use std::fs;

use tempfile::TempDir;
use tidegate::meta::Severity;
use tidegate::{Gate, RunOptions, Summary};
use tidegate_core::finding::Finding;
use tidegate_core::pack::PackSource as _;
use tidegate_packs::Packs;
use tidegate_testkit::recorder::App;

/// A gate file with what it needs: servers, files and variables.
pub(crate) struct Bench {
    folder: TempDir,
    variables: Vec<(&'static str, String)>,
    /// They stop when they are dropped.
    _servers: Vec<App>,
}

impl Bench {
    /// A gate of one local environment at the first of these servers, with more of a gate file below.
    pub(crate) fn new(servers: Vec<App>, more: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let url = servers.first().map_or("", App::url);
        let gate = format!(
            "version: 1\nname: portal\nenvironments: {{ local: {{ kind: local, url: \"{url}\" }} }}\n{more}"
        );
        let bench = Self {
            folder,
            variables: Vec::new(),
            _servers: servers,
        };
        bench.file("tidegate.yaml", &gate)
    }

    /// The same with a file of the project.
    pub(crate) fn file(self, path: &str, text: &str) -> Self {
        let path = self.folder.path().join(path);
        let parent = path.parent().expect("a file is in a folder");
        fs::create_dir_all(parent).expect("a folder is made");
        fs::write(path, text).expect("a file is written");
        self
    }

    /// The same with a variable of the environment.
    pub(crate) fn variable(mut self, name: &'static str, value: &str) -> Self {
        self.variables.push((name, value.to_owned()));
        self
    }

    /// Runs every check of the gate.
    pub(crate) fn run(&self) -> Summary {
        self.run_without(&[])
    }

    /// Runs every check of the gate but those of these kinds.
    pub(crate) fn run_without(&self, kinds: &[&str]) -> Summary {
        let path = self.folder.path().join("tidegate.yaml");
        let builder = Gate::builder(&path).without_process_environment();
        let variables = self.variables.iter();
        let gate = variables
            .fold(builder, |builder, (name, value)| {
                builder.variable(*name, value)
            })
            .load()
            .unwrap_or_else(|error| panic!("{:#?}", error.diagnostics()));
        let mut options = RunOptions {
            all: true,
            seed: Some(7),
            ..RunOptions::default()
        };
        let planned = gate.plan(&options).expect("the run is planned").checks;
        let silent = planned.iter().filter(|check| kinds.contains(&&*check.kind));
        options.skip = silent.map(|check| check.id.to_string()).collect();
        gate.run(options, |_| {}).expect("the run begins")
    }
}

/// Whether something was found, and not only told.
pub(crate) fn counts(finding: &Finding) -> bool {
    finding.severity > Severity::Info
}

/// The codes of everything that was found, and not only told.
pub(crate) fn codes(summary: &Summary) -> BTreeSet<String> {
    let findings = summary.results.iter().flat_map(|result| &result.findings);
    let findings = findings.filter(|finding| counts(finding));
    let preflight = summary.preflight.iter().map(|failure| &failure.code);
    findings
        .map(|finding| &finding.code)
        .chain(preflight)
        .map(ToString::to_string)
        .collect()
}

/// The ids of the checks of a pack, as an include without `as:` gives them.
pub(crate) fn checks_of(pack: &str) -> Vec<String> {
    let file = Packs.pack(pack).expect("a pack of this name");
    let outline = tidegate_config::outline(&file).expect("the pack is right");
    let ids = outline.checks.iter().map(|check| &check.id);
    ids.map(|id| format!("{pack}/{id}")).collect()
}
