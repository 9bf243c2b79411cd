//! What a plugin says about itself, as the lock file keeps it.

use serde::de::{Deserializer, Error as _};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value as Json;

use super::rules::{self, Few};
use crate::interface::types::{self, Capability, Code, Effort, Power, Severity};
use crate::limits::{CAPABILITIES, CODES, SCHEMA};

/// What a plugin says about itself; its name is the key that it is locked under.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Description {
    /// Its own version (<https://semver.org>).
    #[serde(deserialize_with = "rules::version")]
    pub version: String,
    /// What it checks, in one line.
    #[serde(deserialize_with = "rules::line")]
    pub summary: String,
    /// The powers it asks for.
    #[serde(with = "capabilities")]
    pub capabilities: Vec<Capability>,
    /// Everything it can find.
    #[serde(with = "codes")]
    pub codes: Vec<Code>,
    /// The JSON Schema (draft-07) of its config: an object, or `true` or `false`.
    #[serde(deserialize_with = "schema")]
    pub config_schema: Json,
    /// Its page in Markdown.
    #[serde(deserialize_with = "rules::page")]
    pub documentation: String,
}

/// Why what a plugin says about itself cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("its description has a fault in `{place}`: {reason}")]
pub struct DescriptionError {
    /// The field, as in `codes[2].slug`.
    pub place: String,
    /// What is wrong with it, as a lowercase fragment.
    pub reason: String,
}

impl DescriptionError {
    /// How to mend it.
    pub fn help(&self) -> &'static str {
        "The author of the plugin mends what its `description` gives; `tidegate plugin test` shows it to them."
    }
}

impl TryFrom<types::Description> for Description {
    type Error = DescriptionError;

    /// Holds what a guest said against the rules of the lock file, so that whatever is written can be read again.
    fn try_from(said: types::Description) -> Result<Self, DescriptionError> {
        let fault = |place: &str, reason: String| DescriptionError {
            place: place.to_owned(),
            reason,
        };
        if said.config_schema.len() > SCHEMA {
            let told = format!(
                "it has {} bytes, of at most {SCHEMA}",
                said.config_schema.len()
            );
            return Err(fault("config-schema", told));
        }
        let config_schema = serde_json::from_str(&said.config_schema)
            .map_err(|error| fault("config-schema", format!("it is no JSON: {error}")))?;
        crate::kind::admit(&config_schema).map_err(|error| fault("config-schema", error.reason))?;
        let described = Self {
            version: said.version,
            summary: said.summary,
            capabilities: said.capabilities,
            codes: said.codes,
            config_schema,
            documentation: said.documentation,
        };
        let json = serde_json::to_value(&described)
            .map_err(|error| fault("description", error.to_string()))?;
        serde_path_to_error::deserialize(json).map_err(|error| {
            let place = error.path().to_string();
            fault(&place, error.into_inner().to_string())
        })
    }
}

fn schema<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Json, D::Error> {
    let schema = Json::deserialize(deserializer)?;
    if !schema.is_object() && !schema.is_boolean() {
        return Err(D::Error::custom("a JSON Schema that is no object"));
    }
    if schema.to_string().len() > SCHEMA {
        let told = format!("a JSON Schema of more than {SCHEMA} bytes");
        return Err(D::Error::custom(told));
    }
    Ok(schema)
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Severity", rename_all = "kebab-case")]
enum SeverityForm {
    Info,
    Low,
    Medium,
    High,
    Critical,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Effort", rename_all = "kebab-case")]
enum EffortForm {
    Small,
    Medium,
    Large,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Code", rename_all = "kebab-case", deny_unknown_fields)]
struct CodeForm {
    #[serde(deserialize_with = "rules::slug")]
    slug: String,
    #[serde(deserialize_with = "rules::line")]
    summary: String,
    #[serde(with = "SeverityForm")]
    severity: Severity,
    #[serde(deserialize_with = "rules::line")]
    impact: String,
    #[serde(deserialize_with = "rules::paragraph")]
    remedy: String,
    #[serde(with = "EffortForm")]
    effort: Effort,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Power", rename_all = "kebab-case")]
enum PowerForm {
    TargetRead,
    TargetWrite,
    Apis,
    Host(#[serde(deserialize_with = "rules::line")] String),
    Secret(#[serde(deserialize_with = "rules::variable")] String),
    Files(#[serde(deserialize_with = "rules::line")] String),
    Recorded,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Capability", rename_all = "kebab-case", deny_unknown_fields)]
struct CapabilityForm {
    #[serde(with = "PowerForm")]
    power: Power,
    #[serde(deserialize_with = "rules::line")]
    reason: String,
    #[serde(default, skip_serializing_if = "is_false")]
    optional: bool,
}

// Serde hands a reference over.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_false(value: &bool) -> bool {
    !value
}

/// Makes the module that keeps a list of the interface's records in the form of the file.
macro_rules! list {
    ($name:ident, $record:ident, $form:literal, $few:expr) => {
        mod $name {
            use super::*;

            #[derive(Serialize)]
            struct Out<'r>(#[serde(with = $form)] &'r $record);

            #[derive(Deserialize)]
            struct In(#[serde(with = $form)] $record);

            pub(super) fn serialize<S: Serializer>(
                records: &[$record],
                serializer: S,
            ) -> Result<S::Ok, S::Error> {
                serializer.collect_seq(records.iter().map(Out))
            }

            pub(super) fn deserialize<'de, D: Deserializer<'de>>(
                deserializer: D,
            ) -> Result<Vec<$record>, D::Error> {
                let read = deserializer.deserialize_seq($few)?;
                Ok(read.into_iter().map(|In(record)| record).collect())
            }
        }
    };
}

list!(
    codes,
    Code,
    "CodeForm",
    Few {
        most: CODES,
        what: "codes",
        key: |code: &In| code.0.slug.clone(),
    }
);
list!(
    capabilities,
    Capability,
    "CapabilityForm",
    Few {
        most: CAPABILITIES,
        what: "capabilities",
        key: |asked: &In| words(&asked.0.power),
    }
);

/// What no two capabilities of a plugin share.
fn words(power: &Power) -> String {
    match power {
        Power::TargetRead => "target-read".to_owned(),
        Power::TargetWrite => "target-write".to_owned(),
        Power::Apis => "apis".to_owned(),
        Power::Host(host) => format!("host {host}"),
        Power::Secret(name) => format!("secret {name}"),
        Power::Files(glob) => format!("files {glob}"),
        Power::Recorded => "recorded".to_owned(),
    }
}
