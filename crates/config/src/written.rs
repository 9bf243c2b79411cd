//! A gate file as it is written, to be held against another state of itself.
//!
//! Packs are merged, environments laid over the checks and the values that the file gives to
//! variables filled in, because a change of any of these changes what is checked. The process's
//! environment is not asked: two states of a file are compared, not two runs.

use std::collections::HashSet;
use std::path::Path;

use tidegate_core::baseline::Waiver;
use tidegate_core::node::{Key, Node, Value};
use tidegate_core::pack::PackSource;
use tidegate_core::registry::Registry;

use crate::faults::{Faults, wrong_type};
use crate::include::{Declared, Includer};
use crate::load::{LoadError, folder, shown};
use crate::reader::Reader;
use crate::variables::Variables;
use crate::{overlay, policy, yaml};

/// What a written gate file is read from.
#[derive(Clone, Copy)]
pub struct Text<'t> {
    /// The path that its text is read from; packs are beside it.
    pub path: &'t Path,
    /// What findings call it, when that is another path.
    pub name: Option<&'t str>,
    /// Every check kind and observer it may name.
    pub registry: &'t Registry,
    /// The ready-made packs it may include.
    pub packs: &'t dyn PackSource,
    /// Where its text and those of its own packs come from.
    pub reader: &'t dyn Reader,
}

/// A gate file as it is written.
pub struct Written {
    /// The whole file, with the values that it gives to variables itself.
    pub(crate) root: Node,
    /// Its environments, each with the checks as they are there.
    pub(crate) environments: Vec<Laid>,
    /// The checks with no environment laid over them.
    pub(crate) plain: Vec<Declared>,
    /// The findings somebody answers for, as far as they can be read.
    pub(crate) waivers: Vec<Waiver>,
}

/// An environment, and the checks as they are there.
pub(crate) struct Laid {
    pub(crate) key: Key,
    pub(crate) node: Node,
    pub(crate) checks: Vec<Declared>,
}

impl Written {
    /// Reads a gate file without judging it: unknown keys and kinds are left for who loads it.
    ///
    /// # Errors
    /// When it or one of its packs cannot be read or is no YAML.
    pub fn read(text: &Text<'_>) -> Result<Self, LoadError> {
        let file = text.name.map_or_else(|| shown(text.path), str::to_owned);
        let mut faults = Faults::default();
        match Self::collect(text, &file, &mut faults) {
            Some(written) if faults.is_empty() => Ok(written),
            _ => Err(LoadError {
                diagnostics: faults.sorted(&file),
            }),
        }
    }

    /// Whether a change that weakens the gate is stopped.
    pub fn protects(&self) -> bool {
        let protect = self.root.get("protect");
        protect.is_some_and(|node| node.value == Value::Bool(true))
    }

    /// The ids of its checks.
    pub fn checks(&self) -> impl Iterator<Item = &str> {
        self.plain.iter().map(|check| check.id.as_str())
    }

    /// The findings somebody answers for.
    pub fn waivers(&self) -> &[Waiver] {
        &self.waivers
    }

    fn collect(text: &Text<'_>, file: &str, faults: &mut Faults) -> Option<Self> {
        let source = yaml::open(text.reader, text.path, file).map_err(|fault| vec![fault]);
        let mut root = faults.take(source.and_then(|source| yaml::read(&source)))?;
        if !matches!(root.value, Value::Map(_)) {
            faults.push(wrong_type(&root, "the map of a gate file"));
            return None;
        }
        let parent = folder(text.path);
        let includer = Includer::new(text.packs, text.reader, &parent, file);
        let plain = includer.collect(root.get("include"), root.get("checks").cloned(), faults);
        let plain = plain.checks;
        let sections = root.get("environments").map_or(&[][..], Node::entries);
        let environments = sections
            .iter()
            .map(|(key, node)| laid(&root, key, node, &plain))
            .collect();
        let mut checks = plain;
        fill(&root, "", checks.iter_mut().map(|check| &mut check.node));
        let known: HashSet<&str> = checks.iter().map(|check| check.id.as_str()).collect();
        let whole = root.clone();
        fill(&whole, "", [&mut root]);
        // What is wrong with a waiver is told to who loads the file.
        let mut told = Faults::default();
        let waivers = policy::waivers(root.get("waivers"), text.registry, &known, &mut told);
        Some(Self {
            environments,
            waivers,
            plain: checks,
            root,
        })
    }
}

/// An environment with the checks as they are there.
fn laid(root: &Node, key: &Key, node: &Node, plain: &[Declared]) -> Laid {
    let mut checks = plain.to_vec();
    // An overlay over a check that is not there is told to who loads the file.
    overlay::apply(&mut checks, node.get("checks"), &mut Faults::default());
    let mut node = node.clone();
    let nodes = checks.iter_mut().map(|check| &mut check.node);
    fill(root, &key.text, nodes.chain([&mut node]));
    Laid {
        key: key.clone(),
        node,
        checks,
    }
}

/// Puts in the values that the file itself gives to variables.
fn fill<'n>(root: &Node, environment: &str, nodes: impl IntoIterator<Item = &'n mut Node>) {
    let sections = root.get("environments").map_or(&[][..], Node::entries);
    let sections: Vec<(String, Option<&Node>)> = sections
        .iter()
        .map(|(key, node)| (key.text.clone(), node.get("variables")))
        .collect();
    let mut told = Faults::default();
    let process = |_: &str| None;
    let section = root.get("variables");
    let mut variables =
        Variables::read(section, &sections, environment, &process, &mut told).keeping_unset();
    for node in nodes {
        variables.resolve(node, &mut told);
    }
}
