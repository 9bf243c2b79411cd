//! The limits of a call: those of the gate file, and those that are the same for every plugin.

use std::fmt;
use std::time::Duration;

use tidegate_core::plugin::Limits;
use tidegate_core::words;

/// The largest component that is looked at, in bytes. Whoever makes one in Python has 18 MB.
pub const LARGEST_COMPONENT: usize = 32 * 1024 * 1024;
/// How long a component may take to be made into machine code.
pub const COMPILE_TIME: Duration = Duration::from_secs(60);
/// The stack of a plugin, in bytes. Whoever calls one needs a thread with 2 MiB of stack, as those of
/// Rust and tokio have.
pub const STACK: usize = 1024 * 1024;
/// The elements of all tables of a plugin together.
pub const TABLE_ELEMENTS: usize = 1_000_000;
/// The tables of a plugin.
pub const TABLES: usize = 50;
/// The memories of a plugin.
pub const MEMORIES: usize = 50;
/// The core instances of a plugin; one in Python is made of some thirty.
pub const INSTANCES: usize = 200;
/// What a plugin may hand over at once, in bytes, when its limit of traffic is no larger.
pub const TRANSFER: usize = 4 * 1024 * 1024;
/// The same, however large its limit of traffic is.
pub const LARGEST_TRANSFER: usize = 64 * 1024 * 1024;
/// The size of an outcome, in bytes.
pub const OUTCOME: usize = 4 * 1024 * 1024;
/// The metrics of an outcome.
pub const METRICS: usize = 1_000;
/// The notes of an outcome.
pub const NOTES: usize = 100;
/// The size of a line of the log, in bytes; a longer one is cut, and says so.
pub const LOG_LINE: usize = 4 * 1024;
/// The size of a body that a request may ask to be kept, in bytes.
pub const LARGEST_BODY: u32 = 8 * 1024 * 1024;
/// The size of a body that is kept unless a request says otherwise, in bytes.
pub const USUAL_BODY: u32 = 1024 * 1024;
/// The size of a file that may be read at once, in bytes.
pub const LARGEST_FILE: u32 = 8 * 1024 * 1024;
/// The exchanges that may be asked for at once.
pub const LARGEST_PAGE: u32 = 1_000;
/// How long a request may take unless it says otherwise.
pub const USUAL_TIMEOUT: Duration = Duration::from_secs(30);

/// The length of a name that a plugin gives, in bytes.
pub(crate) const NAME: usize = 64;
/// The length of a text of one line in a description, in bytes.
pub(crate) const LINE: usize = 500;
/// The length of a text of some sentences, in bytes.
pub(crate) const PARAGRAPH: usize = 4 * 1024;
/// The length of a plugin's page, in bytes.
pub(crate) const PAGE: usize = 64 * 1024;
/// The length of a config's schema, in bytes.
pub(crate) const SCHEMA: usize = 256 * 1024;
/// The codes of a plugin.
pub(crate) const CODES: usize = 100;
/// The powers that a plugin asks for.
pub(crate) const CAPABILITIES: usize = 64;

/// Whether a character shows as nothing, or turns the direction of what follows
/// (<https://trojansource.codes>); line breaks and tabs do neither.
pub(crate) fn hidden(character: char) -> bool {
    let control = character.is_control() && !matches!(character, '\n' | '\t');
    control || matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The limits under which a plugin says what it is.
pub(crate) const DESCRIBING: Limits = Limits {
    memory: 256 * 1024 * 1024,
    time: Duration::from_secs(10),
    requests: 0,
    traffic: 0,
    reading: 0,
    findings: 0,
    log: 100,
};

/// Which limit a call went beyond.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LimitName {
    /// Memory.
    Memory,
    /// Time.
    Time,
    /// Requests.
    Requests,
    /// Bytes of requests and answers.
    Traffic,
    /// Bytes of files and of recorded exchanges.
    Reading,
    /// Findings.
    Findings,
    /// Lines of the log.
    Log,
    /// The stack.
    Stack,
    /// Tables and their elements.
    Tables,
    /// Memories and instances.
    Instances,
    /// Bytes handed over at once.
    Transfer,
    /// The size of the outcome.
    Outcome,
    /// The metrics of the outcome.
    Metrics,
    /// The notes of the outcome.
    Notes,
}

