//! `limits:` of a plugin: how much one check of it may use.

use serde::Deserialize;
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::located::Located;
use tidegate_core::node::Node;
use tidegate_core::period::Period;
use tidegate_core::plugin::Limits;
use tidegate_core::size::Size;

use crate::entries::lasting;
use crate::faults::Faults;
use crate::schema::parts;

/// The most memory, traffic and reading, in bytes: 4 GiB, all that a component of 32 bits can address.
const MOST_BYTES: u64 = 1 << 32;

/// The longest time: an hour.
const LONGEST: std::time::Duration = std::time::Duration::from_secs(3_600);

/// The most requests, findings and lines.
const MOST: u32 = 1_000_000;

/// How much one check of a plugin may use.
#[derive(Default, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(deny_unknown_fields)]
pub(super) struct RawLimits {
    /// Memory, as in `512MiB`; 256MiB when absent.
    #[schemars(schema_with = "parts::size")]
    #[serde(default)]
    memory: Option<Located<Size>>,
    /// Time, its requests included, as in `2m`; 60s when absent.
    #[schemars(schema_with = "parts::period")]
    #[serde(default)]
    time: Option<Located<Period>>,
    /// How many requests it sends; 200 when absent.
    #[schemars(schema_with = "parts::positive")]
    #[serde(default)]
    requests: Option<Located<u32>>,
    /// Bytes of its requests and their answers together; 64MiB when absent.
    #[schemars(schema_with = "parts::size")]
    #[serde(default)]
    traffic: Option<Located<Size>>,
    /// Bytes of files and recorded exchanges that it reads; 64MiB when absent.
    #[schemars(schema_with = "parts::size")]
    #[serde(default)]
    reading: Option<Located<Size>>,
    /// How many findings it has; 1000 when absent.
    #[schemars(schema_with = "parts::positive")]
    #[serde(default)]
    findings: Option<Located<u32>>,
    /// How many lines it logs; 1000 when absent.
    #[schemars(schema_with = "parts::positive")]
    #[serde(default)]
    log: Option<Located<u32>>,
}

/// Reads `limits:`; what is absent or wrong is as usual.
pub(super) fn read(node: &Node, faults: &mut Faults) -> Limits {
    let raw: RawLimits = faults.read_fields(node, &[]);
    let usual = Limits::default();
    Limits {
        memory: bytes(raw.memory, usual.memory, faults),
        time: raw.time.map_or(usual.time, |time| {
            let Some(length) = lasting(&time, faults) else {
                return usual.time;
            };
            if length > LONGEST {
                faults.push(beyond(&time, "an hour"));
            }
            length
        }),
        requests: number(raw.requests, usual.requests, faults),
        traffic: bytes(raw.traffic, usual.traffic, faults),
        reading: bytes(raw.reading, usual.reading, faults),
        findings: number(raw.findings, usual.findings, faults),
        log: number(raw.log, usual.log, faults),
    }
}

fn bytes(size: Option<Located<Size>>, usual: usize, faults: &mut Faults) -> usize {
    let Some(size) = size else { return usual };
    if size.value.0 > MOST_BYTES {
        faults.push(beyond(&size, "4 GiB"));
    }
    usize::try_from(size.value.0).unwrap_or(usize::MAX)
}

fn number(number: Option<Located<u32>>, usual: u32, faults: &mut Faults) -> u32 {
    let Some(number) = number else { return usual };
    if number.value == 0 {
        faults.push(
            Diagnostic::at(number.span, "a limit of 0 lets nothing happen")
                .label("expected 1 or more")
                .help("A plugin that may not do something is not granted it; remove the line."),
        );
        return usual;
    }
    if number.value > MOST {
        faults.push(beyond(&number, "1,000,000"));
    }
    number.value
}

fn beyond<T>(value: &Located<T>, most: &str) -> Diagnostic {
    Diagnostic::at(value.span.clone(), "this limit would bound nothing")
        .label(format!("expected at most {most}"))
}
