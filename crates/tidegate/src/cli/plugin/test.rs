//! `tidegate plugin test`

mod cases;
mod record;
mod shown;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;
use serde_json::Value;
use tidegate::{exit, plugins};
use tidegate_core::words::count;
use tidegate_plugin::author::test::{Case, CaseRan, Comparison, compare, run};
use tidegate_plugin::interface::types::Description;
use tidegate_plugin::lock::replace;
use tidegate_plugin::{Engine, Loaded, Stop};

use super::super::arguments::GateArguments;
use super::super::output::{Output, Usage};
use cases::Found;

/// The file of a case that says what must come of it.
const EXPECTED: &str = "expect.json";
/// The largest such file that is read, in bytes: an outcome is no larger.
const LARGEST: u64 = 16 * 1024 * 1024;

/// Options of `plugin test`.
#[derive(Debug, Args)]
pub(crate) struct TestArguments {
    /// The folder of the project, this one otherwise; and the cases to run, all of `tests/` otherwise.
    #[arg(value_name = "DIR|CASE")]
    pub(crate) named: Vec<String>,
    /// The component; the one `.wasm` file of the project otherwise.
    #[arg(long, value_name = "FILE")]
    pub(crate) component: Option<PathBuf>,
    /// Take what the plugin finds now as what is expected.
    #[arg(long)]
    pub(crate) update: bool,
    /// Record the cassettes of the cases anew: against `--url`, or the environment of a gate file with `--gate`. Of
    /// that file only where the portal is and who logs in counts. Everything the plugin asks for is granted.
    #[arg(long)]
    pub(crate) record: bool,
}

/// What one case came to.
enum Judged {
    Same,
    Written,
    Wrong(String),
}

/// Runs the cases of a project.
pub(super) fn test(
    gate: &GateArguments,
    arguments: &TestArguments,
    output: &Output,
) -> anyhow::Result<u8> {
    let (folder, names) = cases::split(&arguments.named);
    let found = cases::find(&folder, &names)?;
    let component = cases::component(&folder, arguments.component.as_deref())?;
    if let Some(newer) = cases::newer(&folder, &component) {
        let what = format!(
            "{newer} was changed after {} was built",
            component.display()
        );
        output.note(&what, "Build it again with `tidegate plugin build`.");
    }
    if arguments.record {
        for found in &found {
            let case = found.read().map_err(|faults| cases::faulty(&faults))?;
            record::record(&case, &component, gate, output)?;
        }
    }
    let bytes =
        fs::read(&component).with_context(|| format!("{} cannot be read", component.display()))?;
    let engine = Engine::new(plugins::cache_folder().map(|folder| folder.join("compiled")));
    let looked = engine
        .load(&bytes)
        .and_then(|loaded| loaded.describe().map(|described| (loaded, described)));
    let (loaded, description) = match looked {
        Ok(looked) => looked,
        Err(error) => {
            output.fault(format!("{}: {error}", component.display()), error.help());
            return Ok(exit::USAGE);
        }
    };
    let bench = Bench {
        loaded: &loaded,
        description: &description,
        update: arguments.update,
        output,
    };
    bench.all(&found)
}

/// What every case is run with.
struct Bench<'a> {
    loaded: &'a Loaded,
    description: &'a Description,
    update: bool,
    output: &'a Output,
}

impl Bench<'_> {
    fn all(&self, found: &[Found]) -> anyhow::Result<u8> {
        let mut code = exit::ALLOW;
        let mut good: u64 = 0;
        for case in found {
            match self.one(case)? {
                exit::ALLOW => good += 1,
                worse => code = code.max(worse),
            }
        }
        let all = count(found.len() as u64, "case");
        self.output
            .print(&format!("\n{good} of {all} as expected\n"))?;
        Ok(code)
    }

    /// Runs a case, prints what came of it, and gives the exit code that it asks for.
    fn one(&self, found: &Found) -> anyhow::Result<u8> {
        let read = found
            .read()
            .and_then(|case| case.held(self.description).map(|()| case));
        let case = match read {
            Ok(case) => case,
            Err(faults) => {
                faults.iter().for_each(|fault| self.output.diagnose(fault));
                self.output
                    .print(&format!("{}: cannot run\n", found.name))?;
                return Ok(exit::USAGE);
            }
        };
        let ran = match run(self.loaded, self.description, &case, Stop::new()) {
            Ok(ran) => ran,
            Err(error) => {
                self.output
                    .fault(format!("{}: {error}", found.name), error.help());
                return Ok(exit::USAGE);
            }
        };
        let judged = self.judge(&case, &ran)?;
        self.output
            .print(&shown::case(&found.name, &ran, &judged))?;
        Ok(match judged {
            Judged::Same | Judged::Written => exit::ALLOW,
            Judged::Wrong(_) => exit::BLOCK,
        })
    }

    fn judge(&self, case: &Case, ran: &CaseRan) -> anyhow::Result<Judged> {
        if !ran.asked.missing.is_empty() {
            let missing = ran
                .asked
                .missing
                .iter()
                .map(|one| format!("  no answer to {one}\n"));
            return Ok(Judged::Wrong(missing.collect()));
        }
        let path = case.folder.join(EXPECTED);
        let expected = expected(&path)?;
        Ok(match compare(expected.as_ref(), &ran.outcome) {
            Comparison::Same => Judged::Same,
            Comparison::Different(lines) if !self.update => Judged::Wrong(lines),
            Comparison::New if !self.update && std::env::var_os("CI").is_some() => {
                Judged::Wrong(format!(
                    "  there is no {EXPECTED}: run the test where it can be reviewed, and commit it\n"
                ))
            }
            Comparison::New | Comparison::Different(_) => {
                let text = serde_json::to_string_pretty(&ran.outcome)? + "\n";
                replace(&path, text.as_bytes()).map_err(|error| usage(&path, &error))?;
                Judged::Written
            }
        })
    }
}

/// What a case expects, when it says so.
fn expected(path: &Path) -> anyhow::Result<Option<Value>> {
    let length = match fs::metadata(path) {
        Ok(known) => known.len(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(usage(path, &error)),
    };
    let text = if length > LARGEST {
        Err(std::io::Error::other("it is too large"))
    } else {
        fs::read_to_string(path)
    };
    let text = text.map_err(|error| usage(path, &error))?;
    let read = serde_json::from_str(&text);
    Ok(Some(read.map_err(|error| usage(path, &error.into()))?))
}

fn usage(path: &Path, error: &std::io::Error) -> anyhow::Error {
    Usage {
        message: format!("{} cannot be used: {error}", path.display()),
        help: "Restore it as git has it, or remove it: the next test writes it anew.".to_owned(),
    }
    .into()
}
