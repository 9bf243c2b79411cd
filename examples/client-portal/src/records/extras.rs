//! What two switches keep of records beside the database.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::{Map, Value};

use super::Record;
use crate::app::AppState;
use crate::breaks::Break;
use crate::input::Fields;

/// The members that [`Break::MassAssignment`] takes; they are for the account's admins to decide.
const TAKEN: [&str; 3] = ["approved", "owner", "status"];

/// The members of a new record that its author has no say in; none without the switch.
pub(super) fn taken(app: &AppState, fields: &mut Fields) -> Map<String, Value> {
    if app.broken(Break::MassAssignment) {
        fields.take_any(&TAKEN)
    } else {
        Map::new()
    }
}

/// The members that [`Break::MassAssignment`] stored, by record.
#[derive(Debug, Default)]
pub(crate) struct Extras(Mutex<HashMap<String, Map<String, Value>>>);

impl Extras {
    /// Remembers what was taken with a new record.
    pub(super) fn keep(&self, record: &str, extras: Map<String, Value>) {
        if !extras.is_empty() {
            locked(&self.0).insert(record.to_owned(), extras);
        }
    }

    /// Shows it with the record.
    pub(super) fn add_to(&self, record: &str, shown: &mut Value) {
        for (name, value) in locked(&self.0).get(record).into_iter().flatten() {
            shown[name] = value.clone();
        }
    }
}

/// What [`Break::SharedCache`] answers with: the records read since they last changed.
#[derive(Debug, Default)]
pub(crate) struct SharedCache(Mutex<HashMap<String, Record>>);

impl SharedCache {
    pub(super) fn get(&self, id: &str) -> Option<Record> {
        locked(&self.0).get(id).cloned()
    }

    pub(super) fn keep(&self, record: &Record) {
        locked(&self.0).insert(record.id.clone(), record.clone());
    }

    pub(super) fn forget(&self, id: &str) {
        locked(&self.0).remove(id);
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
