//! Checks of the gate file and of the packs it includes, brought into one list.

mod chosen;
mod outline;
mod parameters;

pub use outline::{Outline, PackCheck, Parameter, outline};

use std::collections::{BTreeMap, HashMap};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use serde::Deserialize;
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::located::Located;
use tidegate_core::node::{Key, Node, Value};
use tidegate_core::pack::PackSource;
use tidegate_core::span::{Source, Span};

use crate::faults::{Faults, is_name, wrong_type};
use crate::reader::Reader;
use crate::schema::parts;
use crate::yaml;

/// The most packs one gate file may include, counting those that packs include.
const PACK_LIMIT: usize = 100;

/// A check as it was declared, not read yet.
#[derive(Clone)]
pub(crate) struct Declared {
    /// Its id, with the prefixes of its packs.
    pub(crate) id: String,
    /// Its key.
    pub(crate) span: Span,
    /// What its pack puts before ids: `cp/`, or nothing.
    pub(crate) prefix: String,
    /// Its entry.
    pub(crate) node: Node,
    /// Whether it is read.
    pub(crate) fate: Fate,
}

/// Whether a declared check is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It is.
    Read,
    /// The environment takes it out.
    Off,
    /// Its pack lacks a parameter, which has been told.
    Broken,
}

/// A pack that is included.
#[derive(Default, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(deny_unknown_fields)]
pub(crate) struct RawInclude {
    /// The name of a ready-made pack, or the path of one of your own, as in `./checks/pack.yaml`.
    #[schemars(with = "String")]
    pack: Option<Located<String>>,
    /// What stands before the ids of its checks: `cp` gives `cp/login`; the name of a ready-made pack when absent.
    #[schemars(with = "String", regex(pattern = "^[A-Za-z0-9][A-Za-z0-9_.-]*$"))]
    #[serde(default)]
    r#as: Option<Located<String>>,
    /// The values of its parameters.
    #[schemars(with = "BTreeMap<String, serde_json::Value>")]
    #[serde(default)]
    with: Option<Node>,
    /// The ids of its checks that do not fit this portal, as the pack has them; they are left out.
    #[schemars(schema_with = "parts::one_or_many")]
    #[serde(default)]
    without: Option<Node>,
}

/// The file of a pack.
#[derive(Default, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
struct RawPack {
    /// Says to people what the pack does.
    summary: Option<String>,
    /// Says to people which portals it is for.
    suits: Option<String>,
    parameters: Option<Node>,
    checks: Option<Node>,
    include: Option<Node>,
}

/// Brings the checks of a gate file and of its packs together.
pub(crate) struct Includer<'p> {
    packs: &'p dyn PackSource,
    reader: &'p dyn Reader,
    /// The folder of the gate file.
    root: &'p Path,
    /// The files being read, outermost first.
    chain: Vec<String>,
    loaded: usize,
    checks: Vec<Declared>,
    by_id: HashMap<String, usize>,
    notes: Vec<String>,
}

/// What a gate file and its packs declare.
pub(crate) struct Included {
    /// The checks: the packs' in the order they are included, then the gate file's own.
    pub(crate) checks: Vec<Declared>,
    /// What of the packs is left out for want of a parameter.
    pub(crate) notes: Vec<String>,
}

/// Where a fragment of a gate file stands.
struct Place<'f> {
    prefix: &'f str,
    fate: Fate,
    /// Its folder, relative to the gate file; none for a ready-made pack.
    folder: Option<&'f Path>,
}

impl<'p> Includer<'p> {
    /// Starts with nothing.
    pub(crate) fn new(
        packs: &'p dyn PackSource,
        reader: &'p dyn Reader,
        root: &'p Path,
        gate: &str,
    ) -> Self {
        Self {
            packs,
            reader,
            root,
            chain: vec![gate.to_owned()],
            loaded: 0,
            checks: Vec::new(),
            by_id: HashMap::new(),
            notes: Vec::new(),
        }
    }

