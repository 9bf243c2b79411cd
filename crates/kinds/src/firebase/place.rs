//! A part of a project that is tried, and how it is asked.

use serde_json::{Value as Json, json};
use tidegate_core::name::ApiName;
use tidegate_core::ports::http::Response;
use tidegate_core::secret::Sensitive;
use tidegate_core::span::Span;

use super::answer::{self, Said};
use super::codes;
use crate::hosted::{Ask, Who, segment, shown};
use tidegate_core::meta::CodeInfo;

/// Which service keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Service {
    /// The Realtime Database.
    Database,
    /// Firestore.
    Documents {
        /// The project.
        project: String,
        /// The database in it.
        database: String,
    },
    /// Cloud Storage.
    Files {
        /// The bucket.
        bucket: String,
    },
}

/// A part of a project that is tried.
#[derive(Debug, Clone)]
pub(super) struct Place {
    /// Which service keeps it.
    pub(super) service: Service,
    /// The entry under `apis:`.
    pub(super) api: ApiName,
    /// A path, a collection or a folder.
    pub(super) name: String,
    /// Where the gate file names it.
    pub(super) span: Span,
    /// Whether everybody may read it.
    pub(super) is_public: bool,
    /// Whether every account may read it.
    pub(super) is_shared: bool,
}

impl Place {
    /// What it is, for people: `the path /clients of the Realtime Database`.
    pub(super) fn words(&self) -> String {
        let name = shown(&self.name);
        match &self.service {
            Service::Database => format!("the path `{name}` of the Realtime Database"),
            Service::Documents { .. } => format!("the collection `{name}`"),
            Service::Files { bucket } if self.prefix().is_empty() => {
                format!("the bucket `{}`", shown(bucket))
            }
            Service::Files { bucket } => {
                format!("the folder `{name}` of the bucket `{}`", shown(bucket))
            }
        }
    }

    /// What one thing in it is called.
    pub(super) fn one(&self) -> &'static str {
        match self.service {
            Service::Database => "key",
            Service::Documents { .. } => "document",
            Service::Files { .. } => "file or folder",
        }
    }

    /// What it is when strangers read it.
    pub(super) fn readable(&self) -> CodeInfo {
        match self.service {
            Service::Database => codes::DATABASE_READABLE,
            Service::Documents { .. } => codes::DOCUMENTS_READABLE,
            Service::Files { .. } => codes::FILES_LISTED,
        }
    }

    /// What it is when strangers write to it; nothing where that is not tried.
    pub(super) fn writable(&self) -> Option<CodeInfo> {
        match self.service {
            Service::Database => Some(codes::DATABASE_WRITABLE),
            Service::Documents { .. } => Some(codes::DOCUMENTS_WRITABLE),
            Service::Files { .. } => None,
        }
    }

    /// The question for the least that shows whether there is something.
    ///
    /// - Realtime Database, `shallow`: <https://firebase.google.com/docs/database/rest/retrieve-data#shallow>
    /// - Firestore: <https://firebase.google.com/docs/firestore/reference/rest/v1/projects.databases.documents/list>
    /// - Storage: the request of the web SDK's `list()`, <https://firebase.google.com/docs/storage/web/list-files>
    pub(super) fn look(&self, most: u32) -> Ask {
        let path = match &self.service {
            Service::Database => format!("{}?shallow=true", self.database_path("")),
            Service::Documents { .. } => {
                let documents = self.documents();
                format!("{documents}?pageSize={most}&mask.fieldPaths=__name__")
            }
            Service::Files { bucket } => {
                let prefix = segment(&self.prefix());
                let bucket = segment(bucket);
                format!("/v0/b/{bucket}/o?maxResults={most}&delimiter=%2F&prefix={prefix}")
            }
        };
        Ask::get(&self.api, path, self.span.location())
    }

    /// Reads the answer to it.
    pub(super) fn read(&self, response: &Response) -> Said {
        match self.service {
            Service::Database => answer::database(response),
            Service::Documents { .. } => answer::documents(response),
            Service::Files { .. } => answer::files(response),
        }
    }

    /// The request that stores something marked, and the path of what it stores.
    pub(super) fn write(&self, mark: &str) -> Option<(Ask, String)> {
        let location = self.span.location();
        match &self.service {
            Service::Database => {
                let path = self.database_path(mark);
                let mut ask = Ask::post(&self.api, path.clone(), Json::from(mark), location);
                ask.method = "PUT";
                Some((ask, path))
            }
            Service::Documents { .. } => {
                let documents = self.documents();
                let body = json!({ "fields": { "tidegate": { "stringValue": mark } } });
                let create = format!("{documents}?documentId={}", segment(mark));
                let ask = Ask::post(&self.api, create, body, location);
                Some((ask, format!("{documents}/{}", segment(mark))))
            }
            Service::Files { .. } => None,
        }
    }

    /// Whoever a token belongs to, as this service wants to be shown it.
    ///
    /// - Realtime Database: <https://firebase.google.com/docs/database/rest/auth>
    /// - Firestore: <https://firebase.google.com/docs/firestore/use-rest-api#working_with_firebase_id_tokens>
    pub(super) fn shows(&self, token: &Sensitive) -> Who {
        let (headers, query) = match self.service {
            Service::Database => (Vec::new(), vec![("auth".to_owned(), token.clone())]),
            Service::Documents { .. } => (authorization("Bearer", token), Vec::new()),
            Service::Files { .. } => (authorization("Firebase", token), Vec::new()),
        };
        Who::Anonymous { headers, query }
    }

    fn documents(&self) -> String {
        let Service::Documents { project, database } = &self.service else {
            return String::new();
        };
        let (project, database) = (segment(project), segment(database));
        // Parentheses may stand in a path (RFC 3986, 3.3), and the service wants them as they are.
        let database = database.replace("%28", "(").replace("%29", ")");
        let collection = segments(&self.name);
        format!("/v1/projects/{project}/databases/{database}/documents{collection}")
    }

    fn database_path(&self, child: &str) -> String {
        let path = format!("{}{}", segments(&self.name), segments(child));
        if path.is_empty() {
            "/.json".to_owned()
        } else {
            format!("{path}.json")
        }
    }

    /// What the names of the files in the folder begin with.
    fn prefix(&self) -> String {
        match self.name.trim_matches('/') {
            "" => String::new(),
            folder => format!("{folder}/"),
        }
    }
}

fn authorization(scheme: &str, token: &Sensitive) -> Vec<(String, Sensitive)> {
    let value = Sensitive::new(format!("{scheme} {}", token.expose()));
    vec![("authorization".to_owned(), value)]
}

/// The parts of a path, each with a slash before it.
fn segments(path: &str) -> String {
    let parts = path.split('/').filter(|part| !part.is_empty());
    parts.map(|part| format!("/{}", segment(part))).collect()
}
