//! The database: one SQLite connection, used from blocking threads.

mod seed;

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;

use crate::breaks::{Break, Breaks};
use crate::errors::ApiError;
use crate::options::Passwords;

pub(crate) use seed::tenants;

const SCHEMA: &str = include_str!("schema.sql");
const INVOICE_LINES: &str = include_str!("invoice_lines.sql");
const NATURAL_KEY: &str = include_str!("natural_key.sql");
const LAGGING_READS: &str = include_str!("lagging_reads.sql");
const CATCH_UP: &str = include_str!("catch_up.sql");

/// Counts up with every change of the schema; kept in SQLite's `user_version`.
const SCHEMA_VERSION: i64 = 2;

/// How the database file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Durability {
    /// Survives a crash: the operator named the folder.
    Kept,
    /// Gone with the portal, so nothing waits for the disk.
    Temporary,
}

impl Durability {
    const fn pragmas(self) -> &'static str {
        match self {
            Self::Kept => "pragma journal_mode = wal; pragma synchronous = normal;",
            Self::Temporary => "pragma journal_mode = memory; pragma synchronous = off;",
        }
    }
}

/// Says why the database cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StoreError {
    #[error("{0}")]
    Sqlite(#[from] rusqlite::Error),
    #[error(
        "it was written by a newer portal (schema {found}, this portal knows {SCHEMA_VERSION})"
    )]
    Newer { found: i64 },
    #[error("the demo data cannot be written: {0}")]
    Seed(String),
}

/// Shares the connection; clones refer to the same one.
#[derive(Clone, Debug)]
pub(crate) struct Store {
    connection: Arc<Mutex<Connection>>,
    lagging: bool,
}

impl Store {
    /// Opens the file, creates the schema and the demo data where they are missing.
    pub(crate) fn open(
        file: &Path,
        durability: Durability,
        breaks: &Breaks,
        passwords: &Passwords,
    ) -> Result<Self, StoreError> {
        let mut connection = Connection::open(file)?;
        connection.execute_batch(durability.pragmas())?;
        connection.execute_batch("pragma foreign_keys = on; pragma busy_timeout = 5000;")?;
        migrate(&mut connection, passwords)?;
        connection.execute_batch(if breaks.has(Break::DuplicateCreate) {
            "drop index if exists records_external_id"
        } else {
            NATURAL_KEY
        })?;
        let lagging = breaks.has(Break::StaleRead);
        if lagging {
            connection.execute_batch(LAGGING_READS)?;
        }
        Ok(Self {
            connection: Arc::new(Mutex::new(connection)),
            lagging,
        })
    }

    /// Runs the work with the connection on a thread that may block.
    pub(crate) async fn call<T, W>(&self, work: W) -> Result<T, ApiError>
    where
        T: Send + 'static,
        W: FnOnce(&mut Connection) -> Result<T, ApiError> + Send + 'static,
    {
        let connection = Arc::clone(&self.connection);
        let done = tokio::task::spawn_blocking(move || {
            // A panic rolls its transaction back, so the connection stays usable.
            work(&mut connection.lock().unwrap_or_else(PoisonError::into_inner))
        });
        done.await.map_err(ApiError::internal)?
    }

    /// Runs the work with the connection and the name of the table from which records are read.
    pub(crate) async fn read_records<T, W>(&self, work: W) -> Result<T, ApiError>
    where
        T: Send + 'static,
        W: FnOnce(&Connection, &'static str) -> Result<T, ApiError> + Send + 'static,
    {
        let lagging = self.lagging;
        let read = move |connection: &mut Connection| {
            if lagging {
                connection.execute_batch(CATCH_UP)?;
                return work(connection, "lagging_records");
            }
            work(connection, "records")
        };
        self.call(read).await
    }
}

fn migrate(connection: &mut Connection, passwords: &Passwords) -> Result<(), StoreError> {
    let found: i64 = connection.query_row("pragma user_version", [], |row| row.get(0))?;
    if found > SCHEMA_VERSION {
        return Err(StoreError::Newer { found });
    }
    if found < SCHEMA_VERSION {
        let transaction = connection.transaction()?;
        if found < 1 {
            transaction.execute_batch(SCHEMA)?;
            seed::insert(&transaction, passwords)?;
        }
        transaction.execute_batch(INVOICE_LINES)?;
        seed::insert_invoice_lines(&transaction)?;
        transaction.pragma_update(None, "user_version", SCHEMA_VERSION)?;
        transaction.commit()?;
    }
    Ok(())
}

/// Tells whether a statement failed because a unique value exists already.
pub(crate) fn is_duplicate(error: &rusqlite::Error) -> bool {
    const UNIQUE: i32 = rusqlite::ffi::SQLITE_CONSTRAINT_UNIQUE;
    const PRIMARY_KEY: i32 = rusqlite::ffi::SQLITE_CONSTRAINT_PRIMARYKEY;
    let code = error.sqlite_error().map(|error| error.extended_code);
    matches!(code, Some(UNIQUE | PRIMARY_KEY))
}

#[cfg(test)]
mod tests;