    /// Everything that is declared.
    pub(crate) fn collect(
        mut self,
        include: Option<&Node>,
        checks: Option<Node>,
        faults: &mut Faults,
    ) -> Included {
        let place = Place {
            prefix: "",
            fate: Fate::Read,
            folder: Some(Path::new("")),
        };
        self.fragment(include, checks, &place, faults);
        Included {
            checks: self.checks,
            notes: self.notes,
        }
    }

    fn fragment(
        &mut self,
        include: Option<&Node>,
        checks: Option<Node>,
        place: &Place<'_>,
        faults: &mut Faults,
    ) {
        match include.map(|node| (node, &node.value)) {
            None | Some((_, Value::Null)) => {}
            Some((_, Value::Sequence(elements))) => {
                for element in elements {
                    self.include(element, place, faults);
                }
            }
            Some((node, _)) => {
                faults.push(wrong_type(node, "a list, as in `- pack: client-portal`"));
            }
        }
        faults.named(checks.as_ref(), "a check");
        if let Some(Value::Map(entries)) = checks.map(|node| node.value) {
            for (key, node) in entries {
                self.declare(key, node, place, faults);
            }
        }
    }

    fn declare(&mut self, key: Key, node: Node, place: &Place<'_>, faults: &mut Faults) {
        let id = format!("{}{}", place.prefix, key.text);
        if let Some(&first) = self.by_id.get(&id) {
            let first = &self.checks[first].span;
            faults.push(
                Diagnostic::at(key.span, format!("two checks are called `{id}`"))
                    .label(format!(
                        "the first stands in {} line {}",
                        first.source().name(),
                        first.line()
                    ))
                    .help("Give each include its own `as:`, and each check its own id."),
            );
            return;
        }
        self.by_id.insert(id.clone(), self.checks.len());
        let prefix = place.prefix.to_owned();
        self.checks.push(Declared {
            id,
            span: key.span,
            prefix,
            node,
            fate: place.fate,
        });
    }

    fn include(&mut self, node: &Node, place: &Place<'_>, faults: &mut Faults) {
        let raw: RawInclude = faults.read_fields(node, &[]);
        let pack = faults.required(raw.pack.clone(), "pack", node);
        let alias = raw.r#as.clone().or_else(|| own_name(pack.as_ref()));
        let alias = faults.required(alias, "as", node);
        let (Some(pack), Some(alias)) = (pack, alias) else {
            return;
        };
        if !is_name(&alias.value) {
            faults.push(
                Diagnostic::at(
                    alias.span,
                    format!("`{}` cannot stand before ids", alias.value),
                )
                .label("letters, digits, `-`, `_` and `.` only"),
            );
            return;
        }
        let Some((source, folder)) = self.open(&pack, place, faults) else {
            return;
        };
        if !self.enter(&source, &pack.span, faults) {
            return;
        }
        let prefix = format!("{}{}/", place.prefix, alias.value);
        let inside = Place {
            prefix: &prefix,
            fate: Fate::Read,
            folder: folder.as_deref(),
        };
        if let Some(text) = faults.take(yaml::read(&source)) {
            self.pack(&text, &raw, node, &inside, faults);
        }
        self.chain.pop();
    }

    fn pack(
        &mut self,
        text: &Node,
        asked: &RawInclude,
        include: &Node,
        place: &Place<'_>,
        faults: &mut Faults,
    ) {
        let mut raw: RawPack = faults.read_fields(text, &[]);
        let with = asked.with.as_ref();
        let Some(values) = parameters::read(raw.parameters.as_ref(), with, include, faults) else {
            let fate = Fate::Broken;
            self.fragment(None, raw.checks, &Place { fate, ..*place }, faults);
            return;
        };
        if let Some(checks) = &mut raw.checks {
            let lacking = chosen::choose(checks, asked.without.as_ref(), &values, faults);
            self.notes.extend(chosen::note(place.prefix, &lacking));
        }
        let filled = |section: Option<Node>, faults: &mut Faults| {
            section.map(|mut node| {
                parameters::fill(&mut node, &values, faults);
                node
            })
        };
        let include = filled(raw.include, faults);
        let checks = filled(raw.checks, faults);
        self.fragment(include.as_ref(), checks, place, faults);
    }

