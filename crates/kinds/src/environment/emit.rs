//! Fingerprint files: what one job knows of its environment, for a later job to compare.

use serde::{Deserialize, Serialize};
use tidegate_core::check::CheckError;
use tidegate_core::ports::Variables;

use super::facts::Facts;
use super::model::{Role, Side, Variable};
use super::print::{KEY_LENGTH, Key};
use super::text::{SourceError, place};

/// The variable that holds the key which jobs share.
pub(super) const KEY_VARIABLE: &str = "TIDEGATE_FINGERPRINT_KEY";

/// The version of the format.
const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Emitted {
    version: u32,
    environment: String,
    role: Role,
    key_id: String,
    variables: Vec<EmittedVariable>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct EmittedVariable {
    name: String,
    scope: String,
    file: String,
    line: usize,
    /// Absent when only the name is known.
    facts: Option<Facts>,
}

/// The key that jobs share, from the environment of the process.
///
/// # Errors
/// When it is not set or too short.
pub(super) fn shared_key(process: &dyn Variables) -> Result<Key, CheckError> {
    let help = format!(
        "Make one with `openssl rand -base64 32`, keep it as a secret, and give the same one to every job as {KEY_VARIABLE}."
    );
    let Some(text) = process.get(KEY_VARIABLE) else {
        return Err(CheckError::new(
            format!("{KEY_VARIABLE} is not set, and fingerprints of several jobs need it"),
            help,
        ));
    };
    Key::shared(text.expose()).ok_or_else(|| {
        CheckError::new(
            format!("{KEY_VARIABLE} has less than {KEY_LENGTH} bytes"),
            help,
        )
    })
}

/// The file of an environment: names, classes, facets and fingerprints, no values.
pub(super) fn write(side: &Side, key: &Key) -> Vec<u8> {
    let variables = side.variables.iter().map(|variable| EmittedVariable {
        name: variable.name.clone(),
        scope: variable.scope.clone(),
        file: variable.place.file.clone(),
        line: variable.place.line,
        facts: variable.facts.clone(),
    });
    let emitted = Emitted {
        version: VERSION,
        environment: side.name.clone(),
        role: side.role,
        key_id: key.id(),
        variables: variables.collect(),
    };
    // A struct of texts and numbers always has a JSON text.
    serde_json::to_vec_pretty(&emitted).unwrap_or_default()
}

/// The variables of a file that another job wrote.
///
/// # Errors
/// When it is none, belongs to another environment, or was made with another key.
pub(super) fn read(
    file: &str,
    text: &str,
    environment: &str,
    key: &Key,
) -> Result<Vec<Variable>, SourceError> {
    let fault = |place: (usize, usize), message: String, help: &str| {
        Err(SourceError::new(file, place, message, help))
    };
    let emitted: Emitted = match serde_json::from_str(text) {
        Ok(emitted) => emitted,
        Err(error) => {
            return fault(
                (error.line().max(1), error.column().max(1)),
                "this is no fingerprint file of Tidegate".into(),
                "Name the file that `emit` wrote in the other job, and run the same version of Tidegate in both.",
            );
        }
    };
    if emitted.version != VERSION {
        return fault(
            (1, 1),
            "the file was written by another version of Tidegate".into(),
            "Run the same version of Tidegate in all jobs.",
        );
    }
    if emitted.key_id != key.id() {
        return fault(
            (1, 1),
            format!(
                "the files were made with different keys: this job's {KEY_VARIABLE} is not that of the job that wrote the file"
            ),
            "Give the same secret to every job, and write the files anew.",
        );
    }
    if emitted.environment != environment {
        return fault(
            (1, 1),
            format!("the file belongs to another environment than `{environment}`"),
            "Name each environment as the job that wrote its file did.",
        );
    }
    Ok(emitted.variables.into_iter().map(variable).collect())
}

fn variable(emitted: EmittedVariable) -> Variable {
    Variable {
        name: emitted.name,
        scope: emitted.scope,
        value: None,
        facts: emitted.facts,
        place: place(&emitted.file, emitted.line.max(1), 1),
        inherited: false,
    }
}
