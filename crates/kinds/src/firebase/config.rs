//! What stands under `firebase:` in a gate file.

use serde::Deserialize;
use tidegate_core::check::ParseScope;
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::located::Located;
use tidegate_core::name::ApiName;
use tidegate_core::node::Node;
use tidegate_core::span::Span;
use tidegate_core::template::Template;

use super::place::{Place, Service};
use crate::hosted;

/// The Firestore database that a project has unless it names another.
pub(super) const DATABASE: &str = "(default)";

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Written {
    #[serde(default)]
    realtime: Option<WrittenRealtime>,
    #[serde(default)]
    firestore: Option<WrittenFirestore>,
    #[serde(default)]
    storage: Option<WrittenStorage>,
    #[serde(default)]
    accounts: Option<WrittenAccounts>,
    #[serde(default)]
    anonymous_user: Option<Located<bool>>,
    #[serde(default)]
    writes: bool,
    #[serde(default)]
    most: Option<Located<u32>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct WrittenRealtime {
    on: Located<String>,
    #[serde(default)]
    paths: Vec<Located<String>>,
    #[serde(default)]
    public_paths: Vec<Located<String>>,
    #[serde(default)]
    shared_paths: Vec<Located<String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct WrittenFirestore {
    on: Located<String>,
    project: Located<String>,
    #[serde(default)]
    database: Option<String>,
    collections: Vec<Located<String>>,
    #[serde(default)]
    public_collections: Vec<Located<String>>,
    #[serde(default)]
    shared_collections: Vec<Located<String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct WrittenStorage {
    on: Located<String>,
    bucket: Located<String>,
    #[serde(default)]
    folders: Vec<Located<String>>,
    #[serde(default)]
    public_folders: Vec<Located<String>>,
    #[serde(default)]
    shared_folders: Vec<Located<String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct WrittenAccounts {
    on: Located<String>,
    key: Node,
}

/// A config whose parts fit together.
#[derive(Debug, Clone)]
pub(super) struct Config {
    /// What is tried.
    pub(super) places: Vec<Place>,
    /// Where accounts are made.
    pub(super) accounts: Option<Accounts>,
    /// Whether an anonymous account is made to try what every account can do.
    pub(super) anonymous_user: bool,
    /// Whether strangers' writes are tried.
    pub(super) writes: bool,
    /// The most requests of an attempt.
    pub(super) most: u32,
}

/// Where accounts are made.
#[derive(Debug, Clone)]
pub(super) struct Accounts {
    /// The entry under `apis:`.
    pub(super) api: Located<ApiName>,
    /// The web API key, which is public.
    pub(super) key: Template,
}

/// Names of one service: closed to strangers, open to everybody, open to every account.
type Lists = [Vec<Located<String>>; 3];

impl Config {
    /// Reads the value under `firebase:`.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub(super) fn read(node: &Node, scope: &ParseScope<'_>) -> Result<Self, Vec<Diagnostic>> {
        let written: Written = node.read()?;
        let mut reader = Reader {
            scope,
            places: Vec::new(),
            faults: Vec::new(),
        };
        let most = hosted::most(written.most.as_ref(), &mut reader.faults);
        reader.realtime(written.realtime);
        reader.firestore(written.firestore);
        reader.storage(written.storage);
        let accounts = written
            .accounts
            .and_then(|accounts| reader.accounts(accounts));
        let user = written.anonymous_user.as_ref().filter(|user| user.value);
        if let (Some(user), None) = (user, &accounts) {
            reader.faults.push(
                Diagnostic::at(user.span.clone(), "it is not known where accounts are made")
                    .help("Add `accounts: { on: accounts, key: \"${FIREBASE_API_KEY}\" }`."),
            );
        }
        if reader.places.is_empty() && reader.faults.is_empty() {
            reader.faults.push(
                Diagnostic::at(node.span.clone(), "nothing is named that could be tried")
                    .label("needs `realtime`, `firestore` or `storage`"),
            );
        }
        if !reader.faults.is_empty() {
            return Err(reader.faults);
        }
        Ok(Self {
            places: reader.places,
            accounts,
            anonymous_user: user.is_some(),
            writes: written.writes,
            most,
        })
    }
}

struct Reader<'s> {
    scope: &'s ParseScope<'s>,
    places: Vec<Place>,
    faults: Vec<Diagnostic>,
}

impl Reader<'_> {
    fn api(&mut self, on: &Located<String>, address: &str) -> Option<ApiName> {
        let known = self.scope.api(&on.value, &on.span).map_err(|fault| {
            fault.help(format!(
                "Only declared origins are contacted. Declare this one, as in `apis: {{ {}: {{ url: \"{address}\" }} }}`.",
                on.value
            ))
        });
        known.map_err(|fault| self.faults.push(fault)).ok()
    }

    fn realtime(&mut self, written: Option<WrittenRealtime>) {
        let Some(written) = written else { return };
        let Some(api) = self.api(&written.on, "https://PROJECT-default-rtdb.firebaseio.com") else {
            return;
        };
        let lists = [written.paths, written.public_paths, written.shared_paths];
        for path in lists.iter().flatten() {
            if !path.value.starts_with('/') || path.value.contains(['?', '#', '.']) {
                self.faults.push(
                    Diagnostic::at(path.span.clone(), format!("`{}` is no path", path.value))
                        .label("expected a path of the database without `.json`, as in `/clients`"),
                );
            }
        }
        let is_root = |path: &Located<String>| path.value.trim_matches('/').is_empty();
        if !lists.iter().flatten().any(is_root) {
            self.root(&api, Service::Database, written.on.span);
        }
        self.add(&api, &Service::Database, lists);
    }

    fn firestore(&mut self, written: Option<WrittenFirestore>) {
        let Some(written) = written else { return };
        let Some(api) = self.api(&written.on, "https://firestore.googleapis.com") else {
            return;
        };
        let lists = [
            written.collections,
            written.public_collections,
            written.shared_collections,
        ];
        for collection in lists.iter().flatten() {
            let parts = collection.value.split('/');
            // A collection stands at the end of collection, document, collection and so on.
            let is_one =
                parts.clone().count() % 2 == 1 && parts.clone().all(|part| !part.is_empty());
            if !is_one {
                self.faults.push(
                    Diagnostic::at(
                        collection.span.clone(),
                        format!("`{}` is no collection", collection.value),
                    )
                    .label("expected a name, or a path such as `clients/acme/invoices`"),
                );
            }
        }
        let service = Service::Documents {
            project: written.project.value,
            database: written.database.unwrap_or_else(|| DATABASE.to_owned()),
        };
        self.add(&api, &service, lists);
    }

    fn storage(&mut self, written: Option<WrittenStorage>) {
        let Some(written) = written else { return };
        let Some(api) = self.api(&written.on, "https://firebasestorage.googleapis.com") else {
            return;
        };
        let lists = [
            written.folders,
            written.public_folders,
            written.shared_folders,
        ];
        let service = Service::Files {
            bucket: written.bucket.value,
        };
        if lists.iter().all(Vec::is_empty) {
            self.root(&api, service.clone(), written.bucket.span);
        }
        self.add(&api, &service, lists);
    }

    fn root(&mut self, api: &ApiName, service: Service, span: Span) {
        let root = Located {
            value: "/".to_owned(),
            span,
        };
        self.add(api, &service, [vec![root], Vec::new(), Vec::new()]);
    }

    fn add(&mut self, api: &ApiName, service: &Service, lists: Lists) {
        for (number, list) in lists.into_iter().enumerate() {
            for name in list {
                self.places.push(Place {
                    service: service.clone(),
                    api: api.clone(),
                    name: name.value,
                    span: name.span,
                    is_public: number == 1,
                    is_shared: number == 2,
                });
            }
        }
    }

    fn accounts(&mut self, written: WrittenAccounts) -> Option<Accounts> {
        let api = self.api(&written.on, "https://identitytoolkit.googleapis.com");
        let key = Template::from_node(&written.key);
        let key = key.map_err(|more| self.faults.extend(more)).ok();
        Some(Accounts {
            api: Located {
                value: api?,
                span: written.on.span,
            },
            key: key?,
        })
    }
}
