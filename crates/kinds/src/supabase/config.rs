//! What stands under `supabase:` in a gate file.

use serde::Deserialize;
use tidegate_core::check::ParseScope;
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::located::{Entries, Located};
use tidegate_core::name::{ApiName, IdentityName};
use tidegate_core::node::Node;
use tidegate_core::template::Template;

use crate::hosted;

/// The column that tells rows apart unless the gate file names another.
pub(super) const KEY_COLUMN: &str = "id";

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Written {
    on: Located<String>,
    #[serde(default)]
    key: Option<Node>,
    #[serde(default)]
    tables: Vec<Located<String>>,
    #[serde(default)]
    public_tables: Vec<Located<String>>,
    #[serde(default)]
    shared_tables: Vec<Located<String>>,
    #[serde(default)]
    key_columns: Entries<Located<String>>,
    #[serde(default)]
    buckets: Vec<Located<String>>,
    #[serde(default)]
    public_buckets: Vec<Located<String>>,
    #[serde(default)]
    rpc: Entries<Entries<Node>>,
    #[serde(default)]
    public_rpc: Vec<Located<String>>,
    #[serde(default)]
    functions: Vec<Located<String>>,
    #[serde(default)]
    public_functions: Vec<Located<String>>,
    #[serde(default)]
    signups: Option<bool>,
    #[serde(default)]
    anonymous_user: Option<bool>,
    #[serde(default)]
    writes: Entries<Located<String>>,
    #[serde(default)]
    other: Option<Located<String>>,
    #[serde(default)]
    code: Vec<String>,
    #[serde(default)]
    most: Option<Located<u32>>,
}

/// A config whose parts fit together.
#[derive(Debug, Clone)]
pub(super) struct Config {
    /// The entry under `apis:`.
    pub(super) api: Located<ApiName>,
    /// The public key, when it does not stand in the headers of the api.
    pub(super) key: Option<Template>,
    /// Tables that strangers must not read.
    pub(super) tables: Vec<Located<String>>,
    /// Tables that everybody may read.
    pub(super) public_tables: Vec<Located<String>>,
    /// Tables of which every account may read all rows.
    pub(super) shared_tables: Vec<Located<String>>,
    /// What tells the rows of a table apart.
    pub(super) key_columns: Entries<Located<String>>,
    /// Buckets whose files strangers must not list.
    pub(super) buckets: Vec<Located<String>>,
    /// Buckets whose files everybody may list.
    pub(super) public_buckets: Vec<Located<String>>,
    /// Database functions that are called, with their arguments.
    pub(super) rpc: Vec<Call>,
    /// Database functions that everybody may call.
    pub(super) public_rpc: Vec<Located<String>>,
    /// Edge functions that strangers must not call.
    pub(super) functions: Vec<Located<String>>,
    /// Edge functions that everybody may call.
    pub(super) public_functions: Vec<Located<String>>,
    /// Whether strangers may make accounts; nothing is said of it when absent.
    pub(super) signups: Option<bool>,
    /// Whether an anonymous account is made to try what every account can do.
    pub(super) anonymous_user: Option<bool>,
    /// Tables that an insert is tried on, and a column of each that must not be null.
    pub(super) writes: Entries<Located<String>>,
    /// Somebody with rows of their own, by `as:`.
    pub(super) identity: Option<IdentityName>,
    /// Somebody of another tenant.
    pub(super) other: Option<IdentityName>,
    /// The folders whose source code names tables, buckets and functions; all of them when empty.
    pub(super) code: Vec<String>,
    /// The most requests of an attempt.
    pub(super) most: u32,
}

/// A database function and what it is called with.
#[derive(Debug, Clone)]
pub(super) struct Call {
    /// Its name.
    pub(super) name: Located<String>,
    /// Its arguments.
    pub(super) arguments: Vec<(String, Template)>,
}

