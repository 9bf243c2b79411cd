//! URLs: databases and the projects they belong to.

use serde_json::Value as Json;
use url::Url;

use super::super::print::Key;
use super::Database;
use super::entropy::default_port;
use super::host::{HostSort, sort_of_host};

const DATABASES: &[&str] = &[
    "postgres",
    "postgresql",
    "mysql",
    "mariadb",
    "mongodb",
    "mongodb+srv",
    "sqlserver",
    "redis",
    "rediss",
    "libsql",
    "clickhouse",
    "cockroachdb",
];

/// A value that is a URL with a host.
pub(super) struct Link {
    url: Url,
    host: String,
}

impl Link {
    /// Reads a value that is one URL and nothing else.
    pub(super) fn read(value: &str) -> Option<Self> {
        let value = value.strip_prefix("jdbc:").unwrap_or(value);
        if value.matches("://").count() != 1
            || value.contains(char::is_whitespace)
            || value.len() > 4096
        {
            return None;
        }
        let url = Url::parse(value).ok()?;
        let host = url.host_str()?.to_ascii_lowercase();
        Some(Self { url, host })
    }

    /// Whether a password stands in it.
    pub(super) fn has_password(&self) -> bool {
        self.url
            .password()
            .is_some_and(|password| !password.is_empty())
    }

    /// Whether it leads to a database.
    pub(super) fn is_database(&self) -> bool {
        let scheme = self.url.scheme();
        let driver = scheme.split_once('+').map_or(scheme, |(scheme, _)| scheme);
        DATABASES.contains(&scheme) || DATABASES.contains(&driver)
    }

    /// The database it leads to; none for one that every machine or every cluster has under this
    /// name.
    pub(super) fn database(&self, key: &Key) -> Option<Database> {
        let sort = sort_of_host(&self.host);
        let everywhere = sort.is_local() || sort == HostSort::EveryAddress;
        let shared_name = !self.host.contains('.') && !self.host.contains(':');
        if !self.is_database()
            || everywhere
            || shared_name
            || self.host.ends_with(".svc.cluster.local")
        {
            return None;
        }
        let name = self.url.path().trim_matches('/').to_ascii_lowercase();
        // A pooler serves many projects on one host and tells them apart by the user.
        let tenant = self.project().map_or(String::new(), |(_, id)| id);
        let port = self.url.port().or_else(|| default_port(self.url.scheme()));
        // The poolers of one database listen on several ports.
        let port = if tenant.is_empty() {
            port.unwrap_or(0)
        } else {
            0
        };
        let host = if tenant.is_empty() {
            self.host.replace("-pooler.", ".")
        } else {
            String::new()
        };
        Some(Database {
            print: key.print("database", &format!("{host}|{port}|{name}|{tenant}")),
            private: sort == HostSort::PrivateNetwork,
        })
    }

    /// The provider and the id of the project it belongs to.
    pub(super) fn project(&self) -> Option<(&'static str, String)> {
        let host = &self.host;
        let supabase = |id: &str| {
            let id = id.strip_prefix("db.").unwrap_or(id);
            (is_id(id)).then(|| ("Supabase", id.to_owned()))
        };
        for end in [".supabase.co", ".supabase.in"] {
            if let Some(id) = host.strip_suffix(end) {
                return supabase(id);
            }
        }
        if host.ends_with(".pooler.supabase.com") {
            let (_, id) = self.url.username().split_once('.')?;
            return supabase(id);
        }
        for end in [
            ".firebaseio.com",
            ".firebasedatabase.app",
            ".firebaseapp.com",
        ] {
            if let Some(id) = host.strip_suffix(end) {
                let id = id.split('.').next().unwrap_or(id);
                let id = id.strip_suffix("-default-rtdb").unwrap_or(id);
                return Some(("Firebase", id.to_owned()));
            }
        }
        None
    }
}

fn is_id(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// The project of a Google service account in JSON.
pub(super) fn firebase_account(value: &str) -> Option<String> {
    if !value.starts_with('{') || value.len() > 16 * 1024 {
        return None;
    }
    let account: Json = serde_json::from_str(value).ok()?;
    let kind = account.get("type").and_then(Json::as_str)?;
    let id = account.get("project_id").and_then(Json::as_str)?;
    (kind == "service_account").then(|| id.to_owned())
}