impl LimitName {
    /// The key under `limits:` of the gate file that raises it; a fixed limit has none.
    pub fn key(self) -> Option<&'static str> {
        match self {
            Self::Memory => Some("memory"),
            Self::Time => Some("time"),
            Self::Requests => Some("requests"),
            Self::Traffic | Self::Transfer => Some("traffic"),
            Self::Reading => Some("reading"),
            Self::Findings => Some("findings"),
            Self::Log => Some("log"),
            Self::Stack
            | Self::Tables
            | Self::Instances
            | Self::Outcome
            | Self::Metrics
            | Self::Notes => None,
        }
    }

    /// Its value among `limits`, as people read it: `256 MiB`, `200 requests`.
    pub(crate) fn value(self, limits: &Limits) -> String {
        match self {
            Self::Memory => size(limits.memory),
            Self::Time => words::time(limits.time.as_secs_f64() * 1e3),
            Self::Requests => words::count(limits.requests.into(), "request"),
            Self::Traffic => size(limits.traffic),
            Self::Reading => size(limits.reading),
            Self::Findings => words::count(limits.findings.into(), "finding"),
            Self::Log => words::count(limits.log.into(), "line"),
            Self::Stack => size(STACK),
            Self::Tables => format!(
                "{} tables with {} elements",
                words::number(TABLES as u64),
                words::number(TABLE_ELEMENTS as u64)
            ),
            Self::Instances => format!("{INSTANCES} instances, {MEMORIES} memories"),
            Self::Transfer => size(transfer(limits)),
            Self::Outcome => size(OUTCOME),
            Self::Metrics => words::count(METRICS as u64, "metric"),
            Self::Notes => words::count(NOTES as u64, "note"),
        }
    }
}

impl fmt::Display for LimitName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::Memory => "memory",
            Self::Time => "time",
            Self::Requests => "requests",
            Self::Traffic => "traffic",
            Self::Reading => "reading",
            Self::Findings => "findings",
            Self::Log => "log",
            Self::Stack => "stack",
            Self::Tables => "tables",
            Self::Instances => "instances",
            Self::Transfer => "what is handed over at once",
            Self::Outcome => "the outcome's size",
            Self::Metrics => "metrics",
            Self::Notes => "notes",
        })
    }
}

/// What a plugin may hand over at once: a body that its limit of traffic lets it send, and never
/// less than an outcome.
pub(crate) fn transfer(limits: &Limits) -> usize {
    limits.traffic.clamp(TRANSFER, LARGEST_TRANSFER)
}

/// A size as people read and write it: `256 MiB`, `10 bytes`.
pub(crate) fn size(bytes: usize) -> String {
    const KIB: usize = 1024;
    const MIB: usize = 1024 * KIB;
    match bytes {
        bytes if bytes >= MIB && bytes.is_multiple_of(MIB) => format!("{} MiB", bytes / MIB),
        bytes if bytes >= KIB && bytes.is_multiple_of(KIB) => format!("{} KiB", bytes / KIB),
        bytes => words::count(bytes as u64, "byte"),
    }
}

/// What a call used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Used {
    /// Time, requests included.
    pub time: Duration,
    /// The part of it until the plugin was ready to be called.
    pub start: Duration,
    /// The most memory it had, in bytes.
    pub memory: usize,
    /// Requests.
    pub requests: u32,
    /// Bytes of requests and answers.
    pub traffic: usize,
    /// Bytes of files and of recorded exchanges.
    pub reading: usize,
    /// Lines of the log.
    pub log: u32,
}