    /// The text of a pack, and its folder when it is a file of one's own.
    fn open(
        &self,
        pack: &Located<String>,
        place: &Place<'_>,
        faults: &mut Faults,
    ) -> Option<(Arc<Source>, Option<PathBuf>)> {
        let name = pack.value.as_str();
        let at = |message: String| Diagnostic::at(pack.span.clone(), message);
        let Some(path) = name.strip_prefix("./") else {
            let Some(file) = self.packs.pack(name) else {
                let names = self.packs.names();
                let names: Vec<&str> = names.iter().map(String::as_str).collect();
                let fault = Diagnostic::unknown(pack.span.clone(), "pack", name, &names);
                let path = name.contains('/') || name.ends_with(".yaml") || name.ends_with(".yml");
                faults.push(if path {
                    fault.help("Write the path of your own pack with `./` before it.")
                } else {
                    fault
                });
                return None;
            };
            return Some((Source::new(file.file, file.text), None));
        };
        let Some(folder) = place.folder else {
            faults.push(at(format!(
                "a ready-made pack cannot include the file {name}"
            )));
            return None;
        };
        let Some(path) = below(folder, path) else {
            faults.push(
                at(format!("{name} is outside the folder of the gate file"))
                    .help("Keep packs beside the gate file or in a folder below it."),
            );
            return None;
        };
        let shown = path.to_string_lossy().replace('\\', "/");
        let source = yaml::open(self.reader, &self.root.join(&path), &shown).map_err(|fault| {
            match fault.span {
                Some(_) => fault,
                None => at(fault.message).help(format!(
                    "The path counts from the folder of {}.",
                    self.here()
                )),
            }
        });
        let source = faults.take(source.map_err(|fault| vec![fault]))?;
        Some((
            source,
            Some(path.parent().unwrap_or(Path::new("")).to_owned()),
        ))
    }

    /// The last part of the name of the file that is being read.
    fn here(&self) -> &str {
        let file = self.chain.last().map_or("", String::as_str);
        file.rsplit('/').next().unwrap_or(file)
    }

    /// Notes that a pack is being read, unless it includes itself or there are too many.
    fn enter(&mut self, source: &Source, span: &Span, faults: &mut Faults) -> bool {
        let name = source.name().to_owned();
        if let Some(first) = self.chain.iter().position(|outer| *outer == name) {
            let cycle = self.chain[first..].join(" → ");
            faults.push(
                Diagnostic::at(
                    span.clone(),
                    format!("packs include each other: {cycle} → {name}"),
                )
                .label("closes the cycle")
                .help("Move what both need into a pack of its own."),
            );
            return false;
        }
        self.loaded += 1;
        if self.loaded > PACK_LIMIT {
            if self.loaded == PACK_LIMIT + 1 {
                faults.push(
                    Diagnostic::at(
                        span.clone(),
                        format!("more than {PACK_LIMIT} packs are included"),
                    )
                    .help("Include fewer packs."),
                );
            }
            return false;
        }
        self.chain.push(name);
        true
    }
}

/// The name of a ready-made pack, which stands before the ids of its checks unless the include says otherwise.
fn own_name(pack: Option<&Located<String>>) -> Option<Located<String>> {
    pack.filter(|pack| is_name(&pack.value)).cloned()
}

/// A path below a folder; nothing when it leads out of it.
fn below(folder: &Path, path: &str) -> Option<PathBuf> {
    let mut whole = folder.to_owned();
    for part in Path::new(path).components() {
        match part {
            Component::Normal(part) => whole.push(part),
            Component::CurDir => {}
            _ => return None,
        }
    }
    Some(whole)
}