impl Config {
    /// Reads the value under `supabase:`.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub(super) fn read(node: &Node, scope: &ParseScope<'_>) -> Result<Self, Vec<Diagnostic>> {
        let written: Written = node.read()?;
        let mut faults = Vec::new();
        let most = hosted::most(written.most.as_ref(), &mut faults);
        let api = keep(&mut faults, api(&written.on, scope));
        let other = written.other.as_ref().map(|other| other_of(other, scope));
        let other = other.and_then(|other| keep(&mut faults, other));
        let key = written.key.as_ref().map(Template::from_node);
        let key = key.transpose().unwrap_or_else(|more| {
            faults.extend(more);
            None
        });
        let rpc = calls(written.rpc).unwrap_or_else(|more| {
            faults.extend(more);
            Vec::new()
        });
        let both = [
            ("table", &written.tables, &written.public_tables),
            ("bucket", &written.buckets, &written.public_buckets),
            ("function", &written.functions, &written.public_functions),
        ];
        for (what, closed, public) in both {
            check_both(closed, public, what, &mut faults);
        }
        let (Some(api), true) = (api, faults.is_empty()) else {
            return Err(faults);
        };
        Ok(Self {
            api: Located {
                value: api,
                span: written.on.span,
            },
            key,
            tables: written.tables,
            public_tables: written.public_tables,
            shared_tables: written.shared_tables,
            key_columns: written.key_columns,
            buckets: written.buckets,
            public_buckets: written.public_buckets,
            rpc,
            public_rpc: written.public_rpc,
            functions: written.functions,
            public_functions: written.public_functions,
            signups: written.signups,
            anonymous_user: written.anonymous_user,
            writes: written.writes,
            identity: scope.identity.cloned(),
            other,
            code: written.code,
            most,
        })
    }

    /// Every template in it.
    pub(super) fn templates(&self) -> Vec<Template> {
        let arguments = self.rpc.iter().flat_map(|call| &call.arguments);
        let arguments = arguments.map(|(_, value)| value.clone());
        self.key.iter().cloned().chain(arguments).collect()
    }

    /// What tells the rows of a table apart.
    pub(super) fn key_column(&self, table: &str) -> &str {
        let named = self.key_columns.0.iter();
        let mut named = named.filter(|(name, _)| name.value == table);
        named
            .next()
            .map_or(KEY_COLUMN, |(_, column)| column.value.as_str())
    }
}

fn keep<T>(faults: &mut Vec<Diagnostic>, read: Result<T, Diagnostic>) -> Option<T> {
    read.map_err(|fault| faults.push(fault)).ok()
}

fn api(on: &Located<String>, scope: &ParseScope<'_>) -> Result<ApiName, Diagnostic> {
    scope.api(&on.value, &on.span).map_err(|fault| {
        fault.help(
            "Only declared origins are contacted. Declare the project, as in \
             `apis: { db: { url: \"https://PROJECT.supabase.co\", headers: { apikey: \"${SUPABASE_ANON_KEY}\" } } }`, \
             and name it with `on: db`.",
        )
    })
}

fn other_of(other: &Located<String>, scope: &ParseScope<'_>) -> Result<IdentityName, Diagnostic> {
    let name = scope.identity(&other.value, &other.span)?;
    match scope.identity {
        None => Err(Diagnostic::at(
            other.span.clone(),
            "`other` needs somebody to be compared with",
        )
        .help("Name an identity of another tenant with `as:` beside `supabase:`.")),
        Some(identity) if *identity == name => Err(Diagnostic::at(
            other.span.clone(),
            format!("`{name}` cannot be compared with themselves"),
        )
        .label("needs an identity of another tenant than `as:`")),
        Some(_) => Ok(name),
    }
}

/// A thing is public or it is not.
fn check_both(
    closed: &[Located<String>],
    public: &[Located<String>],
    what: &str,
    faults: &mut Vec<Diagnostic>,
) {
    for name in public {
        if hosted::names(closed, &name.value) {
            let message = format!(
                "the {what} `{}` is named as public and as not public",
                name.value
            );
            faults.push(
                Diagnostic::at(name.span.clone(), message)
                    .help("Leave it in one of the two lists."),
            );
        }
    }
}

fn calls(written: Entries<Entries<Node>>) -> Result<Vec<Call>, Vec<Diagnostic>> {
    let mut faults = Vec::new();
    let mut calls = Vec::new();
    for (name, arguments) in written.0 {
        let mut read = Vec::new();
        for (argument, value) in arguments.0 {
            match Template::from_node(&value) {
                Ok(value) => read.push((argument.value, value)),
                Err(more) => faults.extend(more),
            }
        }
        calls.push(Call {
            name,
            arguments: read,
        });
    }
    if faults.is_empty() {
        Ok(calls)
    } else {
        Err(faults)
    }
}
